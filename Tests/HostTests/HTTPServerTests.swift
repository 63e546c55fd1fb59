import Glibc
import Host
import Telemetry
import Testing

@Suite struct HTTPServerTests {
  private func withServer<Output>(
    _ routes: [String: HTTPServer.Route], _ body: (HTTPServer) throws -> Output
  ) throws -> Output {
    let server = try HTTPServer(address: "127.0.0.1", port: 0, routes: routes)
    defer { server.stop() }
    return try body(server)
  }

  private func answer(_ server: HTTPServer, _ request: String) throws -> (status: String, headers: String, body: String)
  {
    let client = try HTTPClient(port: server.port)
    client.send(request)
    let text = client.received()
    let end = try #require(text.firstRange(of: "\r\n\r\n"), "no answer to \(request)")
    let head = text[..<end.lowerBound]
    let status = head.prefix { $0 != "\r\n" }
    return (String(status), head.dropFirst(status.count).lowercased(), String(text[end.upperBound...]))
  }

  private let closing = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

  @Test func `a route answers with what it reads at that moment`() throws {
    let asked = Transcript()
    let route: HTTPServer.Route = {
      asked.write("x")
      return HTTPResponse("\(asked.text.count)\n")
    }
    try withServer(["/livez": route]) { server in
      let first = try answer(server, "GET /livez" + closing)
      #expect(first.status == "HTTP/1.1 200 OK")
      #expect(first.body == "1\n")
      #expect(try answer(server, "GET /livez?verbose" + closing).body == "2\n")
    }
  }

  @Test func `metrics have their media type, and HEAD has no body`() throws {
    let text = String(repeating: "woonkly_feed_x 1\n", count: 20_000)
    try withServer(["/metrics": { HTTPResponse(contentType: Metrics.contentType, text) }]) { server in
      let got = try answer(server, "GET /metrics" + closing)
      #expect(got.body == text)
      #expect(got.headers.contains("content-type: text/plain; version=0.0.4; charset=utf-8"))
      #expect(got.headers.contains("content-length: \(text.utf8.count)"))
      let head = try answer(server, "HEAD /metrics" + closing)
      #expect(head.status == "HTTP/1.1 200 OK")
      #expect(head.body.isEmpty)
      #expect(head.headers.contains("content-length: \(text.utf8.count)"))
    }
  }

  @Test func `what is not there is 404, what cannot be done 405`() throws {
    try withServer(["/livez": { HTTPResponse("ok\n") }, "/readyz": { HTTPResponse(status: 503, "starting\n") }]) {
      server in
      #expect(try answer(server, "GET /" + closing).status == "HTTP/1.1 404 Not Found")
      #expect(try answer(server, "GET /livez/" + closing).status == "HTTP/1.1 404 Not Found")
      #expect(try answer(server, "GET /readyz" + closing).status == "HTTP/1.1 503 Service Unavailable")
      for method in ["DELETE", "PUT", "OPTIONS", "PATCH"] {
        let refused = try answer(server, "\(method) /livez" + closing)
        #expect(refused.status == "HTTP/1.1 405 Method Not Allowed")
        #expect(refused.headers.contains("allow: get, head"))
      }
      let posted = try answer(
        server, "POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nabc")
      #expect(posted.status == "HTTP/1.1 405 Method Not Allowed", "without waiting for the body")
    }
  }

  @Test func `one connection can ask twice`() throws {
    try withServer(["/livez": { HTTPResponse("ok\n") }]) { server in
      let client = try HTTPClient(port: server.port)
      for _ in 0..<2 {
        client.send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(client.received { $0.hasSuffix("ok\n") }.hasPrefix("HTTP/1.1 200 OK"))
      }
    }
  }

  @Test(arguments: 0..<4 as Range<UInt64>) func `nonsense is answered or dropped, and the next one is served`(
    seed: UInt64
  ) throws {
    var random = SplitMix(seed)
    try withServer(["/livez": { HTTPResponse("ok\n") }]) { server in
      for _ in 0..<20 {
        let client = try HTTPClient(port: server.port)
        client.send(
          String((0..<200).map { _ in Character(UnicodeScalar(UInt8.random(in: 1...127, using: &random))) })
            + "\r\n\r\n")
      }
      let client = try HTTPClient(port: server.port)
      client.send("GET /" + String(repeating: "x", count: 100_000) + closing)
      #expect(try answer(server, "GET /livez" + closing).body == "ok\n", "seed \(seed)")
    }
  }

  @Test func `after stopping nobody answers, and the port is free again`() throws {
    let server = try HTTPServer(address: "127.0.0.1", port: 0, routes: ["/livez": { HTTPResponse("ok\n") }])
    let idle = try HTTPClient(port: server.port)
    #expect(throws: SystemError.self) { try HTTPServer(address: "127.0.0.1", port: server.port, routes: [:]) }
    server.stop()
    #expect(idle.received().isEmpty)
    #expect(throws: SystemError.self) { try HTTPClient(port: server.port) }
    let again = try HTTPServer(address: "127.0.0.1", port: server.port, routes: [:])
    #expect(again.port == server.port)
    again.stop()
  }

  @Test func `an address of another machine's is an error of the system's`() {
    #expect(throws: SystemError("listen on", "192.0.2.1 port 1", code: EADDRNOTAVAIL)) {
      try HTTPServer(address: "192.0.2.1", port: 1, routes: [:])
    }
    #expect(throws: SystemError("listen on", "localhost port 1", code: EINVAL)) {
      try HTTPServer(address: "localhost", port: 1, routes: [:])
    }
  }
}

@Suite struct HealthTests {
  @Test func `live while the loop turns`() {
    let health = Health(now: 0, limitSeconds: 60)
    #expect(health.livez(now: 60_000_000_000).status == 200)
    #expect(health.livez(now: 60_000_000_001).status == 503)
    health.beat(now: 60_000_000_000)
    #expect(health.livez(now: 120_000_000_000).status == 200)
  }

  @Test func `ready when it says so, and otherwise it says why`() {
    let health = Health(now: 0, limitSeconds: 60)
    #expect(health.readyz() == HTTPResponse(status: 503, "starting\n"))
    health.notReady("replaying")
    #expect(health.readyz() == HTTPResponse(status: 503, "replaying\n"))
    health.ready()
    #expect(health.readyz().status == 200)
  }
}
