import Foundation
import FuzzTargets
import Testing

/// What the fuzzer starts from, and what it once found, as a plain test. `Deploy/fuzz.sh` adds to it.
@Suite struct CorpusTests {
  private static let corpus = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fuzz/Corpus")

  private static func inputs(_ target: FuzzTarget) throws -> [[UInt8]] {
    let folder = corpus.appending(path: target.rawValue)
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    return try files.map { [UInt8](try Data(contentsOf: $0)) }
  }

  @Test(arguments: FuzzTarget.allCases) func `whatever the bytes, they are read or refused`(target: FuzzTarget) throws {
    let inputs = try Self.inputs(target)
    #expect(inputs.count >= 3, "a corpus of nothing proves nothing")
    let readers = Readers()
    for input in inputs {
      readers.run(target, input)
      // Whatever is cut short, too.
      for _ in 0..<20 { readers.run(target, Array(input.prefix(Int.random(in: 0...input.count)))) }
    }
  }
}
