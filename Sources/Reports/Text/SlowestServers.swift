package import SMTPAnalysis
import Wire

/// Which server took longest in each phase: a line a phase.
struct SlowestServers {
  let style: TextStyle

  /// Shorter ones are not worth a line.
  private static let shortest: Int64 = 100_000_000
  /// Less often than this nothing can be said of a server.
  private static let fewest = 3
  /// Servers that are looked at.
  private static let considered = 100

  private struct Row {
    var phase: String
    var figures: [String]
    var server: String
  }

  /// The lines; none where nothing took long.
  ///
  /// By the 95th of a hundred: a single slow answer makes no slow server.
  func lines(_ times: ServerTimes) -> [UInt8] {
    let (servers, others) = times.listed(limit: SlowestServers.considered)
    var rows: [Row] = []
    for kind in Phase.Kind.allCases where kind != .other {
      let slowest = (servers + [others].compactMap(\.self))
        .filter { $0[kind].count >= SlowestServers.fewest }
        .map { (server: $0, time: $0[kind].percentile(0.95) ?? 0) }
        .max { $0.time < $1.time }
      guard let slowest, slowest.time >= SlowestServers.shortest else { continue }
      let sketch = slowest.server[kind]
      let figures = [sketch.percentile(0.5) ?? 0, slowest.time, sketch.maximum].map(Quantity.duration)
      rows.append(Row(phase: kind.words, figures: figures, server: name(of: slowest.server)))
    }
    guard !rows.isEmpty else { return [] }
    return table(rows)
  }

  private func table(_ rows: [Row]) -> [UInt8] {
    var canvas = TextCanvas(style: style)
    canvas.put("slowest servers by phase", .strong)
    canvas.newline()
    let headings = ["p50", "p95", "max"]
    let phaseWidth = rows.map(\.phase.count).max() ?? 0
    let widths = headings.indices.map { column in
      max(headings[column].count, rows.map { $0.figures[column].count }.max() ?? 0)
    }
    let behind = 2 + phaseWidth + widths.reduce(0) { $0 + $1 + 2 } + 2
    let hanging = style.columns(behind: behind, hold: rows.lazy.map(\.server)) ? behind : 4
    write("", headings, "", .faint)
    for row in rows { write(row.phase, row.figures, row.server, .plain) }
    return canvas.bytes

    func write(_ phase: String, _ figures: [String], _ server: String, _ tone: Tone) {
      canvas.move(to: 2)
      canvas.put(phase, tone)
      canvas.move(to: 2 + phaseWidth)
      for (figure, width) in zip(figures, widths) {
        canvas.blanks(2 + width - figure.count)
        canvas.put(figure, tone)
      }
      canvas.flow(server, hanging: hanging, spacing: 2)
      canvas.newline()
    }
  }

  private func name(of server: ServerTimes.Server) -> String {
    let sessions = Quantity.count(server.sessions, "session")
    guard let endpoint = server.endpoint else { return "all others together, \(sessions)" }
    guard let name = server.name else { return "\(endpoint), \(sessions)" }
    let shown = VisibleText.truncated(style.visible(name), columns: 64, ellipsis: style.ellipsis)
    return "\(endpoint) (\(shown)), \(sessions)"
  }
}

extension Phase.Kind {
  package var words: String {
    switch self {
    case .connect: "connect"
    case .greeting: "greeting"
    case .ehlo: "EHLO"
    case .tls: "TLS"
    case .auth: "AUTH"
    case .sender: "sender"
    case .recipients: "recipients"
    case .data: "data"
    case .endOfData: "end of data"
    case .quit: "QUIT"
    case .other: "other commands"
    }
  }
}
