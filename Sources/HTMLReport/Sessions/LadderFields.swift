internal import Reports
internal import SMTPAnalysis
internal import TCPStreams
internal import Wire

/// The ladder of a session for its template.
struct LadderFields {
  private let session: Session
  private let limits: HTMLReportLimits.SessionLimits
  private var explained: Set<FindingID> = []
  private var saysMasked = true
  /// No finding stands beside it.
  private(set) var isAlone = true

  /// A pause of a second is so high; what is shorter than `shortest` is none, and what is longer than `longest` is broken off.
  private static let pointsPerSecond = 14.0
  private static let shortest: Int64 = 250_000_000
  private static let longest: Int64 = 6_000_000_000

  init(_ session: Session, limits: HTMLReportLimits.SessionLimits) {
    self.session = session
    self.limits = limits
  }

  mutating func fields() -> (steps: [Fields], other: [Fields]) {
    let ladder = Ladder(session, limits: limits)
    let other = ladder.otherFindings.map { fields(of: $0) }
    var steps: [Fields] = []
    steps.reserveCapacity(ladder.steps.count)
    let start = session.connection.firstFrame.time
    var previous: (time: CaptureTime, until: CaptureTime)?
    for step in ladder.steps {
      var fields = fields(of: step, since: start)
      if !step.findings.isEmpty { isAlone = false }
      if step.form != .omission {
        if let previous {
          // Where something is sent again and again there is no silence.
          let isSilent = previous.until <= previous.time
          fields["pause"] = pause(step.time.nanoseconds(since: previous.time), isSilent: isSilent)
        }
        previous = (step.time, step.until ?? step.time)
      } else {
        previous = nil
      }
      steps.append(fields)
    }
    return (steps, other)
  }

  /// A silence to scale; a long one is a break that says how long.
  private func pause(_ duration: Int64, isSilent: Bool) -> Fields? {
    guard duration >= LadderFields.shortest else { return nil }
    let isBreak = duration > LadderFields.longest
    let height = isBreak ? 52 : Int((Double(duration) / 1e9 * LadderFields.pointsPerSecond).rounded())
    return [
      "height": height, "isBreak": isBreak,
      "words": duration >= 1_000_000_000 ? Quantity.duration(duration) + (isSilent ? " of silence" : "") : nil,
    ]
  }

  private mutating func fields(of step: LadderStep, since start: CaptureTime) -> Fields {
    var fields: Fields = [
      "kind": kind(of: step), "time": Quantity.seconds(step.time.nanoseconds(since: start)), "frame": step.frame,
      "lastFrame": step.lastFrame.flatMap { $0 == step.frame ? nil : $0 }, "text": text(of: step),
      "speaker": speaker(of: step), "arrow": arrow(of: step), "isOmission": step.form == .omission,
    ]
    if !step.findings.isEmpty { fields["findings"] = step.findings.map { self.fields(of: $0) } }
    return fields
  }

  private func kind(of step: LadderStep) -> String {
    let side =
      switch step.from {
      case .client: "c"
      case .server: "s"
      case nil: "n"
      }
    let form =
      switch step.form {
      case .said: ""
      case .refused: " no"
      case .message: " much"
      case .missing: " gap"
      case .encrypted: " tls"
      case .closed, .note: " note"
      case .trouble: " trouble"
      case .broken: " trouble lost"
      case .omission: " left"
      }
    return side + form + (step.isInside ? " tls" : "")
  }

  /// Told to those who see no arrow.
  private func speaker(of step: LadderStep) -> String? {
    switch step.from {
    case .client: "client: "
    case .server: "server: "
    case nil: nil
    }
  }

  private func arrow(of step: LadderStep) -> String? {
    guard let peer = step.from else { return nil }
    let way = peer == .client ? "right" : "left"
    return step.form == .broken || step.form == .missing ? "lost-\(way)" : "to-\(way)"
  }

  private mutating func text(of step: LadderStep) -> String {
    guard !step.lines.isEmpty else { return ShownText.sentence(step.text, limit: limits.textBytes) }
    var text = ""
    for line in session.dialogue[step.lines] {
      if !text.isEmpty { text += "\n" }
      guard text.utf8.count < 2 * limits.textBytes else { return text + "…" }
      text += self.text(of: line)
    }
    return text
  }

  private mutating func text(of line: DialogueLine) -> String {
    switch line.content {
    case .line(let text):
      let shown = ShownText.wire(text, limit: limits.textBytes)
      guard saysMasked, line.from == .client, shown.contains("********") else { return shown }
      saysMasked = false
      return shown + "   (masked; --reveal-secrets shows it)"
    case .message(let bytes): return "message text, \(Quantity.count(bytes, "byte"))"
    case .gap(let bytes): return "\(Quantity.count(bytes, "byte")) missing from the capture"
    case .encrypted(let bytes): return "\(Quantity.count(bytes, "byte")) of TLS"
    case .handshake(let words): return ShownText.sentence(words, limit: limits.textBytes)
    case .closed: return "FIN: the \(line.from.word) closes"
    }
  }

  // MARK: Findings

  /// A finding with what the catalogue says of it, which is said once a session.
  private mutating func fields(of finding: Finding) -> Fields {
    let entry = finding.id.entry
    let isNew = explained.insert(finding.id).inserted
    return [
      "id": finding.id.rawValue, "tone": finding.severity.tone, "symbol": finding.severity.symbol,
      "severity": finding.severity.words, "message": ShownText.sentence(finding.message, limit: limits.textBytes),
      "mail": session.transactions.count > 1 ? finding.transaction : nil, "frame": finding.frame,
      "explanation": isNew ? entry.explanation : nil, "whatToDo": entry.whatToDo,
      "see": entry.references.joined(separator: " · "),
    ]
  }
}
