/// The forms in which GroupLens has published MovieLens, told apart by the files a directory holds.
public enum MovieLensRelease: Equatable, Sendable {
  /// ml-100k: `u.data` (tabs) and `u.item` (bars, ISO 8859-1, 19 genre flags).
  case hundredThousand
  /// ml-1m and ml-10m: `ratings.dat` and `movies.dat`, fields separated by `::`.
  case doubleColon
  /// ml-latest, ml-20m, ml-25m, ml-32m: `ratings.csv` and `movies.csv` with a header line.
  case commaSeparated

  /// The release that lies in a directory.
  /// - Throws: ``DatasetError`` when there is none.
  public init(in directory: String) throws(DatasetError) {
    for release in [MovieLensRelease.hundredThousand, .doubleColon, .commaSeparated]
    where fileExists("\(directory)/\(release.ratingsFile)") {
      self = release
      return
    }
    throw DatasetError(file: directory, problem: .unknownRelease)
  }

  var ratingsFile: String {
    switch self {
    case .hundredThousand: "u.data"
    case .doubleColon: "ratings.dat"
    case .commaSeparated: "ratings.csv"
    }
  }

  var moviesFile: String {
    switch self {
    case .hundredThousand: "u.item"
    case .doubleColon: "movies.dat"
    case .commaSeparated: "movies.csv"
    }
  }

  var ratingsSeparator: [UInt8] {
    switch self {
    case .hundredThousand: [UInt8(ascii: "\t")]
    case .doubleColon: Array("::".utf8)
    case .commaSeparated: [UInt8(ascii: ",")]
    }
  }

  var ratingsHeader: String? {
    self == .commaSeparated ? "userId,movieId,rating,timestamp" : nil
  }

  var moviesHeader: String? {
    self == .commaSeparated ? "movieId,title,genres" : nil
  }
}
