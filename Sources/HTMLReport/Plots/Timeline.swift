internal import Reports
internal import SMTPAnalysis
internal import TCPStreams
internal import Wire

/// When sessions were and what became of them: a lane an outcome, with a mark a session as long as they can be told apart.
struct Timeline: Sendable {
  private struct Mark: Sendable {
    var id: Int
    var start: CaptureTime
    var end: CaptureTime
  }

  private struct Lane: Sendable {
    var count = 0
    /// The first ones; all of them as long as there are no more than `limit`.
    var marks: [Mark] = []
    /// How many began in each slice of time.
    var slices: [Int64: Int] = [:]
  }

  private let limit: Int
  private var lanes: [Verdict.Outcome: Lane] = [:]
  private var start = CaptureTime(nanoseconds: .max)
  private var end = CaptureTime(nanoseconds: .min)
  /// A slice is so many bits of nanoseconds long: the shortest with which `sliceLimit` of them reach over all sessions.
  private var sliceBits: Int64 = 20
  private var firstSlice = Int64.max
  private var lastSlice = Int64.min

  /// Slices of the whole. More are not seen, and captures have no end.
  private static let sliceLimit: Int64 = 240

  init(limit: Int) {
    self.limit = limit
  }

  var isEmpty: Bool { lanes.isEmpty }

  mutating func add(_ session: Session) {
    let mark = Mark(
      id: session.id, start: session.connection.firstFrame.time,
      end: max(session.connection.lastFrame.time, session.connection.firstFrame.time))
    start = min(start, mark.start)
    end = max(end, mark.end)
    let slice = mark.start.nanoseconds >> sliceBits
    firstSlice = min(firstSlice, slice)
    lastSlice = max(lastSlice, slice)
    let outcome = session.purpose == .mail ? session.verdict.outcome : .nothingSent
    lanes[outcome, default: Lane()].count += 1
    if lanes[outcome, default: Lane()].marks.count < limit { lanes[outcome]?.marks.append(mark) }
    lanes[outcome]?.slices[slice, default: 0] += 1
    while lastSlice - firstSlice >= Timeline.sliceLimit { widen() }
  }

  private mutating func widen() {
    sliceBits += 1
    firstSlice >>= 1
    lastSlice >>= 1
    for outcome in lanes.keys {
      var slices: [Int64: Int] = [:]
      for (slice, count) in lanes[outcome]?.slices ?? [:] { slices[slice >> 1, default: 0] += count }
      lanes[outcome]?.slices = slices
    }
  }

  // MARK: As a drawing

  private static let laneTitle = 19
  private static let rowHeight = 13
  private static let mostRows = 7
  private static let barHeight = 44

  /// nil where there is nothing to draw.
  func fields(inFull ids: Set<Int>) -> Fields? {
    guard !lanes.isEmpty else { return nil }
    let span = max(1, end.nanoseconds(since: start))
    var y = 4
    var drawn: [Fields] = []
    var hasBars = false
    for outcome in Verdict.Outcome.listed {
      guard let lane = lanes[outcome] else { continue }
      let look = OutcomeLook(outcome)
      var fields: Fields = [
        "symbol": look.symbol, "tone": look.tone, "words": look.words, "count": Quantity.grouped(lane.count),
        "titleY": y + 12, "iconY": y + 2,
      ]
      y += Timeline.laneTitle
      if lane.count <= limit {
        let rows = add(lane, look, span, at: y, ids, to: &fields)
        y += rows * Timeline.rowHeight
      } else {
        hasBars = true
        addBars(lane, span, at: y, to: &fields)
        y += Timeline.barHeight
      }
      fields["lineY"] = y + 3
      y += 8
      drawn.append(fields)
    }
    return [
      "lanes": drawn, "height": y + 22, "axisY": y + 15, "plotHeight": y, "ticks": ticks(span), "hasBars": hasBars,
      // The script tells times of any part by these.
      "startMilliseconds": start.nanoseconds / 1_000_000, "spanMilliseconds": Double(span) / 1e6,
      "start": Quantity.moment(start), "end": Quantity.moment(end), "span": Quantity.duration(span),
      "slice": Quantity.duration(Int64(1) << min(sliceBits, 62)),
    ]
  }

  /// Marks that would lie on each other stand in rows below each other, as far as there is room.
  private func add(
    _ lane: Lane, _ look: OutcomeLook, _ span: Int64, at top: Int, _ ids: Set<Int>, to fields: inout Fields
  ) -> Int {
    var ends: [Double] = []
    fields["marks"] = lane.marks.sorted { $0.start < $1.start }.map { mark -> Fields in
      let from = Double(mark.start.nanoseconds(since: start)) / Double(span)
      let to = Double(mark.end.nanoseconds(since: start)) / Double(span)
      // A mark is about so wide, of a drawing of usual width.
      let width = max(to - from, 0.012)
      var row = ends.firstIndex { $0 <= from } ?? ends.count
      if row >= Timeline.mostRows { row = ends.indices.min { ends[$0] < ends[$1] } ?? 0 }
      if row == ends.count { ends.append(0) }
      ends[row] = max(ends[row], from + width)
      let y = top + row * Timeline.rowHeight
      return [
        "id": mark.id, "isLink": ids.contains(mark.id), "x": Percent(fraction: from).text, "symbol": look.symbol,
        "x2": to - from > 0.004 ? Percent(fraction: to).text : nil, "y": y, "lineY": y + 6,
        "words":
          "session \(mark.id), \(look.words), \(Quantity.timeOfDay(mark.start)), \(Quantity.duration(mark.end.nanoseconds(since: mark.start)))",
      ]
    }
    return max(ends.count, 1)
  }

  private func addBars(_ lane: Lane, _ span: Int64, at top: Int, to fields: inout Fields) {
    let most = lane.slices.values.max() ?? 1
    let width = Double(Int64(1) << min(sliceBits, 62)) / Double(span)
    fields["bars"] = lane.slices.sorted { $0.key < $1.key }.map { slice, count -> Fields in
      let height = max(2, Timeline.barHeight * count / max(1, most))
      let from = Double(slice &<< sliceBits) - Double(start.nanoseconds)
      return [
        "x": Percent(fraction: from / Double(span)).text, "width": Percent(fraction: width * 0.86).atLeast(0.1).text,
        "y": top + Timeline.barHeight - height, "height": height, "words": Quantity.grouped(count),
      ]
    }
    fields["most"] = Quantity.grouped(most)
  }

  private func ticks(_ span: Int64) -> [Fields] {
    (0...4).map { index -> Fields in
      let time = start.advanced(byNanoseconds: span / 4 * Int64(index))
      return [
        "x": 25 * index, "text": words(of: time, span),
        "anchor": index == 0 ? "start" : index == 4 ? "end" : "middle", "isInner": index % 2 == 1,
      ]
    }
  }

  /// As near as the axis can tell.
  private func words(of time: CaptureTime, _ span: Int64) -> String {
    if Quantity.date(start) != Quantity.date(end) { return String(Quantity.moment(time).dropFirst(5).dropLast(3)) }
    guard span < 20_000_000_000 else { return Quantity.timeOfDay(time) }
    var output = OutputBuffer(capacity: 32)
    output.append(time, decimals: 3)
    var text: [UInt8] = []
    output.drain { bytes in
      for index in bytes.indices { text.append(bytes[index]) }
    }
    return String(String(decoding: text, as: UTF8.self).dropFirst(11).dropLast())
  }
}
