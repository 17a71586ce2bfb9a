/// What stands at the end of a run: the counts over everything that was read.
public struct AnalysisSummary: Sendable {
  /// How many sessions were reported.
  public var sessions = 0
  /// How many more there were that a selection left out.
  public var leftOutSessions = 0
  /// How many transactions ended in each way.
  public var transactions = Tally<Transaction.Outcome>()
  /// How many of their transactions transferred message text, whole or not.
  public var messages = 0
  /// The captured bytes of those messages, dot-stuffing undone.
  public var messageBytes = 0
  /// How many findings of each kind were reported.
  public var findings: [FindingID: Int] = [:]
  /// The most severe finding that was reported.
  public var worstSeverity: Severity?
  /// How long the servers took.
  public var servers = ServerTimes()
  /// How many sessions there were of each purpose; what was known of each when it ended.
  public var purposes = Tally<Session.Purpose>()
  /// What there is to say when everything has been read: mails that were put off and never passed.
  public var notes: [Note] = []
  /// Packets that belong to no mail session.
  public var packetsNotSMTP = 0
  /// From the first packet to the last, in nanoseconds.
  public var duration: Int64 = 0
  /// What was cut for the limits' sake; all zero in ordinary captures.
  public var limited = Limited()
  /// What a live run could not keep; nil where files were read.
  public var losses: Losses?

  /// Of a run that has not read anything.
  public init() {}

  /// Counts a session that is reported.
  public mutating func count(_ session: Session) {
    sessions += 1
    purposes.add(1, to: session.purpose)
    for hindsight in session.hindsight where hindsight.kind == .healthCheck {
      guard let mails = purposes[.mail], mails > 0 else { break }  // with a filter it may not have been counted
      purposes.add(-1, to: .mail)
      purposes.add(1, to: .healthCheck)
    }
    // By index: a whole transaction is much to copy.
    for index in session.transactions.indices {
      transactions.add(1, to: session.transactions[index].outcome)
      guard let byteCount = session.transactions[index].message?.byteCount else { continue }
      messages += 1
      messageBytes += byteCount
    }
    servers.count(session)
    limited.omitted.add(session.omitted)
    for finding in session.findings {
      findings[finding.id, default: 0] += 1
      worstSeverity = max(worstSeverity ?? finding.severity, finding.severity)
    }
  }

  /// Takes over what is known of the whole run.
  public mutating func finish(_ whole: AnalysisSummary) {
    packetsNotSMTP = whole.packetsNotSMTP
    duration = whole.duration
    // What sessions left out was counted with them.
    let omitted = limited.omitted
    limited = whole.limited
    limited.omitted = omitted
  }

  /// A sentence about several sessions.
  public struct Note: Equatable, Sendable {
    /// The kind of finding that it belongs to.
    public var finding: FindingID
    /// The sentence; what came from the network is escaped in it.
    public var message: String

    /// A sentence about findings of one kind.
    public init(_ finding: FindingID, _ message: String) {
      self.finding = finding
      self.message = message
    }
  }

  /// What a live run could not keep, besides packets that never came to it.
  public struct Losses: Equatable, Sendable {
    /// Records that were not written since whoever reads them is too slow.
    public var records: Int
    /// Packets that were to be written and could not be held until their connection ended.
    public var heldPackets: Int

    /// What was lost so far.
    public init(records: Int, heldPackets: Int) {
      self.records = records
      self.heldPackets = heldPackets
    }
  }

  /// What was given up to stay within the limits.
  public struct Limited: Equatable, Sendable {
    /// Connections that were taken for closed to make room for others.
    public var evictedConnections = 0
    /// Payload bytes that were dropped as they lay farther ahead than the window.
    public var droppedBytes = 0
    /// Entries of the tables of names.
    public var forgottenNames = 0
    /// What reported sessions had more of than is kept.
    public var omitted = Session.Omitted()

    /// Nothing was given up.
    public init() {}

    mutating func add(_ other: Limited) {
      evictedConnections += other.evictedConnections
      droppedBytes += other.droppedBytes
      forgottenNames += other.forgottenNames
    }
  }
}
