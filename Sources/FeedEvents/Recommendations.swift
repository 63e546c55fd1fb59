/// One user's list, as the compacted topic `woonkly.recommendations` carries it.
///
///     {"user_id":"u_184467","version":8813,"generated_at":1795315069402,
///      "items":[{"item_id":"p_70011","score":2.41},{"item_id":"p_99813","score":-6.2,"propensity":0.004}],
///      "based_on":{"partition":17,"offset":90211834,"occurred_at":1795315069113}}
///
/// A list is whole, never a change to an earlier one. A null payload means that the user was forgotten.
public struct Recommendations: Equatable, Sendable {
  /// Whose list, in 1...256 bytes of UTF-8. Also the record's key in Kafka.
  public var userID: [UInt8]
  /// The epoch in which the list was computed. It only grows per user: skip what is not above the last one seen.
  public var version: Int64
  /// When it was computed, in milliseconds since 1970.
  public var generatedAt: Int64
  /// The best first, no item twice. An item with a ``Item/propensity`` stands where it does by chance.
  public var items: [Item]
  /// The user's latest event that the list knows of.
  public var basedOn: Origin

  /// An item and how well it fits; scores compare within one list only.
  public struct Item: Equatable, Sendable {
    /// Which item, in 1...256 bytes of UTF-8.
    public var itemID: [UInt8]
    /// Finite.
    public var score: Float
    /// The probability with which exploration put the item into this list, in (0, 1]; where in the list it stands was then
    /// drawn uniformly. Nil for an item that is here for its score.
    public var propensity: Double?

    /// Creates an entry.
    public init(itemID: [UInt8], score: Float, propensity: Double? = nil) {
      self.itemID = itemID
      self.score = score
      self.propensity = propensity
    }
  }

  /// Where an interaction lies in the log, and when it happened.
  public struct Origin: Equatable, Sendable {
    /// The partition of the interactions topic.
    public var partition: Int32
    /// The record's offset in it.
    public var offset: Int64
    /// The interaction's own time, in milliseconds since 1970.
    public var occurredAt: Int64

    /// Creates an origin.
    public init(partition: Int32, offset: Int64, occurredAt: Int64) {
      self.partition = partition
      self.offset = offset
      self.occurredAt = occurredAt
    }
  }

  /// Creates a list.
  public init(userID: [UInt8], version: Int64, generatedAt: Int64, items: [Item], basedOn: Origin) {
    self.userID = userID
    self.version = version
    self.generatedAt = generatedAt
    self.items = items
    self.basedOn = basedOn
  }

  /// The record's value: one JSON object without spaces, its fields in the order above, scores as the shortest text
  /// that reads back as the same 32-bit float and propensities as the one that gives the same 64-bit one. Equal lists give
  /// equal bytes. O(bytes).
  ///
  /// Scores must be finite, propensities in (0, 1], and identifiers UTF-8.
  public func encoded() -> [UInt8] {
    var encoder = RecommendationsEncoder(
      userID: userID.span, version: version, generatedAt: generatedAt, itemCount: items.count)
    for item in items { encoder.append(itemID: item.itemID.span, score: item.score, propensity: item.propensity) }
    return encoder.finish(basedOn: basedOn)
  }
}
