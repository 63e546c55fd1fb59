import Glibc
@testable import Learning

/// MovieLens-100K as a stream, read from where the environment says it lies. The data are not part of this repository.
struct MovieLens {
  struct Event {
    let user: [UInt8]
    let item: [UInt8]
    let rating: Float
    let time: Int64
  }

  struct Movie {
    let id: [UInt8]
    let tags: [[UInt8]]
  }

  /// In the order of time, ties in the order of the file.
  let events: [Event]
  let movies: [Movie]

  static var directory: String? { environment("WOONKLY_TEST_MOVIELENS") }

  static func environment(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  init(directory: String) throws {
    let lines = try Self.bytes("\(directory)/u.data").split(separator: UInt8(ascii: "\n"))
    let unsorted = lines.map { line in
      let fields = line.split(separator: UInt8(ascii: "\t"))
      return Event(
        user: Array(fields[0]), item: Array(fields[1]), rating: Float(String(decoding: fields[2], as: UTF8.self))!,
        time: Int64(String(decoding: fields[3], as: UTF8.self))! * 1000)
    }
    events = unsorted.enumerated()
      .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    movies = try Self.bytes("\(directory)/u.item").split(separator: UInt8(ascii: "\n")).map { line in
      let fields = line.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)
      var tags: [[UInt8]] = []
      for genre in 0..<19 where fields[5 + genre] == [UInt8(ascii: "1")] { tags.append(Array("genre:\(genre)".utf8)) }
      if let year = Int(String(decoding: fields[2].suffix(4), as: UTF8.self)) {
        tags.append(Array("years:\(year / 5)".utf8))
      }
      return Movie(id: Array(fields[0]), tags: tags)
    }
  }

  private struct Unreadable: Error {
    let path: String
  }

  private static func bytes(_ path: String) throws -> [UInt8] {
    guard let file = unsafe fopen(path, "rb") else { throw Unreadable(path: path) }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe fread(&chunk, 1, chunk.count, file)
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }
}

/// The prequential protocol: for every event score, record, learn.
struct Prequential: CustomStringConvertible {
  var squares = 0.0
  var predicted = 0
  var hits10 = 0
  var hits100 = 0
  var seenHits10 = 0
  var popularity10 = 0
  var popularity100 = 0
  var measured = 0
  var seconds = 0.0

  var rmse: Double { (squares / Double(predicted)).squareRoot() }
  var rates10: Double { rate(hits10) }
  func rate(_ hits: Int) -> Double { Double(hits) / Double(measured) }

  var description: String {
    "RMSE \(rmse) hit@10 \(rate(hits10)) hit@100 \(rate(hits100)), with seen \(rate(seenHits10)), popularity "
      + "\(rate(popularity10)) \(rate(popularity100))"
  }

  static func fresh(_ configuration: LearningConfiguration, _ data: MovieLens) -> Learner {
    var learner = Learner(configuration: configuration)
    for movie in data.movies {
      _ = learner.upsert(item: movie.id.span, tags: movie.tags, expiresAt: 0, active: true)
    }
    return learner
  }

  static func effect(_ rating: Float) -> Effect {
    Effect(seen: true, history: .append, weight: 1, negativeWeight: 0, rating: rating, undo: false)
  }

  init(_ learner: inout Learner, _ data: MovieLens, ranking: Bool = true, scale: Float = 1) {
    var scratch = RankScratch()
    var start = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start)
    for (offset, event) in data.events.enumerated() {
      if let prediction = learner.predict(user: event.user.span, item: event.item.span) {
        let error = Double(prediction - event.rating * scale)
        squares += error * error
        predicted += 1
      }
      if ranking {
        measured += 1
        if let ranks = learner.rank(of: event.item.span, for: event.user.span, scratch: &scratch) {
          if ranks.excludingSeen <= 10 { hits10 += 1 }
          if ranks.excludingSeen <= 100 { hits100 += 1 }
          if ranks.includingSeen <= 10 { seenHits10 += 1 }
          if ranks.popularity <= 10 { popularity10 += 1 }
          if ranks.popularity <= 100 { popularity100 += 1 }
        }
      }
      learner.learn(
        user: event.user.span, item: event.item.span, effect: Self.effect(event.rating * scale), occurredAt: event.time,
        at: Coordinate(partition: 0, offset: Int64(offset)))
    }
    var end = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end)
    seconds = Double(end.tv_sec - start.tv_sec) + Double(end.tv_nsec - start.tv_nsec) / 1e9
  }
}

/// One pass over a shuffled 80 %, then the rest is predicted and ranked with nothing learned any more.
struct RandomSplit {
  var rmse = 0.0
  var hit10 = 0.0

  init(_ configuration: LearningConfiguration, _ data: MovieLens, seed: UInt64) {
    var random = TestRandom(seed: seed)
    var events = data.events
    events.shuffle(using: &random)
    let cut = events.count * 4 / 5
    var learner = Prequential.fresh(configuration, data)
    for (offset, event) in events[..<cut].enumerated() {
      learner.learn(
        user: event.user.span, item: event.item.span, effect: Prequential.effect(event.rating), occurredAt: event.time,
        at: Coordinate(partition: 0, offset: Int64(offset)))
    }
    var (squares, hits) = (0.0, 0)
    var scratch = RankScratch()
    for event in events[cut...] {
      let error = Double(learner.predict(user: event.user.span, item: event.item.span)! - event.rating)
      squares += error * error
      if let ranks = learner.rank(of: event.item.span, for: event.user.span, scratch: &scratch),
        ranks.excludingSeen <= 10
      {
        hits += 1
      }
    }
    let tested = Double(events.count - cut)
    rmse = (squares / tested).squareRoot()
    hit10 = Double(hits) / tested
  }
}
