package import SMTPAnalysis
import TCPStreams
import Wire

/// The bounds of what a live report keeps, for months of running.
package struct LiveReportLimits: Sendable {
  /// Sessions of which a transaction was told and which go on: as many connections as there may be. Of more, transactions
  /// are told when the session ends.
  package var openSessions = 262_144
  /// Columns of a sentence: it holds what a server said.
  package var sentenceColumns = 400
  /// Columns of a server's reply.
  package var replyColumns = 120
  /// Findings named on a line.
  package var findings = 4

  package init() {}
}

/// `live` for a person: a line as each transaction ends, one for a session that has something to say besides, and the sums
/// at the end.
///
/// A transaction is told once: as it ends, or with its session where that ends first.
package struct LiveReport: Report, Sendable {
  private let style: TextStyle
  private let limits: LiveReportLimits
  private var told: [FrameKey: Told] = [:]
  private var tally: OutcomeTally

  /// A session that has no number yet, by its first frame.
  private struct FrameKey: Hashable {
    var file: Int
    var number: Int

    init(_ session: Session) {
      file = session.connection.firstFrame.file
      number = session.connection.firstFrame.number
    }
  }

  /// What was told of a session.
  private struct Told {
    /// The number of the last transaction.
    var transaction = 0
    var findings: Set<FindingID> = []
  }

  package init(style: TextStyle, limits: LiveReportLimits = LiveReportLimits()) {
    self.style = style
    self.limits = limits
    tally = OutcomeTally(style: style, limits: TextReportLimits())
  }

  package mutating func begin(into output: inout OutputBuffer) {}

  package mutating func transaction(_ preview: Session, into output: inout OutputBuffer) {
    let key = FrameKey(preview)
    guard told[key] != nil || told.count < limits.openSessions else { return }
    var said = told[key] ?? Told()
    write(preview, &said, into: &output)
    told[key] = said
  }

  package mutating func session(_ session: Session, context: ReportContext, into output: inout OutputBuffer) {
    tally.add(session)
    var said = told.removeValue(forKey: FrameKey(session)) ?? Told()
    write(session, &said, into: &output)
    writeRest(session, said, into: &output)
    if context.showsDialogue { output.append(Transcript.lines(of: session, style: style).span) }
  }

  /// An interface that was lost is told on standard error.
  package mutating func capture(_ capture: CaptureSummary, context: ReportContext, into output: inout OutputBuffer) {}

  package mutating func end(
    _ summary: AnalysisSummary, captures: [CaptureSummary], context: ReportContext, into output: inout OutputBuffer
  ) {
    if summary.sessions > 0 {
      output.append(literal: "\n")
      output.append(tally.headlines(summary, isEmpty: false).span)
    }
    var canvas = TextCanvas(style: style)
    for note in summary.notes {
      canvas.put(note.finding == .captureDropped ? Mark.caution : Mark.remark)
      canvas.flow(style.sentence(note.message), hanging: 2, spacing: 1)
      canvas.flow("[\(note.finding.rawValue)]", .faint, hanging: 2, spacing: 1, isUnbroken: true)
      canvas.newline()
    }
    tally.writeCounts(summary, into: &canvas)
    let packets = captures.reduce(0) { $0 &+ $1.packets }
    let dropped = captures.reduce(0) { $0 &+ ($1.dropped?.kernel ?? 0) &+ ($1.dropped?.interface ?? 0) }
    canvas.flow("\(Quantity.count(packets, "packet")) read", .faint, hanging: 2)
    canvas.flow(
      dropped == 0 ? "none dropped by the kernel" : "\(Quantity.grouped(dropped)) dropped before they were read",
      dropped == 0 ? .faint : .caution, hanging: 2, spacing: 2)
    canvas.newline()
    output.append(canvas.bytes.span)
  }

  // MARK: Lines

  /// The transactions that were not told yet.
  private func write(_ session: Session, _ said: inout Told, into output: inout OutputBuffer) {
    for index in session.transactions.indices where session.transactions[index].id > said.transaction {
      let transaction = session.transactions[index]
      said.transaction = transaction.id
      var line = LiveLine(style: style, time: transaction.end)
      line.put(ends: ends(session), mail: mail(transaction))
      let size = transaction.message.map { Quantity.size($0.byteCount) } ?? ""
      line.put(size: size, duration: Quantity.duration(transaction.end.nanoseconds(since: transaction.start)))
      line.put(transaction.outcome.mark)
      if transaction.outcome != .accepted {
        line.flow(reason(transaction))
        if let cause = transaction.cause { line.flow("[\(cause.rawValue)]", .faint) }
      }
      let others = session.findings.filter { finding in
        finding.severity >= .warning && finding.id != transaction.cause
          && (finding.transaction == transaction.id
            || finding.transaction == nil && !said.findings.contains(finding.id))
      }
      said.findings.formUnion(session.findings.lazy.filter { $0.transaction == nil }.map(\.id))
      if let cause = transaction.cause { said.findings.insert(cause) }
      write(others, into: &line)
      output.append(line.bytes.span)
    }
  }

  /// What the session has to say besides its transactions.
  private func writeRest(_ session: Session, _ said: Told, into output: inout OutputBuffer) {
    let findings = session.findings.filter {
      $0.severity >= .warning && $0.transaction == nil && !said.findings.contains($0.id)
    }
    let failed = session.transactions.isEmpty && session.verdict.needsAttention
    guard failed || !findings.isEmpty else { return }
    var line = LiveLine(style: style, time: session.connection.lastFrame.time)
    line.put(ends: ends(session), mail: session.transactions.isEmpty ? "(no mail)" : "(session \(session.id))")
    line.put(size: "", duration: Quantity.duration(session.duration))
    let cause = session.verdict.cause
    if failed || session.transactions.isEmpty {
      line.put(failed ? session.verdict.outcome.mark : .caution)
      line.flow(sentence(session.verdict.message))
      if let cause { line.flow("[\(cause.rawValue)]", .faint) }
      write(findings.filter { $0.id != cause }, into: &line)
    } else if let worst = findings.max(by: { $0.severity < $1.severity }) {
      line.put(worst.severity.mark)
      line.flow(sentence(worst.message))
      line.flow("[\(worst.id.rawValue)]", .faint)
      write(findings.filter { $0.id != worst.id }, into: &line)
    }
    output.append(line.bytes.span)
  }

  private func write(_ findings: [Finding], into line: inout LiveLine) {
    var names: [String] = []
    for finding in findings where !names.contains(finding.id.rawValue) { names.append(finding.id.rawValue) }
    guard !names.isEmpty else { return line.end() }
    let worst = findings.map(\.severity).max() ?? .warning
    line.put(worst.mark)
    let more = names.count > limits.findings ? ", +\(names.count - limits.findings)" : ""
    line.flow(names.prefix(limits.findings).joined(separator: ", ") + more, worst.mark.tone)
    line.end()
  }

  private func ends(_ session: Session) -> String {
    let connection = session.connection
    let client = session.clientName(style) ?? connection.client.address.description
    let server = session.serverName(style) ?? connection.server.address.description
    return "\(client) \(style.arrow) \(server)"
  }

  /// `ann@kestrel.example → bob@harbour.example +1`.
  private func mail(_ transaction: Transaction) -> String {
    let path = transaction.reversePath.map { $0.isEmpty ? "<>" : cut($0) } ?? "?"
    var text = "\(path) \(style.arrow) \(transaction.recipients.first.map { cut($0.address) } ?? "?")"
    if transaction.recipients.count > 1 { text += " +\(transaction.recipients.count - 1)" }
    return text
  }

  /// What the server said where it decided, in its words; otherwise what became of it in ours.
  private func reason(_ transaction: Transaction) -> String {
    let refused = transaction.recipients.filter { $0.outcome == .refused || $0.outcome == .deferred }
    let replies = [
      transaction.mailReply, refused.last?.dataReply, transaction.endReply, refused.last?.reply, transaction.dataReply,
    ]
    switch transaction.outcome {
    case .refused, .deferred, .partiallyAccepted:
      guard let reply = replies.lazy.compactMap({ $0 }).first(where: \.refuses) else { break }
      let words = VisibleText.truncated(reply.words(style), columns: limits.replyColumns, ellipsis: style.ellipsis)
      let count = transaction.recipients.count
      return count > 1 && refused.count > 0 ? "\(refused.count) of \(count) not: \(words)" : words
    case .accepted, .aborted, .lost, .unknown: break
    }
    return sentence(transaction.explanation ?? transaction.outcome.words)
  }

  private func cut(_ address: [UInt8]) -> String {
    VisibleText.truncated(style.visible(address), columns: 64, ellipsis: style.ellipsis)
  }

  private func sentence(_ text: String) -> String {
    VisibleText.truncated(style.sentence(text), columns: limits.sentenceColumns, ellipsis: style.ellipsis)
  }
}

/// One line of the live report while it is laid out: columns that stand where they stood on the line above, though nobody
/// knows what comes next.
private struct LiveLine {
  private var canvas: TextCanvas
  private let columns: (ends: Int, mail: Int)
  /// Whether there is room for size and duration.
  private let isWide: Bool

  /// The outcome is worth this many columns where there is room; its words go on in the next line.
  private static let outcomeWidth = 14
  private static let sizeWidth = 8
  private static let durationWidth = 8
  /// Where a sentence goes on in the next line.
  private static let hanging = 10

  init(style: TextStyle, time: CaptureTime) {
    canvas = TextCanvas(style: style)
    let width = style.columns ?? 160
    isWide = width >= 100
    let fixed = 10 + 4 + (isWide ? Self.outcomeWidth + Self.sizeWidth + Self.durationWidth + 4 : 2)
    let room = max(width - fixed, 24)
    columns = (min(36, room * 2 / 5), min(56, room * 3 / 5))
    canvas.put(Quantity.timeOfDay(time), .faint)
    canvas.blanks(2)
  }

  mutating func put(ends: String, mail: String) {
    put(ends, width: columns.ends)
    put(mail, width: columns.mail)
  }

  mutating func put(size: String, duration: String) {
    guard isWide else { return }
    canvas.blanks(Self.sizeWidth - VisibleText.displayWidth(of: size))
    canvas.put(size)
    canvas.blanks(2 + Self.durationWidth - VisibleText.displayWidth(of: duration))
    canvas.put(duration)
    canvas.blanks(2)
  }

  mutating func put(_ mark: Mark) {
    canvas.flow(mark.sign(canvas.style), mark.tone, hanging: Self.hanging)
    canvas.blanks(1)
  }

  mutating func flow(_ text: String, _ tone: Tone = .plain) {
    canvas.flow(text, tone, hanging: Self.hanging)
    canvas.blanks(1)
  }

  mutating func end() { canvas.newline() }

  var bytes: [UInt8] { canvas.bytes }

  private mutating func put(_ text: String, width: Int) {
    let end = canvas.column + width + 2
    // Without a terminal nothing is cut, and a long one pushes the rest to the right.
    canvas.put(
      canvas.style.columns == nil
        ? text : VisibleText.truncated(text, columns: width, ellipsis: canvas.style.ellipsis))
    canvas.move(to: max(end, canvas.column + 2))
  }
}
