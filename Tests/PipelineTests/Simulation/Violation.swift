/// What a history is held to.
enum Guarantee: String, CaseIterable, Sendable {
  case g1 = "G1"
  case g2 = "G2"
  case p1 = "P1"
  case p2 = "P2"
  case p3 = "P3"
  case p4 = "P4"
  /// An outage shorter than the transaction timeout pauses.
  case f = "F"
  /// A completed checkpoint is there at the next start, and no slot is damaged that nothing damaged; whoever is fenced
  /// leaves the disk alone.
  case checkpoints = "checkpoints"
  /// The daemon stops only for what the world did to it, and then with the right reason.
  case stops = "stops"
  /// Nothing of a forgotten user is left.
  case forgetting = "forgetting"
}

/// A guarantee that does not hold.
struct Violation: Error, CustomStringConvertible {
  let guarantee: Guarantee
  let what: String

  init(_ guarantee: Guarantee, _ what: String) {
    self.guarantee = guarantee
    self.what = what
  }

  var description: String { "\(guarantee.rawValue): \(what)" }
}
