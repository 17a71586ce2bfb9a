package import SMTPAnalysis
import TCPStreams
import Wire

/// The bounds of what a text report shows and keeps. Captures have no end: memory must have one.
package struct TextReportLimits: Sendable {
  /// Up to so many sessions, each is shown in detail.
  package var detailedSessions = 20
  /// Up to so many, there is a table with a line for each.
  package var tableRows = 200
  /// Of more, so many that failed are shown in detail, the rest is counted.
  package var detailedFailures = 50
  /// The detail of all sessions that waits for the end of the capture, in bytes: a peer chooses how long its replies
  /// and its lists of recipients are.
  package var heldBytes = 4 << 20
  /// Different sentences about what went wrong that are told apart: they hold addresses, which a peer can vary.
  package var sentences = 256
  /// Columns of such a sentence, for the same reason.
  package var sentenceColumns = 1000
  /// Of those, so many are printed.
  package var headlines = 10
  /// Sessions that failed and may turn out to have been made good later: the newest ones.
  package var followed = 4096
  /// Different refusals (code and enhanced code) that are counted.
  package var refusals = 256
  /// Inputs that get a line of their own.
  package var captures = 10
  package var session = SessionBlockLimits()

  package init() {}
}

/// In which order a text report shows sessions.
package enum SessionOrder: Sendable {
  /// As they began.
  case number
  /// The worst outcomes first.
  case outcome
}

/// `--format text`: the answer first, then the evidence.
///
/// The answer is known when everything has been read, so that what is shown of the sessions waits until `end`, within
/// ``TextReportLimits``. With `showsAll` or a dialogue and more sessions than are held, sessions are written as they end
/// and the answer stands at the end.
package struct TextReport: Report, Sendable {
  private let style: TextStyle
  private let showsAll: Bool
  private let order: SessionOrder
  private let limits: TextReportLimits
  private var phase = Phase.holding
  private var held: [HeldSession] = []
  private var heldBytes = 0
  private var table: SessionTable
  /// The day of the session that was told first.
  private var firstDay: String?
  private var tally: OutcomeTally
  private var omittedFailures = 0

  private enum Phase {
    /// Sessions wait for the end.
    case holding
    /// There are so many that only failures wait in detail.
    case holdingFailures
    /// Sessions are written as they come.
    case streaming
  }

  private struct HeldSession: Sendable {
    var id: Int
    var rank: Int
    var isFailure: Bool
    var lines: [UInt8]
  }

  /// - Parameters:
  ///   - showsAll: every session in detail, however many there are (`--all`).
  ///   - order: of the sessions (`--sort`). Those that are written as they end come in the order of their numbers: by outcome
  ///     all wait for the end, as far as there is room.
  package init(
    style: TextStyle, showsAll: Bool = false, order: SessionOrder = .number,
    limits: TextReportLimits = TextReportLimits()
  ) {
    self.style = style
    self.showsAll = showsAll
    self.order = order
    self.limits = limits
    table = SessionTable(style: style)
    tally = OutcomeTally(style: style, limits: limits)
  }

  package mutating func begin(into output: inout OutputBuffer) {}

  package mutating func session(_ session: Session, context: ReportContext, into output: inout OutputBuffer) {
    tally.add(session)
    if firstDay == nil { firstDay = Quantity.date(session.connection.firstFrame.time) }
    if phase == .holdingFailures {
      for hindsight in session.hindsight where hindsight.kind.words != nil { drop(hindsight.session) }
    }
    if table.count < limits.tableRows { table.add(session) }
    let isFailure = session.verdict.needsAttention
    switch phase {
    case .streaming:
      append(lines(of: session, context: context), to: &output)
      return
    case .holding: break
    case .holdingFailures: guard isFailure else { return }
    }
    while phase == .holdingFailures, held.count >= limits.detailedFailures || heldBytes >= limits.heldBytes {
      // This one, or one that makes room for it.
      omittedFailures += 1
      guard order == .outcome, dropMilder(than: session.verdict.rank) else { return }
    }
    let lines = lines(of: session, context: context)
    heldBytes += lines.count
    held.append(HeldSession(id: session.id, rank: session.verdict.rank, isFailure: isFailure, lines: lines))
    let isMany = tally.sessions > limits.detailedSessions && !(showsEach(context) && order == .outcome)
    if phase == .holding, isMany || heldBytes > limits.heldBytes {
      stopHolding(context: context, into: &output)
    }
  }

  /// A failure that was made good since makes room for others.
  private mutating func drop(_ id: Int) {
    guard let index = held.firstIndex(where: { $0.id == id }) else { return }
    heldBytes -= held[index].lines.count
    held.remove(at: index)
  }

  /// The last of the mildest failures makes room for a worse one. Returns false where there is none.
  private mutating func dropMilder(than rank: Int) -> Bool {
    guard let mildest = held.indices.max(by: { (held[$0].rank, $0) < (held[$1].rank, $1) }), held[mildest].rank > rank
    else { return false }
    heldBytes -= held[mildest].lines.count
    held.remove(at: mildest)
    return true
  }

  /// Whether no session is left out, however many there are.
  private func showsEach(_ context: ReportContext) -> Bool { showsAll || context.showsDialogue }

  private mutating func stopHolding(context: ReportContext, into output: inout OutputBuffer) {
    guard showsEach(context) else {
      phase = .holdingFailures
      held.removeAll { !$0.isFailure }
      heldBytes = held.reduce(0) { $0 + $1.lines.count }
      return
    }
    phase = .streaming
    for session in held { append(session.lines, to: &output) }
    held = []
    heldBytes = 0
  }

  private func append(_ lines: [UInt8], to output: inout OutputBuffer) {
    output.append(lines.span)
    output.append("\n")
  }

  private func lines(of session: Session, context: ReportContext) -> [UInt8] {
    var block = SessionBlock(style: style, limits: limits.session)
    if context.fileNames.count > 1 { block.file = context.fileName(of: session.connection.firstFrame) }
    block.knownDay = firstDay
    guard context.showsDialogue else {
      block.write(session)
      return block.canvas.bytes
    }
    block.writeHeadline(session)
    let headline = block.canvas.bytes
    var findings = SessionBlock(style: style, limits: limits.session)
    findings.writeFindings(session)
    return headline + Transcript.lines(of: session, style: style) + findings.canvas.bytes
  }

  /// Nothing: the captures stand above the answer.
  package mutating func capture(_ capture: CaptureSummary, context: ReportContext, into output: inout OutputBuffer) {}

  package mutating func end(
    _ summary: AnalysisSummary, captures: [CaptureSummary], context: ReportContext, into output: inout OutputBuffer
  ) {
    append(CaptureLines(style: style, limit: limits.captures).lines(captures), to: &output)
    // Nothing can be said of what could not be read at all.
    let isUnread = !captures.isEmpty && captures.allSatisfy { $0.error != nil && $0.packets == 0 }
    if isUnread { return }
    if order == .outcome {
      table.sortByOutcome()
      held.sort { $0.rank < $1.rank }  // which keeps the order of what is alike
    }
    let headlines = tally.headlines(summary, isEmpty: !captures.isEmpty && captures.allSatisfy { $0.packets == 0 })
    if !headlines.isEmpty { append(headlines, to: &output) }
    let notes = noteLines(summary)
    if !notes.isEmpty { append(notes, to: &output) }
    if phase == .holdingFailures {
      if tally.sessions <= limits.tableRows {
        append(table.lines(), to: &output)
      } else {
        append(tally.outcomeLines(), to: &output)
      }
      let refusals = tally.refusalLines()
      if !refusals.isEmpty { append(refusals, to: &output) }
      let slowest = SlowestServers(style: style).lines(summary.servers)
      if !slowest.isEmpty { append(slowest, to: &output) }
    }
    for session in held { append(session.lines, to: &output) }
    held = []
    var canvas = TextCanvas(style: style)
    if omittedFailures > 0 {
      let count = Quantity.count(omittedFailures, "more session")
      canvas.flow(
        "\(count) that failed \(omittedFailures == 1 ? "is" : "are") not shown (--all shows them)", hanging: 0)
      canvas.newline()
      canvas.newline()
    }
    tally.writeCounts(summary, into: &canvas)
    output.append(canvas.bytes.span)
  }

  /// What can only be said of several sessions together.
  private func noteLines(_ summary: AnalysisSummary) -> [UInt8] {
    var canvas = TextCanvas(style: style)
    for note in summary.notes {
      canvas.put(Mark.remark)
      let message = VisibleText.truncated(
        style.sentence(note.message), columns: limits.sentenceColumns, ellipsis: style.ellipsis)
      canvas.flow(message, hanging: 2, spacing: 1)
      canvas.flow("[\(note.finding.rawValue)]", .faint, hanging: 2, spacing: 1, isUnbroken: true)
      canvas.newline()
    }
    return canvas.bytes
  }
}
