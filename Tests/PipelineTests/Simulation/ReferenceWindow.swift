/// What a window of events is, in the fewest words: the last so many, of which some were forgotten.
struct ReferenceWindow {
  enum Verdict { case new, duplicate, beyondWindow }

  let limit: Int
  private var entries: [SimulatedCluster.EventName?] = []
  /// Everything that was taken in since its user was forgotten last.
  private var met: Set<SimulatedCluster.EventName> = []

  init(limit: Int) { self.limit = limit }

  mutating func take(_ event: SimulatedCluster.EventName) -> Verdict {
    if entries.contains(event) { return .duplicate }
    entries.append(event)
    if entries.count > limit { entries.removeFirst() }
    return met.insert(event).inserted ? .new : .beyondWindow
  }

  mutating func forget(_ user: Int) {
    for index in entries.indices where entries[index]?.user == user { entries[index] = nil }
    met = met.filter { $0.user != user }
  }
}
