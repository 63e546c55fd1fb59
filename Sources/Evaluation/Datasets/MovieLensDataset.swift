public import FeedEvents

/// A MovieLens release in memory: its movies as a catalogue, its ratings as interactions in order of time.
///
/// Events are sorted by time; those of the same second keep the order of the file. Twenty bytes are held per rating, and an
/// ``FeedEvents/Interaction`` is made only when it is asked for, so that 25 million ratings fit in half a gigabyte.
///
///     let dataset = try MovieLensDataset(directory: "ml-100k")
///     for item in dataset.catalog { learner.upsert(item) }
///     for interaction in dataset { learner.learn(interaction) }
public struct MovieLensDataset: Sendable {
  /// Which release was found.
  public let release: MovieLensRelease
  /// Every movie of the release, in the order of its file, whether rated or not.
  public let catalog: [CatalogItem]
  /// How many distinct users have rated.
  public let userCount: Int

  /// The time in seconds in the upper half, the position in the file in the lower: sorted numbers are a stable order.
  private let order: [UInt64]
  private let users: [UInt32]
  private let items: [UInt32]
  private let thousandths: [Int32]

  /// Reads the release that lies in a directory.
  ///
  /// O(n log n) in the number of ratings.
  /// - Throws: ``DatasetError`` with the file and line that could not be understood.
  public init(directory: String) throws(DatasetError) {
    release = try MovieLensRelease(in: directory)
    catalog = try Self.readMovies("\(directory)/\(release.moviesFile)", release)

    var reader = try LineReader("\(directory)/\(release.ratingsFile)")
    try Self.skipHeader(release.ratingsHeader, of: &reader)
    var order: [UInt64] = []
    var users: [UInt32] = []
    var items: [UInt32] = []
    var thousandths: [Int32] = []
    var distinctUsers: Set<UInt32> = []
    let separator = release.ratingsSeparator
    try reader.forEach { line throws(DatasetError.Problem) in
      guard let row = try RatingRow(line, separator: separator) else { return }
      guard let position = UInt32(exactly: order.count) else { throw .tooManyEvents }
      order.append(UInt64(row.seconds) << 32 | UInt64(position))
      if users.last != row.user { distinctUsers.insert(row.user) }
      users.append(row.user)
      items.append(row.item)
      thousandths.append(row.thousandths)
    }
    order.sort()
    self.order = order
    self.users = users
    self.items = items
    self.thousandths = thousandths
    userCount = distinctUsers.count
  }

  private static func readMovies(
    _ file: String, _ release: MovieLensRelease
  ) throws(DatasetError) -> [CatalogItem] {
    var reader = try LineReader(file)
    try skipHeader(release.moviesHeader, of: &reader)
    var catalog: [CatalogItem] = []
    try reader.forEach { line throws(DatasetError.Problem) in
      guard !line.isEmpty else { return }
      catalog.append(try MovieLensMovie(line, release: release).catalogItem)
    }
    return catalog
  }

  private static func skipHeader(_ header: String?, of reader: inout LineReader) throws(DatasetError) {
    guard let header else { return }
    _ = try reader.next { line throws(DatasetError.Problem) in
      let found = Fields.text(line, 0..<line.count)
      guard found == header else { throw .unexpectedHeader(expected: header, found: found) }
    }
  }
}

extension MovieLensDataset: RandomAccessCollection {
  /// The position of the first event.
  public var startIndex: Int { 0 }
  /// The number of events.
  public var endIndex: Int { order.count }

  /// The event at a position in order of time: a rating, its identifiers as they stand in the file, its time in
  /// milliseconds.
  public subscript(index: Int) -> Interaction {
    let key = order[index]
    let position = Int(key & 0xFFFF_FFFF)
    return Interaction(
      userID: Array(String(users[position]).utf8),
      itemID: Array(String(items[position]).utf8),
      type: .rating,
      value: Double(thousandths[position]) / 1000,
      occurredAt: Int64(key >> 32) * 1000)
  }
}

/// One line of a release's ratings file: user, movie, rating, seconds.
private struct RatingRow {
  var user: UInt32
  var item: UInt32
  var thousandths: Int32
  var seconds: UInt32

  /// Nil for an empty line.
  init?(_ line: Span<UInt8>, separator: [UInt8]) throws(DatasetError.Problem) {
    guard !line.isEmpty else { return nil }
    var position = 0
    user = try Self.number("user id", in: line, &position, separator, Fields.natural)
    item = try Self.number("movie id", in: line, &position, separator, Fields.natural)
    thousandths = try Self.number("rating", in: line, &position, separator, Fields.thousandths)
    seconds = try Self.number("timestamp", in: line, &position, separator, Fields.natural)
  }

  private static func number<Number>(
    _ name: String, in line: Span<UInt8>, _ position: inout Int, _ separator: [UInt8],
    _ read: (Span<UInt8>, Range<Int>) -> Number?
  ) throws(DatasetError.Problem) -> Number {
    guard let range = Fields.next(in: line, from: &position, separator: separator) else { throw .missingField(name) }
    guard let number = read(line, range) else {
      throw .notANumber(field: name, text: Fields.text(line, range))
    }
    return number
  }
}
