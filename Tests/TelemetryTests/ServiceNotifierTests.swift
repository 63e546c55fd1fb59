import Glibc
import Telemetry
import Testing

/// A datagram socket as systemd has it.
private final class Supervisor {
  let name: String
  private let descriptor: Int32

  /// `purpose` tells the sockets of tests that run at once apart.
  init(abstract: Bool, _ purpose: String) throws {
    let unique = "woonkly-feed-\(purpose).\(getpid())"
    name = abstract ? "@" + unique : "/tmp/" + unique
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var path = Array(name.utf8)
    if abstract { path[0] = 0 }
    // SAFETY: the names above are far shorter than sun_path.
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path) }
    let length = socklen_t(2 + path.count)
    let bound = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(descriptor, $0, length) }
    }
    try #require(bound == 0)
  }

  deinit {
    close(descriptor)
    // SAFETY: the name becomes a terminated string that lives for the call.
    if name.hasPrefix("/") { unsafe unlink(name) }
  }

  /// The next datagram, if one has come.
  func received() -> String? {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    // SAFETY: the buffer has as many bytes as the count says.
    let count = unsafe recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
  }
}

@Suite struct ServiceNotifierTests {
  @Test(arguments: [false, true]) func `the supervisor hears everything in order`(abstract: Bool) throws {
    let supervisor = try Supervisor(abstract: abstract, "order-\(abstract)")
    let notifier = ServiceNotifier(environment: ["NOTIFY_SOCKET": supervisor.name])
    notifier.ready()
    notifier.status("replaying\nREADY=1")
    notifier.watchdog()
    notifier.stopping()
    #expect(supervisor.received() == "READY=1")
    #expect(supervisor.received() == "STATUS=replaying READY=1")
    #expect(supervisor.received() == "WATCHDOG=1")
    #expect(supervisor.received() == "STOPPING=1")
    #expect(supervisor.received() == nil)
  }

  @Test(arguments: [nil, "", "relative", "/nowhere/at/all", "/" + String(repeating: "x", count: 200)])
  func `without a supervisor nothing happens`(socket: String?) {
    let notifier = ServiceNotifier(environment: socket.map { ["NOTIFY_SOCKET": $0] } ?? [:])
    notifier.ready()
    notifier.stopping()
    #expect(notifier.watchdogMicroseconds == nil)
  }

  @Test func `a supervisor that does not listen blocks nobody`() throws {
    let supervisor = try Supervisor(abstract: true, "deaf")
    let notifier = ServiceNotifier(environment: ["NOTIFY_SOCKET": supervisor.name])
    for _ in 0..<10_000 { notifier.watchdog() }
    #expect(supervisor.received() == "WATCHDOG=1")
  }

  @Test func `the watchdog's interval counts when it is meant for us`() {
    func interval(_ environment: [String: String]) -> Int64? {
      ServiceNotifier(environment: environment).watchdogMicroseconds
    }
    #expect(interval(["WATCHDOG_USEC": "30000000"]) == 30_000_000)
    #expect(interval(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "\(getpid())"]) == 30_000_000)
    #expect(interval(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"]) == nil)
    #expect(interval(["WATCHDOG_USEC": "0"]) == nil)
    #expect(interval(["WATCHDOG_USEC": "soon"]) == nil)
  }
}
