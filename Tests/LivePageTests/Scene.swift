import LiveMetrics
import LivePage
import Reports
import SMTPAnalysis
import TCPStreams
import TestSupport
import Wire

/// A page with what passes before it.
struct Scene {
  static let start = CaptureTime(nanoseconds: 1_795_166_042_000_000_000)
  static let context = ReportContext(fileNames: ["eth0"])

  let page: LivePage

  init(limits: PageLimits = PageLimits()) {
    page = LivePage(version: "1.2.3", capture: Scene.capture(after: 0), limits: limits)
  }

  static func capture(after seconds: Int) -> CaptureCounters {
    var capture = CaptureCounters(start: start, now: start.advanced(byNanoseconds: Int64(seconds) * 1_000_000_000))
    var interface = CaptureCounters.Interface("eth0")
    interface.packets = 100 * seconds
    capture.interfaces = [interface]
    return capture
  }

  /// Shows the page the sessions of a dialogue.
  func show(_ text: String, as id: Int) {
    for session in Scene.sessions(text, as: id) { page.take(session, context: Scene.context) }
  }

  /// Their dialogues are kept, as they are for a page.
  static func sessions(_ text: String, as id: Int) -> [Session] {
    var options = AnalysisOptions()
    options.keepsDialogue = true
    var analyzer = Analyzer(options: options)
    for (index, frame) in Conversation(text).frames.enumerated() {
      analyzer.receive(
        frame.bytes.span,
        descriptor: FrameDescriptor(
          time: frame.time, number: index + 1, file: 0, linkType: .ethernet, originalLength: frame.bytes.count))
    }
    analyzer.finish()
    var sessions: [Session] = []
    while var session = analyzer.nextSession() {
      session.id = id
      sessions.append(session)
    }
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

  static let partly = delivered.split(separator: "C: DATA").joined(
    separator: "C: RCPT TO:<e@d.example>\nS: 550 5.1.1 No such user here\nC: DATA")

  /// The client gives its mail up.
  static let abandoned = refused.split(separator: "550 5.1.1 No such user here").joined(separator: "250 2.1.5 Ok")

  /// Markup, text that runs backwards, and long words, wherever a page shows text from the wire.
  static let hostile = """
    S: 220 <script>window.owned=1</script> ESMTP
    C: EHLO <img/src=x/onerror=window.owned=2>
    S: 250 <svg/onload=window.owned=3>
    C: MAIL FROM:<\u{202e}moc.evil@b.example>
    S: 250 2.1.0 <b>Ok</b>
    C: RCPT TO:<\(String(repeating: "x", count: 900))@d.example>
    S: 250 2.1.5 Ok
    C: RCPT TO:<"><script>window.owned=4</script>@d.example>
    S: 550 5.1.1 <script>window.owned=5</script> </dialog></script>
    C: DATA
    S: 354 go
    C: Subject: <script>window.owned=6</script> =?utf-8?q?=E2=80=AEtxt.exe?=
    C:
    C: text
    C: .
    S: 250 2.0.0 queued as <i>1</i>
    C: QUIT
    S: 221 bye

    """
}
