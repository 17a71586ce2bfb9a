import MIMEParts
package import SMTPAnalysis
import TCPStreams
import Wire

/// `--format eve`: events as Suricata writes them, one a line; what it has no field for stands in the object `smtpscope`.
package struct EVEReport: RecordReport {
  package init() {}

  package mutating func begin(into output: inout OutputBuffer) {}

  package mutating func session(_ session: Session, context: ReportContext, into output: inout OutputBuffer) {
    append(session, isFirst: false, context: context, into: &output)
  }

  package func append(_ session: Session, isFirst: Bool, context: ReportContext, into output: inout OutputBuffer) {
    let line = EVELine(session)
    for event in Self.events(of: session) {
      switch event.kind {
      case .smtp(let transaction): line.appendSMTP(transaction, event, context, into: &output)
      case .file(let part, let transaction): line.appendFile(part, of: transaction, event, into: &output)
      case .anomaly(let finding): line.appendAnomaly(finding, event, into: &output)
      case .tls(let details): line.appendTLS(details, event, into: &output)
      }
    }
    line.appendFlow(context, into: &output)
  }

  package mutating func noteRecords() {}

  package mutating func capture(_ capture: CaptureSummary, context: ReportContext, into output: inout OutputBuffer) {}

  package mutating func end(
    _ summary: AnalysisSummary, captures: [CaptureSummary], context: ReportContext, into output: inout OutputBuffer
  ) {}

  /// What is told of a session, in the order in which it happened; what its flow was follows.
  private static func events(of session: Session) -> [EVEEvent] {
    let connection = session.connection
    var events: [EVEEvent] = []
    if let details = session.tls?.details, details.isActive {
      events.append(EVEEvent(.tls(details), at: details.handshakeEnd ?? connection.lastFrame.time, nil))
    }
    if session.transactions.isEmpty {
      let reply = session.lastReply
      events.append(
        EVEEvent(
          .smtp(nil), at: reply?.time ?? connection.lastFrame.time, reply?.frame ?? connection.lastFrame.number))
    }
    for transaction in session.transactions {
      // Of one that nothing answered, the last that passed is its text.
      let end = max(transaction.end, transaction.message?.times?.last ?? transaction.end)
      events.append(EVEEvent(.smtp(transaction), at: end, transaction.lastFrame))
      for part in transaction.message?.contents?.parts ?? [] {
        events.append(EVEEvent(.file(part, transaction), at: end, transaction.lastFrame))
      }
    }
    for finding in session.findings where finding.id.eveAnomaly != nil {
      events.append(EVEEvent(.anomaly(finding), at: finding.time ?? connection.lastFrame.time, finding.frame))
    }
    // Stable, so that a transaction's files follow it.
    return events.enumerated().sorted {
      $0.element.time != $1.element.time ? $0.element.time < $1.element.time : $0.offset < $1.offset
    }.map(\.element)
  }
}

/// Something that is told of a session.
struct EVEEvent {
  enum Kind {
    case smtp(Transaction?)
    case file(MIMEPart, Transaction)
    case anomaly(Finding)
    case tls(TLSDetails)
  }

  var kind: Kind
  var time: CaptureTime
  var frame: Int?

  init(_ kind: Kind, at time: CaptureTime, _ frame: Int?) {
    self.kind = kind
    self.time = time
    self.frame = frame
  }
}
