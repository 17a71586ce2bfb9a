import Glibc
import LivePage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(80 * Sanitizer.patience))) struct PageServerTests {
  /// A server on a port of its own, stopped when the test has ended.
  private func served<Result>(
    _ scene: Scene = Scene(), access: PageAccess = .local, test: (UInt16) throws -> Result
  ) throws -> Result {
    let address = try #require(PageAddress("127.0.0.1:0"))
    let server = try PageServer(scene.page, on: address, access: access)
    defer { server.stop() }
    return try test(server.address.port)
  }

  // MARK: What is there

  @Test func `The page is whole in itself and may do nothing else`() throws {
    let answer = try served { try Connection.get("/", port: $0) }
    #expect(answer.status == 200)
    #expect(answer.headers["content-type"] == "text/html; charset=utf-8")
    #expect(answer.headers["x-content-type-options"] == "nosniff")
    #expect(answer.headers["referrer-policy"] == "no-referrer")
    #expect(answer.headers["cache-control"] == "no-store")
    let policy = try #require(answer.headers["content-security-policy"])
    #expect(policy.hasPrefix("default-src 'none'; script-src 'sha256-"))
    #expect(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"))
    #expect(answer.body.contains("new EventSource") && answer.body.contains("color-scheme: light dark"))
    for address in ["http://", "https://", "//"] {
      for attribute in ["src=\"", "href=\"", "url("] { #expect(!answer.body.contains(attribute + address)) }
    }
  }

  @Test func `Metrics are Prometheus's text`() throws {
    let scene = Scene()
    scene.show(Scene.delivered, as: 1)
    let answer = try served(scene) { try Connection.get("/metrics", port: $0) }
    #expect(answer.status == 200)
    #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
    #expect(answer.body.contains("\nsmtpscope_transactions_total{outcome=\"accepted\"} 1\n"))
    #expect(answer.headers["content-length"] == String(answer.body.utf8.count))
  }

  @Test func `A session's record is that of the reports, with its dialogue`() throws {
    let scene = Scene()
    scene.show(Scene.refused, as: 7)
    let answer = try served(scene) { try Connection.get("/sessions/7", port: $0) }
    #expect(answer.status == 200)
    #expect(answer.headers["content-type"] == "application/json")
    #expect(answer.body.hasPrefix("{\"type\":\"session\",\"schema\":\"smtpscope/1\",\"id\":7,"))
    #expect(answer.body.contains("\"line\":\"550 5.1.1 No such user here\""))
    #expect(answer.body.contains("\"mailbox-unknown\""))
  }

  @Test func `The catalogue explains findings`() throws {
    let answer = try served { try Connection.get("/catalogue", port: $0) }
    #expect(answer.status == 200)
    #expect(answer.body.contains("\"greylisted\":{\"title\":"))
  }

  @Test func `HEAD has the same head and no body`() throws {
    let answer = try served { try Connection.get("/", port: $0, method: "HEAD") }
    #expect(answer.status == 200)
    #expect((answer.headers["content-length"].flatMap { Int($0) } ?? 0) > 10_000)
    #expect(answer.body.isEmpty)
  }

  @Test(arguments: [
    "/x", "/sessions/", "/sessions/8", "/sessions/-1", "/sessions/99999999999999999999", "/sessions/7/", "/..%2f", "//",
    "/%00",
  ])
  func `What is not there is not found`(path: String) throws {
    let scene = Scene()
    scene.show(Scene.refused, as: 7)
    let answer = try served(scene) { try Connection.get(path, port: $0) }
    #expect(answer.status == 404)
    #expect(!answer.body.contains(path))
    #expect(answer.headers["content-security-policy"] != nil)
  }

  @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"])
  func `Nothing can be changed`(method: String) throws {
    let answer = try served { try Connection.get("/", port: $0, method: method, headers: ["Content-Length: 0"]) }
    #expect(answer.status == 405 || answer.status == 400)
  }

  @Test func `A request with a body is refused and not read`() throws {
    try served { port in
      let connection = try Connection(port: port)
      connection.send("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\nabc")
      let (text, isClosed) = connection.read()
      #expect(text.hasPrefix("HTTP/1.1 400 "))
      #expect(isClosed)
    }
  }

  // MARK: Events

  @Test func `Events tell first all there is and then what is new`() throws {
    let scene = Scene()
    scene.show(Scene.delivered, as: 1)
    scene.page.tick(Scene.capture(after: 1))
    try served(scene) { port in
      let connection = try Connection(port: port)
      connection.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
      let opening = connection.read { $0.hasSuffix("\n\n\r\n") }.text
      #expect(opening.contains("Content-Type: text/event-stream"))
      #expect(opening.contains("event: state\ndata: {\"number\":1,"))
      #expect(opening.contains("the figures of May"))
      scene.show(Scene.refused, as: 2)
      scene.page.tick(Scene.capture(after: 2))
      let news = connection.read { $0.hasSuffix("\n\n\r\n") }.text
      #expect(news.contains("event: news\ndata: {\"number\":2,"))
      #expect(news.contains("\"id\":2,") && !news.contains("\"id\":1,"))
      #expect(news.contains("\"cause\":\"mailbox-unknown\""))
      scene.page.end(Scene.capture(after: 3))
      let end = connection.read { $0.hasSuffix("0\r\n\r\n") }.text
      #expect(end.contains("event: over\n"))
    }
  }

  @Test func `A session of this second is told once to a page that opens in it`() throws {
    let scene = Scene()
    scene.show(Scene.delivered, as: 1)
    scene.page.tick(Scene.capture(after: 1))
    scene.show(Scene.refused, as: 2)
    try served(scene) { port in
      let connection = try Connection(port: port)
      connection.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
      let opening = connection.read { $0.hasSuffix("\n\n\r\n") }.text
      #expect(opening.contains("\"id\":1,") && !opening.contains("\"id\":2,"))
      scene.page.tick(Scene.capture(after: 2))
      let news = connection.read { $0.hasSuffix("\n\n\r\n") }.text
      #expect(news.contains("\"id\":2,") && !news.contains("\"id\":1,"))
    }
  }

  @Test func `More pages than there may be are told to come back`() throws {
    var limits = PageLimits()
    limits.streams = 2
    let scene = Scene(limits: limits)
    try served(scene) { port in
      var open: [Connection] = []
      for _ in 0..<2 {
        let connection = try Connection(port: port)
        connection.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(connection.read { $0.contains("event: state") }.text.contains("200 OK"))
        open.append(connection)
      }
      let answer = try Connection.get("/events", port: port)
      #expect(answer.status == 503)
      #expect(answer.headers["retry-after"] != nil)
      // One leaves, which is noticed when it is written to.
      open.removeLast()
      var status = 503
      for second in 1...20 where status != 200 {
        scene.page.tick(Scene.capture(after: second))
        let connection = try Connection(port: port)
        connection.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        status = connection.read { $0.contains("\r\n\r\n") }.text.contains("200 OK") ? 200 : 503
      }
      #expect(status == 200)
    }
  }

  // MARK: Who may read

  @Test(arguments: [
    ("/", ["Authorization: Bearer s3cret!"]), ("/?token=s3cret!", []), ("/metrics?token=s3cret%21", []),
    ("/metrics", ["Authorization: bearer s3cret!"]), ("/?a=b&token=s3cret!", ["Host: mail.example"]),
  ]) func `The token opens`(path: String, headers: [String]) throws {
    let answer = try served(access: .token("s3cret!")) { try Connection.get(path, port: $0, headers: headers) }
    #expect(answer.status == 200)
  }

  @Test(arguments: [
    ("/", []), ("/?token=", []), ("/?token=s3cret", []), ("/?token=s3cret!!", []),
    ("/metrics", ["Authorization: Bearer x"]),
    ("/metrics", ["Authorization: Basic s3cret!"]), ("/events", ["Authorization: s3cret!"]),
    ("/sessions/7?Token=s3cret!", []),
    ("/catalogue", ["Cookie: token=s3cret!"]), ("/?token=s3cret!", ["Authorization: Bearer x"]), ("/nothing", []),
  ]) func `Nothing else does`(path: String, headers: [String]) throws {
    let scene = Scene()
    scene.show(Scene.refused, as: 7)
    let answer = try served(scene, access: .token("s3cret!")) { try Connection.get(path, port: $0, headers: headers) }
    #expect(answer.status == 401)
    #expect(answer.headers["www-authenticate"] == "Bearer")
    #expect(!answer.body.contains("EventSource") && !answer.body.contains("nobody@"))
  }

  @Test(arguments: [
    ("127.0.0.1", 200), ("localhost:9025", 200), ("[::1]:9025", 200), ("LOCALHOST", 200), ("evil.example", 421),
    ("127.0.0.1.evil.example", 421), ("localhost.evil.example:80", 421), ("1.2.3.4.5", 421),
  ]) func `Without a token a name that others can give leads nowhere`(host: String, status: Int) throws {
    let answer = try served { try Connection.get("/", port: $0, headers: ["Host: \(host)"]) }
    #expect(answer.status == status)
  }

  @Test func `Everybody means everybody`() throws {
    let answer = try served(access: .everybody) { try Connection.get("/", port: $0, headers: ["Host: mail.example"]) }
    #expect(answer.status == 200)
  }

  // MARK: Bounds

  @Test func `A half request is given up`() throws {
    var limits = PageLimits()
    limits.patience = 1
    try served(Scene(limits: limits)) { port in
      let connection = try Connection(port: port)
      connection.send("GET / HTTP/1.1\r\nHost: local")
      #expect(connection.read(seconds: 20).isClosed)
      let silent = try Connection(port: port)
      #expect(silent.read(seconds: 20).isClosed)
      #expect(try Connection.get("/", port: port).status == 200)
    }
  }

  @Test func `A request that drips is given up as well`() throws {
    var limits = PageLimits()
    limits.patience = 1
    try served(Scene(limits: limits)) { port in
      let connection = try Connection(port: port)
      connection.send("GET / HTTP/1.1\r\n")
      var isClosed = false
      for number in 0..<100 where !isClosed {
        connection.send("X-\(number): y\r\n")
        let (text, isOver) = connection.read(seconds: 1)
        isClosed = isOver
        #expect(text.isEmpty)
      }
      #expect(isClosed)
    }
  }

  @Test func `A head without an end is refused`() throws {
    try served { port in
      let connection = try Connection(port: port)
      connection.send("GET /" + String(repeating: "a", count: 200_000))
      #expect(connection.read().isClosed)
      let other = try Connection(port: port)
      other.send("GET / HTTP/1.1\r\n" + (0..<400).map { "X-\($0): y\r\n" }.joined())
      #expect(other.read().isClosed)
    }
  }

  @Test(arguments: [
    "\r\n\r\n\r\n", "hello\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
  ])
  func `What is no request gets no page`(text: String) throws {
    try served { port in
      let connection = try Connection(port: port)
      connection.send(text)
      #expect(!connection.read(seconds: 1).text.contains("200 OK"))
      #expect(try Connection.get("/", port: port).status == 200)
    }
  }

  @Test func `A reader that takes nothing is let go`() throws {
    var limits = PageLimits()
    limits.patience = 1
    limits.streams = 1
    limits.listedPerSecond = 200
    let scene = Scene(limits: limits)
    let session = try #require(Scene.sessions(Scene.hostile, as: 1).first)
    try served(scene) { port in
      let connection = try Connection(port: port, room: 4096)
      connection.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
      #expect(connection.read { $0.contains("event: state") }.text.contains("200 OK"))
      // From now on it reads nothing. What is written to it fills the buffers of both sides, and the next write waits.
      var isFree = false
      for second in 1...600 where !isFree {
        for _ in 0..<200 { scene.page.take(session, context: Scene.context) }
        scene.page.tick(Scene.capture(after: second))
        guard second.isMultiple(of: 50) else { continue }
        let other = try Connection(port: port)
        other.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        isFree = other.read { $0.contains("\r\n\r\n") }.text.contains("200 OK")
        if !isFree { sleep(1) }
      }
      #expect(isFree)
      _ = connection.read(seconds: 1) { _ in true }
    }
  }

  @Test func `More connections than there may be wait for their turn`() throws {
    var limits = PageLimits()
    limits.connections = 3
    limits.patience = 2
    try served(Scene(limits: limits)) { port in
      let idle = try (0..<20).map { _ in try Connection(port: port) }
      // All of them are given up in their turn, and then this one is heard. On a busy machine its own patience may end before
      // the server comes to it: then another one asks, as a reader would.
      var answer: Answer?
      for _ in 0..<10 where answer == nil { answer = try? Connection.get("/metrics", port: port, headers: []) }
      #expect(answer?.status == 200)
      _ = idle
    }
  }

  // MARK: Listening

  @Test func `An address that is taken is told`() throws {
    try served { port in
      let address = try #require(PageAddress("127.0.0.1:\(port)"))
      let error = #expect(throws: PageError.self) { try PageServer(Scene().page, on: address, access: .local) }
      #expect(error?.description == "cannot listen on http://127.0.0.1:\(port)/: Address already in use")
    }
  }
}
