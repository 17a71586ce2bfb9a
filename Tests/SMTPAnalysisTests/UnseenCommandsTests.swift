import SMTPAnalysis
import TestSupport
import Testing
import Wire

/// A conversation of which the capture lacks something, and what is told of it.
private func session(
  _ text: String, port: UInt16 = 25, without peer: Peer? = nil, seesHandshake: Bool = true, closes: Bool = true
) -> Session? {
  var scene = Conversation(text, seesHandshake: seesHandshake, closes: closes)
  scene.server.port = port
  if let peer { scene.segments.removeAll { $0.peer == peer } }
  return Analysis(scene).sessions.first
}

private let quit = "C: QUIT\nS: 221 bye\n"

@Suite struct `A capture that begins late` {
  @Test(arguments: [
    ("550 5.7.1 Message content rejected: looks like spam", Transaction.Outcome.refused, FindingID.contentRefused),
    ("451 4.3.0 Not now", .deferred, .messageDeferred),
  ])
  func `with the 354`(reply: String, outcome: Transaction.Outcome, cause: FindingID) {
    let found = session(
      "S: 354 go\nC: Subject: figures\nC:\nC: last\nC: .\nS: \(reply)\n" + quit, seesHandshake: false)
    #expect(found?.transactionLines == ["? > = \(outcome.rawValue)"])
    #expect(found?.transactions.first?.transfer == .data)
    #expect(found?.transactions.first?.message?.byteCount == 26)
    #expect(found?.verdict.cause == cause)
  }

  @Test(arguments: ["550 5.7.1 Relaying denied", "451 4.7.1 Greylisted", "250 2.0.0 queued as 1"])
  func `with a reply to what is not in it`(reply: String) {
    for said in ["", "C: last\nC: .\n"] {
      let found = session(said + "S: \(reply)\n" + quit, seesHandshake: false)
      #expect(found?.verdict.outcome == .unknown)
      #expect(found?.verdict.cause == .captureMidstream)
      #expect(found?.verdict.message.contains(reply) == true)
      #expect(found?.transactions.isEmpty == true)
    }
  }

  @Test func `behind a recipient that was accepted`() {
    let found = session(
      "S: 250 Accepted\nC: RCPT TO:<no@d>\nS: 550 5.1.1 User unknown\nC: DATA\nS: 354 go\nC: last\nC: .\nS: 250 Ok\n"
        + quit, seesHandshake: false)
    #expect(found?.transactionLines == ["? > no@d:refused = partially_accepted"])
    #expect(found?.verdict.outcome == .partial)
    #expect(found?.verdict.cause == .mailboxUnknown)
  }

  /// 503 says that no MAIL was said, wherever the capture begins.
  @Test func `a recipient of no mail`() {
    let found = session("C: RCPT TO:<c@d>\nS: 503 5.5.1 MAIL first\n" + quit, seesHandshake: false)
    #expect(found?.transactions.isEmpty == true)
  }
}

@Suite struct `A capture of one direction` {
  private static let refused = Dialogues.hello + "C: MAIL FROM:<a@b>\nS: 250 Ok\nC: RCPT TO:<no@d>\nS: 550 5.1.1 no\n"

  private static let refusedAtMail = Dialogues.hello + "C: MAIL FROM:<a@b>\nS: 553 5.1.8 no\n" + quit
  private static let second = """
    C: .
    S: 250 1
    C: MAIL FROM:<a@b>
    S: 250 Ok
    C: RCPT TO:<c@d>
    S: 250 Ok
    C: DATA
    S: 354 go
    C: last
    C: .
    S: 552 5.3.4 Message too big

    """
  private static let quoted: [(script: String, words: String)] = [
    (refused + quit, "550 5.1.1 no"), (Dialogues.delivered, "250 2.0.0 queued as 1"), (refusedAtMail, "553 5.1.8 no"),
    (Dialogues.text + second + quit, "552 5.3.4 Message too big"),
  ]

  @Test(arguments: quoted)
  func `the server's, with its words`(script: String, words: String) {
    let found = session(script, without: .client)
    #expect(found?.verdict.outcome == .unknown)
    #expect(found?.verdict.cause == .captureOneSided)
    #expect(found?.verdict.message.contains(words) == true)
    #expect(found?.findings.contains { $0.severity == .error } == false)
  }

  @Test(arguments: [Dialogues.hello + quit, Dialogues.hello + "C!\n", "C.\nS.\n"])
  func `the client's, without a mail`(script: String) {
    let found = session(script, without: .server)
    #expect(found?.verdict.outcome == .unknown)
    #expect(found?.verdict.cause == .captureOneSided)
  }

  @Test func `a greeting that the capture lost`() {
    let found = session("S? 20\nC: EHLO c\nS: 250 mx\n" + quit)
    #expect(found?.verdict.outcome == .unknown)
    #expect(found?.verdict.cause == .captureGap)
  }
}

@Suite struct `LMTP of which the hello is missing` {
  private static let envelope =
    "C: MAIL FROM:<a@b>\nS: 250 Ok\nC: RCPT TO:<c@d>\nS: 250 Ok\nC: RCPT TO:<e@f>\nS: 250 Ok\n"
    + "C: RCPT TO:<g@h>\nS: 250 Ok\nC: DATA\nS: 354 go\nC: last\nC: .\n"
  private static let replies = #"S: 250 <c@d> Saved\r\n452 4.2.2 <e@f> Over quota\r\n250 <g@h> Saved"# + "\n"

  /// Its command, its reply, both, and a capture that begins behind it.
  @Test(arguments: [
    ("S: 220 mx\nC? 8\nS: 250 mx\n", true), ("S: 220 mx\nC: LHLO c\nS? 8\n", true), ("S: 220 mx\nC? 8\nS? 8\n", true),
    ("", false), ("S: 250 mx\n", false),
  ])
  func `each recipient has its own reply`(hello: String, seesHandshake: Bool) {
    for port: UInt16 in [24, 2525] {
      let found = session(hello + Self.envelope + Self.replies + quit, port: port, seesHandshake: seesHandshake)
      #expect(found?.transactionLines == ["a@b > c@d:accepted e@f:deferred g@h:accepted = partially_accepted"])
      #expect(found?.kind == .lmtp)
      #expect(found?.verdict.cause == .mailboxFull)
    }
  }

  @Test func `one reply is not for all of them on its port`() {
    let found = session(Self.envelope + "S: 250 <c@d> Saved\n", port: 24, seesHandshake: false)
    #expect(found?.transactionLines == ["a@b > c@d:accepted e@f:unanswered g@h:unanswered = partially_accepted"])
  }

  @Test(arguments: [24, 25] as [UInt16])
  func `EHLO shows that it is none`(port: UInt16) {
    let found = session("S: 220 mx\nC: EHLO c\nS? 8\n" + Self.envelope + "S: 250 queued\n" + quit, port: port)
    #expect(found?.transactionLines == ["a@b > c@d:accepted e@f:accepted g@h:accepted = accepted"])
    #expect(found?.kind == .smtp)
  }
}

@Suite struct `A capture that ends early has a cause` {
  @Test func `behind a QUIT for which the client did not wait`() {
    let found = session(Dialogues.text + "C: .\nC: QUIT\n", closes: false)
    #expect(found?.transactions.map(\.outcome) == [.unknown])
    #expect(found?.verdict.cause == .captureEnded)
  }

  @Test func `between the replies of LMTP`() {
    let found = session(
      "S: 220 mx\nC: LHLO c\nS: 250 mx\nC: MAIL FROM:<a@b>\nS: 250 Ok\nC: RCPT TO:<c@d>\nS: 250 Ok\n"
        + "C: RCPT TO:<e@f>\nS: 250 Ok\nC: DATA\nS: 354 go\nC: last\nC: .\nS: 250 c Saved\n", closes: false)
    #expect(found?.verdict.outcome == .partial)
    #expect(found?.verdict.cause == .captureEnded)
    #expect(found?.verdict.message.contains("does not show what it said of e@f") == true)
  }
}

@Test func `what a lost record inside TLS held`() throws {
  let opening = Script("S: 220 mx\nC: EHLO c\nS: 250-mx\\r\\n250 STARTTLS\nC: STARTTLS\nS: 220 go").steps
  let inside = Script(
    "C: EHLO c\nS: 250 mx\nC: MAIL FROM:<a@b>\nS: 250 Ok\nC: RCPT TO:<c@d>\nS: 250 Ok\nC: DATA\nS: 354 go\n"
      + "C: last\nC: .\nS: 250 Ok\n" + quit
  ).steps
  let sealed = SealedDialogue(inside + [.finish(.client), .finish(.server)], behind: opening) { 1000 }
  var scene = sealed.conversation
  // The client's Finished stands behind its ChangeCipherSpec: its first application data is the EHLO.
  let hello = try #require(scene.segments.firstIndex { $0.peer == .client && $0.payload.first == 23 })
  scene.segments.remove(at: hello)
  let found = try #require(Analysis.decrypted(scene.frames, with: sealed.secrets).0)
  #expect(found.transactions.map(\.outcome) == [.accepted])
  #expect(!found.findings.contains { $0.id == .replyUnexpected || $0.id == .ehloNotRepeated })
}
