internal import Glibc
internal import Pipeline
internal import Telemetry

extension KafkaJournalLog {
  /// Between two looks at what is not visible yet.
  private static let pauseMicroseconds: useconds_t = 100_000

  /// Waits until the journal shows what is known to be in it: the record at `offset`, which a checkpoint names, and the record of
  /// `epoch`, of which there is a list.
  ///
  /// Acknowledged is not yet visible, each partition has markers of its own, and a deposed leader goes on answering with its old end,
  /// so that either may be seen first. After a minute whoever reads the journal has to decide what it means that something is
  /// missing. Reads the journal once from `offset`, or from its beginning.
  package mutating func settle(offset: Int64?, epoch: UInt64?) {
    let deadline = SystemClock.monotonicNanoseconds() + Self.patienceNanoseconds
    while !shows(offset: offset, epoch: epoch), SystemClock.monotonicNanoseconds() < deadline {
      usleep(Self.pauseMicroseconds)
    }
  }

  private mutating func shows(offset: Int64?, epoch: UInt64?) -> Bool {
    do throws(InputError) {
      if let offset { try read(from: offset, through: offset) { _ in false } }
      guard let epoch else { return true }
      var isThere = false
      try read(from: offset, through: nil) { record in
        if case .epoch(let entry)? = try? JournalContent(decoding: record) { isThere = entry.epoch >= epoch }
        return !isThere
      }
      return isThere
    } catch {
      // What was deleted does not come back.
      if case .outOfRange = error { return true }
      return false
    }
  }
}
