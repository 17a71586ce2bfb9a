internal import Reports
internal import SMTPAnalysis
internal import TCPStreams
internal import Wire

/// What a session's time was spent with: a bar a phase, each where it lies in the session.
struct PhaseFields {
  private let session: Session
  private let limit: Int

  init(_ session: Session, limit: Int) {
    self.session = session
    self.limit = limit
  }

  /// nil where no phase lasted.
  func fields() -> Fields? {
    let start = session.connection.firstFrame.time
    let phases = session.phases.filter { $0.duration > 0 }
    let end = phases.map { $0.end.nanoseconds(since: start) }.max() ?? 0
    let total = max(end, session.duration, 1)
    guard !phases.isEmpty else { return nil }
    // The longest ones, in their order.
    let shown = phases.enumerated().sorted { $0.element.duration > $1.element.duration }.prefix(limit)
      .sorted { $0.offset < $1.offset }.map(\.element)
    let rows = shown.map { row($0, start, total) }
    let sum = phases.reduce(into: TurnTimes()) { $0 += $1.times }
    return [
      "rows": rows, "omitted": shown.count < phases.count ? Quantity.grouped(phases.count - shown.count) : nil,
      "total": Quantity.duration(sum.total), "client": Quantity.duration(sum.client),
      "server": Quantity.duration(sum.server), "network": Quantity.duration(sum.network), "words": sum.turn,
    ]
  }

  private func row(_ phase: Phase, _ start: CaptureTime, _ total: Int64) -> Fields {
    var x = Percent(phase.start.nanoseconds(since: start), of: total)
    var bars: [Fields] = []
    for (kind, time) in [
      ("client", phase.times.client), ("server", phase.times.server), ("network", phase.times.network),
    ]
    where time > 0 {
      let width = Percent(time, of: total)
      bars.append(["kind": kind, "x": x.text, "width": width.atLeast(0.3).text])
      x = x + width
    }
    let several = session.transactions.count > 1
    return [
      "phase": phase.kind.words + (several ? phase.transaction.map { ", mail \($0)" } ?? "" : ""), "bars": bars,
      "client": words(phase.times.client), "server": words(phase.times.server), "network": words(phase.times.network),
      "total": words(phase.duration),
    ]
  }

  private func words(_ time: Int64) -> String { time >= 50_000 ? Quantity.duration(time) : "–" }
}

/// A place on an axis, as SVG takes it: drawings have no width of their own.
struct Percent {
  private let hundredths: Int

  init(_ part: Int64, of whole: Int64) {
    self.init(fraction: whole > 0 ? Double(part) / Double(whole) : 0)
  }

  init(fraction: Double) {
    hundredths = Int((min(max(fraction, 0), 1) * 10_000).rounded())
  }

  private init(hundredths: Int) {
    self.hundredths = min(max(hundredths, 0), 10_000)
  }

  static func + (left: Percent, right: Percent) -> Percent { Percent(hundredths: left.hundredths + right.hundredths) }

  func atLeast(_ percent: Double) -> Percent { Percent(hundredths: max(hundredths, Int(percent * 100))) }

  /// `12.5`, without its sign.
  var text: String {
    let (whole, part) = hundredths.quotientAndRemainder(dividingBy: 100)
    if part == 0 { return String(whole) }
    return part % 10 == 0 ? "\(whole).\(part / 10)" : "\(whole).\(part < 10 ? "0" : "")\(part)"
  }
}
