import FeedEvents
import Pipeline

@testable import Evaluation

/// A made-up stream of ratings with something to learn in it, and the same in the forms of the MovieLens releases.
struct SmallStream {
  struct Rating {
    let user: Int
    let item: Int
    let stars: Int
    let second: Int
  }

  struct Movie {
    let id: Int
    let name: String
    let year: Int?
    let genres: [String]
  }

  let movies: [Movie]
  /// In the order of time.
  let ratings: [Rating]

  init(events: Int = 3_000, seed: UInt64 = 5) {
    var random = SplitMix64(seed: seed)
    let genres = ["Action", "Comedy", "Drama", "Film-Noir", "Sci-Fi"]
    movies = (1...80).map { id in
      // Names that the forms have to quote, or to write in their encoding.
      let name = ["Plain", "Comma, The", "\"Quoted\" One", "Café", "Colon: A Tale"][id % 5] + " \(id)"
      return Movie(
        id: id, name: name, year: id % 7 == 0 ? nil : 1960 + id % 40,
        genres: id % 11 == 0 ? [] : Array(Set([genres[id % 5], genres[id * id % 5]])).sorted())
    }
    var (ratings, seen): ([Rating], Set<Int>) = ([], [])
    while ratings.count < events {
      let (user, item) = (random.below(60) + 1, min(random.below(80), random.below(80)) + 1)
      guard seen.insert(user * 1_000 + item).inserted else { continue }
      let liking = (user + item) % 5 == 0 ? 1.5 : user % 5 == item % 5 ? -1 : 0
      let stars = (3 + liking + 0.7 * random.bell()).rounded()
      // Several events in a second: their order is that of the file.
      ratings.append(
        Rating(user: user, item: item, stars: Int(min(max(stars, 1), 5)), second: 880_000_000 + ratings.count / 3))
    }
    self.ratings = ratings
  }

  private func title(_ movie: Movie) -> String { movie.name + (movie.year.map { " (\($0))" } ?? "") }

  private func lines(_ separator: String, stars: (Int) -> String = { "\($0)" }) -> String {
    ratings.map { "\($0.user)\(separator)\($0.item)\(separator)\(stars($0.stars))\(separator)\($0.second)\n" }.joined()
  }

  private static func latin1(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8($0.value) } }

  /// ml-100k: tabs, bars, flags, the year in the release date.
  var hundredThousand: TemporaryDirectory {
    let items = movies.map { movie in
      let flags = MovieLensMovie.flaggedGenres.map { movie.genres.contains($0) ? "1" : "0" }.joined(separator: "|")
      return "\(movie.id)|\(title(movie))|\(movie.year.map { "01-Jan-\($0)" } ?? "")|||\(flags)\n"
    }
    return TemporaryDirectory(["u.data": Array(lines("\t").utf8), "u.item": Self.latin1(items.joined())])
  }

  /// ml-1m: double colons, ISO 8859-1, whole stars.
  var million: TemporaryDirectory {
    TemporaryDirectory(["ratings.dat": Array(lines("::").utf8), "movies.dat": Self.latin1(doubleColonMovies)])
  }

  /// ml-10m: double colons, UTF-8, half stars.
  var tenMillion: TemporaryDirectory {
    TemporaryDirectory(text: [
      "ratings.dat": lines("::", stars: { $0 % 2 == 0 ? "\($0 / 2)" : "\($0 / 2).5" }), "movies.dat": doubleColonMovies,
    ])
  }

  private var doubleColonMovies: String {
    movies.map { "\($0.id)::\(title($0))::\($0.genres.joined(separator: "|"))\n" }.joined()
  }

  /// ml-latest, ml-20m and later: commas, headers, quoted titles, words for no genre.
  var commaSeparated: TemporaryDirectory {
    let rows = movies.map { movie in
      let title = title(movie)
      let needsQuotes = title.contains(",") || title.contains("\"")
      let cell = needsQuotes ? "\"\(title.replacing("\"", with: "\"\""))\"" : title
      let genres = movie.genres.isEmpty ? "(no genres listed)" : movie.genres.joined(separator: "|")
      return "\(movie.id),\(cell),\(genres)\n"
    }
    return TemporaryDirectory(text: [
      "ratings.csv": "userId,movieId,rating,timestamp\n" + lines(",", stars: { "\($0).0" }),
      "movies.csv": "movieId,title,genres\n" + rows.joined(),
    ])
  }

  /// The events with a value of one's choice, in order.
  func events(
    _ type: InteractionType = .rating, value: (Int) -> Double? = { Double($0) }
  ) -> [Interaction] {
    ratings.map {
      Interaction(
        userID: Array("\($0.user)".utf8), itemID: Array("\($0.item)".utf8), type: type, value: value($0.stars),
        occurredAt: Int64($0.second) * 1_000)
    }
  }
}

extension PrequentialRun {
  /// A run over a catalog and events.
  init(
    _ catalog: [CatalogItem], _ events: some Sequence<Interaction>, configuration: JournaledConfiguration = .init()
  ) {
    self.init(configuration: configuration, hasCatalog: true)
    fold(catalog)
    fold(events)
  }

  var quality: Quality { probe.metrics.all }
}
