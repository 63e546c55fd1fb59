import Learning
import Pipeline
import Testing

@testable import Daemon

struct MemoryCeilingTests {
  private func bytes(_ change: (inout Configuration) -> Void) -> Int {
    var configuration = Configuration()
    change(&configuration)
    return MemoryCeiling(configuration).bytes
  }

  @Test func `whatever may grow has its part in the ceiling`() {
    let standard = bytes { _ in }
    #expect(bytes { $0.journaled.learning.userRows *= 2 } > standard + 1_000_000_000)
    #expect(bytes { $0.journaled.learning.itemRows *= 2 } > standard + 200_000_000)
    #expect(bytes { $0.journaled.learning.tagRows *= 2 } > standard + 50_000_000)
    // A log's entry in memory, in a checkpoint, and while one is read.
    #expect(bytes { $0.journaled.learning.logEntries *= 2 } > standard + 18 * 256_000_000)
    #expect(bytes { $0.pacing.epochBytes += 1 << 20 } > standard + 5 << 20)
    #expect(bytes { $0.pacing.freezeUsers *= 2 } > standard + 100_000_000)
    #expect(bytes { $0.journaled.lists.length *= 2 } > standard + 100_000_000)
    #expect(bytes { $0.topics.partitions += 1 } >= standard + 4 << 20)
    #expect(bytes { $0.kafka.properties.set("queue.buffering.max.kbytes", "131072") } >= standard + 64 << 20)
    #expect(bytes { $0.kafka.properties.set("queued.max.messages.kbytes", "65536") } >= standard + 96 << 20)
  }

  @Test func `more users than a freeze takes are no more lists at once`() {
    let few = bytes {
      $0.journaled.learning.userRows = 100
      $0.pacing.freezeUsers = 100
    }
    let many = bytes {
      $0.journaled.learning.userRows = 100
      $0.pacing.freezeUsers = 1_000_000
    }
    #expect(few == many)
  }

  @Test func `a small daemon asks for less than a gigabyte`() {
    let small = bytes {
      $0.journaled.learning.userRows = 10_000
      $0.journaled.learning.itemRows = 10_000
      $0.journaled.learning.tagRows = 1_000
      $0.journaled.learning.logEntries = 1_000_000
      $0.pacing.epochBytes = 1 << 20
      $0.pacing.freezeUsers = 1_000
    }
    #expect(small < 1 << 30, "\(small)")
  }
}
