/// How often which durations came up, to a 32nd of an octave: percentiles that are off by a fiftieth at most.
///
/// It holds counts only, so that any order of adding and merging ends with the same sketch, and its memory is bounded by
/// the number of buckets, whatever is added.
public struct DurationSketch: Sendable {
  /// How often each came up that lies in an octave which any lies in, 32 for each such octave, in the order in which octaves
  /// came up: a place is found without a search, and durations of one kind lie in few octaves.
  private var counts: [UInt32] = []
  /// Which of those 32 are an octave's, counted from 1; 0 where none lies in it. A duration has 53 bits in units, five of them
  /// within its octave; what is below the first one counts as another.
  private var blocks = [49 of UInt8](repeating: 0)
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
    other.forEachBucket { number, count in
      add(count, to: number)
      return true
    }
    count += other.count
    minimum = min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
  }

  /// The duration that `share` of them (0…1) do not exceed, by the nearest rank; nil where there are none.
  public func percentile(_ share: Double) -> Int64? {
    guard count > 0 else { return nil }
    let rank = min(max(Int((share * Double(count)).rounded(.up)), 1), count)
    guard rank < count else { return maximum }
    var (seen, found) = (0, maximum)
    forEachBucket { number, count in
      seen += Int(count)
      guard seen >= rank else { return true }
      found = min(max(DurationSketch.middle(of: number), minimum), maximum)
      return false
    }
    return found
  }

  private mutating func add(_ more: UInt32, to number: UInt32) {
    let octave = Int(number >> DurationSketch.subdivisionBits)
    if blocks[octave] == 0 {
      counts.append(contentsOf: repeatElement(0, count: DurationSketch.subdivisions))
      blocks[octave] = UInt8(counts.count / DurationSketch.subdivisions)
    }
    let place = place(of: octave) + Int(number) % DurationSketch.subdivisions
    let (sum, overflow) = counts[place].addingReportingOverflow(more)
    counts[place] = overflow ? .max : sum
  }

  /// Where the counts of an octave begin that has some.
  private func place(of octave: Int) -> Int { (Int(blocks[octave]) - 1) * DurationSketch.subdivisions }

  /// Hands over the buckets that hold something, by their numbers, for as long as `body` wants more.
  private func forEachBucket(_ body: (_ number: UInt32, _ count: UInt32) -> Bool) {
    for octave in blocks.indices where blocks[octave] > 0 {
      for index in 0..<DurationSketch.subdivisions {
        let count = counts[place(of: octave) + index]
        if count > 0, !body(UInt32(octave * DurationSketch.subdivisions + index), count) { return }
      }
    }
  }

  // Units of 1024 ns, which is nearer than captures' clocks are. Below 32 units each has a bucket of its own; above, each
  // octave is divided into 32.

  private static let unitBits: Int64 = 10
  private static let subdivisionBits = 5
  private static let subdivisions = 1 << subdivisionBits

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

extension DurationSketch: Equatable {
  /// Whether the same was added to both, in whatever order.
  public static func == (left: DurationSketch, right: DurationSketch) -> Bool {
    guard left.count == right.count, left.minimum == right.minimum, left.maximum == right.maximum else { return false }
    var others: [(UInt32, UInt32)] = []
    right.forEachBucket { number, count in
      others.append((number, count))
      return true
    }
    var (place, agree) = (0, true)
    left.forEachBucket { number, count in
      agree = place < others.count && others[place] == (number, count)
      place += 1
      return agree
    }
    return agree && place == others.count
  }
}
