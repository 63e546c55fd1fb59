public import Checkpoints
import Learning

/// The loop: polls records into epochs, folds them, and brings each epoch with its lists, dead letters and journal entry
/// out in one transaction.
///
///     poll ─► open epoch ─close─► fold ─► submit ─┬─ (next epoch is polled) ─► committed ─► checkpoint due?
///                                   │             │
///                                   └► freeze due? ─► lists computed beside ─► go out with later epochs
///
/// The composition of an epoch never changes once it is closed. State is only ever that of the last folded epoch, and the
/// next one is folded when that one is committed: what a checkpoint sees is always history.
///
/// Everything outside comes in through the five type parameters and `now`; a whole history of crashes can run in memory.
public final class Processor<
  Log: InputLog, Journal: JournalLog, Lane: CommitLane, Workshop: ListWorkshop, Storage: Disk
> {
  /// The five doors to the outside world.
  public struct World {
    /// The input topics.
    public var log: Log
    /// The journal, to read.
    public var journal: Journal
    /// The transactional producer.
    public var lane: Lane
    /// The place where lists are computed.
    public var workshop: Workshop
    /// The state directory.
    public var disk: Storage

    /// Puts the doors together.
    public init(log: Log, journal: Journal, lane: Lane, workshop: Workshop, disk: Storage) {
      self.log = log
      self.journal = journal
      self.lane = lane
      self.workshop = workshop
      self.disk = disk
    }
  }

  /// What turns the loop from the outside.
  public struct Options: Sendable {
    /// What is learned and listed.
    public var configuration: JournaledConfiguration
    /// How fast.
    public var pacing: Pacing
    /// The cluster's own name for itself.
    public var clusterID: String
    /// The partitions to fold.
    public var inputs: [InputPartition]
    /// A random number, another at every start.
    public var incarnation: UInt64
    /// Fold to the ends seen at start, list everyone touched, checkpoint, finish.
    public var finishesAtEnd: Bool
    /// False only where a benchmark asks what exactness costs: no digest is kept, no record hashed, and no epoch journaled. What
    /// such a run leaves behind, no start accepts.
    package var keepsAccounts = true
    /// What this one start may accept, see ``Acceptance``.
    public var accepts: Set<Acceptance.Kind> = []
    /// A bug of the protocol to plant; nil outside of tests, and without effect in release builds.
    public var plantedBug: PlantedBug?
    /// The version of the learner; another one in tests of upgrades.
    var learnerVersion = Learner.version
    /// How many events a duplicate is known for; fewer in tests, where few events are to fall out of the window.
    var window = EventWindow.limitEvents

    /// Creates the options.
    public init(
      configuration: JournaledConfiguration, pacing: Pacing, clusterID: String, inputs: [InputPartition],
      incarnation: UInt64, finishesAtEnd: Bool = false
    ) {
      self.configuration = configuration
      self.pacing = pacing
      self.clusterID = clusterID
      self.inputs = inputs.sorted()
      self.incarnation = incarnation
      self.finishesAtEnd = finishesAtEnd
    }
  }

  /// The doors.
  public private(set) var world: World
  /// The options.
  public let options: Options
  /// What the loop has done since it was started.
  public internal(set) var statistics = Statistics()
  /// Looks at every event before it is learned.
  public var probe: (any FoldProbe)?
  /// Is told what the loop does now.
  public var phases: (any PhaseObserver)?

  /// How often a sweep since the start has met somebody to whom no list was owed.
  public private(set) var sweptUsers = 0

  private(set) var recommender: Recommender
  private(set) var owed: OwedUsers
  private(set) var epoch: UInt64
  /// The last epoch that recovery found. Lists are frozen after a later one only: no (user, version) is published twice.
  private let recoveredEpoch: UInt64
  private var era: Era
  private var journalOffset: Int64

  private var open: RecordBuffer
  private var openedAt: Int64?
  private var inFlight: InFlight?
  /// Lists of the last freeze, until they are all out.
  private var outbox = Outbox()
  private var frozenAt: Int64?
  /// After which epoch the last freeze was, and how many users it and those after the same epoch could not list.
  private var lastFreeze: (version: UInt64, unlistable: Int) = (0, 0)
  private var sweep: FreshnessSweep
  private var checkpointedAt: Int64
  private var checkpointedEpoch: UInt64?
  /// Slots that did not verify at the start: to be replaced first, or the only good one would be.
  private var damagedSlots: [DamagedSlot]
  private var catalogEnds: [Int64]?
  private let finalEnds: [Int64]
  /// The final ends are reached, and nothing is read any more: whoever goes on producing does not keep the loop from ending.
  private var isDraining = false

  private struct InFlight {
    let transaction: EpochTransaction
    let lists: Outbox.Chunk
  }

  /// Starts: fence, commit a start record, read the journal up to it, take the newest fitting
  /// checkpoint, replay what follows.
  /// - Throws: ``Stop``.
  public init(world: consuming World, options: Options, now: () -> Int64) throws(Stop) {
    var world = world
    var recovered = try Recovery.run(world: &world, options: options, now: now)
    self.options = options
    era = recovered.era
    epoch = recovered.epoch
    recoveredEpoch =
      isPlanted(.versionReusedAfterRecovery, options.plantedBug) ? 0 : recovered.epoch
    journalOffset = recovered.journalOffset
    owed = recovered.owed
    statistics.replayedEpochs = recovered.replayedEpochs
    damagedSlots = recovered.damagedSlots
    statistics.damagedSlots = recovered.damagedSlots
    statistics.accepted = recovered.accepted
    let inputs = options.inputs
    let positions = recovered.withRecommender { $0.positions }
    do {
      finalEnds = try world.log.ends(of: inputs)
      open = RecordBuffer(expecting: positions.map(\.next), hashing: options.keepsAccounts)
      // The catalog is read to its end before the first interaction of this incarnation.
      let catalogIsBehind = zip(positions, finalEnds).contains { $0.input.role == .catalog && $0.next < $1 }
      catalogEnds = catalogIsBehind ? finalEnds : nil
      try world.log.assign(
        inputs, from: positions.map { catalogIsBehind && $0.input.role != .catalog ? nil : $0.next })
    } catch {
      throw Stop(reading: error, inputs: inputs)
    }
    recommender = recovered.takeRecommender()
    checkpointedEpoch = recovered.checkpointEpoch
    checkpointedAt = now()
    sweep = FreshnessSweep(options.pacing, now: checkpointedAt)
    self.world = world
  }

  /// The model and positions, to look at.
  public func withRecommender<Result>(_ body: (borrowing Recommender) -> Result) -> Result {
    body(recommender)
  }

  /// The last folded epoch.
  public var currentEpoch: UInt64 { epoch }
  /// The current era.
  public var currentEra: Era { era }
  /// The number of users owed a list.
  public var owedCount: Int { owed.count }
  /// The next offset per input, of the last folded epoch.
  public var nextOffsets: [Int64] { recommender.positions.map(\.next) }

  /// One turn: settle what is done, close and fold what is due, poll for more.
  ///
  /// Waits for records until the next thing is due, a tenth of a second at the most.
  /// - Returns: whether the work is finished: after a stop, or at the end where that was asked for.
  /// - Throws: ``Stop``.
  public func turn(now: Int64, isStopping: Bool = false) throws(Stop) -> Bool {
    let isFull = open.count >= options.pacing.epochRecords || open.bytes.count >= options.pacing.epochBytes
    if inFlight != nil {
      phases?.enter(.waiting)
      // A full epoch cannot grow: wait for the commit instead of polling.
      if let outcome = world.lane.outcome(until: isFull || isStopping ? now + Self.idleMilliseconds : now) {
        try settle(outcome, now: now)
      }
    }
    if outbox.isComputing, let lists = world.workshop.finished() { receive(lists) }
    if !isStopping, !options.finishesAtEnd { sweepIfDue(now: now) }
    if inFlight == nil {
      if epochIsDue(now: now, isFull: isFull, isStopping: isStopping) {
        try closeEpoch(now: now)
      } else if isStopping || (options.finishesAtEnd && isAtEnd) {
        if checkpointedEpoch != epoch { try checkpoint(now: now) }
        return true
      }
      if !isStopping { freezeIfDue(now: now) }
    }
    if !isStopping { try poll(now: now, isFull: open.count >= options.pacing.epochRecords) }
    phases?.enter(.outside)
    return false
  }

  /// How long a turn may wait when nothing is due, in milliseconds.
  static var idleMilliseconds: Int64 { 100 }
  /// The most records taken by one poll.
  static var pollLimitRecords: Int { 4_096 }

  // MARK: Polling

  private func poll(now: Int64, isFull: Bool) throws(Stop) {
    guard !isFull else { return }
    phases?.enter(.polling)
    var deadline = sweep.isRunning ? now : now + Self.idleMilliseconds
    if let openedAt { deadline = min(deadline, openedAt + Int64(options.pacing.epochMilliseconds)) }
    if freezeIsWanted, let frozenAt { deadline = min(deadline, frozenAt + Int64(options.pacing.freezeMilliseconds)) }
    let limit = min(Self.pollLimitRecords, options.pacing.epochRecords - open.count)
    let before = open.count
    do {
      try world.log.poll(into: &open, limit: limit, until: deadline)
      if openedAt == nil, open.count > 0 { openedAt = now }
      if let ends = catalogEnds, open.count == before, catalogIsRead(to: ends) {
        catalogEnds = nil
        try world.log.assign(options.inputs, from: open.nextOffsets.map { $0 })
      }
      if options.finishesAtEnd, !isDraining, catalogEnds == nil, hasReachedFinalEnds {
        isDraining = true
        try world.log.assign(options.inputs, from: options.inputs.map { _ in nil })
      }
    } catch {
      if isPlanted(.gapSkipped, options.plantedBug), skipGap(after: error) { return }
      throw Stop(reading: error, inputs: options.inputs)
    }
  }

  private func catalogIsRead(to ends: [Int64]) -> Bool {
    options.inputs.indices.allSatisfy {
      options.inputs[$0].role != .catalog || world.log.hasReached(ends[$0], input: $0)
    }
  }

  private var hasReachedFinalEnds: Bool {
    options.inputs.indices.allSatisfy {
      open.nextOffsets[$0] >= finalEnds[$0] || world.log.hasReached(finalEnds[$0], input: $0)
    }
  }

  private var isAtEnd: Bool {
    isDraining && open.count == 0 && outbox.isEmpty && !freezeIsWanted
  }

  // MARK: Epochs

  private func epochIsDue(now: Int64, isFull: Bool, isStopping: Bool) -> Bool {
    if isFull || outbox.isSending && !isStopping { return true }
    if let openedAt, isStopping || now - openedAt >= Int64(options.pacing.epochMilliseconds) { return true }
    // Lists are wanted, but only after an epoch of this incarnation: make one.
    return !isStopping && freezeIsWanted && epoch <= recoveredEpoch
  }

  private func closeEpoch(now: Int64) throws(Stop) {
    phases?.enter(.folding)
    var ends = open.nextOffsets
    let records = open
    if isPlanted(.rangeEndsAtReaderPosition, options.plantedBug) {
      for index in ends.indices { while world.log.hasReached(ends[index] + 1, input: index) { ends[index] += 1 } }
    }
    open = RecordBuffer(expecting: ends, hashing: options.keepsAccounts)
    openedAt = nil
    epoch += 1
    let ranges = JournalEntry.Range.accounts(of: records, from: recommender.positions, to: ends)
    let yield = recommender.fold(records, to: ends, probe: probe, seals: options.keepsAccounts)
    owed.apply(yield.debts, epoch: epoch)
    statistics.counts.add(yield.counts)
    statistics.redelivered += records.redelivered
    phases?.enter(.assembling)
    outbox.follow(yield)
    let lists = outbox.take(options.pacing.listsPerEpoch)
    let transaction = EpochTransaction(
      epoch: epoch, ranges: ranges, digest: recommender.digest, yield: yield, lists: lists,
      offsets: recommender.positions, isJournaled: options.keepsAccounts)
    submit(InFlight(transaction: transaction, lists: lists))
    if isPlanted(.checkpointBeforeCommit, options.plantedBug) { try checkpoint(now: now) }
  }

  private func submit(_ epoch: InFlight) {
    inFlight = epoch
    guard isPlanted(.journalInItsOwnTransaction, options.plantedBug) else {
      return world.lane.submit(epoch.transaction)
    }
    let records = epoch.transaction.records
    _ = try? world.lane.commit(
      EpochTransaction(epoch: 0, records: records.filter { $0.topic != .journal }, offsets: epoch.transaction.offsets))
    world.lane.submit(
      EpochTransaction(
        epoch: epoch.transaction.epoch, records: records.filter { $0.topic == .journal }, offsets: []))
  }

  private func settle(_ outcome: Result<CommitReceipt, Stop>, now: Int64) throws(Stop) {
    let done = inFlight.take()!
    if isPlanted(.checkpointWhenFenced, options.plantedBug), case .failure = outcome { try checkpoint(now: now) }
    journalOffset = try outcome.get().journalOffset
    if let account = done.lists.account {
      for (row, expiry) in done.lists.listed {
        owed.settle(row, version: account.version)
        sweep.published(row, expiresAt: expiry)
      }
      statistics.listsPublished += account.count
      statistics.listBytes += done.lists.bytes
    }
    statistics.epochs += 1
    statistics.tombstones += done.transaction.records.count { $0.topic == .recommendations && $0.value == nil }
    if now - checkpointedAt >= Int64(options.pacing.checkpointSeconds) * 1000 { try checkpoint(now: now) }
  }

  // MARK: Lists

  /// Whether somebody is owed a list that a freeze now could give.
  private var freezeIsWanted: Bool {
    guard outbox.isEmpty, owed.waitingCount > 0 else { return false }
    return epoch > lastFreeze.version || owed.waitingCount > lastFreeze.unlistable || epoch <= recoveredEpoch
  }

  private func freezeIfDue(now: Int64) {
    guard freezeIsWanted, epoch > recoveredEpoch else { return }
    if let frozenAt, now - frozenAt < Int64(options.pacing.freezeMilliseconds), now >= frozenAt { return }
    phases?.enter(.freezing)
    let rows = owed.take(options.pacing.freezeUsers, swept: options.pacing.sweepUsers)
    frozenAt = now
    // One freeze may be too small for all who cannot be listed: they are counted until an epoch changes something.
    lastFreeze = (epoch, lastFreeze.version == epoch ? lastFreeze.unlistable : 0)
    statistics.freezes += 1
    let freeze = recommender.freeze(users: rows, version: epoch, generatedAt: now)
    outbox.expect(freeze.users.map { ($0.row, $0.identifier) })
    world.workshop.start(freeze)
  }

  private func receive(_ lists: FinishedLists) {
    for row in outbox.receive(lists) where owed.putBack(row) { lastFreeze.unlistable += 1 }
  }

  /// Looks at some more users of a sweep that is due or under way. O(1) where none is.
  ///
  /// Whoever has a list of version v and is owed none got it with an epoch after v, so that the next freeze is of a later version:
  /// where nothing comes in, the epochs that carry lists are the empty ones that a sweep needs.
  private func sweepIfDue(now: Int64) {
    guard let rows = sweep.rows(of: recommender.learner.userRowCount, now: now) else { return }
    phases?.enter(.freezing)
    for row in recommender.learner.activeUsers(in: rows, lastSeen: sweep.activeTimes(at: now))
    where sweep.meets(row, now: now) && owed.sweep(row) {
      sweptUsers += 1
    }
  }

  // MARK: Checkpoints

  /// Writes the state, which is that of a committed epoch, over the older slot.
  private func checkpoint(now: Int64) throws(Stop) {
    phases?.enter(.checkpointing)
    if !options.keepsAccounts { recommender.seal() }
    try Recovery.checkpoint(
      recommender, at: isPlanted(.offsetsApartFromState, options.plantedBug) ? readerPositions : nil, owed: owed,
      era: era, epoch: epoch, journalOffset: journalOffset, clusterID: options.clusterID,
      replacing: damagedSlots.popLast()?.name, to: &world.disk, planted: options.plantedBug)
    checkpointedAt = now
    checkpointedEpoch = epoch
    statistics.checkpoints += 1
  }

  /// A planted bug: goes on where the log now begins, as a reader does that resets to the earliest offset.
  private func skipGap(after error: InputError) -> Bool {
    guard case .outOfRange = error, let beginnings = try? world.log.beginnings(of: options.inputs) else { return false }
    let next = zip(beginnings, open.nextOffsets).map { max($0, $1) as Int64? }
    return (try? world.log.assign(options.inputs, from: next)) != nil
  }

  /// How far has been read, not folded: what a planted bug writes.
  private var readerPositions: [InputPosition] {
    zip(recommender.positions, open.nextOffsets).map { InputPosition(input: $0.input, next: $1, last: $0.last) }
  }
}
