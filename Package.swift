// swift-tools-version: 6.2
import PackageDescription

// One instruction-set level for the whole binary: the learner's bits rely on fused multiply-add being an instruction and not
// a call (6.9 times slower), and mixing levels would let the linker keep a generic symbol of the wrong one. x86-64-v3 is
// AVX2 + FMA (2013 and later); every arm64 has NEON with FMA.
#if arch(x86_64)
  let instructionSet: [SwiftSetting] = [.unsafeFlags(["-Xcc", "-march=x86-64-v3"])]
#else
  let instructionSet: [SwiftSetting] = []
#endif

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// Numeric code is optimized in debug builds too: without it one pass over a test stream takes minutes. Checks stay on. So
/// are settings, of which the crash simulation reads a hundred at each of its starts.
let numeric = strict + instructionSet + [.unsafeFlags(["-O"], .when(configuration: .debug))]
/// The planted bugs that the crash simulation must catch exist in debug builds only: in the protocol, and where rows are given out.
let protocolCode = numeric + [.define("PLANTED_BUGS", .when(configuration: .debug))]
let ordinary = strict + instructionSet

let package = Package(
  name: "woonkly-feed",
  products: [
    .library(name: "FeedEvents", targets: ["FeedEvents"]),
    .executable(name: "woonkly-feed", targets: ["woonkly-feed"]),
    .executable(name: "woonkly-feed-bench", targets: ["woonkly-feed-bench"]),
  ],
  targets: [
    // Libraries of Debian's, one sentence each.
    // librdkafka: the only Kafka client in C with transactions, and the reference for every other language's.
    .systemLibrary(name: "CRdKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
    // libmicrohttpd: a small, well-kept HTTP server; three routes are not worth a parser of our own.
    .systemLibrary(name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
    // libyaml: the reference YAML parser, with line and column in its errors.
    .systemLibrary(name: "CYaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    // xxhash: checksums and digests at memory speed, header only.
    .target(name: "CXXHash"),
    // simdjson: the fastest complete JSON parser; C++ behind a C header.
    .target(
      name: "CSimdjson",
      cxxSettings: [.define("NDEBUG")],
      linkerSettings: [.linkedLibrary("simdjson")]),
    // Prefetch and huge pages, which Swift cannot say; a header.
    .target(name: "CMemory"),

    .target(name: "Settings", swiftSettings: numeric),
    .target(name: "Kafka", dependencies: ["CRdKafka"], swiftSettings: ordinary),
    // Without unsafe flags, so that a backend may depend on it.
    .target(name: "FeedEvents", dependencies: ["CSimdjson"], swiftSettings: strict),
    .target(name: "Checkpoints", dependencies: ["CXXHash"], swiftSettings: protocolCode),
    .target(
      name: "Learning", dependencies: ["Settings", "Checkpoints", "CXXHash", "CMemory"], swiftSettings: protocolCode),
    .target(name: "Retrieval", dependencies: ["CMemory"], swiftSettings: numeric),
    .target(
      name: "Pipeline",
      dependencies: ["Settings", "FeedEvents", "Learning", "Retrieval", "Checkpoints", "CXXHash"],
      swiftSettings: protocolCode),
    .target(
      name: "Evaluation", dependencies: ["FeedEvents", "Learning", "Pipeline"], swiftSettings: numeric),
    .target(name: "Telemetry", swiftSettings: ordinary),
    .target(name: "Host", dependencies: ["Checkpoints", "CMicroHTTPD"], swiftSettings: ordinary),
    .target(
      name: "Setup", dependencies: ["Settings", "Pipeline", "Telemetry", "Host", "CYaml"], swiftSettings: ordinary),
    .target(
      name: "Daemon",
      dependencies: [
        "Settings", "Kafka", "FeedEvents", "Learning", "Retrieval", "Checkpoints", "Pipeline", "Evaluation",
        "Telemetry", "Host", "Setup",
      ],
      swiftSettings: ordinary),
    .executableTarget(name: "woonkly-feed", dependencies: ["Daemon"], swiftSettings: ordinary),
    .executableTarget(
      name: "woonkly-feed-bench",
      dependencies: [
        "Daemon", "Kafka", "FeedEvents", "Checkpoints", "Learning", "Retrieval", "Pipeline", "Evaluation", "Telemetry",
        "Host", "Setup",
      ],
      swiftSettings: ordinary),

    // Readers of foreign bytes with their promises: for the fuzzer below, and for a test that replays its corpus.
    .target(
      name: "FuzzTargets", dependencies: ["Setup", "FeedEvents", "Checkpoints", "Learning", "Pipeline"],
      path: "Tests/Fuzz/Targets", swiftSettings: strict),
    .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"], swiftSettings: strict),

    .testTarget(name: "SettingsTests", dependencies: ["Settings"], swiftSettings: strict),
    .testTarget(name: "KafkaTests", dependencies: ["Kafka"], swiftSettings: strict),
    .testTarget(name: "FeedEventsTests", dependencies: ["FeedEvents"], swiftSettings: strict),
    .testTarget(name: "CheckpointsTests", dependencies: ["Checkpoints"], swiftSettings: strict),
    .testTarget(
      name: "LearningTests", dependencies: ["Learning", "Checkpoints", "Settings"],
      resources: [.copy("Golden")], swiftSettings: numeric),
    .testTarget(name: "RetrievalTests", dependencies: ["Retrieval"], swiftSettings: numeric),
    .testTarget(
      name: "PipelineTests",
      dependencies: ["Pipeline", "FeedEvents", "Learning", "Retrieval", "Checkpoints", "Settings"],
      resources: [.copy("Kept")], swiftSettings: protocolCode),
    .testTarget(
      name: "EvaluationTests", dependencies: ["Evaluation", "FeedEvents", "Learning", "Pipeline"],
      resources: [.copy("Golden")],
      swiftSettings: numeric),
    .testTarget(name: "TelemetryTests", dependencies: ["Telemetry"], swiftSettings: strict),
    .testTarget(name: "HostTests", dependencies: ["Host", "Checkpoints", "Telemetry"], swiftSettings: strict),
    .testTarget(
      name: "SetupTests", dependencies: ["Setup", "Settings", "Pipeline", "Telemetry"], swiftSettings: strict),
    .testTarget(
      name: "DaemonTests",
      dependencies: [
        "Daemon", "Settings", "Kafka", "FeedEvents", "Learning", "Retrieval", "Checkpoints", "Pipeline", "Evaluation",
        "Telemetry", "Host", "Setup",
      ],
      swiftSettings: strict),
  ],
  cxxLanguageStandard: .cxx17
)

// libFuzzer brings its own main, which only `swift build --sanitize=fuzzer` links: see Deploy/fuzz.sh.
if Context.environment["WOONKLY_FUZZ"] == "1" {
  package.targets.append(
    .executableTarget(
      name: "woonkly-feed-fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Driver", swiftSettings: strict))
}

// A build under a sanitizer has only the targets that it looks at, and what they need: see Deploy/test.sh.
if let names = Context.environment["WOONKLY_TARGETS"] {
  var kept: Set<String> = []
  func keep(_ name: String) {
    guard kept.insert(name).inserted, let target = package.targets.first(where: { $0.name == name }) else { return }
    for case .byNameItem(let name, _) in target.dependencies { keep(name) }
  }
  for name in names.split(separator: " ") { keep(String(name)) }
  package.targets.removeAll { !kept.contains($0.name) }
  package.products.removeAll { !kept.contains($0.name) }
}
