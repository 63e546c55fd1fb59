internal import Synchronization

/// Metrics of one name that differ in their labels' values.
///
///     let rejected = metrics.counters("woonkly_feed_rejected_records_total", "…", by: "reason", over: reasons)
///     rejected["malformed"].increment()
///
/// The number of members is bounded, because every one is kept for good and scraped each time: past `limit` combinations
/// a new one is counted under the value `other`. Look a member up once and keep it where speed matters.
public final class Family<Member: Sendable>: Sendable {
  /// The most combinations of label values that are told apart.
  public let limit: Int
  private let labels: [String]
  private let make: @Sendable () -> Member
  private let state = Mutex(Members())

  private struct Members {
    /// By bytes: as keys, two spellings of one `String` would be merged.
    var positions: [[[UInt8]]: Int] = [:]
    var list: [(values: [String], member: Member)] = []
  }

  init(labels: [String], limit: Int, make: @escaping @Sendable () -> Member) {
    precondition(limit > 0, "a family has at least one member")
    self.labels = labels
    self.limit = limit
    self.make = make
  }

  /// The member with these label values, made on first use.
  public subscript(values: String...) -> Member {
    member(values)
  }

  func member(_ values: [String]) -> Member {
    precondition(values.count == labels.count, "\(labels.count) labels, \(values.count) values")
    return state.withLock { members in
      let key = values.map { Array($0.utf8) }
      if let position = members.positions[key] { return members.list[position].member }
      let overflow = members.list.count >= limit
      let kept = overflow ? labels.map { _ in "other" } : values
      let keptKey = kept.map { Array($0.utf8) }
      if let position = members.positions[keptKey] { return members.list[position].member }
      let member = make()
      members.positions[keptKey] = members.list.count
      members.list.append((kept, member))
      return member
    }
  }

  /// All members in the order of their making, each with its labels.
  var all: [(labels: [(name: String, value: String)], member: Member)] {
    let list = state.withLock { $0.list }
    return list.map { (labels: zip(labels, $0.values).map { (name: $0, value: $1) }, member: $0.member) }
  }
}
