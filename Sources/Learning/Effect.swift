/// What an event means for learning, whatever its type is called.
public struct Effect: Equatable, Sendable {
  /// The item joins those that are never recommended to this user again. Positives always do.
  public var seen: Bool
  /// What happens to the user's history.
  public var history: HistoryEffect
  /// The softmax weight of a positive, 0 for none. Kept in sixteenths, up to 255/16.
  public var weight: Float
  /// The weight of an explicit negative, which moves the user's own row and nothing else; 0 for none.
  public var negativeWeight: Float
  /// The value that the user gave, for the rating head. Must be finite.
  public var rating: Float?
  /// Takes an earlier positive of this user and item back: its popularity count and its weight.
  public var undo: Bool
  /// The item was shown; so many impressions without an answer make it seen. 0: the event is no impression.
  public var seenAfterImpressions: Int
  /// Whether the user cared; nil for an event that does not tell.
  public var engaged: Bool?

  /// What happens to the user's history.
  public enum HistoryEffect: Equatable, Sendable {
    /// Nothing.
    case none
    /// The item becomes the newest, if the event is a stronger positive than any before it, or no positive but the first
    /// of this user and item.
    case append
    /// The item is taken out.
    case remove
  }

  /// Creates an effect.
  public init(
    seen: Bool = false, history: HistoryEffect = .none, weight: Float = 0, negativeWeight: Float = 0,
    rating: Float? = nil,
    undo: Bool = false, seenAfterImpressions: Int = 0, engaged: Bool? = nil
  ) {
    self.seen = seen
    self.history = history
    self.weight = weight
    self.negativeWeight = negativeWeight
    self.rating = rating
    self.undo = undo
    self.seenAfterImpressions = seenAfterImpressions
    self.engaged = engaged
  }
}

/// What became of an event.
public enum Learned: Equatable, Sendable {
  /// Learned; the user has this row.
  case learned(userRow: Int)
  /// There is no serial left for a new item, or no row for the tag of an author. Nothing changed but a count.
  case refusedItem
}

/// What became of a catalog item.
public enum Admission: Equatable, Sendable {
  /// The item has this row.
  case admitted(row: Int)
  /// There is no serial left for a new item. Nothing changed but a count.
  case refused
}
