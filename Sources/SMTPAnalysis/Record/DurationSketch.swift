/// How often which durations came up, to a 32nd of an octave: percentiles that are off by a fiftieth at most.
///
/// It holds counts only, so that any order of adding and merging ends with the same sketch, and its memory is bounded by
/// the number of buckets, whatever is added.
public struct DurationSketch: Equatable, Sendable {
  private struct Bucket: Equatable, Sendable {
    var number: UInt32
    var count: UInt32
  }

  /// Those that hold something, by their numbers: durations of one kind lie near each other.
  private var buckets: [Bucket] = []
  /// How many durations were added.
  public private(set) var count = 0
  /// The shortest and the longest, exactly.
  public private(set) var minimum = Int64.max
  /// The longest of them in nanoseconds; 0 where there are none, and the shortest is `Int64.max` then.
  public private(set) var maximum: Int64 = 0

  /// Of no durations.
  public init() {}

  /// Whether none was added.
  public var isEmpty: Bool { count == 0 }

  /// Adds a duration in nanoseconds; a negative one counts as none.
  public mutating func add(_ duration: Int64) {
    let duration = max(0, duration)
    add(1, to: DurationSketch.bucket(of: duration))
    count += 1
    minimum = min(minimum, duration)
    maximum = max(maximum, duration)
  }

  /// Adds all of another sketch.
  public mutating func merge(_ other: DurationSketch) {
    for bucket in other.buckets { add(bucket.count, to: bucket.number) }
    count += other.count
    minimum = min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
  }

  /// The duration that `share` of them (0…1) do not exceed, by the nearest rank; nil where there are none.
  public func percentile(_ share: Double) -> Int64? {
    guard count > 0 else { return nil }
    let rank = min(max(Int((share * Double(count)).rounded(.up)), 1), count)
    guard rank < count else { return maximum }
    var seen = 0
    for bucket in buckets {
      seen += Int(bucket.count)
      if seen >= rank { return min(max(DurationSketch.middle(of: bucket.number), minimum), maximum) }
    }
    return maximum
  }

  private mutating func add(_ more: UInt32, to number: UInt32) {
    var low = 0
    var high = buckets.count
    while low < high {
      let middle = (low + high) / 2
      if buckets[middle].number < number { low = middle + 1 } else { high = middle }
    }
    if low < buckets.count, buckets[low].number == number {
      let (sum, overflow) = buckets[low].count.addingReportingOverflow(more)
      buckets[low].count = overflow ? .max : sum
    } else {
      buckets.insert(Bucket(number: number, count: more), at: low)
    }
  }

  // Units of 1024 ns, which is nearer than captures' clocks are. Below 32 units each has a bucket of its own; above, each
  // octave is divided into 32.

  private static let unitBits: Int64 = 10
  private static let subdivisionBits = 5

  private static func bucket(of duration: Int64) -> UInt32 {
    let units = UInt64(duration >> unitBits)
    guard units >= 1 << UInt64(subdivisionBits) else { return UInt32(units) }
    let octave = 63 - units.leadingZeroBitCount - subdivisionBits
    return UInt32((octave + 1) << subdivisionBits) + UInt32(units >> UInt64(octave) & 31)
  }

  private static func middle(of bucket: UInt32) -> Int64 {
    guard bucket >= 1 << UInt32(subdivisionBits) else { return Int64(bucket) << unitBits + 1 << (unitBits - 1) }
    let octave = Int64(bucket >> UInt32(subdivisionBits)) - 1
    let low = Int64(32 + bucket & 31) << octave
    return low << unitBits + 1 << (octave + unitBits - 1)
  }
}
