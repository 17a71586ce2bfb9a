import CaptureReading
import SMTPAnalysis
import Wire

/// SMTPAnalysis: what became of each recipient's mail in a capture, and what was found.
public func outcomes(of path: String) throws -> (recipients: [String], findings: [String]) {
  var reader = try CaptureReader(paths: [path])
  var analyzer = Analyzer()
  var recipients: [String] = []
  var findings: [String] = []
  func take(_ session: Session) {
    for transaction in session.transactions {
      for recipient in transaction.recipients {
        // Bytes of a stranger: shown, they must be inert.
        recipients.append("\(String(visible: recipient.address.span)) \(recipient.outcome.rawValue)")
      }
    }
    findings += session.findings.map { "\($0.id.rawValue): \($0.message)" }
  }
  while reader.next() {
    let frame = reader.frame
    reader.withBytes { analyzer.receive($0, descriptor: frame) }
    while analyzer.hasEndedSessions, let session = analyzer.nextSession() { take(session) }
  }
  analyzer.finish()
  while let session = analyzer.nextSession() { take(session) }
  return (recipients, findings)
}
