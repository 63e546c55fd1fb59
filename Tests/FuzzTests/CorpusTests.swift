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
      for part in 0..<20 { readers.run(target, Array(input.prefix(input.count * part / 20))) }
    }
  }

  @Test func `a section that is cut or overwritten anywhere is used safely or refused`() {
    let readers = Readers()
    var bytes = ByteSequence()
    for section in CheckpointEdits.sectionNames.indices {
      for _ in 0..<40 {
        let anywhere: [UInt8] = (0..<4).map { _ in bytes.next() }
        let content: [UInt8] = (0..<4).map { _ in [0, 1, 0x7F, 0xFF][Int(bytes.next() >> 6)] }
        // Counts stand at a section's beginning.
        let beginning: [UInt8] = [bytes.next() >> 2, 0, 0, 0]
        for place in [anywhere, beginning] {
          readers.run(.checkpoint, edit(section, operation: bytes.next() / 86, place, content))
        }
        readers.run(.checkpoint, edit(section, operation: 3, anywhere, []))
      }
    }
  }

  private func edit(_ section: Int, operation: UInt8, _ offset: [UInt8], _ content: [UInt8]) -> [UInt8] {
    var input: [UInt8] = [1, UInt8(section), operation]
    input += offset
    input.append(UInt8(content.count))
    return input + content
  }

  /// The same bytes in every run: Numerical Recipes' generator, its upper byte.
  private struct ByteSequence {
    private var state: UInt32 = 1

    mutating func next() -> UInt8 {
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
  }
}
