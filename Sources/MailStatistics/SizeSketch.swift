internal import SMTPAnalysis

/// How often which sizes came up, to a 32nd of an octave; a ``DurationSketch`` in bytes.
package struct SizeSketch: Equatable, Sendable {
  /// Its smallest step is 1024.
  private static let scale = 1024
  private var sketch = DurationSketch()

  package init() {}

  package var count: Int { sketch.count }
  package var maximum: Int { Int(sketch.maximum) / SizeSketch.scale }

  mutating func add(_ bytes: Int) {
    let (scaled, overflow) = bytes.multipliedReportingOverflow(by: SizeSketch.scale)
    sketch.add(overflow ? .max : Int64(scaled))
  }

  /// The size that `share` of them (0…1) do not exceed; nil where there are none.
  package func percentile(_ share: Double) -> Int? {
    sketch.percentile(share).map { Int($0) / SizeSketch.scale }
  }
}
