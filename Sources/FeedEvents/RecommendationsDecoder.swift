/// Reads lists, for those who consume them. What ``InteractionDecoder`` says about keeping and sharing holds here too.
public final class RecommendationsDecoder {
  private let reader: JSONReader

  /// Creates a decoder.
  public init() {
    reader = JSONReader()
  }

  /// Decodes one payload of up to ``RecordLimits/payloadLimitBytes``; unknown fields are ignored. O(bytes).
  /// - Throws: ``RecommendationsError``.
  public func decode(_ payload: [UInt8]) throws(RecommendationsError) -> Recommendations {
    try decode(payload.span)
  }

  /// Decodes one payload of up to ``RecordLimits/payloadLimitBytes``; unknown fields are ignored. O(bytes).
  /// - Throws: ``RecommendationsError``.
  public func decode(_ payload: Span<UInt8>) throws(RecommendationsError) -> Recommendations {
    let document: JSONValue
    do { document = try reader.read(payload) } catch { throw .unreadable(error) }
    guard document.object != nil else { throw .unreadable(.notAnObject) }
    guard let items = document["items"]?.array else { throw .field("items") }
    guard let basedOn = document["based_on"], basedOn.object != nil else { throw .field("based_on") }
    guard let partition = Int32(exactly: try natural(basedOn, "partition")) else { throw .field("partition") }
    return Recommendations(
      userID: try identifier(document, "user_id"),
      version: try natural(document, "version"),
      generatedAt: try natural(document, "generated_at"),
      items: try items.map { (item) throws(RecommendationsError) in try self.item(item) },
      basedOn: Recommendations.Origin(
        partition: partition, offset: try natural(basedOn, "offset"),
        occurredAt: try natural(basedOn, "occurred_at")))
  }

  private func item(_ value: JSONValue) throws(RecommendationsError) -> Recommendations.Item {
    let itemID = try identifier(value, "item_id")
    guard let score = value["score"]?.number, Float(score).isFinite else { throw .field("score") }
    var propensity: Double?
    if let value = value["propensity"] {
      guard let number = value.number, number > 0, number <= 1 else { throw .field("propensity") }
      propensity = number
    }
    return Recommendations.Item(itemID: itemID, score: Float(score), propensity: propensity)
  }

  private func identifier(_ value: JSONValue, _ key: String) throws(RecommendationsError) -> [UInt8] {
    guard let bytes = value[key]?.string, (1...RecordLimits.identifierLimitBytes).contains(bytes.count) else {
      throw .field(key)
    }
    return bytes
  }

  private func natural(_ value: JSONValue, _ key: String) throws(RecommendationsError) -> Int64 {
    guard let number = value[key]?.integer, number >= 0 else { throw .field(key) }
    return number
  }
}

@available(*, unavailable)
extension RecommendationsDecoder: Sendable {}

/// Why a payload is no list.
public enum RecommendationsError: Error, Equatable {
  /// The document as a whole.
  case unreadable(RejectionReason)
  /// The field of this name is missing, of the wrong type, or out of range.
  case field(String)
}
