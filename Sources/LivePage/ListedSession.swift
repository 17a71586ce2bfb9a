internal import MailMessages
internal import Reports
internal import SMTPAnalysis
internal import TCPStreams
internal import Wire

extension Session {
  /// Whether somebody should look at it: mail was not delivered, or a finding says that something breaks.
  var hasFailed: Bool {
    guard purpose == .mail else { return false }
    switch verdict.outcome {
    case .partial, .refused, .deferred, .failed: return true
    case .delivered, .nothingSent, .unknown: return findings.contains { $0.severity == .error }
    }
  }
}

extension OutputBuffer {
  /// Appends what a list says of a session.
  mutating func appendListed(_ session: Session, limits: PageLimits) {
    let connection = session.connection
    append("{")
    member("id", session.id)
    member("end", Int(connection.lastFrame.time.nanoseconds / 1_000_000))
    member("ms", milliseconds: connection.lastFrame.time.nanoseconds(since: connection.firstFrame.time))
    member("client", string: connection.client.address.description)
    member("clientName", string: session.names?.client.names.first)
    member("server", string: connection.server.description)
    member("serverName", string: session.serverName(TextStyle()))
    member("failed", session.hasFailed)
    member("verdict", string: session.verdict.outcome.rawValue)
    member("class", string: session.purpose.rawValue)
    let cause = session.verdict.cause ?? session.transactions.lazy.compactMap(\.cause).first
    member("cause", string: cause?.rawValue)
    member("title", string: cause?.entry.title)
    member("why", string: session.verdict.message, limit: limits.textBytes)
    member("tls", session.tls?.outcome == .established)
    member("mails", session.transactions.count)
    let first = session.transactions.first
    member("from", text: first?.reversePath, limit: limits.textBytes)
    member("to", text: first?.recipients.first?.address, limit: limits.textBytes)
    member("recipients", session.transactions.reduce(0) { $0 + $1.recipients.count })
    member("subject", string: first?.message?.header.subject, limit: limits.textBytes)
    member("bytes", session.transactions.reduce(0) { $0 + ($1.message?.byteCount ?? 0) })
    let worst = session.findings.max { $0.severity < $1.severity }
    member("worst", string: worst?.severity.rawValue)
    member("findings", session.findings.count)
    member("lines", session.dialogue.count)
    key("finding")
    if let worst { append("\"\(worst.id.rawValue)\"") } else { append("null") }
    append("}")
  }
}
