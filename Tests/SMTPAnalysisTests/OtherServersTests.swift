import SMTPAnalysis
import TCPStreams
import TestSupport
import Testing
import Wire

// What servers and clients were seen to do that the checks had not thought of.

private func session(_ script: String, pauses: [Int: Int64] = [:], closes: Bool = true) -> Session? {
  Analysis(Conversation(script, closes: closes, pauses: pauses)).sessions.first
}

private func said(_ id: FindingID, _ session: Session?) -> Finding? { session?.findings.first { $0.id == id } }

@Suite struct OtherServersTests {
  /// A client tries HELO behind a refused EHLO, and the server has hung up by then.
  @Test func `a refused EHLO with a HELO that nobody answers`() {
    let found = session("S: 220 mx\nC: EHLO c\nS: 550 your HELO name is forged\nS.\nC: HELO c\nC.")
    #expect(found?.verdict.outcome == .failed)
    #expect(found?.verdict.cause == .heloRefused)
    #expect(
      said(.heloRefused, session("S: 220 mx\nC: EHLO c\nS: 502 no\nC: HELO c\nS: 250 mx\nC: QUIT\nS: 221 x\n")) == nil)
  }

  @Test func `a server that hangs up on EHLO has failed its client`() {
    let found = session("S: 220 mx\nC: EHLO c\nS.\nC.")
    #expect(found?.verdict.outcome == .failed)
    #expect(found?.verdict.cause == .serverClosedWithout421)
    #expect(session("S: 220 mx\nC: EHLO c\nS: 250 mx\nC: QUIT\nS: 221 bye\n")?.verdict.outcome == .nothingSent)
  }

  @Test func `the farewell is none of the errors that it counts`() {
    let refused = "C: RCPT TO:<u@d>\nS: 550 5.1.1 no\n"
    let found = session(
      Dialogues.hello + "C: MAIL FROM:<a@b>\nS: 250 ok\n" + refused + refused
        + "C: RCPT TO:<u@d>\nS: 421 4.7.0 Error: too many errors\nS.\nC.")
    #expect(
      said(.tooManyErrors, found)?.message.hasSuffix("It had refused 2 commands of this session: those are the cause.")
        == true)
    // Exim counts NOOP too, which it takes.
    let noop = session(Dialogues.hello + "C: NOOP\nS: 250 ok\nC: NOOP\nS: 554 Too many nonmail commands\nS.\nC.")
    #expect(said(.tooManyErrors, noop)?.message.hasSuffix("Too many nonmail commands.") == true)
  }

  /// 221 without QUIT: Postfix says it to those that speak HTTP.
  @Test func `who said goodbye did not hang up without a word`() {
    let found = session("S: 220 mx\nC: GET / HTTP/1.1\nS: 221 2.7.0 Goodbye.\nS.\nC: Host: mx\nC:\nC.")
    #expect(found?.verdict.cause == .notSMTPClient)
    #expect(said(.serverClosedWithout421, found) == nil)
  }

  @Test func `a client that never said a word was silent since the greeting`() {
    let found = session("S: 220 mx\nS: 421 4.4.2 Error: timeout exceeded\nS.\nC.", pauses: [1: 7_000])
    #expect(
      said(.serverTimeout, found)?.message.contains("sent nothing for 7.0 s at the step behind the greeting") == true)
  }

  @Test(
    arguments: [
      ("S: 421 4.4.2 Error: timeout exceeded\nS.\nC.", FindingID.serverTimeout),
      ("C: QUIT\nS: 421 4.3.2 Service shutting down\nS.\nC.", .serverShuttingDown),
    ])
  func `what comes when all is delivered is no error`(end: String, id: FindingID) {
    let found = session(Dialogues.delivered + end)
    #expect(found?.verdict.outcome == .delivered)
    #expect(said(id, found)?.severity == .info)
    #expect(said(id, session(Dialogues.envelope + end))?.severity == .error)
  }

  @Test func `4.3.2 alone does not say that the server goes down`() {
    let found = session(Dialogues.hello + "C: MAIL FROM:<a@b>\nS: 421 4.3.2 Load too high\nS.\nC.")
    #expect(
      said(.serverShuttingDown, found)?.message.hasSuffix("The server takes no mail at the moment (4.3.2).") == true)
  }

  @Test func `a client that leaves behind its RCPT is a cause`() {
    let found = session(Dialogues.envelope + "C.\nS.")
    #expect(found?.transactions.first?.outcome == .aborted)
    #expect(found?.verdict.cause == .noQUIT)
  }

  @Test func `DATA that is answered with 250 is a cause`() {
    let found = session(Dialogues.envelope + "C: DATA\nS: 250 ok, send\nC.\nS.")
    #expect(found?.verdict.cause == .replyInvalidForCommand)
  }

  @Test func `no mail was accepted is not said of one that was in part`() {
    let found = session(
      Dialogues.hello + "C: MAIL FROM:a@b\nS: 501 5.1.7 Bad sender address syntax\nC: MAIL FROM:<a@b>\nS: 250 ok\n"
        + "C: RCPT TO:<c@d>\nS: 250 ok\nC: RCPT TO:<no@d>\nS: 550 5.1.1 no\nC: DATA\nS: 354 go\nC: x\nC: .\nS: 250 ok\nC: QUIT\nS: 221 x\n"
    )
    #expect(found?.verdict.message.hasPrefix("1 of 2 recipients did not get the mail") == true)
  }

  @Test func `a quotation that ends a sentence ends it once`() {
    let found = session(Dialogues.hello + "C: FOO\nS: 500 Command unrecognized.\nC: QUIT\nS: 221 x\n")
    #expect(said(.commandUnknown, found)?.message.hasSuffix("500 Command unrecognized.") == true)
  }

  /// A health check: Exim has a word for who is gone.
  @Test func `what is said to a client that has left ends nothing`() {
    let found = session("S: 220 mx\nC.\nS: 421 mx lost input connection\nS.")
    #expect(found?.verdict.outcome == .nothingSent)
    #expect(session("S: 220 mx\nS: 421 mx no more\nC.\nS.")?.verdict.outcome == .failed)
  }

  @Test func `a snap length that shows no greeting proves nothing`() {
    let found = Analysis(Conversation(Dialogues.delivered).frames, cutAt: 54).sessions.first
    #expect(found?.verdict.outcome == .unknown)
    #expect(found?.verdict.cause == .captureClipped)
  }

  @Test func `what is said behind a greeting that refuses is refused for its sake`() {
    let found = session(
      "S: 554 no mail from you\nC: EHLO c\nS: 503 bad sequence\nC: MAIL FROM:<a@b>\nS: 503 bad sequence\nC: QUIT\nS: 221 x\n"
    )
    #expect(found?.verdict.cause == .greetingRefused)
    #expect(found?.verdict.message.hasPrefix("The server turned the client away with its greeting") == true)
    #expect(said(.heloRefused, found) == nil)
  }

  @Test func `a recipient of LMTP that is not told of`() {
    let found = session(
      "S: 220 mx LMTP\nC: LHLO c\nS: 250 mx\nC: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\nC: RCPT TO:<e@d>\nS: 250 ok\nC: DATA\nS: 354 go\nC: x\nC: .\nS: 250 ok\nC.\nS."
    )
    #expect(found?.verdict.cause == .replyLost)
    #expect(found?.verdict.message == "The server accepted the mail for 1 of 2 recipients and said nothing of e@d.")
    #expect(
      said(.replyLost, found)?.message.contains("answered for 1 of 2 recipients, and not for e@d; the client closed")
        == true)
  }

  @Test func `a client that left is told nothing more that counts`() {
    let found = session(Dialogues.envelope + "C.\nS: 421 mx lost input connection\nS.")
    #expect(found?.verdict.cause == .noQUIT)
  }

  @Test func `the recipient that is named is one that the cause is about`() {
    let found = session(
      Dialogues.hello
        + "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\nC: RCPT TO:<busy@d>\nS: 450 4.2.1 mailbox busy\n"
        + "C: RCPT TO:<no@d>\nS: 550 5.1.1 no\nC: DATA\nS: 354 go\nC: x\nC: .\nS: 250 ok\nC: QUIT\nS: 221 x\n")
    #expect(found?.verdict.cause == .mailboxUnknown)
    #expect(
      found?.verdict.message
        == "2 of 3 recipients did not get the mail: no@d: 550 5.1.1 no; busy@d, deferred: 450 4.2.1 mailbox busy.")
  }

  @Test func `a parameter that no extension has`() {
    let found = session(
      Dialogues.hello + "C: MAIL FROM:<a@b> FOO=BAR\nS: 555 5.5.4 Unsupported option: FOO=BAR\nC: QUIT\nS: 221 x\n")
    #expect(found?.verdict.cause == .parameterNotOffered)
    #expect(
      said(.parameterNotOffered, found)?.message.contains("a parameter that the server does not take: 555") == true)
  }

  /// Postfix says no more to who submits without a login.
  @Test(arguments: [
    (UInt16(587), "S: 250 AUTH PLAIN", FindingID.authRequired), (25, "S: 250 AUTH PLAIN", .policyRefused),
    (587, "S: 250 SIZE", .policyRefused),
  ])
  func `access denied to a client that should have logged in`(port: UInt16, offer: String, cause: FindingID) {
    let server = Endpoint(address: IPAddress(ipv4: 0xcb00_7119), port: port)
    let script =
      "S: 220 mx\nC: EHLO c\nS: 250-mx\n\(offer)\nC: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\n"
      + "S: 554 5.7.1 <c@d>: Recipient address rejected: Access denied\nC: QUIT\nS: 221 x\n"
    #expect(Analysis(Conversation(script, server: server)).sessions.first?.verdict.cause == cause)
  }

  // MARK: Chunks

  private static let chunking = "S: 220 mx\nC: EHLO c\nS: 250-mx\nS: 250 CHUNKING\n"
  private static let envelope = chunking + "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\n"

  @Test func `the rest of a chunk is no command line`() {
    let found = session(
      Self.envelope + #"C: BDAT 9 LAST\r\nSubject: x\r\n\"# + "\nS: 250 ok\nS: 500 bad syntax\nC: QUIT\nS: 221 x\n")
    #expect(said(.chunkSizeMismatch, found)?.message.contains("\"x\" stood where a command was due") == true)
    let cut = session(
      Self.envelope + #"C: BDAT 11 LAST\r\nSubject: x\r\n\"# + "\nS: 250 ok\nS: 500 bad syntax\nC: QUIT\nS: 221 x\n")
    #expect(said(.chunkSizeMismatch, cut)?.message.contains("an empty line stood where a command was due") == true)
    #expect(said(.bareLF, cut) == nil)
  }

  @Test func `a chunk that is waited for lacks no line with a dot`() {
    let found = session(
      Self.envelope + #"C: BDAT 90 LAST\r\nSubject: x\r\n\"#
        + "\nS: 421 incoming data timeout - closing connection.\nS.\nC.",
      pauses: [10: 8_000])
    #expect(found?.verdict.cause == .chunkSizeMismatch)
    #expect(said(.endOfDataMissing, found) == nil && said(.serverTimeout, found) == nil)
    #expect(found?.verdict.message.hasSuffix("closing connection.") == true)
  }

  // MARK: TLS

  @Test func `what a box did not let pass the server did not refuse`() {
    let found = session(
      "S: 220 mx\nC: EHLO c\nS: 250-mx\nS: 250 XXXXXXXA\nC: STARTTLS\nS: 500 unrecognized\nC: QUIT\nS: 221 x\n")
    #expect(found?.verdict.cause == .starttlsStripped)
    #expect(said(.starttlsRefused, found) == nil)
  }

  @Test func `a reset on the port of TLS is told once`() {
    let server = Endpoint(address: IPAddress(ipv4: 0xcb00_7119), port: 465)
    let found = Analysis(Conversation("C: EHLO c\nS!", server: server)).sessions.first
    #expect(said(.plaintextOnTLSPort, found) != nil && said(.connectionReset, found) == nil)
  }

  // MARK: The path

  @Test func `a client that reads no more is not sent half a reply`() {
    var scene = PathScenes.open("S: 220 mx\nC: EHLO c\nS: 250-mx")
    scene.add(.client, after: 1, window: 0)
    for wait in [300, 600, 1200, 2400] as [Int64] {
      scene.add(.server, after: wait, at: scene.end(of: .server) - 1)
      scene.add(.client, after: 1, window: 0)
    }
    scene.add(.client, [.rst, .ack], after: 1500)
    #expect(scene.analyzed()?.verdict.cause == .receiverStalled)
    #expect(said(.replyIncomplete, scene.analyzed()) == nil)
  }

  @Test func `a greeting that never arrives`() {
    var scene = PathScenes.open("S: 220 mx")
    let greeting = scene.segments.lastIndex { !$0.payload.isEmpty } ?? 0
    scene.sendAgain(greeting, after: PathScenes.backoff)
    scene.add(.client, [.fin, .ack], after: 3000, acknowledging: 0)
    let found = scene.analyzed()
    #expect(found?.verdict.outcome == .failed)
    #expect(found?.verdict.cause == .connectionSilent, "\(found?.findings.map(\.message) ?? [])")
  }

  @Test(arguments: [(UInt8(52), FindingID.connectionResetByMiddlebox), (64, .greetingMissing)])
  func `a reset in the place of the greeting`(timeToLive: UInt8, cause: FindingID) {
    var scene = PathScenes.open("")
    scene.add(.server, [.rst, .ack], after: 5, window: 0)
    scene.segments[scene.segments.count - 1].timeToLive = timeToLive
    #expect(scene.analyzed()?.verdict.cause == cause)
    #expect(scene.analyzed()?.findings.count == 1)
  }

  /// It obeys the reset, and resets in its turn what the server goes on to say.
  @Test func `a reset behind which its sender went on came from between`() {
    var scene = PathScenes.open(Dialogues.hello + "C: MAIL FROM:<a@b>")
    let end = scene.end(of: .server)
    scene.add(.server, [.rst, .ack], after: 1, at: end)
    scene.add(.server, [.ack, .psh], after: 8, at: end, payload: Array("250 ok\r\n".utf8))
    scene.add(.client, .rst, after: 1)
    let found = scene.analyzed()
    #expect(found?.verdict.cause == .connectionResetByMiddlebox)
    #expect(said(.connectionResetByMiddlebox, found)?.message.contains("the server went on behind it") == true)
  }

  @Test(arguments: [(UInt8(60), FindingID.pathLostAfterIdle), (64, .connectionReset)])
  func `a reset behind a silence that comes from elsewhere`(timeToLive: UInt8, cause: FindingID) {
    var scene = PathScenes.open(Dialogues.hello + "C: MAIL FROM:<a@b>\nS: 250 ok")
    scene.add(.client, [.ack, .psh], after: 9_000, payload: Array("RCPT TO:<c@d>\r\n".utf8))
    scene.add(.server, [.rst, .ack], after: 5, window: 0)
    scene.segments[scene.segments.count - 1].timeToLive = timeToLive
    #expect(scene.analyzed()?.verdict.cause == cause)
  }

  /// The last segment of the message is small and passes; a selective acknowledgment says so.
  @Test(arguments: [(PathScenes.backoff, FindingID.pathMTUBlackhole), ([200, 400, 800], .replyLost)])
  func `a whole message in flight of which only the end arrives`(waits: [Int64], cause: FindingID) {
    var scene = PathScenes.open(Dialogues.data)
    let start = scene.end(of: .client)
    for _ in 0..<3 { scene.add(.client, after: 0, payload: PathScenes.text(1460)) }
    let first = scene.segments.count - 3
    scene.add(.client, [.ack, .psh], after: 0, payload: PathScenes.text(200) + Array("\r\n.\r\n".utf8))
    let edges = [start + 4380, start + 4585].flatMap { (scene.clientStart &+ UInt32($0 + 1)).octets }
    scene.add(.server, after: 10, acknowledging: start)
    scene.segments[scene.segments.count - 1].options = [1, 1, 5, 10] + edges
    scene.sendAgain(first, after: waits)
    #expect(scene.analyzed()?.verdict.cause == cause)
  }

  /// Large segments of the server's handshake never come to the client; the small one behind them does.
  @Test func `a handshake whose certificate does not come through has failed`() {
    var hello = TLSBuilder.ClientHello()
    hello.extensions = [TLSBuilder.groups([29])]
    var scene = PathScenes.open(
      Dialogues.hello + "C: STARTTLS\nS: 220 go\nC: \(TLSBuilder.handshake(hello.bytes).script)")
    let end = scene.end(of: .server)
    scene.add(.server, [.ack, .psh], after: 5, at: end + 1460, payload: TLSBuilder.data(300))
    scene.add(.client, after: 1, acknowledging: end)
    scene.add(.client, [.fin, .ack], after: 12_000, acknowledging: end)
    scene.add(.server, .rst, after: 5, at: end)
    let found = scene.analyzed()
    #expect(found?.verdict.outcome == .failed)
    #expect(found?.verdict.cause == .pathMTUBlackhole, "\(found?.findings.map(\.message) ?? [])")
    #expect(said(.tlsHandshakeFailed, found) == nil && said(.outcomeEncrypted, found) == nil)
  }
}
