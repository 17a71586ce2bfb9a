/// What stands at the end of a run: the counts over everything that was read.
package struct AnalysisSummary: Sendable {
  package var sessions = 0
  /// How many transactions ended in each way.
  package var transactions: [Transaction.Outcome: Int] = [:]
  package var messages = 0
  package var messageBytes = 0
  /// How many findings of each kind were reported.
  package var findings: [FindingID: Int] = [:]
  /// The most severe finding that was reported.
  package var worstSeverity: Severity?
  /// How long the servers took.
  package var servers = ServerTimes()
  /// How many sessions there were of each purpose; what was known of each when it ended.
  package var purposes: [Session.Purpose: Int] = [:]
  /// What there is to say when everything has been read: mails that were put off and never passed.
  package var notes: [Note] = []
  /// Packets that belong to no mail session.
  package var packetsNotSMTP = 0
  /// From the first packet to the last, in nanoseconds.
  package var duration: Int64 = 0
  /// What was cut for the limits' sake; all zero in ordinary captures.
  package var limited = Limited()
  /// What a live run could not keep; nil where files were read.
  package var losses: Losses?

  package init() {}

  /// Counts a session that is reported.
  package mutating func count(_ session: Session) {
    sessions += 1
    purposes[session.purpose, default: 0] += 1
    for hindsight in session.hindsight where hindsight.kind == .healthCheck {
      guard let others = purposes[.mail], others > 0 else { break }  // with a filter it may not have been counted
      purposes[.mail] = others - 1
      purposes[.healthCheck, default: 0] += 1
    }
    // By index: a whole transaction is much to copy.
    for index in session.transactions.indices {
      transactions[session.transactions[index].outcome, default: 0] += 1
      guard let byteCount = session.transactions[index].message?.byteCount else { continue }
      messages += 1
      messageBytes += byteCount
    }
    servers.count(session)
    for finding in session.findings {
      findings[finding.id, default: 0] += 1
      worstSeverity = max(worstSeverity ?? finding.severity, finding.severity)
    }
  }

  /// Takes over what is known of the whole run.
  package mutating func finish(_ whole: AnalysisSummary) {
    packetsNotSMTP = whole.packetsNotSMTP
    duration = whole.duration
    limited = whole.limited
  }

  /// A sentence about several sessions.
  package struct Note: Equatable, Sendable {
    package var finding: FindingID
    package var message: String

    package init(_ finding: FindingID, _ message: String) {
      self.finding = finding
      self.message = message
    }
  }

  /// What a live run could not keep, besides packets that never came to it.
  package struct Losses: Equatable, Sendable {
    /// Records that were not written since whoever reads them is too slow.
    package var records: Int
    /// Packets that were to be written and could not be held until their connection ended.
    package var heldPackets: Int

    package init(records: Int, heldPackets: Int) {
      self.records = records
      self.heldPackets = heldPackets
    }
  }

  /// What was given up to stay within the limits.
  package struct Limited: Equatable, Sendable {
    package var evictedConnections = 0
    package var droppedBytes = 0
    /// Entries of the tables of names.
    package var forgottenNames = 0

    package init() {}

    mutating func add(_ other: Limited) {
      evictedConnections += other.evictedConnections
      droppedBytes += other.droppedBytes
      forgottenNames += other.forgottenNames
    }
  }
}
