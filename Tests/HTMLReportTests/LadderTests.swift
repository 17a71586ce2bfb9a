import HTMLReport
import Reports
import SMTPAnalysis
import TCPStreams
import TestSupport
import Testing
import Wire

/// The dialogue with what TCP had to do with it.
struct LadderTests {
  private func session(_ text: String = Scene.refused) throws -> Session { try #require(Scene.sessions(text).first) }

  private func page(_ session: Session) -> String {
    var scene = Scene()
    scene.add(session)
    return scene.page()
  }

  /// Moves all that comes behind a line of the dialogue.
  private func delayed(_ session: Session, from index: Int, by seconds: Double) -> Session {
    var session = session
    for line in session.dialogue.indices where line >= index {
      session.dialogue[line].time = session.dialogue[line].time.advanced(byNanoseconds: Int64(seconds * 1e9))
    }
    return session
  }

  @Test(arguments: [
    (0.1, nil, nil), (0.5, "<li class=\"p\"><div class=\"l\"><svg height=\"7\"", nil),
    (3, "<svg height=\"42\"", "3.0"), (63.2, "class=\"p br\"", "63.2 s of silence"),
  ]) func `A pause is to scale, and a long one is broken off`(_ seconds: Double, _ shape: String?, _ words: String?)
    throws
  {
    let page = page(delayed(try session(), from: 3, by: seconds))
    #expect(page.contains("<li class=\"p") == (shape != nil))
    if let shape { #expect(page.contains(shape)) }
    if let words { #expect(page.contains(words)) }
  }

  @Test func `A finding stands with its explanation in the row of its line`() throws {
    let page = page(try session())
    let row = try #require(page.part(between: "550 5.1.1 No such user here</p>", and: "</li>"))
    #expect(row.contains("mailbox-unknown") && row.contains("What it means"))
    #expect(row.contains(FindingID.mailboxUnknown.entry.whatToDo.prefix(30)))
  }

  @Test func `What happened to packets stands between the lines`() throws {
    var session = try session()
    let frame = FrameDescriptor(
      time: session.dialogue[2].time, number: 9, file: 0, linkType: .ethernet, originalLength: 60)
    var trouble = PathTrouble()
    trouble.firstRepeat = frame
    session.connection.clientPath.troubles = [trouble]
    session.connection.clientToServer.retransmittedSegments = 3
    session.connection.clientToServer.retransmittedBytes = 4380
    session.connection.errors = [
      PathError(
        about: .client, reporter: IPAddress(ipv4: 0x0a00_0001), isICMPv6: false, type: 3, code: 4, nextHopMTU: 1400,
        frame: frame)
    ]
    session.connection.closing = .reset(by: .server)
    let page = page(session)
    for words in [
      "3 segments sent again by the client, 4.4 kB", "#9", "fragmentation needed", "1400 bytes at most",
      "RST: the server resets", "lost-left",
    ] {
      #expect(page.contains(words), "\(words)")
    }
  }

  @Test func `A very long dialogue keeps its ends and what was found`() throws {
    let noise = (0..<2000).map { "C: NOOP \($0)\nS: 250 ok\n" }.joined()
    let found = "C: BOGUS\nS: 500 5.5.2 what\n"
    let page = page(
      try session("S: 220 mx.example ESMTP\nC: EHLO a\nS: 250 a\n\(noise)\(found)\(noise)C: QUIT\nS: 221 bye\n"))
    #expect(page.contains("220 mx.example ESMTP") && page.contains("221 bye") && page.contains("BOGUS"))
    #expect(page.contains("left out here"))
    #expect(page.utf8.count < 400_000)
  }

  @Test func `A session that was made good says so`() throws {
    var scene = Scene()
    var later = try session(Scene.delivered)
    later.hindsight = [Hindsight(session: 1, kind: .deliveredAfterGreylisting, elapsed: 300_000_000_000, by: 2)]
    scene.add(try session(Scene.deferred))
    scene.add(later)
    let page = scene.page()
    #expect(page.contains("put off by greylisting, and delivered 5 min 0 s later, in <a href=\"#s2\">session 2</a>"))
  }

  @Test func `A visit is a health check when a later one shows it`() throws {
    var scene = Scene()
    let visit = try session("S: 220 mx.example ESMTP\nC: QUIT\nS: 221 bye\n")
    var later = visit
    later.purpose = .healthCheck
    later.hindsight = [Hindsight(session: 1, kind: .healthCheck, elapsed: 2_000_000_000, by: 2)]
    scene.add(visit)
    scene.add(later)
    let page = scene.page()
    #expect(page.count(of: "</svg>health check</td>") == 2 && page.count(of: "</svg>nothing sent</td>") == 0)
  }

  @Test func `Secrets are told to be masked once`() throws {
    let page = page(
      try session(
        "S: 220 mx.example ESMTP\nC: EHLO a\nS: 250-a\nS: 250 AUTH PLAIN\nC: AUTH PLAIN AGFubgBzZWNyZXQ=\nS: 535 5.7.8 no\nC: AUTH PLAIN AGFubgBzZWNyZXQ=\nS: 535 5.7.8 no\nC: QUIT\nS: 221 bye\n"
      ))
    #expect(page.count(of: "--reveal-secrets shows it") == 1)
    #expect(!page.contains("AGFubgBzZWNyZXQ="))
  }
}
