internal import Glibc

/// What the process has used so far, as the kernel counts it.
public struct ProcessUsage: Equatable, Sendable {
  /// Physical memory in use now, in bytes.
  public let residentBytes: Int
  /// The most physical memory that was in use at once, in bytes.
  public let peakResidentBytes: Int
  /// Processor time in user and kernel mode, in seconds.
  public let cpuSeconds: Double

  /// Asks the kernel. About 10 µs.
  public static func now() -> ProcessUsage {
    var usage = rusage()
    // SAFETY: `usage` is a local that the call fills.
    unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    let peak = usage.ru_maxrss * 1_024
    return ProcessUsage(
      // Without /proc, the peak is the best that is known.
      residentBytes: residentPages().map { $0 * sysconf(Int32(_SC_PAGESIZE)) } ?? peak, peakResidentBytes: peak,
      cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime))
  }

  /// The second number in /proc/self/statm, see proc(5).
  private static func residentPages() -> Int? {
    // SAFETY: a constant string; the buffer below has as many bytes as the count says.
    let descriptor = unsafe open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { _ = close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 256)
    // SAFETY: as above.
    let count = unsafe read(descriptor, &buffer, buffer.count)
    let words = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).split(separator: " ")
    return words.count > 1 ? Int(words[1]) : nil
  }
}
