import Reports
import SMTPAnalysis
import TestSupport
import Testing
import Wire

// What a capture lacks says nothing of the endpoints: healthy conversations, of which the capture has a part only. What
// is missing was received all the same, and the segments that follow acknowledge it.

@Suite struct `A capture that lacks something` {
  @Test func `a STARTTLS that is missing, and its reply`() {
    for lost in ["STARTTLS", "220 2.0.0"] {
      var scene = HealthyScene.startTLS.conversation()
      scene.segments.removeAll { $0.payload.starts(with: lost.utf8) }
      let session = Analysis(scene).sessions.first
      #expect(session?.tls?.method == .starttls, "\(lost)")
      #expect(session?.tls?.outcome == .established, "\(lost)")
    }
  }

  @Test func `a hole between CR and LF of a message`() {
    let text = "Subject: figures\\r\\n\\r\\n"
    func session(behind hole: String) -> Session? {
      Analysis(Conversation(Dialogues.data + "C: \(text)one\\\n\(hole)C: \\n.\nS: 250 2.0.0 Ok\nC: QUIT\nS: 221 bye\n"))
        .sessions.first
    }
    let lossy = session(behind: "C? 6\n")
    #expect(lossy?.findings.contains { $0.id == .bareLF || $0.id == .nonstandardEndOfData } == false)
    #expect(lossy?.transactions.first?.outcome == .accepted)
    // Without a hole it is a line feed alone, and an end of data of that kind.
    #expect(session(behind: "")?.findings.contains { $0.id == .bareLF } == true)
  }

  @Test func `a transaction whose envelope is missing`() {
    let session = Analysis(
      Conversation(
        Dialogues.hello + """
          C? 83
          S: 250 2.1.0 Ok\\r\\n250 2.1.5 Ok
          C: BDAT 12 LAST\\r\\nlast\\r\\nline\\r\\n\\
          S: 250 2.0.0 queued
          C: QUIT
          S: 221 bye

          """)
    ).sessions.first
    #expect(session?.transactions.map(\.outcome) == [.accepted])
  }

  @Test(arguments: HealthyScene.allCases)
  func `any one segment`(_ scene: HealthyScene) {
    for piece in HealthyScene.pieces {
      let whole = scene.conversation(piece: piece)
      for index in whole.segments.indices {
        var lossy = whole
        let lost = lossy.segments.remove(at: index)
        scene.expectNothing(in: lossy.frames, "piece \(piece), without segment \(index): \(shown(lost))")
      }
    }
  }

  @Test(arguments: HealthyScene.allCases)
  func `several segments in a row`(_ scene: HealthyScene) {
    var random = SplitMix64(seed: 27)
    for piece in HealthyScene.pieces {
      let whole = scene.conversation(piece: piece)
      for _ in 0..<60 {
        let count = Int.random(in: 2...6, using: &random)
        let start = Int.random(in: 0..<whole.segments.count, using: &random)
        var lossy = whole
        lossy.segments.removeSubrange(start..<min(start + count, whole.segments.count))
        scene.expectNothing(in: lossy.frames, "piece \(piece), \(count) segments from \(start)")
      }
    }
  }

  @Test(arguments: HealthyScene.allCases)
  func `segments here and there`(_ scene: HealthyScene) {
    var random = SplitMix64(seed: 5)
    for piece in HealthyScene.pieces {
      let whole = scene.conversation(piece: piece)
      for round in 0..<60 {
        var lossy = whole
        lossy.segments.removeAll { _ in Int.random(in: 0..<8, using: &random) == 0 }
        scene.expectNothing(in: lossy.frames, "piece \(piece), round \(round)")
      }
    }
  }

  @Test(arguments: HealthyScene.allCases)
  func `a whole direction`(_ scene: HealthyScene) {
    for peer in Peer.allCases {
      var lossy = scene.conversation()
      lossy.segments.removeAll { $0.peer == peer }
      scene.expectNothing(in: lossy.frames, "without the \(peer)")
    }
  }

  @Test(arguments: HealthyScene.allCases)
  func `what is behind a snap length`(_ scene: HealthyScene) {
    let frames = scene.conversation().frames
    for length in 60...120 {
      scene.expectNothing(in: frames, cutAt: length, "cut at \(length)")
    }
  }

  @Test(arguments: HealthyScene.allCases)
  func `the beginning or the end`(_ scene: HealthyScene) {
    let whole = scene.conversation()
    for count in whole.segments.indices.dropFirst() {
      var late = whole
      late.segments.removeFirst(count)
      scene.expectNothing(in: late.frames, "without the first \(count)")
      var early = whole
      early.segments.removeLast(count)
      scene.expectNothing(in: early.frames, "without the last \(count)")
    }
  }

  private func shown(_ segment: Conversation.Segment) -> String {
    "\(segment.peer) \(String(decoding: segment.payload.prefix(40), as: UTF8.self))"
  }
}

/// Conversations in which nothing is wrong.
enum HealthyScene: CaseIterable {
  case plain, pipelined, chunked, login, startTLS, twoMails

  /// Sizes of segments: whole lines, and pieces of lines.
  static let pieces = [1460, 9]

  func conversation(piece: Int = 1460) -> Conversation { Conversation(text, piece: piece) }

  /// Asserts that nothing is found but what the capture lacks, and what is found in the whole conversation.
  func expectNothing(
    in frames: [Conversation.Frame], cutAt length: Int = .max, _ loss: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let findings = Analysis(frames, cutAt: length).sessions.flatMap(\.findings).filter { finding in
      finding.severity > .info && !HealthyScene.captures.contains(finding.id) && finding.id != trueFinding
    }
    guard !findings.isEmpty else { return }
    var options = AnalysisOptions()
    options.keepsDialogue = true
    let analysis = Analysis(frames, cutAt: length, options: options)
    let shown = analysis.output(as: TextReport(style: TextStyle(), showsAll: true))
    Issue.record(
      "\(self), \(loss): \(findings.map { "\($0.id.rawValue): \($0.message)" })\n\(shown)",
      sourceLocation: sourceLocation)
  }

  private static let captures: Set<FindingID> = [.captureGap, .captureClipped, .captureOneSided, .captureDropped]

  /// What is true of the whole conversation.
  private var trueFinding: FindingID? { self == .login ? .credentialsInClear : nil }

  private var text: String {
    switch self {
    case .plain:
      Dialogues.delivered
    case .pipelined:
      Dialogues.hello + """
        C: MAIL FROM:<a@b>\\r\\nRCPT TO:<c@d>\\r\\nRCPT TO:<e@f>\\r\\nDATA
        S: 250 2.1.0 Ok\\r\\n250 2.1.5 Ok\\r\\n250 2.1.5 Ok\\r\\n354 go
        C: Date: Fri, 20 Nov 2026 09:14:02 +0000\\r\\nFrom: <a@b>\\r\\nSubject: figures\\r\\n\\r\\nlast\\r\\n.\\r\\nQUIT
        S: 250 2.0.0 queued as 1\\r\\n221 bye

        """
    case .chunked:
      Dialogues.envelope + """
        C: BDAT 20\\r\\nSubject: figures\\r\\n\\r\\n\\
        S: 250 2.0.0 20 octets
        C: BDAT 12 LAST\\r\\nlast\\r\\nline\\r\\n\\
        S: 250 2.0.0 queued as 1
        C: QUIT
        S: 221 bye

        """
    case .login:
      Dialogues.hello + """
        C: AUTH LOGIN
        S: 334 VXNlcm5hbWU6
        C: amVyZW1pYWg=
        S: 334 UGFzc3dvcmQ6
        C: c2VjcmV0LXdvcmQ=
        S: 235 2.7.0 in
        C: MAIL FROM:<a@b>
        S: 250 2.1.0 Ok
        C: RCPT TO:<c@d>
        S: 250 2.1.5 Ok
        C: DATA
        S: 354 go
        C: Subject: figures\\r\\n\\r\\nlast\\r\\n.
        S: 250 2.0.0 queued as 1
        C: QUIT
        S: 221 bye

        """
    case .startTLS:
      """
      S: 220 mx.example ESMTP
      C: EHLO client.example
      S: 250-mx.example
      S: 250-PIPELINING
      S: 250 STARTTLS
      C: STARTTLS
      S: 220 2.0.0 go ahead
      C: \(record(22, 180))\\
      S: \(record(22, 90))\(record(20, 1))\\
      S: \(record(23, 400))\\
      C: \(record(20, 1))\(record(23, 52))\\
      C: \(record(23, 40))\\
      S: \(record(23, 120))\\
      C: \(record(23, 60))\\
      S: \(record(23, 40))\\
      C: \(record(23, 30))\\
      S: \(record(23, 30))\\

      """
    case .twoMails:
      Dialogues.text + """
        C: .
        S: 250 2.0.0 queued as 1
        C: MAIL FROM:<a@b>
        S: 250 2.1.0 Ok
        C: RCPT TO:<g@h>
        S: 250 2.1.5 Ok
        C: RCPT TO:<i@j>
        S: 250 2.1.5 Ok
        C: DATA
        S: 354 go
        C: Subject: more figures
        C:
        C: \(String(repeating: "0123456789", count: 6))
        C: .
        S: 250 2.0.0 queued as 2
        C: QUIT
        S: 221 bye

        """
    }
  }

  /// A TLS record of so many octets, as a script writes it.
  private func record(_ kind: Int, _ length: Int) -> String {
    let octet = { (value: Int) in "\\x" + (value < 16 ? "0" : "") + String(value, radix: 16) }
    return [kind, 3, 3, length >> 8, length & 255].map(octet).joined()
      + String(repeating: "~", count: length)
  }
}
