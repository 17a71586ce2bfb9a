package import FuzzSupport
internal import HTMLReport
internal import Reports
package import SMTPAnalysis
internal import TestSupport
internal import Wire

/// Text of a stranger wherever a stranger's text may stand: none of the reports may hold more than text.
///
/// The input stands in the greeting, the host name, the paths, the replies and the header section of a mail.
package enum OutputsTarget: FuzzedPart {
  package static func receive(_ input: Span<UInt8>) throws(Broken) {
    var script = ByteScript(input)
    let kind = script.byte()
    let sessions = sessions(with: script.run(200))
    try EveryReport.check(sessions)
    if kind & 0x38 == 0 { try EveryReport.checkPage(sessions) }
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

/// Every way to report sessions, and what must hold of each.
package enum EveryReport {
  package static func check(_ sessions: [Session]) throws(Broken) {
    let context = ReportContext(fileNames: ["input"], showsDialogue: true)
    try checkLines(written(NDJSONReport(), sessions, context))
    try checkLines(written(EVEReport(), sessions, context))
    try checkLines(written(ECSReport(version: "0"), sessions, context))
    for log in ZeekLog.allCases {
      try checkLines(written(ZeekReport(log, .json), sessions, context))
      try checkTable(written(ZeekReport(log, .tsv), sessions, context))
    }
    let csv = written(CSVReport(), sessions, context)
    try InertText.check(csv.span, allowing: [10, 13])
    try demand(csv.count { $0 == UInt8(ascii: "\"") } % 2 == 0, "a quotation mark without another in CSV")
    var reader = JSONReader(written(JSONReport(), sessions, context))
    try reader.document()
    for isColored in [false, true] {
      let style = TextStyle(usesColor: isColored)
      let text = written(TextReport(style: style, showsAll: true), sessions, context)
      try InertText.check(text.span, allowing: isColored ? [10, 27] : [10])
    }
  }

  /// A page costs as much as all other reports together.
  static func checkPage(_ sessions: [Session]) throws(Broken) {
    let page = written(
      HTMLReport(version: "0"), sessions, ReportContext(fileNames: ["input"], showsDialogue: true))
    try InertText.check(page.span, allowing: [10])
    var reader = MarkupReader(page)
    try reader.page()
  }

  private static func checkLines(_ bytes: [UInt8]) throws(Broken) {
    for line in bytes.split(separator: 10) {
      var reader = JSONReader(Array(line))
      try reader.document()
    }
  }

  /// Zeek's TSV: each line has the columns that the head names.
  private static func checkTable(_ bytes: [UInt8]) throws(Broken) {
    try InertText.check(bytes.span, allowing: [9, 10])
    var columns: Int?
    for line in bytes.split(separator: 10) {
      let count = line.count { $0 == 9 }
      if line.starts(with: "#fields".utf8) {
        columns = count - 1
      } else if line.first != UInt8(ascii: "#") {
        try demand(columns == count, "\(count + 1) columns in TSV")
      }
    }
  }

  private static func written(_ report: consuming some Report, _ sessions: [Session], _ context: ReportContext)
    -> [UInt8]
  {
    var report = report
    var output = OutputBuffer()
    report.begin(into: &output)
    for session in sessions { report.session(session, context: context, into: &output) }
    report.end(AnalysisSummary(), captures: [], context: context, into: &output)
    var bytes: [UInt8] = []
    output.drain { bytes.append($0) }
    return bytes
  }
}
