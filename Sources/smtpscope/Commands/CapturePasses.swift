internal import CaptureReading
internal import Wire

/// Captures that are read more than once: whether they were the same each time.
///
/// A capture may go on meanwhile: what came behind the pass before is passed over. What is gone or another than before is no
/// such capture: names and bytes to be replaced would be looked for in the wrong places.
struct CapturePasses {
  /// The packets that each input had when it was read for the first time.
  private let packets: [Int]
  private var trails: [Trail]
  /// Of the pass before; nil where there was none.
  private var before: [Trail]?

  /// What tells the frames of an input from those of another one: their numbers, times and lengths.
  private struct Trail: Equatable {
    var lastNumber = 0
    private var digest: UInt64 = 0

    mutating func add(_ frame: FrameDescriptor, captured: Int) {
      lastNumber = frame.number
      for word in [frame.number, Int(frame.time.nanoseconds), frame.originalLength, captured] {
        digest = (digest ^ UInt64(truncatingIfNeeded: word)) &* 0x9e37_79b9_7f4a_7c15
        digest ^= digest >> 29
      }
    }
  }

  init(packets: [Int]) {
    self.packets = packets
    trails = Array(repeating: Trail(), count: packets.count)
  }

  /// Whether a frame was there in the pass before.
  mutating func has(_ frame: FrameDescriptor, captured: Int) -> Bool {
    guard trails.indices.contains(frame.file) else { return false }
    if let before, frame.number > before[frame.file].lastNumber { return false }
    trails[frame.file].add(frame, captured: captured)
    return true
  }

  /// The pass is over, and the next one may begin. Gives the first input that is not what it was.
  mutating func end(_ captures: [CaptureInfo]) -> Int? {
    let changed = packets.indices.first { index in
      guard captures.indices.contains(index), captures[index].packets >= packets[index] else { return true }
      return before.map { $0[index] != trails[index] } ?? false
    }
    before = trails
    trails = Array(repeating: Trail(), count: packets.count)
    return changed
  }
}
