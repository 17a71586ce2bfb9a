import SMTPAnalysis
import TCPStreams
import TLSHandshake
import TestSupport
import Testing
import Wire

/// The same conversation on another way: inside TLS that is opened, and live.
@Suite struct OtherWaysTests {
  /// Those of which all bytes are there, and that have no TLS of their own.
  private static let scripts = equivalenceScripts.indices.filter { index in
    !equivalenceScripts[index].contains("STARTTLS") && !equivalenceScripts[index].contains("C?")
  }

  @Test(arguments: scripts, [nil] + Disturbance.allCases.map(Optional.some))
  func `inside TLS with its keys everything is as in clear`(script: Int, disturbance: Disturbance?) throws {
    let steps = Self.steps(of: script)
    let clear = try #require(essence(of: Conversation(equivalenceScripts[script]), with: nil))
    for seed in UInt64(0)..<(isSlow ? 40 : 4) {
      var random = SplitMix64(seed: seed)
      let largest = [1, 20, 300, 16384].randomElement(using: &random) ?? 1
      var sizes = random
      let sealed = SealedDialogue(steps) { Int.random(in: 1...largest, using: &sizes) }
      let conversation = disturbance.map { sealed.conversation.disturbed(by: $0, &random) } ?? sealed.conversation
      let found = essence(of: conversation, with: sealed.secrets)
      let isSame = found == clear
      #expect(isSame, "seed \(seed): \(difference(found ?? "no session", clear))")
      if !isSame { break }
    }
  }

  @Test(arguments: scripts)
  func `behind STARTTLS the mails are those of a session in clear`(script: Int) throws {
    let opening = Script("S: 220 mx\nC: EHLO c\nS: 250-mx\\r\\n250 STARTTLS\nC: STARTTLS\nS: 220 go").steps
    let inside = Self.steps(of: script)
    // The greeting came in clear (RFC 3207 section 4.2).
    guard case .bytes(.server, let greeting)? = inside.first, greeting.last == 10 else { return }
    let sealed = SealedDialogue(Array(inside.dropFirst()), behind: opening) { 1000 }
    let found = try #require(session(of: sealed.conversation, with: sealed.secrets))
    let clear = try #require(session(of: Conversation(equivalenceScripts[script]), with: nil))
    #expect(found.transactionLines == clear.transactionLines)
    #expect(found.transactions.map(\.message?.sha256) == clear.transactions.map(\.message?.sha256))
    #expect(found.verdict.outcome == clear.verdict.outcome)
    #expect(found.tls?.isReadable == true)
  }

  @Test(arguments: [("", true), ("C: QUIT\nS: 221 bye\n", true), ("C: EHLO c\nS: 250 mx\n", false)])
  func `TLS 1.3 without keys shows whether the client said anything`(inside: String, isUnsaid: Bool) throws {
    let opening = Script("S: 220 mx\nC: EHLO c\nS: 250-mx\\r\\n250 STARTTLS\nC: STARTTLS\nS: 220 go").steps
    let steps = Script(inside).steps + [.finish(.client), .finish(.server)]
    let sealed = SealedDialogue(steps, behind: opening) { 1000 }
    let found = try #require(session(of: sealed.conversation, with: nil))
    #expect(found.verdict.outcome == (isUnsaid ? .nothingSent : .unknown))
    #expect(found.verdict.cause == (isUnsaid ? .tlsHandshakeFailed : .outcomeEncrypted))
  }

  /// What an attacker puts behind the 220 is not said inside TLS, and is told with its keys as without.
  @Test func `clear text behind the 220 where TLS is opened`() throws {
    let opening = Script(
      "S: 220 mx\nC: EHLO c\nS: 250-mx\\r\\n250 STARTTLS\nC: STARTTLS\nS: 220 go\\r\\n250 evil.example"
    ).steps
    let steps = Script("C: EHLO c\nS: 250 mx\nC: QUIT\nS: 221 bye\n").steps + [.finish(.client), .finish(.server)]
    let sealed = SealedDialogue(steps, behind: opening) { 1000 }
    var options = AnalysisOptions()
    options.keepsDialogue = true
    options.secrets = sealed.secrets
    let analysis = Analysis(sealed.conversation, options: options)
    let found = try #require(analysis.sessions.first)
    #expect(found.tls?.isReadable == true)
    #expect(found.findings.contains { $0.id == .starttlsResponseInjection })
    #expect(!found.findings.contains { $0.id == .replyUnexpected })
    #expect(analysis.shown.contains("<-  250 evil.example"))
    #expect(analysis.shown.contains("<~  221 bye"))
  }

  /// Both close in the end where the script says nothing of it.
  private static func steps(of script: Int) -> [Script.Step] {
    let steps = Script(equivalenceScripts[script]).steps
    let ends = steps.contains { if case .bytes = $0 { false } else { true } }
    return ends ? steps : steps + [.finish(.client), .finish(.server)]
  }

  /// However often time is told, and transactions with it.
  @Test(arguments: UInt64(0)..<(isSlow ? 40 : 6), [1, 3])
  func `live traffic gives the sessions of a file`(seed: UInt64, jobs: Int) {
    let frames = manyConversations(150, seed: seed &+ 100).flatMap(\.frames).sorted { $0.time < $1.time }
    let file = Analysis(frames)
    var options = AnalysisOptions()
    options.tellsTransactions = true
    var analyzer = Analyzer(options: options, threads: jobs)
    var random = SplitMix64(seed: seed)
    var live = file
    live.sessions = []
    for (index, frame) in frames.enumerated() {
      // What the clock says is never ahead of packets that wait.
      if Int.random(in: 0..<20, using: &random) == 0 { analyzer.settle(at: frame.time) }
      analyzer.receive(
        frame.bytes.span,
        descriptor: FrameDescriptor(
          time: frame.time, number: index + 1, file: 0, linkType: .ethernet, originalLength: frame.bytes.count))
      while analyzer.nextTransaction() != nil {}
      while let session = analyzer.nextSession() { live.sessions.append(session) }
    }
    analyzer.finish()
    while let session = analyzer.nextSession() { live.sessions.append(session) }
    #expect(file.sessions.count > 100)
    #expect(live.sessions.count == file.sessions.count)
    let records = { (analysis: Analysis) in
      var analysis = analysis
      analysis.sessions.sort { $0.connection.firstFrame.number < $1.connection.firstFrame.number }
      for index in analysis.sessions.indices { analysis.sessions[index].id = 0 }
      return analysis.shown
    }
    #expect(records(live) == records(file), "\(difference(records(live), records(file)))")
  }

  private func session(of conversation: Conversation, with secrets: TLSSecrets?) -> Session? {
    var options = AnalysisOptions()
    options.keepsDialogue = true
    options.secrets = secrets
    return Analysis(conversation, options: options).sessions.first
  }

  /// Without what tells of TLS itself: what it came to, and how many bytes that took.
  private func essence(of conversation: Conversation, with secrets: TLSSecrets?) -> String? {
    guard var session = session(of: conversation, with: secrets) else { return nil }
    session.tls = nil
    for index in session.authentications.indices { session.authentications[index].isInClear = true }
    for peer in Peer.allCases {
      session.connection[peer].bytes = 0
      session.connection[peer].missingBytes = 0
    }
    session.dialogue.removeAll {
      switch $0.content {
      case .encrypted, .handshake: true
      case .line, .message, .gap, .closed: false
      }
    }
    return session.essence
  }
}
