/// How far the reading of captures is, in a line for a person who waits.
///
/// The rate is that of the last seconds; what is left follows from it. Times are given by the caller.
package struct ReadingProgress: Sendable {
  /// Bytes of all inputs; nil where that is not known, as of a pipe.
  private let total: Int?
  private let start: Int64
  /// What had been read at earlier times, the newest last.
  private var marks: [(time: Int64, bytes: Int)]

  /// So many marks make the rate: with four lines a second those of four seconds.
  private static let mostMarks = 16

  /// - Parameter start: When the reading began, in nanoseconds of any clock that does not go back.
  package init(total: Int?, start: Int64) {
    self.total = total
    self.start = start
    marks = [(start, 0)]
  }

  /// `12 345 packets, 430 MB of 1 GB (41 %), 410 MB/s, 2 s left`
  package mutating func line(packets: Int, bytes: Int, at time: Int64) -> String {
    let rate = rate(bytes, time)
    marks.append((time, bytes))
    if marks.count > Self.mostMarks { marks.removeFirst() }
    var words = ["\(Quantity.grouped(packets)) packets"]
    // What is read again, as archives are, may come to more than there is: then the total tells nothing.
    let left = total.flatMap { $0 > 0 && bytes <= $0 ? $0 - bytes : nil }
    if let total, left != nil {
      words.append("\(Quantity.size(bytes)) of \(Quantity.size(total)) (\(share(of: bytes, in: total)) %)")
    } else {
      words.append(Quantity.size(bytes))
    }
    if rate > 0 {
      words.append("\(Quantity.size(rate))/s")
      if let left, time - start >= 1_000_000_000 { words.append("\(Self.time(left / rate)) left") }
    }
    return words.joined(separator: ", ")
  }

  private func rate(_ bytes: Int, _ time: Int64) -> Int {
    guard let mark = marks.first, time > mark.time, bytes > mark.bytes else { return 0 }
    let rate = Double(bytes - mark.bytes) * 1e9 / Double(time - mark.time)
    return Int(exactly: rate.rounded()) ?? 0
  }

  /// Not more than 99: that it is done is seen by the line's end.
  private func share(of bytes: Int, in total: Int) -> Int {
    min(99, Int(Double(bytes) * 100 / Double(total)))
  }

  /// Whole seconds as people say them.
  private static func time(_ seconds: Int) -> String {
    switch seconds {
    case ..<1: "less than 1 s"
    case ..<100: "\(seconds) s"
    default: Quantity.duration(Int64(min(seconds, 1 << 30)) * 1_000_000_000)
    }
  }
}
