import Checkpoints
import Testing

@testable import Learning

@Suite struct ItemQueryTests {
  @Test func `an unknown item has no query`() {
    var learner = Learner(configuration: LearningConfiguration())
    learner.upsert("known")
    let unknown = learner.freezeQuery(ofItem: "unknown".bytes.span)
    let known = learner.freezeQuery(ofItem: "known".bytes.span)
    #expect(unknown?.row == nil && known?.seen == [0])
  }

  @Test func `the query of an item is that of a user with this item for a history, less the user's own vector`() throws
  {
    var events = RandomEvents(seed: 4)
    var learner = Learner(configuration: LearningConfiguration())
    for _ in 0..<600 { events.step(&learner) }
    learner.learn("newcomer", "i3", .positive(), at: 10_000, time: events.time)
    let row = learner.userRow("newcomer".bytes.span)!
    let whole = learner.freezeUsers([row])[0].query
    let own = learner.users.towers[row].weights.elements
    let query = learner.freezeQuery(ofItem: "i3".bytes.span)!.query
    #expect(query.contains { $0 != 0 })
    for index in 0..<32 { #expect(abs(whole[index] - own[index] - query[index]) < 1e-5) }
  }

  @Test(.enabled(if: MovieLens.directory != nil, "WOONKLY_TEST_MOVIELENS names no directory"))
  func `on MovieLens sequels go with a film`() throws {
    let data = try MovieLens(directory: MovieLens.directory!)
    var learner = Prequential.fresh(LearningConfiguration(), data)
    for (offset, event) in data.events.enumerated() {
      learner.learn(
        user: event.user.span, item: event.item.span, effect: Prequential.effect(event.rating), occurredAt: event.time,
        at: Coordinate(partition: 0, offset: Int64(offset)))
    }
    let items = learner.freezeItems()
    func best(with film: String) -> [String] {
      let query = learner.freezeQuery(ofItem: film.bytes.span)!
      let scores = (0..<items.count).map { row in
        zip(query.query, items.vectors[row * 32..<row * 32 + 32]).reduce(items.biases[row]) { $0 + $1.0 * $1.1 }
      }
      let order = (0..<items.count).filter { !query.seen.contains(UInt32($0)) }.sorted { scores[$0] > scores[$1] }
      return order.prefix(5).map { String(decoding: items.identifiers[$0], as: UTF8.self) }
    }
    // Star Wars, Toy Story, The Godfather, Scream, Aladdin, Star Trek: The Wrath of Khan, Alien.
    for film in ["50", "1", "127", "288", "95", "228", "183"] { print("with \(film): \(best(with: film))") }
    // Return of the Jedi; the second Godfather; Aliens.
    #expect(best(with: "50").contains("181"))
    #expect(best(with: "127").contains("187"))
    #expect(best(with: "183").contains("176"))
  }
}
