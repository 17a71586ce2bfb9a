import Wire

/// What was read: a line for each input.
struct CaptureLines {
  let style: TextStyle
  /// Inputs that get a line of their own.
  let limit: Int

  /// `bounce.pcap   60 packets, 41 kB, 2026-11-20 09:14:02 – 09:14:09 UTC`
  func lines(_ captures: [CaptureSummary]) -> [UInt8] {
    var canvas = TextCanvas(style: style)
    for capture in captures.prefix(limit) {
      canvas.flow(style.visible(capture.file), .strong, hanging: 2)
      var size = "\(Quantity.count(capture.packets, "packet")), \(Quantity.size(capture.bytes))"
      if capture.start != nil, capture.end != nil { size += "," }
      canvas.flow(size, hanging: 2, spacing: 3, isUnbroken: true)
      if let start = capture.start, let end = capture.end {
        let isSameDay = Quantity.date(start) == Quantity.date(end)
        let until = isSameDay ? Quantity.timeOfDay(end) : Quantity.moment(end)
        canvas.flow(
          "\(Quantity.moment(start)) \(style.dash) \(until) UTC", hanging: 2, spacing: 1, isUnbroken: true)
      }
      if capture.isTruncated { canvas.flow("(cut short)", .caution, hanging: 2, spacing: 2, isUnbroken: true) }
      canvas.newline()
      if let error = capture.error {
        canvas.move(to: 2)
        canvas.put(Mark.caution)
        canvas.flow(style.sentence(error), hanging: 4, spacing: 1)
        canvas.newline()
      }
    }
    if captures.count > limit {
      let rest = captures.dropFirst(limit)
      let packets = rest.reduce(0) { $0 &+ $1.packets }
      canvas.put("and \(Quantity.count(rest.count, "more file")), \(Quantity.count(packets, "packet"))")
      canvas.newline()
    }
    return canvas.bytes
  }
}
