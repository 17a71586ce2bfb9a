import MIMEParts
import MailMessages
package import SMTPAnalysis
import TCPStreams
import Wire

/// `--format csv`: a row a recipient, as RFC 4180 quotes. What has no recipient, a refused MAIL or a session without a mail,
/// has one row with that field empty.
package struct CSVReport: RecordReport {
  private let hasHead: Bool

  /// - Parameter hasHead: Whether the line with the names comes first; a file that is added to has it already.
  package init(hasHead: Bool = true) {
    self.hasHead = hasHead
  }

  /// The line with the columns' names.
  package static let head = columns.joined(separator: ",") + "\r\n"

  package mutating func begin(into output: inout OutputBuffer) {
    if hasHead { output.append(Self.head) }
  }

  package mutating func session(_ session: Session, context: ReportContext, into output: inout OutputBuffer) {
    append(session, isFirst: false, context: context, into: &output)
  }

  package func append(_ session: Session, isFirst: Bool, context: ReportContext, into output: inout OutputBuffer) {
    guard !session.transactions.isEmpty else {
      return output.appendCSVRow(session, nil, nil, context: context)
    }
    for transaction in session.transactions {
      if transaction.recipients.isEmpty { output.appendCSVRow(session, transaction, nil, context: context) }
      for recipient in transaction.recipients {
        output.appendCSVRow(session, transaction, recipient, context: context)
      }
    }
  }

  package mutating func noteRecords() {}

  package mutating func capture(_ capture: CaptureSummary, context: ReportContext, into output: inout OutputBuffer) {}

  package mutating func end(
    _ summary: AnalysisSummary, captures: [CaptureSummary], context: ReportContext, into output: inout OutputBuffer
  ) {}

  /// New ones come at the end.
  private static let columns = [
    "session", "transaction", "start", "end", "client", "client_port", "client_name", "server", "server_port",
    "server_name", "protocol", "helo", "tls", "auth_user", "auth_outcome", "mail_from", "recipient", "outcome", "code",
    "enhanced",
    "text", "data_code", "data_enhanced", "data_text", "message_id", "subject", "size", "sha256", "complete",
    "transaction_outcome", "cause", "explanation", "verdict", "findings", "community_id", "file", "frame",
    "attachments",
  ]
}

extension OutputBuffer {
  fileprivate mutating func appendCSVRow(
    _ session: Session, _ transaction: Transaction?, _ recipient: Recipient?, context: ReportContext
  ) {
    let connection = session.connection
    append(session.id)
    csv(transaction?.id)
    csv(transaction?.start ?? connection.firstFrame.time, decimals: context.timeDecimals)
    csv(transaction?.end ?? connection.lastFrame.time, decimals: context.timeDecimals)
    csv(connection.client, session.names?.client)
    csv(connection.server, session.names?.server)
    csv(word: session.kind.rawValue)
    csv(text: session.helo?.argument)
    csv(word: session.tls?.outcome.rawValue)
    let login = session.authentications.last
    csv(text: login?.username)
    csv(word: login?.outcome.rawValue)
    csv(text: transaction?.reversePath.map { $0.isEmpty ? Array("<>".utf8) : $0 })
    csv(text: recipient?.address)
    csv(word: recipient?.outcome.rawValue)
    csv(recipient?.reply ?? (recipient == nil ? transaction?.mailReply : nil))
    csv(Self.dataReply(session, transaction, recipient))
    let message = transaction?.message
    csv(text: message?.header.messageID.map { Array($0.utf8) })
    csv(text: message?.header.subject.map { Array($0.utf8) })
    csv(message?.byteCount)
    csv(word: message?.sha256)
    csv(word: message.map { $0.isComplete ? "true" : "false" })
    csv(word: transaction?.outcome.rawValue)
    csv(word: (transaction == nil ? session.verdict.cause : transaction?.cause)?.rawValue)
    let sentence = transaction == nil ? session.verdict.message : transaction?.explanation
    csv(text: sentence.map { Array($0.utf8) }, isVisible: true)
    csv(word: session.verdict.outcome.rawValue)
    var findings: [String] = []
    for finding in session.findings(about: transaction) where !findings.contains(finding.id.rawValue) {
      findings.append(finding.id.rawValue)
    }
    csv(word: findings.joined(separator: ";"))
    append(literal: ",")
    appendCommunityID(connection.client, connection.server)
    csv(text: context.fileName(of: connection.firstFrame).map { Array($0.utf8) })
    csv(transaction?.firstFrame ?? connection.firstFrame.number)
    let names = message?.contents?.attachments.map { $0.name ?? "(\($0.type))" } ?? []
    csv(text: Array(names.joined(separator: ";").utf8))
    append(literal: "\r\n")
  }

  /// The reply to the data, where it is about this recipient: LMTP gives each its own (RFC 2033 section 4.2), so does PRDR,
  /// and it is about none that was refused before.
  private static func dataReply(
    _ session: Session, _ transaction: Transaction?, _ recipient: Recipient?
  ) -> ReplyRecord? {
    guard let recipient else { return transaction?.dataOutcomeReply }
    guard (recipient.reply?.code ?? 0) < 400 else { return nil }
    return session.kind == .lmtp ? recipient.dataReply : recipient.dataReply ?? transaction?.dataOutcomeReply
  }

  private mutating func csv(_ endpoint: Endpoint, _ identity: HostIdentity?) {
    append(literal: ",")
    append(endpoint.address)
    csv(Int(endpoint.port))
    csv(text: identity?.names.first.map { Array($0.utf8) })
  }

  private mutating func csv(_ reply: ReplyRecord?) {
    csv(reply?.code)
    csv(word: reply?.enhanced?.description)
    csv(text: reply?.textInOneLine)
  }

  private mutating func csv(_ time: CaptureTime, decimals: Int) {
    append(literal: ",")
    append(time, decimals: decimals)
  }

  private mutating func csv(_ number: Int?) {
    append(literal: ",")
    if let number { append(number) }
  }

  /// A word of our own: it needs no quotes.
  private mutating func csv(word: String?) {
    append(literal: ",")
    if let word { append(word) }
  }

  /// Whether spreadsheets take a cell that begins so for a formula.
  static func beginsFormula(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0d: true
    default: false
    }
  }

  /// Text from the wire: made visible, so that a row stays a line and a terminal is safe; quoted where it must be (RFC 4180
  /// section 2). Spreadsheets take what begins with one of a few characters for a formula, and run it: an apostrophe in
  /// front makes it text.
  ///
  /// - Parameter isVisible: It is a sentence of ours, in which that was done already.
  private mutating func csv(text: [UInt8]?, isVisible: Bool = false) {
    append(literal: ",")
    guard let text, let first = text.first else { return }
    let isFormula = OutputBuffer.beginsFormula(first)
    var shown: [UInt8] = []
    VisibleText.append(text.span, to: &shown, doublesBackslash: !isVisible)
    let mustQuote = shown.contains { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: ",") }
    if mustQuote { append(byte: UInt8(ascii: "\"")) }
    if isFormula { append(byte: UInt8(ascii: "'")) }
    for byte in shown {
      if byte == UInt8(ascii: "\"") { append(byte: byte) }
      append(byte: byte)
    }
    if mustQuote { append(byte: UInt8(ascii: "\"")) }
  }
}
