/// What a user did.
///
/// What each type means for learning is a table in the configuration. The list is open: a type that this version does
/// not know is carried by name, so that it can be counted, and never makes a record unusable.
public enum InteractionType: Hashable, Sendable {
  /// The item was on the screen.
  case impression
  /// The item was looked at; the value, if any, is a dwell time.
  case view
  /// The item was opened.
  case click
  /// The item was liked.
  case like
  /// The item was commented on.
  case comment
  /// The item was passed on.
  case share
  /// The item, or its author, was followed.
  case follow
  /// The item was bought.
  case purchase
  /// The item was rated; the value is the rating.
  case rating
  /// The item was skipped.
  case skip
  /// The item is not to be shown again.
  case hide
  /// The item was reported.
  case report
  /// A like was taken back.
  case unlike
  /// A follow was taken back.
  case unfollow
  /// The user is to be forgotten, as by a null payload.
  case forget
  /// Another type, by its name in UTF-8, cut to ``RecordLimits/typeNameLimitBytes``.
  case unknown(String)

  /// All types but the unknown ones, in the order in which the documentation lists them.
  public static let known: [InteractionType] = [
    .impression, .view, .click, .like, .comment, .share, .follow, .purchase, .rating, .skip, .hide, .report, .unlike,
    .unfollow, .forget,
  ]

  /// The name on the wire.
  public var name: String {
    switch self {
    case .impression: "impression"
    case .view: "view"
    case .click: "click"
    case .like: "like"
    case .comment: "comment"
    case .share: "share"
    case .follow: "follow"
    case .purchase: "purchase"
    case .rating: "rating"
    case .skip: "skip"
    case .hide: "hide"
    case .report: "report"
    case .unlike: "unlike"
    case .unfollow: "unfollow"
    case .forget: "forget"
    case .unknown(let name): name
    }
  }

  /// The type with this name on the wire. Names are case-sensitive.
  public init(name: String) {
    self.init(utf8: Array(name.utf8).span)
  }

  /// The type whose name is these bytes, which must be UTF-8.
  init(utf8 name: Span<UInt8>) {
    if name.count <= Self.longestPackedName {
      let packed = Self.pack(name)
      for (name, type) in Self.packedNames where name == packed {
        self = type
        return
      }
    }
    var end = min(name.count, RecordLimits.typeNameLimitBytes)
    if end < name.count {
      // Not in the middle of a character: back to its first byte.
      while end > 0, name[end] & 0xC0 == 0x80 { end -= 1 }
    }
    self = .unknown(String(decoding: (0..<end).map { name[$0] }, as: UTF8.self))
  }

  /// Names of up to 15 bytes fit into one integer under a leading one, and compare in one instruction.
  private static let longestPackedName = 15
  private static let packedNames: [(name: UInt128, type: InteractionType)] = known.map { type in
    let name = Array(type.name.utf8)
    precondition(name.count <= longestPackedName, "\(type.name) is longer than a packed name")
    return (pack(name.span), type)
  }

  private static func pack(_ name: Span<UInt8>) -> UInt128 {
    var packed: UInt128 = 1
    for index in name.indices { packed = packed &<< 8 | UInt128(name[index]) }
    return packed
  }
}
