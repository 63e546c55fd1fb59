/// What an item has beside its embeddings, in one cache line: everything a negative needs.
struct ItemRecord: BitwiseCopyable {
  /// Counts of positives.
  var popularity = ItemPopularity()
  /// B_j, the towers' bias.
  var bias: Parameter
  /// How many of the ring's positives are this item.
  var ringCount: UInt32 = 0
  /// How many items had had an event before its first, those since evicted included; `never` before its first.
  var order: UInt32 = never
  /// Where its tags begin in the pool of tags.
  var tagStart: UInt32 = 0
  /// Its position among the rows of the event being learned, -1 outside.
  var slot: Int16 = -1
  /// The number of its tags.
  var tagCount: UInt8 = 0
  var flags: UInt8 = activeFlag
  /// What histories and seen sets call it.
  var serial: UInt32 = 0

  static var never: UInt32 { .max }
  static var activeFlag: UInt8 { 1 }
  static var touchedFlag: UInt8 { 2 }

  /// True once an event named the item.
  @inline(__always)
  var isKnown: Bool { order != Self.never }

  /// What the sum of its tags is multiplied by: 1 up to four of them, 1/√n beyond.
  @inline(__always)
  var tagScale: Float { tagCount <= 4 ? 1 : 1 / SquareRoot.of(Float(tagCount)) }
}

/// What an item has that only its own events need.
struct ItemDetail: BitwiseCopyable {
  /// b_i of the rating head.
  var ratingBias: Parameter
  /// Milliseconds since 1970, 0 for never.
  var expiresAt: Int64 = 0
  /// When the item appeared, in milliseconds since 1970: what the catalog says, or its first event; ``unborn`` before.
  var bornAt: Int64 = unborn
  /// The row of its author's tag, -1 for none.
  var author: Int32 = -1
  /// How often it was shown.
  var impressions: UInt32 = 0
  /// The ordinal of the last event or catalog record that named it.
  var lastTouch: Int64 = 0
  /// The row's hash as it is in the digest.
  var hash: UInt128 = 0

  static var unborn: Int64 { .min }
}

/// What a user has beside the embeddings.
struct UserRecord: BitwiseCopyable {
  /// b_u of the rating head.
  var ratingBias: Parameter
  var log = UserLog()
  /// Moving averages of z − f over the user's ratings, at three speeds.
  var mood = SIMD4<Float>.zero
  var lastPartition: Int32 = -1
  var isTouched = false
  var lastOffset: Int64 = -1
  var lastOccurredAt: Int64 = 0
  /// The ordinal of the last event; 0 for a free row.
  var lastTouch: Int64 = 0
  /// The row's hash as it is in the digest.
  var hash: UInt128 = 0
}

/// What a tag has beside its embeddings.
struct TagRecord: BitwiseCopyable {
  /// b_g of the rating head.
  var ratingBias: Parameter
  /// How often items name it, in their tags or as their author. Follows from the items.
  var references: UInt32 = 0
  var isTouched = false
  /// The ordinal of being let go of by the last item, or followed since; 0 while an item carries it.
  var abandonedAt: Int64 = 0
  /// The row's hash as it is in the digest.
  var hash: UInt128 = 0
}
