private import CLinux
private import Glibc
internal import Wire

/// The clocks of a live run. The analysis knows none: it is told the time where no packet tells it.
enum LiveClock {
  /// The wall clock, which stamps packets.
  static var wall: CaptureTime { CaptureTime(nanoseconds: read(CLOCK_REALTIME)) }

  /// Nanoseconds that only grow.
  static var steady: Int64 { read(CLOCK_MONOTONIC) }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    // clock_gettime(2) fills the structure that it is given.
    unsafe clock_gettime(clock, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}

/// Something that is due again and again.
struct Interval {
  private let length: Int64
  private var next: Int64

  init(nanoseconds: Int64, from now: Int64) {
    length = nanoseconds
    next = now &+ nanoseconds
  }

  /// Whether it is due; the next time counts from now.
  mutating func isDue(at now: Int64) -> Bool {
    guard now >= next else { return false }
    next = now &+ length
    return true
  }

  /// Milliseconds until it is due, rounded up.
  func wait(from now: Int64) -> Int32 {
    Int32(clamping: max(0, (next &- now &+ 999_999) / 1_000_000))
  }
}
