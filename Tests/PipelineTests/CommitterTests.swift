import Pipeline
import Testing

@Suite struct CommitterTests {
  /// A broker that answers from a script.
  private struct ScriptedOutput: TransactionalOutput {
    var offsetErrors: [OutputError] = []
    var sendErrors: [OutputError] = []
    var delivered = 0
    var commitErrors: [OutputError] = []
    var aborts = 0
    var commits = 0

    mutating func initialize() throws(OutputError) {}
    mutating func begin() throws(OutputError) { delivered = 0 }
    mutating func send(offsets: [InputPosition]) throws(OutputError) {
      if let error = offsetErrors.popLast() { throw error }
    }
    mutating func send(_ record: OutputRecord) throws(OutputError) {
      if let error = sendErrors.popLast() { throw error }
      delivered += 1
    }
    mutating func commit() throws(OutputError) -> CommitReceipt {
      if let error = commitErrors.popLast() { throw error }
      commits += 1
      return CommitReceipt(delivered: delivered, journalOffset: 7)
    }
    mutating func abort() throws(OutputError) { aborts += 1 }
  }

  private let transaction = EpochTransaction(
    epoch: 3, records: [OutputRecord(topic: .journal, key: nil, value: [1])],
    offsets: [InputPosition(input: InputPartition(role: .interactions, topic: "t", partition: 0), next: 1)])

  @Test func `offsets that the broker asks to have sent again are sent again, with the whole epoch`() throws {
    let output = ScriptedOutput(offsetErrors: Array(repeating: .retriable("the coordinator is loading"), count: 9))
    var committer = Committer(output: output) { 0 }
    #expect(try committer.commit(transaction) == CommitReceipt(delivered: 1, journalOffset: 7))
    #expect(committer.output.aborts == 9 && committer.output.commits == 1)
  }

  @Test func `after two minutes it comes back later instead`() {
    var time: Int64 = 0
    let output = ScriptedOutput(offsetErrors: Array(repeating: .retriable("the coordinator is loading"), count: 99))
    var committer = Committer(output: output) {
      time += 5_000
      return time
    }
    let stop = #expect(throws: Stop.self) { try committer.commit(transaction) }
    #expect(stop?.reason == .retryLater)
  }

  @Test func `an abort that comes back three times is one that will not go away`() {
    let output = ScriptedOutput(sendErrors: Array(repeating: .abortable("the record is too large"), count: 9))
    var committer = Committer(output: output) { 0 }
    let stop = #expect(throws: Stop.self) { try committer.commit(transaction) }
    #expect(stop?.reason == .internalError && stop?.message.contains("too large") == true)
    #expect(committer.output.commits == 0)
  }

  @Test func `an outage that goes on is waited for, and is no mistake of the program's`() throws {
    let output = ScriptedOutput(commitErrors: Array(repeating: .outage("the records were not taken in time"), count: 9))
    var time: Int64 = 0
    var committer = Committer(output: output) { time }
    #expect(try committer.commit(transaction).delivered == 1)
    #expect(committer.output.aborts == 9 && committer.output.commits == 1)

    committer.output.commitErrors = Array(repeating: .outage("the records were not taken in time"), count: 99)
    var impatient = Committer(output: committer.output) {
      time += 30_000
      return time
    }
    let stop = #expect(throws: Stop.self) { try impatient.commit(transaction) }
    #expect(stop?.reason == .retryLater && stop?.message.contains("not taken in time") == true)
  }

  @Test func `a record that was not handed over is in no transaction that counts as sent`() throws {
    let output = ScriptedOutput(sendErrors: [.abortable("the partition is unknown"), .retriable("the queue is full")])
    var committer = Committer(output: output) { 0 }
    #expect(try committer.commit(transaction).delivered == 1)
    #expect(committer.output.aborts == 1 && committer.output.commits == 1)
  }
}
