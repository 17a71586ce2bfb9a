internal import Wire

/// Packet time that never runs backwards.
///
/// Captures hold frames a little out of order, and clocks are set back. The clock adds up the steps forward: a frame
/// that is slightly early does not move it, and one that is far back (a clock was set, or the next file is older) is
/// taken as the new origin.
struct PacketClock {
  /// Nanoseconds that have passed since the first packet.
  private(set) var now: Int64 = 0
  private var latest: CaptureTime?

  private static let tolerance: Int64 = 1_000_000_000

  mutating func observe(_ time: CaptureTime) {
    guard let known = latest else {
      latest = time
      return
    }
    let step = time.nanoseconds(since: known)
    if step > 0 {
      let (sum, overflow) = now.addingReportingOverflow(step)
      now = overflow || sum > .max / 4 ? .max / 4 : sum
      latest = time
    } else if step < -PacketClock.tolerance {
      latest = time
    }
  }
}
