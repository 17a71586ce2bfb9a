import SMTPAnalysis
import TestSupport
import Testing
import Wire

private let reversed = NameScene.reversed
private let pointerless = NameServer.response(reversed, .ptr, code: 3)

@Suite struct NamesBehindRefusalsTests {
  private static func script(
    _ helo: String, mail: String = "250 Ok", rcpt: String = "250 Ok", from: String = "a@no-such.example"
  )
    -> String
  {
    """
    S: 220 mx1.harbour.example ESMTP
    C: EHLO kestrel.example
    S: \(helo)
    C: MAIL FROM:<\(from)>
    S: \(mail)
    C: RCPT TO:<bob@harbour.example>
    S: \(rcpt)
    C: QUIT
    S: 221 bye
    """
  }

  private static let ok = "250 mx1.harbour.example"
  private static let unknown = NameServer.response("no-such.example", .mx, code: 3)
  private static let wrongHELO = NameServer.response("kestrel.example", .a, ["kestrel.example A 192.0.2.9"])
  private static let noName = "192.0.2.7 has no name (PTR: NXDOMAIN, frame 1)"

  @Test(
    arguments: [
      (
        "a client without a name", FindingID.clientRefused,
        script(ok, rcpt: "550 5.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.7]"),
        [pointerless],
        noName
      ),
      (
        "a look-up that failed", .clientRefused,
        script(ok, rcpt: "450 4.7.1 Client host rejected: cannot find your hostname, [192.0.2.7]"),
        [NameServer.response(reversed, .ptr, code: 2)],
        "the look-up of the name of 192.0.2.7 failed (SERVFAIL, frame 1)"
      ),
      (
        "the check of reverse DNS, by its code", .clientRefused, script(ok, rcpt: "550 5.7.25 not for you"),
        [pointerless],
        noName
      ),
      (
        "HELO's name, where the words are about it", .clientRefused,
        script(ok, rcpt: "550 5.7.1 <kestrel.example>: Helo command rejected: Host not found"),
        [pointerless, wrongHELO],
        "kestrel.example leads to 192.0.2.9 (frame 2), not to 192.0.2.7"
      ),
      (
        "the greeting", .clientRefused, "S: 554 5.7.1 no reverse DNS for 192.0.2.7\nC: QUIT\nS: 221 bye", [pointerless],
        noName
      ),
      (
        "HELO", .heloRefused, "S: 220 mx\nC: EHLO kestrel.example\nS: 550 5.7.1 who are you\nC: QUIT\nS: 221 bye",
        [NameServer.response("kestrel.example", .a, code: 3)], "kestrel.example does not exist (NXDOMAIN, frame 1)"
      ),
      (
        "HELO, for its address", .heloRefused,
        "S: 220 mx\nC: EHLO kestrel.example\nS: 550 5.7.1 who are you\nC: QUIT\nS: 221 bye", [pointerless], noName
      ),
      (
        "a sender's domain that does not exist", .senderRefused,
        script(ok, mail: "553 5.1.8 Domain of sender address does not exist"), [unknown],
        "no-such.example does not exist (NXDOMAIN, frame 1)"
      ),
      (
        "a sender's domain that takes no mail", .senderRefused, script(ok, mail: "550 5.7.27 no"),
        [NameServer.response("no-such.example", .mx, ["no-such.example MX 0 ."])],
        "no-such.example says that it takes no mail (null MX, frame 1)"
      ),
      (
        "a sender's domain with nothing", .senderRefused, script(ok, mail: "553 5.1.8 no"),
        [
          NameServer.response("no-such.example", .mx), NameServer.response("no-such.example", .a),
          NameServer.response("no-such.example", .aaaa),
        ], "no-such.example has no MX record (frame 1) and no IPv4 address (frame 2)"
      ),
      (
        "a sender's domain that cannot be looked up", .senderDeferred,
        script(ok, mail: "451 4.1.8 Domain of sender address does not resolve"),
        [NameServer.response("no-such.example", .mx, code: 2)],
        "the look-up of no-such.example failed (SERVFAIL, frame 1)"
      ),
    ] as [(String, FindingID, String, [[UInt8]], String)])
  func `a refusal is told with the answer that explains it`(
    _ what: String, id: FindingID, script: String, messages: [[UInt8]], clause: String
  ) throws {
    var scene = NameScene(script)
    let bare = try #require(scene.session?.message(id))
    for message in messages { scene.answer(message) }
    let session = try #require(scene.session)
    #expect(session.message(id) == bare + " Name servers' answers in the capture: \(clause).")
    let quotesCause = session.verdict.cause == id && ![.refused, .deferred].contains(session.verdict.outcome)
    if quotesCause { #expect(session.verdict.message == session.message(id)) }
  }

  @Test(
    arguments: [
      (
        "a client whose name leads back", FindingID.clientRefused,
        script(ok, rcpt: "550 5.7.1 Client host rejected: Access denied"),
        [
          NameServer.response(reversed, .ptr, ["\(reversed) PTR kestrel.example"]),
          NameServer.response("kestrel.example", .a, ["kestrel.example A 192.0.2.7"]),
        ]
      ),
      (
        "a sender's domain that takes mail", .senderRefused, script(ok, mail: "553 5.1.8 no"),
        [NameServer.response("no-such.example", .mx, ["no-such.example MX 10 mx.no-such.example"])]
      ),
      (
        "a sender's domain with an address", .senderRefused, script(ok, mail: "553 5.1.8 no"),
        [
          NameServer.response("no-such.example", .mx),
          NameServer.response("no-such.example", .a, ["no-such.example A 192.0.2.80"]),
        ]
      ),
      (
        "a sender's domain of which MX alone is known", .senderRefused, script(ok, mail: "553 5.1.8 no"),
        [NameServer.response("no-such.example", .mx)]
      ),
      ("the null reverse-path", .senderRefused, script(ok, mail: "553 5.1.8 no", from: ""), [unknown]),
      ("another domain", .senderRefused, script(ok, mail: "553 5.1.8 no", from: "a@other.example"), [unknown]),
      (
        "a recipient that is unknown", .mailboxUnknown, script(ok, rcpt: "550 5.1.1 User unknown"),
        [pointerless, wrongHELO, unknown]
      ),
    ] as [(String, FindingID, String, [[UInt8]])])
  func `a refusal that no answer explains stays as it is`(
    _ what: String, id: FindingID, script: String, messages: [[UInt8]]
  ) throws {
    var scene = NameScene(script)
    let bare = try #require(scene.session?.message(id))
    for message in messages { scene.answer(message) }
    #expect(scene.session?.message(id) == bare)
  }
}

@Suite struct NamesBehindDelaysTests {
  /// A greeting that comes twenty seconds after the handshake.
  private static var late: NameScene {
    NameScene(Conversation("S: 220 mx\nC: EHLO kestrel.example\nS: 250 mx\nC: QUIT\nS: 221 bye", pauses: [0: 20_000]))
  }

  private static let question = NameServer.query(reversed, .ptr)

  /// What is said beyond the delay itself.
  private func explanation(_ scene: NameScene) throws -> String? {
    let bare = try #require(Self.late.session?.message(.greetingDelayed))
    let message = try #require(scene.session?.message(.greetingDelayed))
    #expect(message.hasPrefix(bare))
    return message == bare ? nil : String(message.dropFirst(bare.count))
  }

  @Test func `questions for the client's name that nobody answered explain a late greeting`() throws {
    var scene = Self.late
    for second in [0.01, 5.01, 10.01] { scene.ask(Self.question, at: second) }
    #expect(
      try explanation(scene)
        == " Meanwhile the name of 192.0.2.7 was asked for 3 times (PTR, from frame 4 on) and not answered.")
  }

  @Test func `so does one that was answered late`() throws {
    var scene = Self.late
    scene.ask(Self.question, at: 0.01)
    scene.ask(Self.question, at: 7)
    scene.answer(NameServer.response(reversed, .ptr, code: 2), at: 19)
    #expect(
      try explanation(scene)
        == " Meanwhile the name of 192.0.2.7 was asked for twice (PTR, from frame 4 on) and answered after 19 s.")
  }

  @Test func `one question without its answer tells where answers are captured`() throws {
    var scene = Self.late
    scene.ask(Self.question, at: 0.01)
    #expect(try explanation(scene) == nil)
    scene.answer(NameServer.response("a.example", .a, code: 3), at: 1)
    #expect(
      try explanation(scene)
        == " Meanwhile the name of 192.0.2.7 was asked for once (PTR, from frame 4 on) and not answered.")
  }

  @Test func `questions that made nobody wait explain nothing`() throws {
    var quick = Self.late
    quick.ask(Self.question, at: 0.01)
    quick.answer(NameServer.response(reversed, .ptr, code: 3), at: 0.5)
    var before = Self.late
    before.conversation.start = before.conversation.start.advanced(byNanoseconds: 60_000_000_000)
    var other = Self.late
    var own = Self.late
    for second in [1.0, 6.0] {
      before.ask(Self.question, at: second - 60)
      other.ask(NameServer.query(NameServer.reversed(NameServer.address("192.0.2.8")), .ptr), at: second)
      own.ask(Self.question, at: second, by: NameScene.client)
    }
    for scene in [quick, before, other, own] { #expect(try explanation(scene) == nil) }
  }

  @Test func `a greeting that is not late is not explained`() throws {
    var scene = NameScene("S: 220 mx\nC: EHLO kestrel.example\nS: 250 mx\nC: QUIT\nS: 221 bye")
    for second in [0.001, 0.002, 0.003] { scene.ask(Self.question, at: second) }
    #expect(try #require(scene.session).message(.greetingDelayed) == nil)
  }

  @Test func `calls of the ident port that nobody answered explain a late greeting`() throws {
    var scene = Self.late
    for second in [0.01, 1.01, 3.01, 7.01] { scene.ident(.syn, at: second) }
    #expect(
      try explanation(scene)
        == " Meanwhile port 113 (ident) of the client was called 4 times (from frame 4 on) and did not answer.")
  }

  @Test func `so does one that was answered and took long`() throws {
    var scene = Self.late
    scene.ident(.syn, at: 0.01)
    scene.ident([.syn, .ack], at: 0.02, answers: true)
    scene.ident(.rst, at: 19)
    #expect(
      try explanation(scene)
        == " Meanwhile port 113 (ident) of the client was called (frame 4) and kept the server for 19 s.")
  }

  @Test func `a call of the ident port that was refused at once, and one of another port, explain nothing`() throws {
    var refused = Self.late
    refused.ident(.syn, at: 0.01)
    refused.ident([.rst, .ack], at: 0.02, answers: true)
    var other = Self.late
    for second in [0.01, 1.01] { other.ident(.syn, at: second, port: 114) }
    for scene in [refused, other] { #expect(try explanation(scene) == nil) }
  }
}
