internal import Reports
internal import SMTPAnalysis
internal import Wire

/// How long the servers took in each phase: percentiles on an axis that counts in powers of ten.
struct ServerPlots {
  private let times: ServerTimes
  private let limit: Int

  /// The ends of the axis: a millisecond, and a little more than a quarter of an hour.
  private static let shortest = 1e6
  private static let decades = 6.0

  init(_ times: ServerTimes, limit: Int) {
    self.times = times
    self.limit = limit
  }

  func fields() -> Fields? {
    let (servers, others) = times.listed(limit: limit)
    let shown = (servers + [others].compactMap(\.self)).compactMap(fields)
    guard !shown.isEmpty else { return nil }
    let ticks = ["1 ms", "10 ms", "0.1 s", "1 s", "10 s", "100 s"]
    return [
      "servers": shown,
      "ticks": ticks.enumerated().map { index, text -> Fields in
        ["x": Percent(fraction: Double(index) / ServerPlots.decades).text, "text": text]
      },
      "lines": (0...Int(ServerPlots.decades)).map { index -> Fields in
        ["x": Percent(fraction: Double(index) / ServerPlots.decades).text]
      },
    ]
  }

  private func fields(_ server: ServerTimes.Server) -> Fields? {
    let rows = Phase.Kind.allCases.compactMap { row($0, server[$0]) }
    guard !rows.isEmpty else { return nil }
    return [
      "name": server.endpoint.map { String(describing: $0) } ?? "all others together",
      "ownName": server.name.map { ShownText.wire($0, limit: 120) },
      "sessions": Quantity.count(server.sessions, "session"), "rows": rows,
    ]
  }

  private func row(_ kind: Phase.Kind, _ sketch: DurationSketch) -> Fields? {
    guard let median = sketch.percentile(0.5), let p90 = sketch.percentile(0.9), let p95 = sketch.percentile(0.95),
      let p99 = sketch.percentile(0.99)
    else { return nil }
    return [
      "phase": kind.words, "count": Quantity.grouped(sketch.count), "p50": Quantity.duration(median),
      "p90": Quantity.duration(p90), "p95": Quantity.duration(p95), "p99": Quantity.duration(p99),
      "max": Quantity.duration(sketch.maximum), "x0": place(sketch.minimum), "x50": place(median), "x95": place(p95),
      "x99": place(p99), "xmax": place(sketch.maximum),
      "isSlow": p95 >= 5_000_000_000,
    ]
  }

  private func place(_ time: Int64) -> String {
    Percent(fraction: ServerPlots.logarithm(max(Double(time), 1) / ServerPlots.shortest) / ServerPlots.decades).text
  }

  /// Of ten, near enough for a drawing: the exponent of two and a straight line between its powers.
  private static func logarithm(_ value: Double) -> Double {
    guard value > 0 else { return 0 }
    return (Double(value.exponent) + (value.significand - 1)) * 0.301_03
  }
}
