package import SMTPAnalysis
package import Wire

/// What passed in a stretch of time.
package struct RatePoint: Equatable, Sendable {
  /// Where the stretch begins.
  package var start: CaptureTime
  package var sessions = 0
  /// Transactions by what became of them; those of which that is not known are in none.
  package var accepted = 0
  package var partial = 0
  package var deferred = 0
  /// Refused or lost.
  package var failed = 0
  /// Given up by the client.
  package var aborted = 0
  package var packets = 0
  package var bytes = 0
  package var dropped = 0
  /// What servers and network took of the sessions' phases, in nanoseconds; nil where no session ended.
  package var medianWait: Int64?
  package var slowWait: Int64?

  package init(start: CaptureTime) {
    self.start = start
  }
}

/// The last minutes second by second and the last day in longer strides, for plots.
package struct RateHistory: Sendable {
  /// How many points of each there are at most.
  package static let seconds = 300
  package static let strides = 288
  /// Seconds of a stride: a day of them fits in as many points as five minutes.
  package static let stride = 300

  package private(set) var recent: [RatePoint] = []
  package private(set) var long: [RatePoint] = []
  private var second: OpenPoint
  private var strideSoFar: OpenPoint
  private var secondsInStride = 0

  package init(_ capture: CaptureCounters) {
    second = OpenPoint(capture)
    strideSoFar = OpenPoint(capture)
  }

  /// Counts a session that has ended.
  package mutating func count(_ session: Session) {
    second.count(session)
    strideSoFar.count(session)
  }

  /// Ends a second.
  package mutating func tick(_ capture: CaptureCounters) {
    recent.append(second.point(until: capture))
    if recent.count > RateHistory.seconds { recent.removeFirst() }
    second = OpenPoint(capture)
    secondsInStride += 1
    guard secondsInStride >= RateHistory.stride else { return }
    long.append(strideSoFar.point(until: capture))
    if long.count > RateHistory.strides { long.removeFirst() }
    strideSoFar = OpenPoint(capture)
    secondsInStride = 0
  }
}

/// A stretch that lasts still.
private struct OpenPoint: Sendable {
  private var point: RatePoint
  private var waits = DurationSketch()
  private let before: CaptureCounters

  init(_ capture: CaptureCounters) {
    point = RatePoint(start: capture.now)
    before = capture
  }

  mutating func count(_ session: Session) {
    point.sessions += 1
    for index in session.transactions.indices {
      switch session.transactions[index].outcome {
      case .accepted: point.accepted += 1
      case .partiallyAccepted: point.partial += 1
      case .deferred: point.deferred += 1
      case .refused, .lost: point.failed += 1
      case .aborted: point.aborted += 1
      case .unknown: break
      }
    }
    for phase in session.phases where phase.hasWaited { waits.add(phase.waited) }
  }

  func point(until capture: CaptureCounters) -> RatePoint {
    var point = point
    // An interface that was taken up anew may begin to count at 0 again.
    point.packets = max(0, capture.packets - before.packets)
    point.bytes = max(0, capture.bytes - before.bytes)
    point.dropped = max(0, capture.dropped - before.dropped)
    point.medianWait = waits.percentile(0.5)
    point.slowWait = waits.percentile(0.95)
    return point
  }
}
