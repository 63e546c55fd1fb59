internal import CMicroHTTPD
internal import Glibc

/// Answers GET and HEAD on a few exact paths, on one thread of its own, by libmicrohttpd.
///
///     let server = try HTTPServer(address: "127.0.0.1", port: 9464, routes: [
///       "/metrics": { HTTPResponse(contentType: Metrics.contentType, metrics.exposition()) },
///     ])
///
/// A route is a closure over what it may read: an atomic, or an immutable copy behind a lock. It must not block.
/// Everything a client can hold is bounded: connections, their memory, the time between two bytes.
@safe package final class HTTPServer: Sendable {
  /// The most connections at once; further ones wait in the kernel's backlog.
  package static let connectionLimit = 64
  /// Silence after which a connection is closed.
  package static let idleTimeoutSeconds = 10
  /// The most bytes of request line and headers.
  package static let requestLimitBytes = 16 << 10

  /// What a path leads to.
  package typealias Route = @Sendable () -> HTTPResponse

  private final class Routes: Sendable {
    let table: [String: Route]
    init(_ table: [String: Route]) { self.table = table }
  }

  /// The port in use; when 0 was asked for, the one that the system chose.
  package let port: UInt16
  private let routes: Routes
  // SAFETY: libmicrohttpd's daemon may be used from any thread, and this constant is used once more, by `stop`.
  nonisolated(unsafe) private let daemon: OpaquePointer

  /// Begins to listen.
  /// - Parameters:
  ///   - address: A numeric IPv4 or IPv6 address.
  ///   - port: 0 lets the system choose.
  /// - Throws: ``SystemError`` with what bind or listen said.
  package init(address: String, port: UInt16, routes: [String: Route]) throws(SystemError) {
    let routes = Routes(routes)
    // A socket of our own, because libmicrohttpd neither says why it could not listen nor, to Swift, on which port.
    let socket = try ListeningSocket(address: address, port: port)
    let options: [any CVarArg] = [
      Self.option(.LISTEN_SOCKET), socket.descriptor,
      Self.option(.CONNECTION_LIMIT), UInt32(Self.connectionLimit),
      Self.option(.CONNECTION_TIMEOUT), UInt32(Self.idleTimeoutSeconds),
      Self.option(.CONNECTION_MEMORY_LIMIT), Self.requestLimitBytes,
      Self.option(.THREAD_STACK_SIZE), 1 << 20,
      Self.option(.END),
    ]
    let flags = MHD_USE_AUTO.rawValue | MHD_USE_INTERNAL_POLLING_THREAD.rawValue
    errno = 0
    // SAFETY: the list has each option's type as microhttpd.h documents it, and an end. `routes` is held by `self`, which
    // lives as long as the daemon.
    let daemon = unsafe withVaList(options) {
      unsafe MHD_start_daemon_va(flags, 0, nil, nil, Self.answer, Unmanaged.passUnretained(routes).toOpaque(), $0)
    }
    guard let daemon = unsafe daemon else {
      throw SystemError("start to serve", "\(address) port \(port)", code: errno == 0 ? EAGAIN : errno)
    }
    self.routes = routes
    self.port = socket.port
    unsafe self.daemon = daemon
  }

  /// Closes the socket and all connections, and ends the thread. To be called once; a server that is not stopped serves
  /// until the process ends, and must be kept.
  package func stop() {
    // SAFETY: the daemon is started, and stopped nowhere else.
    unsafe MHD_stop_daemon(daemon)
  }

  private static func option(_ option: MHD_OPTION) -> Int32 {
    Int32(option.rawValue)
  }

  /// Called by libmicrohttpd when headers are complete, and again when the body is.
  private static let answer: MHD_AccessHandlerCallback = { context, connection, path, method, _, _, bodySize, state in
    // SAFETY: all pointers are valid for this call, by the documentation of MHD_AccessHandlerCallback; the strings are
    // terminated, and copied here. The context is the `Routes` that the server holds.
    let routes = unsafe Unmanaged<Routes>.fromOpaque(context!).takeUnretainedValue()
    let (path, method) = unsafe (String(cString: path!), String(cString: method!))
    guard method == "GET" || method == "HEAD" else {
      // At once, without reading the body; the connection is closed afterwards.
      let response = HTTPResponse(status: 405, "Only GET and HEAD are served here.\n")
      return unsafe send(response, allow: "GET, HEAD", on: connection)
    }
    if unsafe state!.pointee == nil {
      // The answer has to wait for the second call, or libmicrohttpd closes the connection after it.
      unsafe state!.pointee = context
      return .YES
    }
    // SAFETY: as above.
    if unsafe bodySize!.pointee > 0 {
      unsafe bodySize!.pointee = 0
      return .YES
    }
    let response = routes.table[path]?() ?? HTTPResponse(status: 404, "There is nothing here.\n")
    // SAFETY: the connection is valid for this call.
    return unsafe send(response, on: connection)
  }

  private static func send(
    _ response: HTTPResponse, allow: String? = nil, on connection: OpaquePointer?
  ) -> MHD_Result {
    var body = response.body
    // SAFETY: the body is copied before the call returns (MHD_RESPMEM_MUST_COPY).
    let answer = unsafe body.withUnsafeMutableBytes {
      unsafe MHD_create_response_from_buffer($0.count, $0.baseAddress, .RESPMEM_MUST_COPY)
    }
    guard let answer = unsafe answer else { return .NO }
    // SAFETY: the response is ours until it is destroyed; queueing takes a reference of its own. Header strings are copied.
    defer { unsafe MHD_destroy_response(answer) }
    _ = unsafe MHD_add_response_header(answer, "Content-Type", response.contentType)
    _ = unsafe MHD_add_response_header(answer, "Cache-Control", "no-store")
    if let allow { _ = unsafe MHD_add_response_header(answer, "Allow", allow) }
    return unsafe MHD_queue_response(connection, UInt32(response.status), answer)
  }
}
