import SMTPAnalysis

/// Counts findings over all sessions; there are as many counters as the catalogue has entries.
struct FindingTally {
  private var severities: [Severity: Int] = [:]
  private var causes: [FindingID: Int] = [:]
  /// Of sessions in which something went wrong.
  private var causesOfFailures: [FindingID: Int] = [:]
  private var worst: [Severity: [FindingID: Int]] = [:]

  mutating func add(_ session: Session) {
    if let cause = session.verdict.cause {
      causes[cause, default: 0] += 1
      if session.verdict.needsAttention { causesOfFailures[cause, default: 0] += 1 }
    }
    for finding in session.findings {
      severities[finding.severity, default: 0] += 1
      worst[finding.severity, default: [:]][finding.id, default: 0] += 1
    }
  }

  /// `1 error`, `2 warnings`, where there are any.
  var counts: [String] {
    [Severity.error, .warning].compactMap { severity in severities[severity].map(severity.count) }
  }

  /// The commonest cause of what went wrong, or of anything; where no session has one, the commonest of the worst findings
  /// from warnings on.
  var worthExplaining: FindingID? {
    commonest(causesOfFailures) ?? commonest(causes) ?? commonest(worst[.error] ?? [:])
      ?? commonest(worst[.warning] ?? [:])
  }

  private func commonest(_ counts: [FindingID: Int]) -> FindingID? {
    guard let most = counts.values.max() else { return nil }
    return FindingID.allCases.first { counts[$0] == most }
  }
}
