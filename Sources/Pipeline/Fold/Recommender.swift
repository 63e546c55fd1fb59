import Checkpoints
import FeedEvents
public import Learning

/// The state machine over the log: a model and how far the log has been folded into it.
///
/// The state is a function of the folded records and the configuration alone. How epochs cut the log, when lists were
/// made, how often the process died: nothing of that is in it.
public struct Recommender: ~Copyable {
  /// The configuration of the current era.
  public private(set) var configuration: JournaledConfiguration
  /// The model.
  public private(set) var learner: Learner
  /// How far each input has been folded, in folding order.
  public private(set) var positions: [InputPosition]
  /// Which events were folded already, by input.
  private(set) var windows: EventWindows
  private let interactions = InteractionDecoder()
  private let catalog = CatalogDecoder()
  /// A planted bug, and what one of them wrongly keeps outside of the state: the number of events since the start.
  var plantedBug: PlantedBug?
  private var eventsSinceStart: Int64 = 0

  /// How far `occurred_at` may lie ahead of the record's own timestamp: later ones would stop the model's clock.
  public static let futureLimitMilliseconds: Int64 = 5 * 60 * 1000

  /// A model that knows nothing, at the given positions.
  public init(configuration: JournaledConfiguration, positions: [InputPosition]) {
    self.init(configuration: configuration, positions: positions, window: EventWindow.limitEvents)
  }

  /// - Parameter window: how many events a duplicate is known for.
  init(configuration: JournaledConfiguration, positions: [InputPosition], window: Int) {
    let positions = positions.sorted { $0.input < $1.input }
    self.init(
      configuration: configuration, learner: Learner(configuration: configuration.learning), positions: positions,
      windows: EventWindows(seed: configuration.learning.seed, inputs: positions.map(\.input), limit: window))
  }

  init(
    configuration: JournaledConfiguration, learner: consuming Learner, positions: [InputPosition], windows: EventWindows
  ) {
    self.configuration = configuration
    self.learner = learner
    self.positions = positions
    self.windows = windows
  }

  /// The digest of what was learned, of the positions, and of the events that a duplicate is told by. Valid between epochs.
  public var digest: UInt128 { learner.digest &+ Self.digest(of: positions) &+ windows.digest }

  /// The same from scratch. O(state).
  public func recomputedDigest() -> UInt128 {
    learner.recomputedDigest() &+ Self.digest(of: positions) &+ windows.recomputedDigest()
  }

  /// The sections of a checkpoint that hold the state, positions apart.
  func sections() -> [Section] { [windows.section(of: positions.map(\.input))] + learner.sections() }

  /// A planted bug: no event was ever seen.
  mutating func emptyWindows() {
    windows = EventWindows(
      seed: configuration.learning.seed, inputs: positions.map(\.input), limit: windows.limit)
  }

  /// Topic names are left out: `evaluate`, which has none, comes to the daemon's digest. So are inputs of which nothing has
  /// been read: how many partitions an empty catalog has is no part of what was learned.
  private static func digest(of positions: [InputPosition]) -> UInt128 {
    positions.reduce(0) { sum, position in
      guard position.next > 0 else { return sum }
      var writer = ByteWriter()
      writer.write(position.input.partition)
      writer.write(position.next)
      let seed: UInt64 = position.input.role == .catalog ? 0x0CA7 : 0x1A7E
      return sum &+ Hash.xxh3_128(writer.bytes.span, seed: seed)
    }
  }

  /// A new era: from now on another configuration. Nothing is learned again.
  public mutating func reconfigure(_ configuration: JournaledConfiguration) {
    self.configuration = configuration
    learner.reconfigure(configuration.learning)
  }

  /// A new era by a later version of the learner: makes the state that an older one left this version's.
  mutating func upgrade() { learner.upgrade() }

  /// Goes on elsewhere: what lies between was deleted before it could be folded.
  mutating func move(to next: [Int64]) {
    for index in positions.indices { positions[index].next = next[index] }
  }

  /// Folds one epoch's records, catalog first, then by partition and offset, and moves the positions to `ends`.
  public mutating func fold(_ records: RecordBuffer, to ends: [Int64], probe: (any FoldProbe)? = nil) -> FoldYield {
    fold(records, to: ends, probe: probe, seals: true)
  }

  /// The same; without bringing the digest up to date where a benchmark asks what that costs.
  package mutating func fold(
    _ records: RecordBuffer, to ends: [Int64], probe: (any FoldProbe)? = nil, seals: Bool
  ) -> FoldYield {
    var yield = FoldYield()
    let evicted = learner.counts.evicted
    if isPlanted(.evictionAtEpochEnds, plantedBug) {
      var boundless = configuration.learning
      boundless.userRows = .max
      learner.reconfigure(boundless)
    }
    for index in isPlanted(.catalogFoldedLate, plantedBug) ? positions.indices.reversed() : Array(positions.indices) {
      for record in records.records[index] {
        switch positions[index].input.role {
        case .catalog: foldCatalog(record, in: records, input: index, yield: &yield)
        case .interactions: foldInteraction(record, in: records, input: index, probe: probe, yield: &yield)
        }
      }
      if let last = records.records[index].last {
        positions[index].last = RecordIdentity(offset: last.offset, timestamp: last.timestamp, hash: last.hash)
      }
      positions[index].next = ends[index]
    }
    #if PLANTED_BUGS
      if isPlanted(.evictionAtEpochEnds, plantedBug) {
        learner.reconfigure(configuration.learning)
        yield.debts += learner.evictBeyondBudget().map { .evicted(row: $0) }
      }
    #endif
    if seals { seal() }
    yield.counts.evicted = learner.counts.evicted.since(evicted)
    return yield
  }

  /// Brings the digest up to date.
  mutating func seal() { learner.seal() }

  private mutating func foldInteraction(
    _ record: BufferedRecord, in records: RecordBuffer, input: Int, probe: (any FoldProbe)?, yield: inout FoldYield
  ) {
    guard let value = record.value else {
      // A null payload forgets the user that is the key; without a key it says nothing.
      guard let key = record.key, (1...256).contains(key.count) else {
        return reject(record, .lengthOfUserID, in: records, input: input, yield: &yield)
      }
      return forget(Array(records.bytes[key]), yield: &yield)
    }
    let interaction: Interaction
    do throws(RejectionReason) {
      guard record.valueByteCount <= RecordBuffer.valueLimitBytes else { throw RejectionReason.tooLarge }
      interaction = try interactions.decode(records.bytes.span.extracting(value))
      if record.timestamp >= 0, interaction.occurredAt - record.timestamp > Self.futureLimitMilliseconds {
        throw RejectionReason.timeAheadOfRecord
      }
    } catch {
      return reject(record, error, in: records, input: input, yield: &yield)
    }
    if let key = record.key {
      if !records.bytes[key].elementsEqual(interaction.userID) { yield.counts.foreignKeys += 1 }
    } else {
      yield.counts.nullKeys += 1
    }
    switch interaction.type {
    case .forget: return forget(interaction.userID, yield: &yield)
    case .unknown(let name): return yield.counts.countUnknownType(name)
    default: break
    }
    if let event = interaction.eventID, !windows.admit(event.span, of: interaction.userID.span, input: input) {
      yield.counts.duplicates += 1
      return
    }
    // Nothing vouches for the time of a record without a timestamp: it is held to what is known already, or one that claims
    // the year 2200 would stop the clock of popularity until then.
    let occurredAt =
      record.timestamp < 0 ? min(interaction.occurredAt, learner.latestTime ?? 0) : interaction.occurredAt
    let effect = configuration.events.effect(of: interaction.type, value: interaction.value.map { Float($0) }) {
      learner.isLongDwell($0)
    }
    let coordinate = Coordinate(
      partition: positions[input].input.partition,
      offset: isPlanted(.statefulRandomness, plantedBug) ? eventsSinceStart : record.offset)
    eventsSinceStart += 1
    guard let effect, !interaction.itemID.isEmpty else {
      return foldAuthor(interaction, effect, occurredAt: occurredAt, at: coordinate, yield: &yield)
    }
    probe?.willLearn(interaction, effect: effect, learner: learner)
    let author = interaction.authorID ?? []
    let learned = learner.learn(
      user: interaction.userID.span, item: interaction.itemID.span, author: author.span,
      effect: effect, occurredAt: occurredAt, at: coordinate)
    count(learned, yield: &yield)
  }

  /// A follow or unfollow that names an author and no item.
  private mutating func foldAuthor(
    _ interaction: Interaction, _ effect: Effect?, occurredAt: Int64, at coordinate: Coordinate, yield: inout FoldYield
  ) {
    guard let effect, effect.weight > 0, let author = interaction.authorID else {
      yield.counts.notLearned += 1
      return
    }
    let learned = learner.learnFollow(
      of: author.span, by: interaction.userID.span, weight: effect.weight, occurredAt: occurredAt,
      at: coordinate)
    count(learned, yield: &yield)
  }

  private func count(_ learned: Learned, yield: inout FoldYield) {
    switch learned {
    case .learned(let userRow):
      yield.counts.learned += 1
      // Before whoever has one of their rows now.
      for row in learner.evictedUsers { yield.debts.append(.evicted(row: row)) }
      yield.debts.append(.touched(row: userRow))
    case .refusedItem:
      yield.counts.refused += 1
    }
  }

  private mutating func forget(_ userID: [UInt8], yield: inout FoldYield) {
    yield.counts.forgotten += 1
    if !isPlanted(.duplicatesOutliveForgetting, plantedBug) { windows.forget(userID.span) }
    if let row = learner.forget(user: userID.span) { yield.debts.append(.forgotten(row: row)) }
    yield.forgotten.append(userID)
  }

  private mutating func foldCatalog(
    _ record: BufferedRecord, in records: RecordBuffer, input: Int, yield: inout FoldYield
  ) {
    guard let value = record.value else {
      guard let key = record.key, (1...256).contains(key.count) else {
        return reject(record, .lengthOfItemID, in: records, input: input, yield: &yield)
      }
      learner.remove(item: records.bytes.span.extracting(key))
      yield.counts.catalog += 1
      return
    }
    do throws(RejectionReason) {
      guard record.valueByteCount <= RecordBuffer.valueLimitBytes else { throw RejectionReason.tooLarge }
      let item = try catalog.decode(records.bytes.span.extracting(value))
      let author = item.author ?? []
      let admission = learner.upsert(
        item: item.itemID.span, tags: item.tags, author: author.span, createdAt: item.created,
        expiresAt: item.expires.map { max($0, 1) } ?? 0, active: item.active)
      switch admission {
      case .admitted: yield.counts.catalog += 1
      case .refused: yield.counts.refused += 1
      }
    } catch {
      reject(record, error, in: records, input: input, yield: &yield)
    }
  }

  private func reject(
    _ record: BufferedRecord, _ reason: RejectionReason, in records: RecordBuffer, input: Int, yield: inout FoldYield
  ) {
    let origin = positions[input].input
    let letter = DeadLetter(
      key: records.slice(record.key), value: records.slice(record.value), headers: record.headers, reason: reason,
      origin: DeadLetter.Origin(topic: origin.topic, partition: origin.partition, offset: record.offset))
    yield.counts.deadLetters[reason.rawValue, default: 0] += 1
    yield.deadLetters.append(
      OutputRecord(topic: .deadLetter, key: letter.key, value: letter.value, headers: letter.recordHeaders))
  }
}
