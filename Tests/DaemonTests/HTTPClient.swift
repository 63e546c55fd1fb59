import Daemon
import Glibc
import Host
import Testing

/// A client that speaks bytes.
final class HTTPClient {
  private let descriptor: Int32

  init(port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var timeout = timeval(tv_sec: 60, tv_usec: 0)
    // SAFETY: sizes are those of the values passed.
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr = in_addr(s_addr: UInt32(0x7f00_0001).bigEndian)
    let connected = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    // The socket is closed by deinit, which runs for a throwing initializer too once everything is initialized.
    guard connected == 0 else { throw SystemError.last("connect") }
  }

  deinit { close(descriptor) }

  func send(_ text: String) {
    let bytes = Array(text.utf8)
    // SAFETY: the buffer lives for the call, which reads no more than the count given.
    _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  }

  /// What came until the server closed the connection, or until `isEnough`.
  func received(until isEnough: (String) -> Bool = { _ in false }) -> String {
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while !isEnough(text) {
      // SAFETY: the buffer has as many bytes as the count says.
      let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      text += String(decoding: buffer[..<count], as: UTF8.self)
    }
    return text
  }
}
