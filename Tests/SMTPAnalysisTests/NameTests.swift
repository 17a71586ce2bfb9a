import Reports
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
private let forward = NameServer.response("kestrel.example", .a, ["kestrel.example A 192.0.2.7"])

@Suite struct SessionNameTests {
  @Test(arguments: [false, true])
  func `answers name both hosts, by UDP and by TCP`(overTCP: Bool) throws {
    var scene = NameScene(mail)
    scene.answer(
      NameServer.response(
        "harbour.example", .mx, ["harbour.example MX 10 mx1.harbour.example"],
        additional: ["mx1.harbour.example A 203.0.113.25"]), overTCP: overTCP)
    scene.answer(pointer, overTCP: overTCP)
    scene.answer(forward, overTCP: overTCP)
    let names = try #require(scene.session?.names)
    #expect(names.client == HostIdentity(names: ["kestrel.example"], confirmation: .agrees))
    #expect(names.server == HostIdentity(names: ["mx1.harbour.example"]))
    let shown = scene.analysis.shown
    #expect(shown.contains(#""client":{"ip":"192.0.2.7","port":49152,"name":"kestrel.example"}"#))
    #expect(shown.contains(#""server":{"ip":"203.0.113.25","port":25,"name":"mx1.harbour.example"}"#))
    #expect(shown.contains("192.0.2.7:49152 (kestrel.example) → 203.0.113.25:25 (mx1.harbour.example)"))
  }

  @Test func `without answers nothing is named, and the server by its greeting`() throws {
    let scene = NameScene(mail)
    #expect(try #require(scene.session).names == nil)
    #expect(scene.analysis.shown.contains(#""port":25,"name":null}"#))
    #expect(scene.analysis.shown.contains("192.0.2.7:49152 → 203.0.113.25:25 (mx1.harbour.example)"))
  }

  @Test func `of a server's names the one looked up last before the connection is first`() throws {
    var scene = NameScene(mail)
    scene.conversation.start = scene.conversation.start.advanced(byNanoseconds: 10_000_000_000)
    for (second, name) in [(-3, "www.harbour.example"), (-2, "mx1.harbour.example"), (0.02, "later.example")] {
      scene.answer(NameServer.response(name, .a, ["\(name) A 203.0.113.25"]), at: second)
    }
    scene.answer(
      NameServer.response(
        NameServer.reversed(NameServer.address(NameScene.server)), .ptr,
        ["\(NameServer.reversed(NameServer.address(NameScene.server))) PTR host25.example"]))
    #expect(
      try #require(scene.session?.names).server.names == [
        "mx1.harbour.example", "www.harbour.example", "later.example", "host25.example",
      ])
  }

  @Test(
    arguments: [
      (["kestrel.example A 192.0.2.7"], HostIdentity.Confirmation.agrees, ["kestrel.example"]),
      (["kestrel.example A 192.0.2.9"], .disagrees, []), ([], .unknown, ["kestrel.example"]),
    ])
  func `a name that does not lead back names nobody`(
    records: [String], confirmation: HostIdentity.Confirmation, names: [String]
  ) throws {
    var scene = scene(pointer)
    if !records.isEmpty { scene.answer(NameServer.response("kestrel.example", .a, records)) }
    #expect(
      try #require(scene.session?.names).client == HostIdentity(names: names, confirmation: confirmation))
  }

  @Test func `one of several names that leads back suffices, and all must be known to say that none does`() throws {
    let two = NameServer.response(reversed, .ptr, ["\(reversed) PTR a.example", "\(reversed) PTR b.example"])
    let (a, b) = (NameServer.response("a.example", .a, code: 3), NameServer.response("b.example", .a, code: 3))
    #expect(scene(two, a).session?.names?.client.confirmation == .unknown)
    #expect(scene(two, a, b).session?.names?.client.confirmation == .disagrees)
    let right = NameServer.response("b.example", .a, ["b.example A 192.0.2.7"])
    #expect(scene(two, a, right).session?.names?.client.confirmation == .agrees)
  }

  @Test(arguments: [2, 5])
  func `any number of threads tells the same names`(jobs: Int) {
    var random = SplitMix64(seed: UInt64(jobs))
    var frames: [Conversation.Frame] = []
    for index in 0..<300 {
      var scene = NameScene(mail, from: "192.0.2.\(index % 100)")
      scene.conversation.client.port = UInt16(2000 + index)
      scene.conversation.start = scene.conversation.start.advanced(byNanoseconds: Int64(index) * 50_000_000)
      let reversed = NameServer.reversed(scene.conversation.client.address)
      let second = Double.random(in: -1...1, using: &random)
      scene.answer(
        NameServer.response(reversed, .ptr, ["\(reversed) PTR h\(index % 7).example"]), at: second,
        overTCP: index % 3 == 0)
      let right = "h\(index % 7).example A 192.0.2.\(index % 100)"
      scene.answer(NameServer.response("h\(index % 7).example", .a, index % 5 == 0 ? [right] : []), at: second)
      scene.answer(NameServer.response("kestrel.example", .a, code: index % 9 == 0 ? 3 : 2), at: second)
      scene.ident(.syn, at: 0.001)
      frames += scene.frames
    }
    let order = frames.enumerated().sorted { ($0.1.time, $0.0) < ($1.1.time, $1.0) }.map(\.1)
    let one = Analysis(order)
    #expect(
      one.sessions.contains {
        $0.names?.client.names.isEmpty == false && $0.findings.contains { $0.id == .heloInvalid }
      })
    #expect(Analysis(order, jobs: jobs).shown == one.shown)
  }

  @Test(arguments: UInt64(0)..<4)
  func `whatever comes from a name server's port, the mail is read alike`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var scene = NameScene(mail)
    let plain = try #require(scene.session).essence
    for _ in 0..<200 {
      var message = [pointer, forward].randomElement(using: &random) ?? []
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        message[Int.random(in: message.indices, using: &random)] = .random(in: 0...255, using: &random)
      }
      scene.answer(message, at: .random(in: 0...0.1, using: &random), overTCP: Bool.random(using: &random))
    }
    var session = try #require(scene.session)
    session.names = nil
    #expect(session.essence == plain)
  }

  @Test func `SMTP on a name server's port is mail, and names on a mail port are none`() throws {
    #expect(NameScene(mail, port: 53).session?.helo != nil)
    var scene = NameScene(mail)
    scene.answer(forward, at: 0.01, overTCP: true)
    #expect(scene.analysis.sessions.count == 1)
  }
}
