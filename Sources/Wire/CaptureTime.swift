/// A moment as a capture records it: nanoseconds since 1970-01-01 00:00:00 UTC.
///
/// Packet time is the only clock the layers know. Nanoseconds in 64 bits reach from 1677 to 2262; a capture that claims
/// a time outside is clamped by its reader.
public struct CaptureTime: Hashable, Comparable, Sendable {
  /// Nanoseconds since 1970-01-01 00:00:00 UTC; negative before it.
  public var nanoseconds: Int64

  /// The moment so many nanoseconds after 1970-01-01 00:00:00 UTC.
  @inlinable
  public init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  /// The time from `earlier` to this moment in nanoseconds; saturates instead of overflowing.
  @inlinable
  public func nanoseconds(since earlier: CaptureTime) -> Int64 {
    let (difference, overflow) = nanoseconds.subtractingReportingOverflow(earlier.nanoseconds)
    guard overflow else { return difference }
    return nanoseconds < earlier.nanoseconds ? .min : .max
  }

  /// This moment moved by `duration` nanoseconds; saturates instead of overflowing.
  @inlinable
  public func advanced(byNanoseconds duration: Int64) -> CaptureTime {
    let (sum, overflow) = nanoseconds.addingReportingOverflow(duration)
    guard overflow else { return CaptureTime(nanoseconds: sum) }
    return CaptureTime(nanoseconds: duration < 0 ? .min : .max)
  }

  /// The earlier moment is less.
  @inlinable
  public static func < (left: CaptureTime, right: CaptureTime) -> Bool {
    left.nanoseconds < right.nanoseconds
  }
}
