/// One thing that one user did, as the topic `woonkly.interactions` carries it.
///
///     {"event_id":"01J9ZK3W8Q4C7V5M2T6RFB0XND","user_id":"u_184467","item_id":"p_99120",
///      "type":"like","value":1.0,"occurred_at":1795315069113}
///
/// Identifiers are bytes, 1...256 of UTF-8. Compare them as bytes: as a `String`, two that differ only in Unicode
/// normalization would be equal.
public struct Interaction: Equatable, Sendable {
  /// A producer's key for this event: a second one with the same key, within a bounded window, is the same event.
  public var eventID: [UInt8]?
  /// Who. Also the record's key in Kafka.
  public var userID: [UInt8]
  /// What it was about. Empty if it was about no item: possible for ``InteractionType/forget``, for following an
  /// author, and for unknown types.
  public var itemID: [UInt8]
  /// What was done.
  public var type: InteractionType
  /// A rating, a dwell time in milliseconds, or whatever else the type measures. Finite as a 32-bit float, never -0.
  public var value: Double?
  /// When, in milliseconds since 1970, in 0...``RecordLimits/latestTimeMilliseconds``.
  public var occurredAt: Int64
  /// The version of the list in which the user met the item. Not negative.
  public var listVersion: Int64?
  /// The item's place in that list, from 0. Not negative.
  public var position: Int64?
  /// Who made the item; alone in a follow, the author who is followed.
  public var authorID: [UInt8]?
  /// Where in the product it happened, in 1...64 bytes, for example `home`.
  public var surface: [UInt8]?
}

extension Interaction {
  /// Creates an interaction. ``validate()`` tells whether it can be sent.
  public init(
    eventID: [UInt8]? = nil, userID: [UInt8], itemID: [UInt8], type: InteractionType, value: Double? = nil,
    occurredAt: Int64, listVersion: Int64? = nil, position: Int64? = nil, surface: [UInt8]? = nil,
    authorID: [UInt8]? = nil
  ) {
    // The order of the stored properties, which this initializer's own is not, names the memberwise initializer. It
    // builds the value in one piece; one that assigns ten fields in turn copies the whole at its end.
    self.init(
      eventID: eventID, userID: userID, itemID: itemID, type: type, value: value, occurredAt: occurredAt,
      listVersion: listVersion, position: position, authorID: authorID, surface: surface)
  }

  /// Whether an interaction of this type says enough without an item.
  static func needsItem(_ type: InteractionType, hasAuthor: Bool) -> Bool {
    switch type {
    case .forget, .unknown: false
    case .follow, .unfollow: !hasAuthor
    case .impression, .view, .click, .like, .comment, .share, .purchase, .rating, .skip, .hide, .report, .unlike: true
    }
  }
}
