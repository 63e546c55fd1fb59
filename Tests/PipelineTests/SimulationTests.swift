import Pipeline
import Testing

@Suite struct SimulationTests {
  /// How many histories one run goes through: the number is part of the claim.
  static let historyCount: UInt64 = 1_000

  @Test func `after any crash the model and the lists are those of a run that never crashed`() throws {
    var faults: [SimulatedCluster.Fault: Int] = [:]
    var (starts, lists, tombstones, eras) = (0, 0, 0, 0)
    for seed in 0..<Self.historyCount {
      var history = History(seed: seed)
      do {
        try history.run()
        let guarantees = try Guarantees(history.cluster, inputs: history.app.inputs)
        try guarantees.check()
        lists += guarantees.listCount
        tombstones += guarantees.tombstoneCount
        eras += guarantees.eraCount
      } catch {
        Issue.record("seed \(seed): \(error)")
      }
      faults.merge(history.cluster.faults, uniquingKeysWith: +)
      starts += history.starts
    }
    print("\(Self.historyCount) histories, \(starts) starts, \(lists) lists, \(tombstones) tombstones, \(eras) eras")
    #expect(lists > 10 * Int(Self.historyCount) && tombstones > 100 && eras > Int(Self.historyCount))
    print("faults: \(faults.map { "\($0.key) \($0.value)" }.sorted())")
    for fault in SimulatedCluster.Fault.allCases where fault != .staleEnd {
      #expect(faults[fault, default: 0] >= 20, "\(fault) hardly ever happened")
    }
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>) func `a run to the end ends although events go on coming`(seed: UInt64)
    throws
  {
    var history = History(seed: seed)
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

  #if PLANTED_BUGS
    @Test(arguments: PlantedBug.allCases) func `a planted bug is caught within 300 histories`(bug: PlantedBug) {
      for seed in 0..<UInt64(300) {
        var history = History(seed: seed, plantedBug: bug)
        do {
          try history.run()
          try Guarantees(history.cluster, inputs: history.app.inputs).check()
        } catch {
          print("\(bug) is caught by seed \(seed): \(error)")
          return
        }
      }
      Issue.record("\(bug) survives 300 histories")
    }
  #endif
}
