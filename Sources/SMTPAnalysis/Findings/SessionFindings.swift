/// Runs every check on a session that has ended, and finds the one that explains it best.
enum SessionFindings {
  static func of(_ evidence: SessionEvidence) -> [Finding] {
    var findings = FindingCollector()
    for group in groups {
      for check in group { check.look(at: evidence, into: &findings) }
    }
    return findings.findings
  }

  /// Every check there is. One that keeps silent because of what another found stands behind it.
  private static let groups: [[any FindingCheck.Type]] = [
    OpeningGroup.checks, RefusalGroup.checks, ClientGroup.checks, ServerGroup.checks, SecurityGroup.checks,
    MessageGroup.checks,
    TransferGroup.checks, CaptureGroup.checks,
  ]

  /// The finding that explains best why not everything was delivered; nil when it was.
  static func cause(of session: Session, among findings: [Finding]) -> Finding? {
    // That a second mail was smuggled in must not hide behind a success.
    guard session.verdict.outcome != .delivered else { return findings.first { $0.id == .smuggledTransaction } }
    let candidates = findings.enumerated().filter { canExplain($0.element, session) }
    // The nearest to the root explains best; among equals the first mail's, then the one that stands first in the order of
    // the checks. Times decide nothing: they change with the order in which frames were captured.
    return candidates.min { left, right in
      let leftRank = rank(left.element, session)
      let rightRank = rank(right.element, session)
      let (leftMail, rightMail) = (left.element.transaction ?? .max, right.element.transaction ?? .max)
      return (leftRank, leftMail, left.offset) < (rightRank, rightMail, right.offset)
    }?.element
  }

  /// The finding that explains best what became of one mail: one of its own, else one of the session's that came while it
  /// was open or later; nil when it was accepted.
  static func cause(of transaction: Transaction, in session: Session, among findings: [Finding]) -> Finding? {
    guard transaction.outcome != .accepted else { return nil }
    let candidates = findings.filter { finding in
      guard canExplain(finding, session) else { return false }
      guard let owner = finding.transaction else { return (finding.time ?? transaction.start) >= transaction.start }
      return owner == transaction.id
    }
    return candidates.min { left, right in
      let (leftIsForeign, rightIsForeign) = (left.transaction == nil ? 1 : 0, right.transaction == nil ? 1 : 0)
      return (leftIsForeign, rank(left, session)) < (rightIsForeign, rank(right, session))
    }
  }

  private static func canExplain(_ finding: Finding, _ session: Session) -> Bool {
    if finding.severity == .error { return true }
    switch finding.id {
    case .captureOneSided, .captureGap, .captureClipped, .captureEnded, .captureMidstream, .outcomeEncrypted:
      return session.verdict.outcome == .unknown
    case .pathMTUBlackhole:
      return session.verdict.outcome == .unknown || session.verdict.outcome == .failed
    case .greylisted, .tooManyRecipients, .starttlsRefused, .receiverStalled, .commandOutOfOrder,
      .commandSyntax,
      .commandUnknown, .earlyTalker, .replyMalformed, .middleboxInspection, .missingHELO, .transactionAbandoned,
      .replyMissing, .duplicateMessage, .serverClosedWithout421, .notSMTPClient:
      return true
    default:
      return false
    }
  }

  /// The lower, the nearer to the root: what stands before others in the dialogue is their cause.
  private static func rank(_ finding: Finding, _ session: Session) -> Int {
    switch finding.id {
    case .smuggledTransaction, .starttlsInjection: 0
    case .earlyTalker where finding.severity == .error: 1
    case .starttlsStripped, .tlsOnPlaintextPort, .plaintextOnTLSPort, .tlsGarbage, .proxyPreambleMismatch,
      .notSMTPServer, .starttlsResponseInjection:
      2
    case .pathMTUBlackhole, .pathLostAfterIdle: 3
    case .receiverStalled where finding.severity == .error: 3
    case .connectionResetByMiddlebox, .chunkSizeMismatch: 4
    case .endOfDataMissing, .replyLost, .replyIncomplete: 5
    case .tooManyErrors, .commandOutOfOrder: 6
    case .bareLF where finding.severity == .error: 7
    case .connectionReset, .transferIncomplete, .serverTimeout, .connectionSilent, .clientGaveUp: 9
    // What a later command was refused for.
    case .authFailed, .starttlsRefused: 7
    case .nonstandardEndOfData: 8
    case .serverErrorSwallowed: 30
    case .commandSyntax, .commandUnknown, .replyMalformed, .middleboxInspection, .missingHELO, .replyMissing: 20
    case .serverClosedWithout421, .transactionAbandoned: 25
    case .captureOneSided: 10
    case .captureGap, .captureClipped, .captureEnded, .captureMidstream: 28
    default: 8
    }
  }
}
