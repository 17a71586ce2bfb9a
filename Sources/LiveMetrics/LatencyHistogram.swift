/// How many durations did not exceed each of a few bounds: what Prometheus calls a histogram.
package struct LatencyHistogram: Equatable, Sendable {
  /// In nanoseconds, ascending: from a server on the same host to the ten minutes that RFC 5321 section 4.5.3.2 grants.
  package static let bounds: [Int64] = [
    1_000_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000, 500_000_000, 1_000_000_000,
    2_500_000_000, 5_000_000_000, 10_000_000_000, 30_000_000_000, 60_000_000_000, 300_000_000_000, 600_000_000_000,
  ]

  /// How many lie between a bound and the one before it; the last ones lie above all bounds.
  package private(set) var counts = [Int](repeating: 0, count: LatencyHistogram.bounds.count + 1)
  package private(set) var count = 0
  /// In nanoseconds.
  package private(set) var sum: Int64 = 0

  package init() {}

  /// Adds a duration in nanoseconds; a negative one counts as none.
  package mutating func add(_ duration: Int64) {
    let duration = max(0, duration)
    var place = 0
    while place < LatencyHistogram.bounds.count, LatencyHistogram.bounds[place] < duration { place += 1 }
    counts[place] += 1
    count += 1
    sum &+= duration
  }
}
