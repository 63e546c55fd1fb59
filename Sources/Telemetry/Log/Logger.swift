internal import Synchronization

/// Writes the log: one line per call, a constant message with attached values.
///
///     logger.warning("Rejected records", ["kafka.topic": topic, "count": 3])
///
/// Lines go to standard error in one write(2) each, so that lines of two threads never mix. A message that repeats is
/// limited to 20 lines in 10 seconds. The values of a line below the level are not evaluated. A copy shares the output.
public struct Logger: Sendable {
  private let output: Output

  private final class Output: Sendable {
    let format: LogFormat
    let level: LogLevel
    let now: @Sendable () -> Int64
    let write: @Sendable (String) -> Void
    /// Held while a line is written: the limit's table and the order of lines belong together.
    let limit = Mutex(LogRateLimit())

    init(
      format: LogFormat, level: LogLevel, now: @escaping @Sendable () -> Int64,
      write: @escaping @Sendable (String) -> Void
    ) {
      self.format = format
      self.level = level
      self.now = now
      self.write = write
    }
  }

  /// A logger of its own output.
  /// - Parameters:
  ///   - level: Lines below it are not written.
  ///   - now: The wall's time in milliseconds since 1970.
  ///   - write: Takes one line with its newline; called by one thread at a time.
  public init(
    format: LogFormat = .text, level: LogLevel = .info,
    now: @escaping @Sendable () -> Int64 = SystemClock.wallMilliseconds,
    write: @escaping @Sendable (String) -> Void = { StandardError.write($0) }
  ) {
    output = Output(format: format, level: level, now: now, write: write)
  }

  /// For somebody who is looking for something.
  public func debug(_ message: StaticString, _ values: @autoclosure () -> KeyValuePairs<String, any LogValue> = [:]) {
    log(.debug, message, values)
  }

  /// What happened, as planned.
  public func info(_ message: StaticString, _ values: @autoclosure () -> KeyValuePairs<String, any LogValue> = [:]) {
    log(.info, message, values)
  }

  /// Not as planned, and the process goes on.
  public func warning(_ message: StaticString, _ values: @autoclosure () -> KeyValuePairs<String, any LogValue> = [:]) {
    log(.warning, message, values)
  }

  /// The process, or what it was asked to do, ends.
  public func error(_ message: StaticString, _ values: @autoclosure () -> KeyValuePairs<String, any LogValue> = [:]) {
    log(.error, message, values)
  }

  private func log(_ level: LogLevel, _ message: StaticString, _ values: () -> KeyValuePairs<String, any LogValue>) {
    guard level >= output.level else { return }
    let text = message.description
    let now = output.now()
    output.limit.withLock { limit in
      for (message, count) in limit.expire(at: now) where output.level <= .warning {
        let values: [(key: String, value: LogRepresentation)] = [
          ("log.message", .text(message)), ("count", .literal("\(count)")),
        ]
        write(LogLine(milliseconds: now, level: .warning, message: "Left out repeated lines", attributes: values))
      }
      guard limit.admits(text, at: now) else { return }
      let attributes = values().map { (key: $0.key, value: $0.value.logRepresentation) }
      write(LogLine(milliseconds: now, level: level, message: text, attributes: attributes))
    }
  }

  private func write(_ line: LogLine) {
    output.write(line.text(output.format))
  }
}
