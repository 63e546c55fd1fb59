@testable import Pipeline
import Testing

#if PLANTED_BUGS
  /// The simulation would notice: each bug of the protocol is caught.
  @Suite struct PlantedBugTests {
    @Test(arguments: PlantedBug.allCases) func `a planted bug is caught within 300 histories`(bug: PlantedBug) async {
      for seed in 0..<UInt64(300) {
        do {
          try run(seed, plantedBug: bug)
        } catch {
          // It is the bug that was caught: the same history without it passes.
          #expect(throws: Never.self) { try run(seed, plantedBug: nil) }
          return Campaign.say("\(bug) is caught by seed \(seed), \(error)")
        }
        await Task.yield()
      }
      Issue.record("\(bug) survives 300 histories")
    }

    private func run(_ seed: UInt64, plantedBug: PlantedBug?) throws {
      let history = History(seed: seed, plantedBug: plantedBug)
      try history.run()
      try Guarantees(
        history.cluster, inputs: history.app.inputs, window: history.options.window, isComplete: !history.isOver
      ).check(plantedBug: plantedBug)
    }
  }
#endif
