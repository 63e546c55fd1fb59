internal import FeedEvents

/// One record of the recommendations topic, as `watch` shows it.
struct WatchedList {
  private let key: [UInt8]?
  private let value: [UInt8]?

  init(key: [UInt8]?, value: [UInt8]?) {
    self.key = key
    self.value = value
  }

  /// Whether it is the list of this user, by the bytes of the key.
  func isList(of user: [UInt8]) -> Bool {
    key == user
  }

  /// One line for programs: the value as it is, a line break between its fields aside, or the fact that a user was
  /// forgotten. `nil`: a record that says nothing.
  var json: [UInt8]? {
    if let value {
      return value.map { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") ? UInt8(ascii: " ") : $0 }
        + [UInt8(ascii: "\n")]
    }
    guard let key else { return nil }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("user_id")
    // Through String, so that bytes that are no text still make JSON.
    writer.string(String(decoding: key, as: UTF8.self))
    writer.key("forgotten")
    writer.bool(true)
    writer.endObject()
    return writer.bytes + [UInt8(ascii: "\n")]
  }

  /// Some lines for people.
  /// - Parameter now: milliseconds since 1970.
  /// - Throws: ``FeedEvents/RecommendationsError`` for a value that is no list.
  func text(now: Int64, _ decoder: RecommendationsDecoder) throws(RecommendationsError) -> String {
    guard let value else { return "\(Self.printable(key ?? []))  forgotten\n\n" }
    let list = try decoder.decode(value)
    let age = Self.age(milliseconds: now - list.generatedAt)
    var text = "\(Self.printable(list.userID))  version \(list.version)  \(age) old\n"
    let width = "\(list.items.count)".count
    for (index, item) in list.items.enumerated() {
      let place = "\(index + 1)"
      text += String(repeating: " ", count: 2 + width - place.count) + place
      text += "  \(Self.printable(item.itemID))  \(item.score)\n"
    }
    return text + "\n"
  }

  /// An identifier for a terminal, which must not obey it.
  static func printable(_ bytes: [UInt8]) -> String {
    let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars.map {
      $0.properties.generalCategory == .control || $0.properties.generalCategory == .format ? "\u{fffd}" : $0
    }
    return String(String.UnicodeScalarView(scalars))
  }

  /// In the largest unit of which there are at least two.
  static func age(milliseconds: Int64) -> String {
    let age = max(0, milliseconds)
    return switch age {
    case ..<2_000: "\(age) ms"
    case ..<120_000: "\(age / 1_000) s"
    case ..<7_200_000: "\(age / 60_000) min"
    case ..<172_800_000: "\(age / 3_600_000) h"
    default: "\(age / 86_400_000) days"
    }
  }
}
