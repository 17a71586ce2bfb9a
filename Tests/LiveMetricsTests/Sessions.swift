import SMTPAnalysis
import TCPStreams
import TestSupport
import Wire

/// The sessions of a dialogue, as an analysis gives them.
func sessions(_ text: String, numberedFrom first: Int = 1, options: AnalysisOptions = AnalysisOptions()) -> [Session] {
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
    session.id = first + sessions.count
    sessions.append(session)
  }
  return sessions
}

enum Dialogue {
  static let hello = """
    S: 220 mx.example ESMTP
    C: EHLO client.example
    S: 250 mx.example

    """
  static let envelope =
    hello + """
      C: MAIL FROM:<a@b.example>
      S: 250 2.1.0 Ok
      C: RCPT TO:<c@d.example>
      S: 250 2.1.5 Ok

      """
  static let delivered =
    envelope + """
      C: DATA
      S: 354 go
      C: Subject: figures
      C:
      C: text
      C: .
      S: 250 2.0.0 queued as 1
      C: QUIT
      S: 221 bye

      """
  static let partly =
    envelope + """
      C: RCPT TO:<e@d.example>
      S: 550 5.1.1 No such user here
      C: RCPT TO:<f@d.example>
      S: 450 4.2.0 Greylisted, try again later
      C: DATA
      S: 354 go
      C: Subject: figures
      C:
      C: text
      C: .
      S: 250 2.0.0 queued as 1
      C: QUIT
      S: 221 bye

      """
  static let refused =
    hello + """
      C: MAIL FROM:<a@b.example>
      S: 250 2.1.0 Ok
      C: RCPT TO:<nobody@d.example>
      S: 550 5.1.1 No such user here
      C: QUIT
      S: 221 bye

      """
}
