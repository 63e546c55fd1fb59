import Learning
import Pipeline
import Setup
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

  @Test func `a state that was made under larger budgets has a ceiling of its own`() throws {
    var configuration = Configuration()
    configuration.journaled.learning.userRows = 5_000
    var counts = Learner(configuration: configuration.journaled.learning).counts
    counts.users = 5_000
    #expect(MemoryCeiling(configuration, holding: counts) == nil)
    counts.users = 7_000
    let larger = try #require(MemoryCeiling(configuration, holding: counts))
    #expect(larger.bytes == bytes { $0.journaled.learning.userRows = 7_000 })
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

  @Test func `a start, which has neither lists nor epochs, counts where what it reads ahead is more`() {
    func start(users: Int, queue: String = "32768") -> Int {
      bytes {
        $0.journaled.learning.userRows = 1_000
        $0.journaled.learning.itemRows = 1_000
        $0.pacing.epochBytes = 1 << 20
        $0.pacing.epochRecords = 1_000
        $0.pacing.freezeUsers = users
        $0.kafka.properties.set("queued.max.messages.kbytes", queue)
      }
    }
    #expect(start(users: 1) == start(users: 2))
    // The queues of the inputs' and of the journal's reader, and three times what one poll takes out of one.
    #expect(start(users: 1, queue: "65536") >= start(users: 1) + 9 * 32 << 20)
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
