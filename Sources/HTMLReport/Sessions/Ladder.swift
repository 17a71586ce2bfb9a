internal import Reports
internal import SMTPAnalysis
internal import TCPStreams
internal import Wire

/// What passed between client and server, step by step: what they said, and what TCP had to do with it.
struct Ladder {
  private(set) var steps: [LadderStep] = []
  /// What belongs to no step.
  private(set) var otherFindings: [Finding] = []

  init(_ session: Session, limits: HTMLReportLimits.SessionLimits) {
    var said = Ladder.said(session.dialogue, isInside: session.tls?.method == .implicit)
    var events = PathEvents(session.connection).steps
    events.sort { $0.time < $1.time }
    steps.reserveCapacity(said.count + events.count)
    var next = events[...]
    for step in said {
      while let event = next.first, event.time < step.time || event.isOpening { steps.append(next.removeFirst()) }
      steps.append(step)
    }
    steps += next
    said = []
    place(session.findings.worst(limits.findings))
    if steps.count > limits.steps { leaveOut(limits) }
  }

  // MARK: Lines to steps

  /// A command is a step, and so is a reply however many lines it has.
  private static func said(_ dialogue: [DialogueLine], isInside: Bool) -> [LadderStep] {
    var steps: [LadderStep] = []
    var security = isInside ? Security.inside : .clear
    // It is inside of the records from the first one on; behind a mirror port that decrypts there are none.
    let hasRecords = dialogue.contains { line in
      if case .encrypted = line.content { true } else { false }
    }
    var isContinued = false
    for (index, line) in dialogue.enumerated() {
      var form = LadderStep.Form.said
      switch line.content {
      case .line(let text):
        let code = line.from == .server ? Ladder.code(text) : nil
        if line.from == .server, isContinued, let last = steps.indices.last, steps[last].from == .server {
          steps[last].lines = steps[last].lines.lowerBound..<index + 1
          steps[last].lastFrame = line.frame
        } else {
          if let code, code >= 400 { form = .refused }
          steps.append(LadderStep(line, index, form, isInside: security == .inside))
        }
        isContinued = code != nil && text.count > 3 && text[3] == UInt8(ascii: "-")
        follow(&security, line.from, text, code, isContinued: isContinued, hasRecords: hasRecords)
        continue
      case .message: form = .message
      case .gap: form = .missing
      case .encrypted:
        form = .encrypted
        security = .inside
      case .handshake: form = .note
      case .closed: form = .closed
      }
      isContinued = false
      steps.append(LadderStep(line, index, form, isInside: security == .inside))
    }
    return steps
  }

  private enum Security {
    case clear
    case asked
    case inside
  }

  /// RFC 3207 section 4: behind the 220 that answers STARTTLS everything is inside TLS.
  private static func follow(
    _ security: inout Security, _ peer: Peer, _ text: [UInt8], _ code: Int?, isContinued: Bool,
    hasRecords: Bool
  ) {
    guard security != .inside else { return }
    if peer == .client {
      security = text.count == 8 && text.map({ $0 & 0xdf }) == Array("STARTTLS".utf8) ? .asked : .clear
    } else if security == .asked, !isContinued {
      security = code == 220 && !hasRecords ? .inside : .clear
    }
  }

  /// The code that a line of a reply begins with (RFC 5321 section 4.2).
  private static func code(_ text: [UInt8]) -> Int? {
    guard text.count >= 3, text[..<3].allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return text[..<3].reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  // MARK: Findings to steps

  private mutating func place(_ findings: [Finding]) {
    for finding in findings {
      guard let frame = finding.frame, let step = step(for: finding, at: frame) else {
        otherFindings.append(finding)
        continue
      }
      steps[step].findings.append(finding)
    }
  }

  /// The step that shows a finding: of those of its frame the one that bears its evidence, else the worst one, else the last;
  /// where the frame has none, the last before it.
  private func step(for finding: Finding, at frame: Int) -> Int? {
    var before: Int?
    var ofFrame: [Int] = []
    for index in steps.indices {
      guard let first = steps[index].frame else { continue }
      if first <= frame, frame <= steps[index].lastFrame ?? first { ofFrame.append(index) }
      if first <= frame { before = index }
    }
    if let evidence = finding.evidence, ofFrame.count > 1 {
      if let index = ofFrame.first(where: { steps[$0].evidence.map { evidence.starts(with: $0) } ?? false }) {
        return index
      }
    }
    let refused = ofFrame.last { steps[$0].form == .refused }
    return finding.severity == .error ? refused ?? ofFrame.last ?? before : ofFrame.last ?? before
  }

  // MARK: Too many

  /// Keeps the first steps, the last ones, and those with findings.
  private mutating func leaveOut(_ limits: HTMLReportLimits.SessionLimits) {
    let first = limits.steps - limits.lastSteps
    var kept: [LadderStep] = []
    var omitted = 0
    for index in steps.indices {
      if index < first || index >= steps.count - limits.lastSteps || !steps[index].findings.isEmpty {
        if omitted > 0 { kept.append(.omission(omitted, before: steps[index])) }
        omitted = 0
        kept.append(steps[index])
      } else {
        omitted += 1
      }
    }
    steps = kept
  }
}

/// A row of the ladder.
struct LadderStep {
  enum Form {
    case said
    case refused
    case message
    /// Bytes that the capture has not.
    case missing
    case encrypted
    case closed
    /// TCP had trouble, or a router told of some.
    case trouble
    /// A reset or a packet that led nowhere.
    case broken
    case note
    case omission
  }

  var form: Form
  /// nil for what neither side said.
  var from: Peer?
  var time: CaptureTime
  var frame: Int?
  var lastFrame: Int?
  /// Until when it went on, where it was not at once over.
  var until: CaptureTime?
  /// Inside TLS.
  var isInside = false
  var isOpening = false
  /// What it says, where it is no line of the dialogue.
  var text = ""
  /// Its lines in the session's dialogue.
  var lines = 0..<0
  /// The beginning of its first line.
  var evidence: [UInt8]?
  var findings: [Finding] = []

  init(_ line: DialogueLine, _ index: Int, _ form: Form, isInside: Bool) {
    self.form = form
    from = form == .note ? nil : line.from
    time = line.time
    frame = form == .note ? nil : line.frame
    self.isInside = isInside
    lines = index..<index + 1
    if case .line(let text) = line.content, !text.isEmpty { evidence = Array(text.prefix(200)) }
  }

  init(
    _ form: Form, from peer: Peer? = nil, at time: CaptureTime, frame: Int? = nil, to last: Int? = nil, _ text: String
  ) {
    self.form = form
    from = peer
    self.time = time
    self.frame = frame
    lastFrame = last
    self.text = text
  }

  static func omission(_ count: Int, before step: LadderStep) -> LadderStep {
    LadderStep(.omission, at: step.time, "\(Quantity.count(count, "step")) left out here")
  }
}

extension [Finding] {
  /// The worst ones, in the order in which they were found.
  func worst(_ limit: Int) -> [Finding] {
    guard count > limit else { return self }
    let chosen = enumerated().sorted { left, right in
      left.element.severity != right.element.severity
        ? left.element.severity > right.element.severity : left.offset < right.offset
    }.prefix(limit)
    return chosen.sorted { $0.offset < $1.offset }.map(\.element)
  }
}
