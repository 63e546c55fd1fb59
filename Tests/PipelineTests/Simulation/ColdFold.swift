import Checkpoints
import FeedEvents
import Learning
@testable import Pipeline

/// A fresh process that folds the journaled ranges under the journaled configurations, and looks at everything the daemon
/// said on its way: G1, P2, P4, the dead letters, and what is left of forgotten users.
struct ColdFold: ~Copyable {
  private let guarantees: Guarantees
  private let records: [[(offset: Int64, record: SimulatedCluster.SimulatedRecord)]]
  private var passed: [Int]
  /// What is in the state of each log.
  private var folded: [[Range<Int>]]
  private var era: Era
  private var epoch: UInt64 = 0
  /// States that an acceptance will come back to.
  private var kept: [Place: KeptState] = [:]
  private let wanted: Set<Place>
  private let refolded: [Acceptance.Epochs]
  private var recommender: Recommender
  private var lists: [UInt64: [Guarantees.Published]] = [:]
  private var tombstones: [Int: [[UInt8]]] = [:]
  private var lastTouch: [[UInt8]: UInt64] = [:]
  private var deadLetters: [OutputRecord] = []
  private var windows: [ReferenceWindow]

  /// Where in the journal a state is.
  private struct Place: Hashable {
    let era: UInt64
    let epoch: UInt64
  }

  private struct KeptState {
    let checkpoint: Checkpoint
    let windows: [ReferenceWindow]
    let folded: [[Range<Int>]]
  }

  init(_ guarantees: Guarantees, plantedBug: PlantedBug?) throws {
    let eras = guarantees.journal.lazy.compactMap { if case .start(let start) = $0.content { start.era } else { nil } }
    guard let origin = eras.first else { throw Violation(.g1, "no era was ever opened") }
    let configuration = try JournaledConfiguration(canonicalText: origin.configuration)
    self.guarantees = guarantees
    records = guarantees.inputs.map {
      guarantees.cluster.visibleRecords(SimulatedCluster.name($0.topic, $0.partition))
    }
    passed = Array(repeating: 0, count: records.count)
    folded = records.map { _ in [] }
    era = origin
    wanted = Set(guarantees.accepted.map { Place(era: $0.fromEra, epoch: $0.fromEpoch) })
    refolded = guarantees.accepted.flatMap { [$0.learner, $0.divergence].compactMap { $0 } }
    windows = records.map { _ in ReferenceWindow(limit: guarantees.window) }
    recommender = Recommender(
      configuration: configuration, positions: origin.positions.map { InputPosition(input: $0.input, next: $0.next) },
      window: guarantees.window)
    if plantedBug == .statefulRandomness { recommender.plantedBug = plantedBug }
    for list in guarantees.published {
      if list.value == nil {
        tombstones[list.transaction, default: []].append(list.user)
      } else {
        lists[list.version, default: []].append(list)
      }
    }
  }

  mutating func run() throws {
    for (transaction, content) in guarantees.journal {
      switch content {
      case .start(let start):
        guard let era = start.era else { continue }
        try enter(era)
      case .epoch(let entry):
        try fold(entry, transaction)
        try checkLists(after: entry.epoch)
      }
      keepIfWanted()
    }
    guard lists.isEmpty else { throw Violation(.p2, "lists of epochs that do not exist: \(lists.keys.sorted())") }
    let visible = guarantees.cluster.visibleRecords("dead-letter-0").map {
      OutputRecord(topic: .deadLetter, key: $0.record.key, value: $0.record.value, headers: $0.record.headers)
    }
    guard visible == deadLetters else {
      throw Violation(.g2, "\(visible.count) dead letters, should be \(deadLetters.count)")
    }
    try checkMemory()
    if guarantees.isComplete { try checkEveryoneIsListed() }
  }

  private mutating func enter(_ next: Era) throws {
    if let accepted = next.accepted {
      if !accepted.gaps.isEmpty { guarantees.cluster.happened(.gapAccepted) }
      if next.givenUp != nil { guarantees.cluster.happened(.epochsGivenUp) }
      try comeBack(to: Place(era: accepted.fromEra, epoch: accepted.fromEpoch))
      recommender.move(to: next.positions.map(\.next))
      // Whoever was touched in what was given up is not known: everyone is to be listed.
      if next.givenUp != nil {
        lastTouch = [:]
        for row in 0..<recommender.learner.userRowCount where recommender.learner.hasUser(inRow: row) {
          lastTouch[recommender.learner.userIdentifier(row)] = next.baseEpoch + 1
        }
      }
      for (input, position) in next.positions.enumerated() {
        while passed[input] < records[input].count, records[input][passed[input]].offset < position.next {
          passed[input] += 1
        }
      }
    }
    if next.number > 1 { recommender.reconfigure(try JournaledConfiguration(canonicalText: next.configuration)) }
    guard recommender.digest == next.baseDigest else { throw Violation(.g1, "era \(next.number) has another base") }
    (era, epoch) = (next, next.baseEpoch)
  }

  private mutating func keepIfWanted() {
    let place = Place(era: era.number, epoch: epoch)
    guard wanted.contains(place) else { return }
    let snapshot = Snapshot(positions: recommender.positions, owedRows: [], era: era, clusterID: "")
    let header = CheckpointHeader(
      learnerVersion: Learner.version, era: era.number, epoch: epoch, journalOffset: 0,
      dimension: UInt32(Learner.dimension), digest: recommender.digest)
    kept[place] = KeptState(
      checkpoint: Checkpoint(header: header, sections: snapshot.sections() + recommender.sections()), windows: windows,
      folded: folded)
  }

  private mutating func comeBack(to place: Place) throws {
    guard place != Place(era: era.number, epoch: epoch) else { return }
    guard let state = kept[place] else {
      throw Violation(.g1, "an era begins with that after epoch \(place.epoch) of era \(place.era), which never was")
    }
    var loaded = try Recovery.load(
      state.checkpoint, Snapshot(state.checkpoint), window: guarantees.window)
    let bug = recommender.plantedBug
    recommender = loaded.takeRecommender()
    recommender.plantedBug = bug
    (windows, folded) = (state.windows, state.folded)
  }

  private mutating func fold(_ entry: JournalEntry, _ transaction: Int) throws {
    var buffer = RecordBuffer(expecting: entry.ranges.map(\.from))
    var duplicates = 0
    epoch = entry.epoch
    for (input, range) in entry.ranges.enumerated() {
      let first = passed[input]
      while passed[input] < records[input].count, records[input][passed[input]].offset < range.to {
        let (offset, record) = records[input][passed[input]]
        passed[input] += 1
        buffer.append(
          input: input, offset: offset, timestamp: record.timestamp, key: record.key, value: record.value,
          headers: record.headers)
        if isDuplicate(record, input) { duplicates += 1 }
      }
      folded[input].append(first..<passed[input])
    }
    let yield = recommender.fold(buffer, to: entry.ranges.map(\.to))
    guard yield.counts.records == buffer.count else {
      throw Violation(.g2, "a record was neither learned nor counted")
    }
    guard yield.counts.duplicates == duplicates else {
      throw Violation(.g2, "\(yield.counts.duplicates) duplicates in epoch \(entry.epoch), should be \(duplicates)")
    }
    guard recommender.digest == entry.digest || refolded.contains(where: { $0.contains(entry.epoch) }) else {
      throw Violation(.g1, "epoch \(entry.epoch) has another digest than a cold fold")
    }
    deadLetters += yield.deadLetters
    let evicted = yield.counts.evicted
    if evicted.users > 0 { guarantees.cluster.happened(.userEvicted) }
    if evicted.items > 0 { guarantees.cluster.happened(.itemEvicted) }
    if evicted.tags > 0 { guarantees.cluster.happened(.tagEvicted) }
    var rows: Set<Int> = []
    for debt in yield.debts {
      switch debt {
      case .touched(let row): rows.insert(row)
      // Whoever is evicted is owed nothing until coming back.
      case .forgotten(let row), .evicted(let row): rows.remove(row)
      }
    }
    guard tombstones[transaction] ?? [] == yield.forgotten else {
      throw Violation(.forgetting, "epoch \(entry.epoch) has other tombstones than users it forgets")
    }
    for user in yield.forgotten {
      lastTouch[user] = nil
      if let row = recommender.learner.userRow(user.span), !rows.contains(row) {
        throw Violation(.forgetting, "a user forgotten in epoch \(entry.epoch) still has a row")
      }
    }
    for row in rows.sorted() { lastTouch[recommender.learner.userIdentifier(row)] = entry.epoch }
  }

  /// Whether an event was among the last of its partition, as the writer knows them.
  private mutating func isDuplicate(_ record: SimulatedCluster.SimulatedRecord, _ input: Int) -> Bool {
    if case .forgets(let user) = record.meaning {
      for input in windows.indices { windows[input].forget(user) }
    }
    guard let event = record.event else { return false }
    switch windows[input].take(event) {
    case .new: return false
    case .duplicate:
      guarantees.cluster.happened(.duplicateSkipped)
      return true
    case .beyondWindow:
      guarantees.cluster.happened(.duplicateBeyondWindow)
      return false
    }
  }

  /// P2: a list's bytes are those of a freeze after the epoch it names, at the time it names.
  private mutating func checkLists(after epoch: UInt64) throws {
    let lists = lists.removeValue(forKey: epoch) ?? []
    for (generatedAt, lists) in Dictionary(grouping: lists, by: { $0.generatedAt }).sorted(by: { $0.key < $1.key }) {
      var rows: [Int] = []
      for list in lists {
        guard let row = recommender.learner.userRow(list.user.span) else {
          throw Violation(.p2, "a list of epoch \(epoch) for a user who did not exist after it")
        }
        rows.append(row)
      }
      let again = recommender.freeze(users: rows, version: epoch, generatedAt: generatedAt).lists()
      for (list, found) in zip(lists, again.lists) where list.user != found.userID || list.value != found.value {
        throw Violation(.p2, "a list of epoch \(epoch) has other bytes than the state gives")
      }
    }
  }

  /// P4: input has stopped and the daemon stayed up.
  private func checkEveryoneIsListed() throws {
    var latest: [[UInt8]: UInt64] = [:]
    for list in guarantees.published { latest[list.user] = list.version }
    var unlisted: [Int] = []
    for (user, touch) in lastTouch.sorted(by: { $0.value < $1.value }) where latest[user] ?? 0 < touch {
      if let row = recommender.learner.userRow(user.span) { unlisted.append(row) }
    }
    guard !unlisted.isEmpty else { return }
    for list in recommender.freeze(users: unlisted, version: 1, generatedAt: .max / 4).lists().lists
    where list.value != nil {
      throw Violation(
        .p4,
        "\(String(decoding: list.userID, as: UTF8.self)) was touched in epoch \(lastTouch[list.userID] ?? 0), listed in "
          + "\(latest[list.userID] ?? 0)")
    }
  }

  /// What the model remembers of each user is what the user did since being forgotten last, as the writer knows it.
  private func checkMemory() throws {
    // Without room for everyone it is the tables that decide what is remembered of it, of which the writer knows nothing.
    let learning = recommender.configuration.learning
    let hasRoom =
      learning.userRows >= SimulatedApp.userCount && learning.itemRows >= SimulatedApp.itemCount
      && learning.logEntries >= 100_000
    var met = Array(repeating: Set<Int>(), count: SimulatedApp.userCount)
    var mayHaveMet = met
    for (input, log) in records.enumerated() {
      for (_, record) in folded[input].flatMap({ log[$0] }) {
        switch record.meaning {
        case .nothing: break
        case .sees(let user, let item): met[user].insert(item)
        case .mayHaveSeen(let user, let item): mayHaveMet[user].insert(item)
        case .forgets(let user): (met[user], mayHaveMet[user]) = ([], [])
        }
      }
    }
    for user in met.indices {
      let name = SimulatedApp.userID(user)
      for item in 0..<SimulatedApp.itemCount where !mayHaveMet[user].contains(item) || met[user].contains(item) {
        let remembers = recommender.learner.hasSeen(user: name.span, item: SimulatedApp.itemID(item).span)
        guard remembers == met[user].contains(item) || !remembers && !hasRoom else {
          throw Violation(
            .forgetting,
            "\(SimulatedApp.userName(user)) \(remembers ? "is remembered to have" : "is not remembered to have") met item-\(item)"
          )
        }
      }
    }
  }
}
