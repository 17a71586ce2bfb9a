package import CaptureComparing
import Wire

/// Two captures of the same traffic as people read what happened between them: the answer, what was changed, where the
/// time arose, then each session that differs.
package struct ComparisonText {
  private let style: TextStyle
  /// Sessions, and kinds of changes, that are shown one by one.
  private let limit: Int

  package init(style: TextStyle, limit: Int = 20) {
    self.style = style
    self.limit = limit
  }

  /// - Parameters:
  ///   - captures: What was read, a and b.
  ///   - heldBack: Sessions of either that there was no room for.
  package func lines(
    _ comparison: CaptureComparison, captures: (a: CaptureSummary, b: CaptureSummary), heldBack: Int
  ) -> [UInt8] {
    var blocks = [captureLines(captures), headline(comparison, heldBack)]
    blocks.append(changeLines(comparison))
    blocks.append(timeLines(comparison))
    blocks.append(sessionLines(comparison))
    blocks.append(loneLines(comparison.onlyInA, .a))
    blocks.append(loneLines(comparison.onlyInB, .b))
    return Array(blocks.filter { !$0.isEmpty }.joined(separator: [UInt8(ascii: "\n")]))
  }

  private func captureLines(_ captures: (a: CaptureSummary, b: CaptureSummary)) -> [UInt8] {
    var lines: [UInt8] = []
    for (side, capture) in [(CaptureSide.a, captures.a), (.b, captures.b)] {
      var named = capture
      named.file = "\(side.words)  \(capture.file)"
      lines += CaptureLines(style: style, limit: 1).lines([named])
    }
    return lines
  }

  private func headline(_ comparison: CaptureComparison, _ heldBack: Int) -> [UInt8] {
    var canvas = TextCanvas(style: style)
    let changed = comparison.pairs.count { !$0.changes.isEmpty }
    let count = comparison.pairs.count
    let lone = [(comparison.onlyInA.count, "A"), (comparison.onlyInB.count, "B")].filter { $0.0 > 0 }
      .map { "\(Quantity.count($0.0, "session")) only in \($0.1)" }
    if count == 0 {
      canvas.put(Mark.unclear)
      canvas.flow("no session is in both captures", .strong, hanging: 2, spacing: 1)
    } else if changed == 0 {
      canvas.put(lone.isEmpty ? Mark.good : .caution)
      canvas.flow(
        "nothing changed: \(Quantity.count(count, "session")) in both captures, all the same", .strong, hanging: 2,
        spacing: 1)
    } else {
      canvas.put(Mark.caution)
      canvas.flow(
        count == 1
          ? "the session that is in both captures differs"
          : "\(Quantity.grouped(changed)) of \(Quantity.count(count, "session")) in both captures \(changed == 1 ? "differs" : "differ")",
        .strong, hanging: 2, spacing: 1)
    }
    for words in lone { canvas.flow("\(style.dot) \(words)", hanging: 2, spacing: 1) }
    canvas.newline()
    if count > 0 {
      canvas.flow("  " + placement(comparison), hanging: 2)
      canvas.newline()
    }
    if heldBack > 0 {
      canvas.flow("  \(Quantity.count(heldBack, "session")) beyond the bound of memory left out", .caution, hanging: 2)
      canvas.newline()
    }
    return canvas.bytes
  }

  private func placement(_ comparison: CaptureComparison) -> String {
    var text = "nothing tells which capture is nearer to the clients"
    if let near = comparison.nearClient {
      text = "\(near.words) is nearer to the clients, \(near.other.words) to the servers"
      if let hops = comparison.hops, hops > 0 { text += ", \(Quantity.count(hops, "router")) between" }
    }
    if let offset = comparison.clockOffset, offset != 0 {
      text += "; B's clock is \(Quantity.duration(abs(offset))) \(offset > 0 ? "ahead" : "behind")"
    }
    return text
  }

  private struct Group {
    var change: Change
    var sessions = 0
    var count = 0
    var bytes = 0
    var first: (a: Int, b: Int)
  }

  private func changeLines(_ comparison: CaptureComparison) -> [UInt8] {
    var groups: [Group] = []
    var places: [String: Int] = [:]
    for pair in comparison.pairs {
      var seen: Set<String> = []
      for change in pair.changes {
        let name = change.group
        let place = places[name] ?? groups.count
        if place == groups.count {
          places[name] = place
          groups.append(Group(change: change, first: (pair.a.id, pair.b.id)))
        }
        if seen.insert(name).inserted { groups[place].sessions += 1 }
        groups[place].count += change.count
        groups[place].bytes += change.bytes
      }
    }
    guard !groups.isEmpty else { return [] }
    var canvas = TextCanvas(style: style)
    canvas.put("what happened between A and B", .strong)
    canvas.newline()
    let near = comparison.nearClient ?? .a
    let listed = groups.enumerated().sorted { left, right in
      let (one, other) = (left.element.change.mark.rank, right.element.change.mark.rank)
      if one != other { return one < other }
      if left.element.sessions != right.element.sessions { return left.element.sessions > right.element.sessions }
      return left.offset < right.offset
    }.map(\.element)
    for group in listed.prefix(limit) {
      canvas.move(to: 2)
      canvas.put(group.change.mark)
      canvas.flow(group.change.words, hanging: 4, spacing: 1)
      var change = group.change
      if group.sessions > 1, change.bytes > 0 || change.count > 1 {
        (change.count, change.bytes) = (group.count, group.bytes)
      }
      let particulars = change.particulars(near, style)
      if !particulars.isEmpty { canvas.flow("\(style.dash) \(particulars)", hanging: 4, spacing: 1) }
      if comparison.pairs.count > 1 {
        canvas.flow(
          "(\(Quantity.count(group.sessions, "session")), the first: A \(group.first.a), B \(group.first.b))", .faint,
          hanging: 4, spacing: 1, isUnbroken: true)
      }
      canvas.newline()
    }
    if listed.count > limit {
      canvas.flow("  and \(Quantity.grouped(listed.count - limit)) more (--format json has all)", hanging: 2)
      canvas.newline()
    }
    return canvas.bytes
  }

  private func timeLines(_ comparison: CaptureComparison) -> [UInt8] {
    let times = comparison.pairs.map(\.times)
    let near = comparison.nearClient ?? .a
    func median(_ values: [Int64?]) -> Int64? {
      let known = values.compactMap(\.self).sorted()
      return known.isEmpty ? nil : known[known.count / 2]
    }
    let rows: [(String, Int64?)] = [
      ("clients \(style.arrow) \(near.words)", median(times.map(\.clientSide))),
      ("\(near.words) \(style.arrow) \(near.other.words)", median(times.map(\.between))),
      ("\(near.other.words) \(style.arrow) servers", median(times.map(\.serverSide))),
    ]
    guard comparison.nearClient != nil, rows.contains(where: { $0.1 != nil }) else { return [] }
    var canvas = TextCanvas(style: style)
    canvas.flow("where the time arose (there and back, the median of the sessions)", .strong, hanging: 2)
    canvas.newline()
    let width = rows.map { VisibleText.displayWidth(of: $0.0) }.max() ?? 0
    for (name, time) in rows {
      guard let time else { continue }
      canvas.move(to: 2)
      canvas.put(name)
      canvas.move(to: 2 + width)
      let text = Quantity.duration(max(time, 0))
      canvas.blanks(2 + max(9 - text.count, 0))
      canvas.put(text)
      canvas.newline()
    }
    let waitNear = times.reduce(0 as Int64) { $0 &+ $1.waitAtClient }
    let waitFar = times.reduce(0 as Int64) { $0 &+ $1.waitAtServer }
    if waitNear > 0 {
      let between = max(waitNear &- waitFar, 0)
      let share = Int((Double(between) / Double(waitNear) * 100).rounded())
      canvas.flow(
        "  waits for replies: \(Quantity.duration(waitNear)) at \(near.words), \(Quantity.duration(waitFar)) at \(near.other.words); \(share) % arose between",
        hanging: 4)
      canvas.newline()
    }
    let held = comparison.pairs.compactMap { pair in pair.times.longestHeld.map { (pair, $0) } }
      .max { $0.1.duration < $1.1.duration }
    if let (pair, longest) = held {
      let line = VisibleText.truncated(style.sentence(longest.line), columns: 100, ellipsis: style.ellipsis)
      canvas.flow(
        "  held longest between them: \(Quantity.duration(longest.duration)) before \(line) (\(near.words) #\(longest.frame), session \(pair[near].id))",
        hanging: 4)
      canvas.newline()
    }
    return canvas.bytes
  }

  private func sessionLines(_ comparison: CaptureComparison) -> [UInt8] {
    // What a NAT does to all of them is told above.
    let differing = comparison.pairs.filter { $0.changes.contains { $0.mark != .remark } }
    guard comparison.pairs.count > 1, !differing.isEmpty else { return [] }
    let near = comparison.nearClient ?? .a
    var canvas = TextCanvas(style: style)
    canvas.put("sessions that differ", .strong)
    canvas.newline()
    for pair in differing.prefix(limit) {
      canvas.move(to: 2)
      canvas.flow("A \(pair.a.id), B \(pair.b.id)", .strong, hanging: 4)
      canvas.flow("\(pair.a.client) \(style.arrow) \(pair.a.server)", hanging: 4, spacing: 2, isUnbroken: true)
      canvas.newline()
      for change in pair.changes.prefix(limit) {
        canvas.move(to: 4)
        canvas.put(change.mark)
        canvas.flow(change.words, hanging: 6, spacing: 1)
        let particulars = change.particulars(near, style)
        if !particulars.isEmpty { canvas.flow("\(style.dash) \(particulars)", hanging: 6, spacing: 1) }
        canvas.newline()
      }
      let more = pair.changes.count - min(pair.changes.count, limit) + pair.furtherChanges
      if more > 0 {
        canvas.flow("    and \(Quantity.count(more, "more change"))", hanging: 6)
        canvas.newline()
      }
    }
    if differing.count > limit {
      canvas.flow(
        "  and \(Quantity.count(differing.count - limit, "more session")) (--format json has all)", hanging: 2)
      canvas.newline()
    }
    return canvas.bytes
  }

  private func loneLines(_ sessions: [LoneSession], _ side: CaptureSide) -> [UInt8] {
    guard !sessions.isEmpty else { return [] }
    var canvas = TextCanvas(style: style)
    canvas.put("only in \(side.words)", .strong)
    canvas.newline()
    for lone in sessions.prefix(limit) {
      let session = lone.session
      canvas.move(to: 2)
      canvas.flow("session \(session.id)", hanging: 4)
      canvas.flow("\(session.client) \(style.arrow) \(session.server)", hanging: 4, spacing: 2, isUnbroken: true)
      canvas.flow("#\(session.firstFrame.number)", .faint, hanging: 4, spacing: 1, isUnbroken: true)
      canvas.flow(lone.words(in: side), hanging: 4, spacing: 2)
      canvas.newline()
    }
    if sessions.count > limit {
      canvas.flow("  and \(Quantity.count(sessions.count - limit, "more session")) (--format json has all)", hanging: 2)
      canvas.newline()
    }
    return canvas.bytes
  }
}

extension Mark {
  /// What needs a look first.
  fileprivate var rank: Int {
    switch self {
    case .bad: 0
    case .caution, .partial: 1
    case .remark, .unclear, .good: 2
    }
  }
}
