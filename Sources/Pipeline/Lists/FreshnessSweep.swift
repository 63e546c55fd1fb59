/// Decides when users get a new list although they did nothing: what is popular changes, and what a list holds may expire.
///
/// Every hour all who were active lately, and between two such sweeps those whose published list holds an item that has expired.
/// Whom a sweep meets and when enters no state and no list, like everything about when to freeze, so that after a start the first
/// sweep is simply due: nobody knows any more when the last one was.
///
/// Active is whoever's last event lies within some days of the wall clock, on either side. Measured by the model's own clock, an
/// old data set once replayed would be swept for ever; by the wall it never is, and neither is a user whose last event claims to
/// be years ahead.
struct FreshnessSweep {
  /// The least time between two sweeps, in milliseconds, where the interval is no shorter: where posts live for hours, something
  /// expires every second.
  static let leastMilliseconds: Int64 = 60_000
  /// How many rows of users one turn of the loop looks at: a millisecond's work.
  static let rowsPerTurn = 32_768

  private let interval: Int64
  private let activeMilliseconds: Int64
  private var startedAt: Int64
  /// When everybody active was last met.
  private var metAllAt: Int64?
  private var meetsAll = false
  /// The next row to look at; nil outside of a sweep.
  private var next: Int?
  /// By row of users: when the first item of the last published list expires; `never` where none does.
  private var expiries: [Int64] = []
  /// No entry of `expiries` that a sweep should still meet is smaller.
  private var nextExpiry = never

  private static let never = Int64.max

  init(_ pacing: Pacing, now: Int64) {
    interval = Int64(pacing.sweepSeconds) * 1_000
    activeMilliseconds = Int64(pacing.sweepActiveDays) * 86_400_000
    startedAt = now
  }

  /// Whether a sweep is under way.
  var isRunning: Bool { next != nil }

  /// When the last event of an active user happened.
  func activeTimes(at now: Int64) -> ClosedRange<Int64> { now - activeMilliseconds...now + activeMilliseconds }

  /// The rows to look at in this turn; nil if there is nothing to do. `count` is the number of rows there are.
  mutating func rows(of count: Int, now: Int64) -> Range<Int>? {
    if next == nil { startIfDue(now: now) }
    guard let first = next else { return nil }
    let rows = first..<max(first, min(first + Self.rowsPerTurn, count))
    next = rows.upperBound < count ? rows.upperBound : nil
    return rows
  }

  private mutating func startIfDue(now: Int64) {
    guard interval > 0, now - startedAt >= min(interval, Self.leastMilliseconds) else { return }
    meetsAll = metAllAt.map { now - $0 >= interval } ?? true
    guard meetsAll || nextExpiry <= now else { return }
    if meetsAll { metAllAt = now }
    startedAt = now
    nextExpiry = Self.never
    next = 0
  }

  /// Whether the active user in `row`, of those given out by ``rows(of:now:)``, should get a new list.
  mutating func meets(_ row: Int, now: Int64) -> Bool {
    let expiry = row < expiries.count ? expiries[row] : Self.never
    guard meetsAll || expiry <= now else {
      nextExpiry = min(nextExpiry, expiry)
      return false
    }
    if row < expiries.count { expiries[row] = Self.never }
    return true
  }

  /// A list was published for the user in `row`; its first item expires at `time`, 0 for never.
  mutating func published(_ row: Int, expiresAt time: Int64) {
    guard interval > 0, time != 0 || row < expiries.count else { return }
    if row >= expiries.count {
      expiries += repeatElement(Self.never, count: max(row + 1, expiries.count * 2) - expiries.count)
    }
    expiries[row] = time == 0 ? Self.never : time
    nextExpiry = min(nextExpiry, expiries[row])
  }
}
