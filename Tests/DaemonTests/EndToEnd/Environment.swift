import Foundation

/// What the tests of the whole daemon need from outside, by environment variable.
enum TestEnvironment {
  private static func variable(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// HOST:PORT of a real Kafka.
  static let brokers = variable("WOONKLY_TEST_BROKERS")
  /// A Kafka distribution, for tests that start a broker of their own.
  static let kafkaHome = variable("KAFKA_HOME")
  /// A directory with a MovieLens release.
  static let movieLens = variable("WOONKLY_TEST_MOVIELENS")
  /// The program: a release build where one is named, else what lies beside the tests.
  static let program: String? = {
    if let named = variable("WOONKLY_TEST_PROGRAM") { return named }
    let beside = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "woonkly-feed")
      .path
    return FileManager.default.isExecutableFile(atPath: beside) ? beside : nil
  }()
}
