import FeedEvents

/// One line of a release's movie file.
struct MovieLensMovie {
  /// The meaning of `u.item`'s flags, in their order (the file `u.genre` of the same release).
  static let flaggedGenres = [
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama", "Fantasy",
    "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western",
  ]
  /// What the CSV releases write where a movie has no genre.
  static let noGenres = Array("(no genres listed)".utf8)
  /// Release years are rounded down to a multiple of this.
  static let yearBucketYears = 5

  let identifier: [UInt8]
  let title: [UInt8]
  let genres: [[UInt8]]
  let year: Int?

  init(_ line: Span<UInt8>, release: MovieLensRelease) throws(DatasetError.Problem) {
    switch release {
    case .hundredThousand:
      var cut = FieldCutter(separator: "|")
      identifier = try cut.next(in: line, named: "movie id")
      title = try cut.next(in: line, named: "movie title").utf8FromLatin1
      year = Self.trailingYear(try cut.next(in: line, named: "release date"))
      _ = try cut.next(in: line, named: "video release date")
      _ = try cut.next(in: line, named: "address")
      var genres: [[UInt8]] = []
      for genre in Self.flaggedGenres {
        let flag = try cut.next(in: line, named: "flag \(genre)")
        switch flag {
        case [UInt8(ascii: "0")]: break
        case [UInt8(ascii: "1")]: genres.append(Array(genre.utf8))
        default: throw .notANumber(field: "flag \(genre)", text: String(decoding: flag, as: UTF8.self))
        }
      }
      self.genres = genres
    case .doubleColon:
      var cut = FieldCutter(separator: "::")
      identifier = try cut.next(in: line, named: "movie id")
      title = try cut.next(in: line, named: "title").utf8OrLatin1
      year = Self.parenthesizedYear(title)
      genres = Self.genres(try cut.next(in: line, named: "genres").utf8OrLatin1)
    case .commaSeparated:
      let row = try CSVRow(line)
      identifier = try row.field(0, named: "movieId")
      title = try row.field(1, named: "title")
      year = Self.parenthesizedYear(title)
      genres = Self.genres(try row.field(2, named: "genres"))
    }
    guard Fields.natural(identifier.span, identifier.indices) != nil else {
      throw .notANumber(field: "movie id", text: String(decoding: identifier, as: UTF8.self))
    }
  }

  /// The movie as the catalogue has it: a tag for each genre and one for the years it belongs to.
  var catalogItem: CatalogItem {
    var tags = genres.map { Array("genre:".utf8) + $0 }
    if let year {
      tags.append(Array("year:\(year / Self.yearBucketYears * Self.yearBucketYears)".utf8))
    }
    return CatalogItem(itemID: identifier, title: title, tags: tags)
  }

  private static func genres(_ text: [UInt8]) -> [[UInt8]] {
    guard text != noGenres else { return [] }
    return text.split(separator: UInt8(ascii: "|")).map(Array.init)
  }

  /// The year at the end of a date such as `01-Jan-1995`.
  private static func trailingYear(_ date: [UInt8]) -> Int? {
    guard date.count >= 4 else { return nil }
    return Fields.natural(date.span, date.count - 4..<date.count).map(Int.init)
  }

  /// The year in parentheses at the end of a title such as `Heat (1995)`.
  private static func parenthesizedYear(_ title: [UInt8]) -> Int? {
    var end = title.count
    while end > 0, title[end - 1] == UInt8(ascii: " ") { end -= 1 }
    guard end >= 6, title[end - 1] == UInt8(ascii: ")"), title[end - 6] == UInt8(ascii: "(") else { return nil }
    return Fields.natural(title.span, end - 5..<end - 1).map(Int.init)
  }
}

/// Takes the fields of a line one after the other.
struct FieldCutter {
  private let separator: [UInt8]
  private var position = 0

  init(separator: String) {
    self.separator = Array(separator.utf8)
  }

  mutating func next(in line: Span<UInt8>, named name: String) throws(DatasetError.Problem) -> [UInt8] {
    guard let range = Fields.next(in: line, from: &position, separator: separator) else { throw .missingField(name) }
    return Fields.bytes(line, range)
  }
}
