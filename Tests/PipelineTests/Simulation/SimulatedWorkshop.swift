import Pipeline

/// Lists are done after a random number of turns.
struct SimulatedWorkshop: ListWorkshop {
  let process: SimulatedProcess
  private var freeze: Freeze?
  private var turnsLeft = 0

  init(process: SimulatedProcess) { self.process = process }

  mutating func start(_ freeze: Freeze) {
    self.freeze = freeze
    turnsLeft = process.cluster.random.below(6)
  }

  mutating func finished() -> FinishedLists? {
    guard let freeze else { return nil }
    if turnsLeft > 0 {
      turnsLeft -= 1
      return nil
    }
    self.freeze = nil
    return freeze.lists()
  }
}
