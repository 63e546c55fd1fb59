import Pipeline
import Testing

/// After any crash the model and the lists are those of a run that never crashed.
@Suite struct SimulationTests {
  /// From how many histories on each fault must have happened.
  private static let leastHistories = 10_000

  private func expectNone(_ guarantee: Guarantee) async -> Campaign {
    let campaign = await Campaign.shared.value
    for failure in campaign.failures where failure.guarantee == guarantee {
      Issue.record("seed \(failure.seed): \(guarantee.rawValue): \(failure.what)")
    }
    return campaign
  }

  @Test func `G1: the digest of every epoch equals that of a cold fold`() async {
    let campaign = await expectNone(.g1)
    #expect(campaign.epochs >= campaign.historyCount && campaign.eras >= campaign.historyCount)
  }

  @Test func `G2: epochs are contiguous, ranges tile, every record is accounted for exactly once`() async {
    let campaign = await expectNone(.g2)
    #expect(campaign.completed > campaign.historyCount / 2)
  }

  @Test func `P1: the versions of a user's lists strictly increase`() async {
    let campaign = await expectNone(.p1)
    #expect(campaign.lists >= campaign.historyCount)
  }

  @Test func `P2: a list's bytes are those that the state after its version gives`() async {
    _ = await expectNone(.p2)
  }

  @Test func `P3: visible lists are those that the journal accounts for, and nothing comes after a successor`() async {
    _ = await expectNone(.p3)
  }

  @Test func `P4: when input stops everyone touched gets a list, within as few rebuilds as it takes`() async {
    _ = await expectNone(.p4)
  }

  @Test func `F: an outage shorter than the transaction timeout pauses`() async {
    _ = await expectNone(.f)
  }

  @Test func `a completed checkpoint is there at the next start, and the fenced leave their disk alone`() async {
    _ = await expectNone(.checkpoints)
  }

  @Test func `the daemon stops only for what the world did to it, and never goes on over missing records`() async {
    _ = await expectNone(.stops)
  }

  @Test func `of a forgotten user nothing is left but a tombstone`() async {
    let campaign = await expectNone(.forgetting)
    #expect(campaign.historyCount < Self.leastHistories || campaign.tombstones > 0)
  }

  @Test(arguments: Fault.allCases) func `every fault happens`(fault: Fault) async {
    let campaign = await Campaign.shared.value
    #expect(campaign.historyCount < Self.leastHistories || campaign.faults[fault] > 0, "\(fault) never happened")
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>) func `a run to the end ends although events go on coming`(seed: UInt64)
    throws
  {
    let history = History(seed: seed)
    history.options.finishesAtEnd = true
    history.app.produce(80, to: history.cluster)
    let process = SimulatedProcess(cluster: history.cluster, callsLeft: nil)
    let processor = try #require(try history.start(process))
    var turns = 0
    while try history.turn(processor, process) {
      history.app.produce(3, to: history.cluster)
      turns += 1
      try #require(turns < 2_000, "seed \(seed)")
    }
    #expect(processor.statistics.counts.records >= 80)
    #expect(processor.statistics.listsPublished > 0 && processor.statistics.checkpoints >= 1)
  }
}
