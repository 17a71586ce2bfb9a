internal import LiveMetrics
internal import Reports
internal import SMTPAnalysis
internal import Wire

/// What the page knows. Copying it costs a few references, so that whoever reads renders from a copy and keeps nobody waiting.
struct PageState: Sendable {
  private(set) var metrics: LiveMetrics
  private(set) var shelf: SessionShelf
  private var history: RateHistory
  private var waits = PhaseWaits()
  /// Told to the pages with the next second.
  private var fresh: [SessionShelf.Entry] = []
  private var freshOmitted = 0
  /// Records made in this second.
  private var madeFailed = 0
  private var madeOthers = 0
  /// Counts the seconds, so that a page notices when it missed one.
  private var number = 0
  private let limits: PageLimits

  init(version: String, capture: CaptureCounters, limits: PageLimits) {
    metrics = LiveMetrics(version: version, capture: capture)
    shelf = SessionShelf(limits: limits)
    history = RateHistory(capture)
    self.limits = limits
  }

  mutating func take(_ session: Session, context: ReportContext) {
    metrics.count(session)
    history.count(session)
    waits.count(session)
    let hasFailed = session.hasFailed
    guard (hasFailed ? madeFailed : madeOthers) < limits.recordsPerSecond else {
      freshOmitted += 1
      return
    }
    if hasFailed { madeFailed += 1 } else { madeOthers += 1 }
    var listed = OutputBuffer(capacity: 1024)
    listed.appendListed(session, limits: limits)
    let entry = SessionShelf.Entry(
      id: session.id, listed: listed.take(),
      record: SessionShelf.record(of: session, context: context, limits: limits))
    shelf.add(entry, hasFailed: hasFailed)
    fresh.append(entry)
    guard fresh.count > limits.listedPerSecond else { return }
    fresh.removeFirst()
    freshOmitted += 1
  }

  /// Ends a second.
  mutating func tick(_ capture: CaptureCounters) {
    metrics.capture = capture
    history.tick(capture)
    waits.tick()
    madeFailed = 0
    madeOthers = 0
    number += 1
  }

  /// Forgets what the pages were told.
  mutating func forgetFresh() {
    fresh.removeAll(keepingCapacity: true)
    freshOmitted = 0
  }

  // MARK: As JSON

  /// What a page needs when it opens. The sessions of this second come with its news.
  var opening: [UInt8] {
    let told = Set(fresh.map(\.id))
    var output = OutputBuffer()
    output.append("{")
    appendNow(to: &output)
    output.member("version", string: metrics.version)
    output.member("stride", RateHistory.stride)
    output.key("recent")
    output.appendList(history.recent) { $0.append($1) }
    output.append(",")
    output.key("long")
    output.appendList(history.long) { $0.append($1) }
    output.append(",")
    output.key("sessions")
    output.appendList(shelf.listed.lazy.filter { !told.contains($0.id) }) { $0.append($1.listed.span) }
    output.append("}")
    return output.take()
  }

  /// What happened in the last second.
  var news: [UInt8] {
    var output = OutputBuffer()
    output.append("{")
    appendNow(to: &output)
    output.key("point")
    output.appendList(history.recent.suffix(1)) { $0.append($1) }
    output.append(",")
    output.key("stride")
    output.appendList(history.long.suffix(1)) { $0.append($1) }
    output.append(",")
    output.member("omitted", freshOmitted)
    output.key("sessions")
    output.appendList(fresh) { $0.append($1.listed.span) }
    output.append("}")
    return output.take()
  }

  private func appendNow(to output: inout OutputBuffer) {
    let capture = metrics.capture
    output.member("number", number)
    output.member("now", Int(capture.now.nanoseconds / 1_000_000))
    output.member("start", Int(capture.start.nanoseconds / 1_000_000))
    output.key("totals")
    output.append("{")
    output.member("sessions", metrics.sessionCount)
    for outcome in Transaction.Outcome.allCases { output.member(outcome.rawValue, metrics.count(of: outcome)) }
    output.member("messageBytes", metrics.messageByteCount)
    output.member("packets", capture.packets)
    output.member("bytes", capture.bytes)
    output.member("dropped", capture.dropped)
    output.member("droppedRecords", capture.droppedRecords)
    output.member("connections", capture.openConnections)
    output.key("memory")
    output.appendNumber(capture.residentBytes)
    output.append("},")
    output.key("interfaces")
    output.appendList(capture.interfaces) { output, interface in
      output.append("{")
      output.member("name", string: interface.name)
      output.member("up", interface.isUp)
      output.key("dropped")
      output.append(interface.droppedByKernel + interface.droppedByInterface)
      output.append("}")
    }
    output.append(",")
    output.key("phases")
    output.appendList(Phase.Kind.allCases) { output, kind in
      let sketch = waits[kind]
      output.append("{")
      output.member("phase", string: kind.rawValue)
      output.member("count", sketch.count)
      output.member("p50", milliseconds: sketch.percentile(0.5))
      output.member("p95", milliseconds: sketch.percentile(0.95))
      output.key("max")
      output.appendMilliseconds(sketch.isEmpty ? nil : sketch.maximum)
      output.append("}")
    }
    output.append(",")
    let findings = FindingID.allCases.map { ($0, metrics.count(of: $0)) }.filter { $0.1 > 0 }
      .sorted { $0.1 > $1.1 }
    output.key("findings")
    output.appendList(findings.prefix(PageState.listedFindings)) { output, finding in
      output.append("{")
      output.member("id", string: finding.0.rawValue)
      output.member("severity", string: finding.0.entry.severity.rawValue)
      output.member("title", string: finding.0.entry.title)
      output.key("count")
      output.append(finding.1)
      output.append("}")
    }
    output.append(",")
  }

  /// Findings that the page lists.
  private static let listedFindings = 12

  /// What the catalogue says of each finding, for the explanations.
  static let catalogue: [UInt8] = {
    var output = OutputBuffer()
    output.append("{")
    for (index, id) in FindingID.allCases.enumerated() {
      if index > 0 { output.append(",") }
      output.key(id.rawValue)
      output.append("{")
      output.member("title", string: id.entry.title)
      output.member("explanation", string: id.entry.explanation)
      output.key("whatToDo")
      output.appendJSON(id.entry.whatToDo.utf8.span)
      output.append("}")
    }
    output.append("}")
    return output.take()
  }()
}

extension OutputBuffer {
  /// A point of a plot, as an array: keys would be most of it.
  fileprivate mutating func append(_ point: RatePoint) {
    append("[")
    append(Int(point.start.nanoseconds / 1_000_000))
    for value in [
      point.sessions, point.accepted, point.partial, point.deferred, point.failed, point.aborted, point.packets,
      point.bytes, point.dropped,
    ] {
      append(",")
      append(value)
    }
    append(",")
    appendMilliseconds(point.medianWait)
    append(",")
    appendMilliseconds(point.slowWait)
    append("]")
  }
}
