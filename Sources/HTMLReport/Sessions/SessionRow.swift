internal import MailMessages
internal import Reports
internal import SMTPAnalysis
internal import TCPStreams
internal import Wire

/// What the table and a session's summary say of it: all that is kept of a session besides its own part of the page.
struct SessionRow: Sendable {
  let id: Int
  let isFailure: Bool
  let cause: FindingID?
  let outcome: Verdict.Outcome
  private var purpose: Session.Purpose
  private let time: CaptureTime
  private let duration: Int64
  private let client: String
  private let server: String
  private let sender: String?
  private let recipient: String?
  private let moreRecipients: Int
  private let moreMails: Int
  private let subject: String?
  private let bytes: Int?
  private let message: String
  private let findings: [FindingID]

  init(_ session: Session, textBytes: Int = 100) {
    let style = TextStyle()
    id = session.id
    isFailure = session.verdict.needsAttention
    cause = session.verdict.cause
    outcome = session.verdict.outcome
    purpose = session.purpose
    time = session.connection.firstFrame.time
    duration = session.duration
    client = session.clientName(style) ?? session.connection.client.address.description
    server = session.serverName(style) ?? session.connection.server.description
    let first = session.transactions.first
    sender = first?.reversePath.map { $0.isEmpty ? "<>" : ShownText.wire($0, limit: textBytes) }
    recipient = first?.recipients.first.map { ShownText.wire($0.address, limit: textBytes) }
    moreRecipients = max(0, (first?.recipients.count ?? 0) - 1)
    moreMails = max(0, session.transactions.count - 1)
    subject = first?.message?.header.subject.map { ShownText.wire($0, limit: textBytes) }
    let sizes = session.transactions.compactMap { $0.message?.byteCount }
    bytes = sizes.isEmpty ? nil : sizes.reduce(0, +)
    message = ShownText.sentence(session.verdict.message, limit: 6 * textBytes)
    var ids: [FindingID] = []
    for finding in session.findings.worst(12) where !ids.contains(finding.id) { ids.append(finding.id) }
    findings = ids
  }

  /// A later session showed it.
  mutating func wasHealthCheck() { purpose = .healthCheck }

  /// About how many bytes its line takes.
  var byteCount: Int {
    let texts = [client, server, sender ?? "", recipient ?? "", subject ?? ""]
    return 480 + texts.reduce(0) { $0 + $1.utf8.count } + findings.reduce(0) { $0 + $1.rawValue.utf8.count }
  }

  /// For its line, and for its summary.
  func fields(isInFull: Bool, isOpen: Bool, made good: Hindsight?) -> Fields {
    let look = purpose == .mail ? OutcomeLook(outcome) : OutcomeLook(.nothingSent, words: purpose.words)
    let shownCause = findings.first { $0 == cause } ?? (isFailure ? cause : nil)
    let more = findings.count { $0 != shownCause }
    return [
      "id": id, "isInFull": isInFull, "isOpen": isOpen, "symbol": look.symbol, "tone": look.tone, "words": look.words,
      "time": Quantity.timeOfDay(time), "date": Quantity.date(time), "client": client, "server": server,
      "sender": sender, "recipient": recipient, "hasMail": sender != nil || recipient != nil,
      "moreRecipients": moreRecipients > 0 ? Quantity.grouped(moreRecipients) : nil,
      "moreMails": moreMails > 0 ? Quantity.count(moreMails, "more mail") : nil, "subject": subject,
      "size": bytes.map(Quantity.size), "bytes": bytes ?? -1, "duration": Quantity.duration(duration),
      "milliseconds": duration / 1_000_000, "message": message,
      "findings": findings.map(\.rawValue).joined(separator: " "), "cause": shownCause?.rawValue,
      "more": more > 0 ? (shownCause == nil ? Quantity.count(more, "finding") : "+\(more)") : nil,
      "made": good.flatMap { hindsight in
        hindsight.kind.words.map {
          ["words": $0, "elapsed": Quantity.duration(hindsight.elapsed), "by": hindsight.by] as Fields
        }
      },
    ]
  }
}
