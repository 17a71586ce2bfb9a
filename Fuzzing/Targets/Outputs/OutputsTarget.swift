package import FuzzSupport
internal import SMTPAnalysis
internal import TestSupport
internal import Wire

/// Text of a stranger wherever a stranger's text may stand: no report may hold more than text.
///
/// The input stands in the greeting, the host name, the paths, the replies and the header section of a mail. Its first byte says
/// which report is made of them.
package enum OutputsTarget: FuzzedPart {
  package static func receive(_ input: Span<UInt8>) throws(Broken) {
    var script = ByteScript(input)
    let form = ReportForm(number: script.byte())
    try form.check(sessions(with: script.run(200)))
  }

  /// The same in every report, for inputs that are replayed.
  package static func receiveInAll(_ input: Span<UInt8>) throws(Broken) {
    var script = ByteScript(input)
    _ = script.byte()
    let sessions = sessions(with: script.run(200))
    for form in ReportForm.allCases { try form.check(sessions) }
  }

  private static func sessions(with hostile: [UInt8]) -> [Session] {
    // Line ends would end the line that it is to stand in.
    let words = hostile.map { $0 == 10 || $0 == 13 ? 0x0b : $0 }
    let crlf: [UInt8] = [13, 10]
    func line(_ start: String, _ end: String = "") -> [UInt8] { Array(start.utf8) + words + Array(end.utf8) + crlf }
    let turns: [(Peer, [UInt8])] = [
      (.server, line("220 ")), (.client, line("EHLO ")), (.server, line("250-mx ") + line("250 ")),
      (.client, line("MAIL FROM:<", "@a.example>")), (.server, line("250 ")),
      (.client, line("RCPT TO:<", "@b.example>")), (.server, line("550 5.1.1 ")),
      (.client, line("RCPT TO:<c@", ">")), (.server, line("250 ")), (.client, line("DATA")), (.server, line("354 ")),
      (
        .client,
        line("Subject: ") + line("From: ") + line("To: ") + line("Message-ID: <", ">") + line("Date: ")
          + line("Content-Type: application/x; name=\"", "\"") + line("X-Mailer: ") + crlf + line("") + [46] + crlf
      ), (.server, line("250 ")), (.client, Array("QUIT".utf8) + crlf), (.server, line("221 ")),
    ]
    var options = AnalysisOptions()
    options.keepsDialogue = true
    options.listsAttachments = true
    options.hashesMessages = false
    var analyzer = Analyzer(options: options)
    var conversation = Conversation("", closes: false)
    for (peer, bytes) in turns { conversation.add(peer, after: 1, payload: bytes) }
    for (index, frame) in conversation.frames.enumerated() {
      analyzer.receive(
        frame.bytes.span,
        descriptor: FrameDescriptor(
          time: frame.time, number: index + 1, file: 0, linkType: .ethernet, originalLength: frame.bytes.count))
    }
    analyzer.finish()
    var sessions: [Session] = []
    while let session = analyzer.nextSession() { sessions.append(session) }
    return sessions
  }
}
