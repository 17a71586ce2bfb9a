/// What becomes of each byte of one direction of a connection, as runs from its first byte on.
struct StreamPlan {
  private enum Action: Equatable {
    case keep
    case mask
    /// The bytes stand in `replacements` from there on.
    case replace(Int)
  }

  private var ends: [Int] = []
  private var actions: [Action] = []
  private var replacements: [UInt8] = []

  /// How many bytes it speaks of.
  var count: Int { ends.last ?? 0 }

  /// The next bytes stay, whatever they are: those of TLS.
  mutating func keep(_ count: Int) { extend(.keep, by: count) }

  /// The next bytes are masked, whatever they are.
  mutating func mask(_ count: Int) { extend(.mask, by: count) }

  /// The next bytes are `original` and become `shared`, which is as long.
  mutating func append(_ original: [UInt8], as shared: [UInt8]) {
    for index in original.indices where shared.indices.contains(index) {
      let (before, after) = (original[index], shared[index])
      if after == TextMask.masked(before) {
        extend(.mask, by: 1)
      } else {
        // Also where it stays as it was: the same place may come again with other bytes, which nobody has looked at.
        if case .replace(let start)? = actions.last, start + lastRun == replacements.count {
          ends[ends.count - 1] += 1
        } else {
          actions.append(.replace(replacements.count))
          ends.append(count + 1)
        }
        replacements.append(after)
      }
    }
  }

  /// The length of the last run.
  private var lastRun: Int {
    ends.count < 2 ? count : count - ends[ends.count - 2]
  }

  private mutating func extend(_ action: Action, by count: Int) {
    guard count > 0 else { return }
    if actions.last == action {
      ends[ends.count - 1] += count
    } else {
      ends.append(self.count + count)
      actions.append(action)
    }
  }

  /// Rewrites bytes that stand in the stream from `position` on. What the plan does not speak of, before its beginning or
  /// behind its end, is masked.
  func apply(to bytes: inout [UInt8], _ range: Range<Int>, at position: Int) {
    var run = firstRun(endingBehind: position)
    var offset = range.lowerBound
    var place = position
    while offset < range.upperBound {
      guard place >= 0, run < ends.count else {
        bytes[offset] = TextMask.masked(bytes[offset])
        offset += 1
        place += 1
        continue
      }
      let end = min(range.upperBound, offset + ends[run] - place)
      switch actions[run] {
      case .keep: break
      case .mask: for index in offset..<end { bytes[index] = TextMask.masked(bytes[index]) }
      case .replace(let start):
        let first = start + place - (run == 0 ? 0 : ends[run - 1])
        for index in offset..<end { bytes[index] = replacements[first + index - offset] }
      }
      place += end - offset
      offset = end
      if place >= ends[run] { run += 1 }
    }
  }

  private func firstRun(endingBehind position: Int) -> Int {
    var low = 0
    var high = ends.count
    while low < high {
      let middle = (low + high) / 2
      if ends[middle] > position { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
