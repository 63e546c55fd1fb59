/// Writes a list item by item into one array of bytes, for those who have identifiers in an arena and not as arrays.
/// The bytes are those of ``Recommendations/encoded()``.
package struct RecommendationsEncoder: Sendable {
  private var writer: JSONWriter
  private var isEmpty = true

  /// Begins a list. `itemCount` only sizes the buffer.
  package init(userID: Span<UInt8>, version: Int64, generatedAt: Int64, itemCount: Int) {
    // What stands around an identifier is 35 bytes with a long score, an identifier mostly less than 24.
    writer = JSONWriter(capacity: 192 + userID.count + itemCount * 60)
    writer.beginObject()
    writer.key("user_id")
    writer.string(userID)
    writer.field("version", version)
    writer.field("generated_at", generatedAt)
    writer.key("items")
    writer.beginArray()
  }

  /// The next item, best first. The score must be finite, a propensity in (0, 1].
  package mutating func append(itemID: Span<UInt8>, score: Float, propensity: Double? = nil) {
    // In few pieces: this runs fifty times for each of thousands of users a second, and each piece costs 5 ns.
    writer.fragment(isEmpty ? #"{"item_id":"# : #",{"item_id":"#, endsValue: false)
    writer.string(itemID)
    writer.fragment(#","score":"#, endsValue: false)
    writer.number(score)
    if let propensity {
      writer.fragment(#","propensity":"#, endsValue: false)
      writer.number(propensity)
    }
    writer.endObject()
    isEmpty = false
  }

  /// The whole value.
  package consuming func finish(basedOn: Recommendations.Origin) -> [UInt8] {
    writer.endArray()
    writer.key("based_on")
    writer.beginObject()
    writer.field("partition", Int64(basedOn.partition))
    writer.field("offset", basedOn.offset)
    writer.field("occurred_at", basedOn.occurredAt)
    writer.endObject()
    writer.endObject()
    return writer.bytes
  }
}
