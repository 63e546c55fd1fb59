/// Made-up data sets that a run takes no time for.
enum SmallData {
  /// Ten users, twelve items; everyone rates the items of their own half, in turn.
  static let ratings: [(user: Int, item: Int, rating: Int, second: Int)] = (0..<60).map { index in
    let user = index % 10
    return (user + 1, (user % 2) * 6 + index / 10 + 1, 1 + (user + index / 10) % 5, 880_000_000 + index)
  }

  /// As ml-1m is laid out, the lines of the ratings out of order.
  static func movieLens(in directory: TemporaryDirectory) throws -> String {
    let lines = ratings.reversed().map { "\($0.user)::\($0.item)::\($0.rating)::\($0.second)\n" }
    _ = try directory.file("ratings.dat", lines.joined())
    _ = try directory.file("movies.dat", (1...13).map { "\($0)::Movie \($0) (1995)::Drama|War\n" }.joined())
    return directory.path
  }

  /// The same events and items as lines of JSON.
  static func lines(in directory: TemporaryDirectory) throws -> String {
    let items = (1...13).map {
      #"{"item_id":"\#($0)","title":"Movie \#($0) (1995)","tags":["genre:Drama","genre:War","year:1995"]}"# + "\n"
    }
    let events = ratings.map {
      #"{"user_id":"\#($0.user)","item_id":"\#($0.item)","type":"rating","value":\#($0.rating),"#
        + #""occurred_at":\#($0.second)000}"# + "\n"
    }
    return try directory.file("events.ndjson", (items + events).joined())
  }
}
