internal import Glibc

/// A TCP socket that listens on one numeric address.
package struct ListeningSocket {
  let descriptor: Int32
  /// The port in use; when 0 was asked for, the one that the system chose.
  let port: UInt16

  /// Connections that wait to be accepted.
  static let backlog: Int32 = 64

  /// Whether `address` is a numeric IPv4 or IPv6 address.
  package static func isNumeric(_ address: String) -> Bool {
    var (v4, v6) = (in_addr(), in6_addr())
    // SAFETY: inet_pton writes one in_addr or in6_addr, by its first argument.
    return unsafe inet_pton(AF_INET, address, &v4) == 1 || inet_pton(AF_INET6, address, &v6) == 1
  }

  /// Whether only this machine can reach `address`.
  package static func isLoopback(_ address: String) -> Bool {
    address.hasPrefix("127.") || address == "::1"
  }

  /// Binds and listens.
  /// - Throws: ``SystemError`` naming address and port.
  init(address: String, port: UInt16) throws(SystemError) {
    var v4 = sockaddr_in()
    v4.sin_family = sa_family_t(AF_INET)
    v4.sin_port = port.bigEndian
    var v6 = sockaddr_in6()
    v6.sin6_family = sa_family_t(AF_INET6)
    v6.sin6_port = port.bigEndian
    // SAFETY: inet_pton writes one in_addr or in6_addr, by its first argument; bind reads as many bytes as it is told,
    // which is the size of the structure passed; both begin with the family, as every sockaddr.
    let descriptor: Int32
    let bound: Int32
    if unsafe inet_pton(AF_INET, address, &v4.sin_addr) == 1 {
      descriptor = try Self.open(AF_INET)
      bound = unsafe withUnsafePointer(to: &v4) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
    } else if unsafe inet_pton(AF_INET6, address, &v6.sin6_addr) == 1 {
      descriptor = try Self.open(AF_INET6)
      // SAFETY: as above.
      bound = unsafe withUnsafePointer(to: &v6) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
        }
      }
    } else {
      throw SystemError("listen on", "\(address) port \(port)", code: EINVAL)
    }
    guard bound == 0, listen(descriptor, Self.backlog) == 0 else {
      let error = SystemError.last("listen on", "\(address) port \(port)")
      _ = close(descriptor)
      throw error
    }
    self.descriptor = descriptor
    self.port = try Self.boundPort(descriptor)
  }

  private static func open(_ family: Int32) throws(SystemError) -> Int32 {
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let descriptor = socket(family, kind, 0)
    guard descriptor >= 0 else { throw SystemError.last("socket") }
    // A restart must not wait for the connections of the process before it to time out.
    var one: Int32 = 1
    // SAFETY: the option's value is one Int32, and its size is passed.
    _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    return descriptor
  }

  private static func boundPort(_ descriptor: Int32) throws(SystemError) -> UInt16 {
    var storage = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    // SAFETY: a sockaddr_in6 has room for both families, and `length` says how much room there is.
    let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getsockname(descriptor, $0, &length)
      }
    }
    guard result == 0 else {
      let error = SystemError.last("getsockname")
      _ = close(descriptor)
      throw error
    }
    // The port lies at the same place in both families.
    return UInt16(bigEndian: storage.sin6_port)
  }
}
