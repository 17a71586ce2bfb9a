package import SMTPAnalysis

/// What servers and network took of each phase in the last five minutes.
package struct PhaseWaits: Sendable {
  /// Minutes that are looked back at, the one that lasts still included.
  private static let minutes = 5

  private typealias Minute = [DurationSketch]
  private var sketches: [Minute] = [PhaseWaits.emptyMinute]
  private var seconds = 0

  private static var emptyMinute: Minute { Minute(repeating: DurationSketch(), count: Phase.Kind.allCases.count) }

  package init() {}

  /// Counts a session that has ended.
  package mutating func count(_ session: Session) {
    for phase in session.phases where phase.hasWaited {
      sketches[sketches.count - 1][phase.kind.index].add(phase.waited)
    }
  }

  /// Ends a second.
  package mutating func tick() {
    seconds += 1
    guard seconds >= 60 else { return }
    seconds = 0
    sketches.append(PhaseWaits.emptyMinute)
    if sketches.count > PhaseWaits.minutes { sketches.removeFirst() }
  }

  package subscript(kind: Phase.Kind) -> DurationSketch {
    var whole = DurationSketch()
    for minute in sketches { whole.merge(minute[kind.index]) }
    return whole
  }
}
