internal import Glibc

/// Tells systemd how the service is doing: the sd_notify(3) protocol, datagrams to the socket named by `NOTIFY_SOCKET`.
///
/// Without that variable nothing is sent. A datagram that cannot be sent is dropped: the daemon never waits for its
/// supervisor.
public final class ServiceNotifier: Sendable {
  private let descriptor: Int32
  /// How often systemd expects ``watchdog()``; `nil`: not at all. Half of that is a good pace.
  public let watchdogMicroseconds: Int64?

  /// - Parameter environment: `NOTIFY_SOCKET` is a path, or a name in the abstract namespace when it begins with `@`.
  ///   `WATCHDOG_USEC` counts when `WATCHDOG_PID` is absent or this process.
  public init(environment: [String: String]) {
    descriptor = environment["NOTIFY_SOCKET"].flatMap(Self.connected(to:)) ?? -1
    let isForUs = environment["WATCHDOG_PID"].map { $0 == "\(getpid())" } ?? true
    let microseconds = environment["WATCHDOG_USEC"].flatMap(Int64.init)
    watchdogMicroseconds = isForUs ? microseconds.flatMap { $0 > 0 ? $0 : nil } : nil
  }

  deinit {
    if descriptor >= 0 { _ = close(descriptor) }
  }

  /// Start-up is over.
  public func ready() {
    send("READY=1")
  }

  /// Shutdown has begun.
  public func stopping() {
    send("STOPPING=1")
  }

  /// The loop is alive.
  public func watchdog() {
    send("WATCHDOG=1")
  }

  /// One line for `systemctl status`. Line ends become spaces.
  public func status(_ text: String) {
    send("STATUS=" + String(text.map { $0.isNewline ? " " : $0 }))
  }

  private func send(_ message: String) {
    guard descriptor >= 0 else { return }
    let bytes = Array(message.utf8)
    // SAFETY: the buffer lives for the call, and send(2) reads no more than the count given.
    _ = unsafe bytes.withUnsafeBytes {
      unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
    }
  }

  private static func connected(to name: String) -> Int32? {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var path = Array(name.utf8)
    guard let first = path.first, [UInt8(ascii: "/"), UInt8(ascii: "@")].contains(first) else { return nil }
    if first == UInt8(ascii: "@") { path[0] = 0 }
    let capacity = MemoryLayout.size(ofValue: address.sun_path)
    guard path.count < capacity else { return nil }
    // SAFETY: `path` is shorter than `sun_path`, whose size bounds the copy.
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path) }
    // An abstract name is not terminated: its length is all of it.
    let length = socklen_t(MemoryLayout.offset(of: \sockaddr_un.sun_path)! + path.count + (first == path[0] ? 1 : 0))

    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    // SAFETY: a sockaddr_un begins with the family, as every sockaddr; `length` lies within it.
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(descriptor, $0, length) }
    }
    guard result == 0 else {
      _ = close(descriptor)
      return nil
    }
    return descriptor
  }
}
