import SMTPAnalysis
import TestSupport
import Testing
import Wire

/// A mail from a client that calls itself kestrel.example.
private let mail = """
  S: 220 mx1.harbour.example ESMTP
  C: EHLO kestrel.example
  S: 250 mx1.harbour.example
  C: MAIL FROM:<ann@kestrel.example>
  S: 250 Ok
  C: QUIT
  S: 221 bye
  """

private let reversed = NameScene.reversed

private func scene(_ messages: [UInt8]..., script: String = mail) -> NameScene {
  var scene = NameScene(script)
  for message in messages { scene.answer(message) }
  return scene
}

private let pointer = NameServer.response(reversed, .ptr, ["\(reversed) PTR kestrel.example"])

@Suite struct HELONameTests {
  @Test(
    arguments: [
      (
        "another address", ["kestrel.example A 192.0.2.9"], 0,
        "kestrel.example leads to 192.0.2.9 (frame 1), not to 192.0.2.7"
      ),
      (
        "many addresses", (8...11).map { "kestrel.example A 192.0.2.\($0)" }, 0,
        "kestrel.example leads to 192.0.2.8, 192.0.2.9 and 2 more (frame 1), not to 192.0.2.7"
      ),
      ("no such name", [], 3, "kestrel.example does not exist (NXDOMAIN, frame 1)"),
      ("no address", [], 0, "kestrel.example has no IPv4 address (frame 1)"),
      ("its address among others", ["kestrel.example A 192.0.2.9", "kestrel.example A 192.0.2.7"], 0, nil),
      ("an alias of its name", ["kestrel.example CNAME h.example", "h.example A 192.0.2.7"], 0, nil),
      ("a failure", [], 2, nil),
    ] as [(String, [String], UInt16, String?)])
  func `HELO's name is held against the client's address`(
    _ what: String, records: [String], code: UInt16, clause: String?
  ) throws {
    let session = try #require(scene(NameServer.response("kestrel.example", .a, records, code: code)).session)
    let message = session.message(.heloInvalid)
    #expect(message == clause.map { "The client 192.0.2.7 says EHLO kestrel.example, but \($0)." })
    guard let finding = session.findings.first(where: { $0.id == .heloInvalid }) else { return }
    #expect(finding.severity == .info && finding.frame == 6 && finding.transaction == nil)
    #expect(finding.evidence.map { String(decoding: $0, as: UTF8.self) } == "EHLO kestrel.example")
    #expect(session.verdict.cause != .heloInvalid)
  }

  @Test(
    arguments: [
      ("no name", [pointerless(code: 3)], "192.0.2.7 has no name (PTR: NXDOMAIN, frame 1)"),
      ("no record", [pointerless(code: 0)], "192.0.2.7 has no name (no PTR record, frame 1)"),
      (
        "a name of another address",
        [pointer, NameServer.response("kestrel.example", .a, ["kestrel.example A 192.0.2.9"])],
        "kestrel.example leads to 192.0.2.9 (frame 2), not to 192.0.2.7; 192.0.2.7 is named kestrel.example (PTR, frame 1), which leads to 192.0.2.9 (frame 2)"
      ),
      (
        "a name that does not exist", [ptr("gone.example"), NameServer.response("gone.example", .a, code: 3)],
        "192.0.2.7 is named gone.example (PTR, frame 1), which does not exist (NXDOMAIN, frame 2)"
      ),
      (
        "a name without address", [ptr("gone.example"), NameServer.response("gone.example", .a)],
        "192.0.2.7 is named gone.example (PTR, frame 1), which has no IPv4 address (frame 2)"
      ),
      (
        "another name that leads back",
        [ptr("h7.example"), NameServer.response("h7.example", .a, ["h7.example A 192.0.2.7"])], nil
      ),
      ("a name of which nothing else is known", [ptr("h7.example")], nil), ("a failure", [pointerless(code: 2)], nil),
      (
        "another kind of address",
        [ptr("h7.example"), NameServer.response("h7.example", .aaaa, ["h7.example AAAA 2001:db8::7"])], nil
      ),
    ] as [(String, [[UInt8]], String?)])
  func `the name of the client's address has to lead back`(_ what: String, messages: [[UInt8]], clause: String?) throws
  {
    var scene = NameScene(mail)
    for message in messages { scene.answer(message) }
    let message = try #require(scene.session).message(.heloInvalid)
    #expect(message == clause.map { "The client 192.0.2.7 says EHLO kestrel.example, but \($0)." })
  }

  private static func pointerless(code: UInt16) -> [UInt8] { NameServer.response(reversed, .ptr, code: code) }
  private static func ptr(_ name: String) -> [UInt8] {
    NameServer.response(reversed, .ptr, ["\(reversed) PTR \(name)"])
  }

  private static let wrong = NameServer.response("kestrel.example", .a, ["kestrel.example A 192.0.2.9"])

  @Test(
    arguments: [
      ("behind a NAT", "10.0.0.7", NameScene.server, 25, mail, false),
      ("to a submission port", NameScene.client, NameScene.server, 587, mail, false),
      (
        "behind a proxy", NameScene.client, NameScene.server, 25,
        "C: PROXY TCP4 198.51.100.7 203.0.113.25 40001 25\n" + mail, false
      ),
      (
        "for another", NameScene.client, NameScene.server, 25,
        mail.replacing(
          "C: MAIL", with: "C: XCLIENT ADDR=198.51.100.7\nS: 220 mx1\nC: EHLO kestrel.example\nS: 250 mx1\nC: MAIL"),
        false
      ),
      ("by LMTP", NameScene.client, NameScene.server, 24, mail.replacing("EHLO", with: "LHLO"), false),
      (
        "by a user", NameScene.client, NameScene.server, 25,
        mail.replacing("C: MAIL", with: "C: AUTH PLAIN AGFubgBzZWNyZXQ=\nS: 235 welcome\nC: MAIL"), false
      ),
    ] as [(String, String, String, UInt16, String, Bool)])
  func `only a host that speaks for itself to a mail exchanger is compared`(
    _ what: String, client: String, server: String, port: UInt16, script: String, isCompared: Bool
  ) throws {
    var scene = NameScene(script, from: client, to: server, port: port)
    scene.answer(Self.wrong)
    #expect((try #require(scene.session).message(.heloInvalid) != nil) == isCompared)
  }

  @Test(arguments: ["localhost", "[192.0.2.7]", "192.0.2.9", "kestrel", "kestrel_example", "-", "a b"])
  func `what is no host's name is not looked up`(argument: String) throws {
    var scene = NameScene(mail.replacing("EHLO kestrel.example", with: "EHLO \(argument)"))
    scene.answer(NameServer.response(argument, .a, code: 3))
    // Its form may be told as wrong, the answer is not.
    #expect(try #require(scene.session).message(.heloInvalid)?.contains("NXDOMAIN") != true)
  }

  @Test func `an answer behind the session's end proves nothing of it`() throws {
    var scene = NameScene(mail)
    scene.answer(Self.wrong, at: 60)
    scene.answer(Self.pointerless(code: 3), at: 60)
    #expect(try #require(scene.session).message(.heloInvalid) == nil)
    scene.answer(Self.wrong, at: 0.02)
    // The same, said while the session lasted, does.
    scene.answer(Self.wrong, at: 0.02)
    #expect(scene.session?.message(.heloInvalid) != nil)
  }

  @Test(arguments: [("10.0.0.9", true), ("198.51.100.9", false)])
  func `a private address is held against private ones only`(address: String, isCompared: Bool) throws {
    let reversed = NameServer.reversed(NameServer.address("10.0.0.7"))
    var scene = NameScene(mail, from: "10.0.0.7", to: "10.0.0.25")
    scene.answer(NameServer.response(reversed, .ptr, ["\(reversed) PTR kestrel.example"]))
    scene.answer(NameServer.response("kestrel.example", .a, ["kestrel.example A \(address)"]))
    let session = try #require(scene.session)
    #expect((session.message(.heloInvalid) != nil) == isCompared)
    #expect(session.names?.client.names == (isCompared ? [] : ["kestrel.example"]))
  }

  @Test func `what a refusal tells already is not told again`() throws {
    var scene = NameScene(
      mail.replacing("S: 250 Ok", with: "S: 550 5.7.1 Client host rejected: cannot find your reverse hostname"))
    scene.answer(Self.pointerless(code: 3))
    let session = try #require(scene.session)
    #expect(session.message(.clientRefused)?.contains("has no name") == true)
    #expect(session.message(.heloInvalid) == nil)
  }

  @Test func `a client of IPv6 is held against its own kind of address`() throws {
    var scene = NameScene(mail, from: "2001:db8::7", to: "2001:db8::25")
    scene.answer(NameServer.response("kestrel.example", .a, ["kestrel.example A 192.0.2.9"]))
    #expect(try #require(scene.session).message(.heloInvalid) == nil)
    scene.answer(NameServer.response("kestrel.example", .aaaa, ["kestrel.example AAAA 2001:db8::9"]))
    #expect(
      scene.session?.message(.heloInvalid)?.contains("leads to 2001:db8::9 (frame 2), not to 2001:db8::7") == true)
  }
}
