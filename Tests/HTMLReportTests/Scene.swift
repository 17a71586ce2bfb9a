import HTMLReport
import Reports
import SMTPAnalysis
import TCPStreams
import TestSupport
import Wire

/// Sessions, and the page that is made of them.
struct Scene {
  static let context = ReportContext(fileNames: ["bounce.pcap"], showsDialogue: true)

  private var report: HTMLReport
  var summary = AnalysisSummary()
  private var written: [UInt8] = []
  private var last = 0

  init(limits: HTMLReportLimits = HTMLReportLimits()) {
    report = HTMLReport(version: "1.2.3", limits: limits)
  }

  mutating func add(_ session: Session) {
    var session = session
    last += 1
    session.id = last
    summary.count(session)
    var output = OutputBuffer()
    report.session(session, context: Scene.context, into: &output)
    written += output.bytes
  }

  /// The sessions of a dialogue.
  mutating func add(_ text: String) {
    for session in Scene.sessions(text) { add(session) }
  }

  /// Ends the report.
  mutating func page(file: String = "bounce.pcap", packets: Int = 0, error: String? = nil) -> String {
    var output = OutputBuffer()
    var capture = CaptureSummary(file: file)
    capture.packets = packets
    capture.error = error
    report.end(summary, captures: [capture], context: Scene.context, into: &output)
    written += output.bytes
    return String(decoding: written, as: UTF8.self)
  }

  static func page(_ texts: String...) -> String {
    var scene = Scene()
    for text in texts { scene.add(text) }
    return scene.page()
  }

  static func sessions(_ text: String) -> [Session] {
    var options = AnalysisOptions()
    options.keepsDialogue = true
    options.listsAttachments = true
    var analyzer = Analyzer(options: options)
    for (index, frame) in Conversation(text).frames.enumerated() {
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

  static let delivered = """
    S: 220 mx.example ESMTP
    C: EHLO client.example
    S: 250 mx.example
    C: MAIL FROM:<a@b.example>
    S: 250 2.1.0 Ok
    C: RCPT TO:<c@d.example>
    S: 250 2.1.5 Ok
    C: DATA
    S: 354 go
    C: Subject: the figures of May
    C: MIME-Version: 1.0
    C: Content-Type: application/pdf; name="figures.pdf"
    C: Content-Disposition: attachment; filename="figures.pdf"
    C:
    C: text
    C: .
    S: 250 2.0.0 queued as 1
    C: QUIT
    S: 221 bye

    """

  static let refused = """
    S: 220 mx.example ESMTP
    C: EHLO client.example
    S: 250 mx.example
    C: MAIL FROM:<a@b.example>
    S: 250 2.1.0 Ok
    C: RCPT TO:<nobody@d.example>
    S: 550 5.1.1 No such user here
    C: QUIT
    S: 221 bye

    """

  static let deferred = refused.split(separator: "550 5.1.1 No such user here").joined(
    separator: "451 4.7.1 Try again later")

  /// Markup, text that runs backwards, quotes that people's eyes join with a mark, wherever a page shows text from the wire.
  static let hostile = """
    S: 220 <script>window.owned=1</script> ESMTP
    C: EHLO <img/src=x/onerror=window.owned=2>
    S: 250 <svg/onload=window.owned=3>
    C: MAIL FROM:<\u{202e}moc.evil@b.example>
    S: 250 2.1.0 <b>Ok</b>
    C: RCPT TO:<\(String(repeating: "x", count: 900))@d.example>
    S: 250 2.1.5 Ok
    C: RCPT TO:<"\u{301} onmouseover="\u{301}window.owned=7@d.example>
    S: 250 2.1.5 \u{600}"\u{600}><script>window.owned=8</script>
    C: RCPT TO:<"><script>window.owned=4</script>@d.example>
    S: 550 5.1.1 <\u{301}script>window.owned=5</script> </details></style></script><iframe src=//x.example>
    C: DATA
    S: 354 {{{body}}} {{sender}} {{>page-top}}
    C: Subject: <script>window.owned=6</script> =?utf-8?q?=E2=80=AEtxt.exe?= "\u{301}onfocus="\u{301}window.owned=9
    C:
    C: text
    C: .
    S: 250 2.0.0 queued as <i>1</i>
    C: QUIT
    S: 221 bye

    """
}
