internal import Wire

/// Runs every check on a session that has ended, and finds the one that explains it best.
enum SessionFindings {
  static func of(_ evidence: borrowing SessionEvidence) -> [Finding] {
    var findings = FindingCollector()
    let due = evidence.refusals.all.isEmpty ? checksOfUnrefused : checks
    for check in due { check.look(at: evidence, into: &findings) }
    UnexplainedRefusal.look(at: evidence, into: &findings)
    return findings.findings
  }

  /// Every check there is. One that keeps silent because of what another found stands behind it.
  private static let checks = OpeningGroup.checks + RefusalGroup.checks + checksBehindRefusals

  /// Those for a session of which nothing was refused.
  private static let checksOfUnrefused = OpeningGroup.checks + checksBehindRefusals

  private static let checksBehindRefusals: [any FindingCheck.Type] =
    ClientGroup.checks + ServerGroup.checks + SecurityGroup.checks + MessageGroup.checks + TransferGroup.checks
    + CaptureGroup.checks

  /// The finding that explains best why not everything was delivered; nil when it was.
  static func cause(of session: borrowing Session, among findings: [Finding]) -> Finding? {
    // The nearest to the root explains best; among equals the first mail's, then the one that stands first in the order of
    // the checks. Times decide nothing: they change with the order in which frames were captured.
    var best: (index: Int, rank: Int, mail: Int, isBeside: Int)?
    // Read where they lie: a copy of each counts references.
    let all = findings.span
    if session.verdict.outcome == .delivered {
      // That a second mail was smuggled in must not hide behind a success.
      for index in all.indices where all[index].id == .smuggledTransaction { return findings[index] }
      return nil
    }
    for index in all.indices where all.lend(index, { canExplain($0, session) }) {
      let (rank, mail) = (all.lend(index) { Self.rank($0, session) }, all[index].transaction ?? .max)
      // Mails are numbered from 1; by index, for a whole transaction is much to copy.
      let place = mail &- 1
      let isNumbered = session.transactions.indices.contains(place) && session.transactions[place].id == mail
      let isBeside =
        isNumbered && all.lend(index) { finding in session.transactions.span.lend(place) { decides(finding, $0) } }
        ? 0 : 1
      if let best, (best.rank, best.mail, best.isBeside) <= (rank, mail, isBeside) { continue }
      best = (index, rank, mail, isBeside)
    }
    return best.map { findings[$0.index] }
  }

  /// The finding that explains best what became of one mail: one of its own, else one of the session's that came while it
  /// was open or later; nil when it was accepted.
  static func cause(of transaction: borrowing Transaction, in session: borrowing Session, among findings: [Finding])
    -> Finding?
  {
    guard transaction.outcome != .accepted else { return nil }
    var best: (index: Int, isForeign: Int, rank: Int, isBeside: Int)?
    let all = findings.span
    for index in all.indices where all.lend(index, { canExplain($0, session) }) {
      if let owner = all[index].transaction {
        guard owner == transaction.id else { continue }
      } else if let time = all[index].time, time < transaction.start {
        continue
      }
      let (isForeign, rank) = (all[index].transaction == nil ? 1 : 0, all.lend(index) { Self.rank($0, session) })
      let isBeside = all.lend(index) { decides($0, transaction) } ? 0 : 1
      if let best, (best.isForeign, best.rank, best.isBeside) <= (isForeign, rank, isBeside) { continue }
      best = (index, isForeign, rank, isBeside)
    }
    return best.map { findings[$0.index] } ?? causeBefore(transaction, in: session, among: findings)
  }

  /// What the session had been refused for before the mail began: where the refusal of the mail has no finding of its own, it
  /// followed from that (a greeting or hello that was refused, a client that had spoken too early). So is what the capture
  /// lacked from its beginning on the reason why the outcome is not known.
  private static func causeBefore(
    _ transaction: borrowing Transaction, in session: borrowing Session, among findings: [Finding]
  ) -> Finding? {
    let isUnknown = transaction.outcome == .unknown
    guard isUnknown || transaction.outcome == .refused || transaction.outcome == .deferred else { return nil }
    var best: (index: Int, rank: Int)?
    let all = findings.span
    for index in all.indices
    where all[index].transaction == nil && (isUnknown ? all[index].id.isOfCapture : all[index].severity == .error) {
      let rank = all.lend(index) { Self.rank($0, session) }
      if let best, best.rank <= rank { continue }
      best = (index, rank)
    }
    return best.map { findings[$0.index] }
  }

  /// Whether the finding is about the reply that decided against the mail as a whole: a recipient that was refused before it is
  /// none of the reasons why the others did not get it.
  private static func decides(_ finding: borrowing Finding, _ transaction: borrowing Transaction) -> Bool {
    guard transaction.outcome == .refused || transaction.outcome == .deferred,
      let reply = transaction.decidingReply
    else { return false }
    return finding.frame == reply.frame && finding.time == reply.time
  }

  private static func canExplain(_ finding: borrowing Finding, _ session: borrowing Session) -> Bool {
    if finding.severity == .error { return true }
    if finding.isBorne { return false }
    switch finding.id {
    case .captureOneSided, .captureGap, .captureClipped, .captureEnded, .captureMidstream, .outcomeEncrypted:
      return session.verdict.outcome == .unknown || session.verdict.outcome == .partial && lacksAnswers(session)
    case .pathMTUBlackhole:
      return session.verdict.outcome == .unknown || session.verdict.outcome == .failed
    case .greylisted, .tooManyRecipients, .starttlsRefused, .receiverStalled, .commandOutOfOrder,
      .commandSyntax, .commandTooLong, .pathTooLong, .tlsHandshakeFailed,
      .commandUnknown, .earlyTalker, .replyMalformed, .middleboxInspection, .missingHELO, .transactionAbandoned,
      .replyMissing, .duplicateMessage, .serverClosedWithout421, .notSMTPClient, .replyInvalidForCommand:
      return true
    case .noQUIT:
      return finding.severity == .warning
    default:
      return false
    }
  }

  /// Whether what became of a mail was not told at all, or not to one of those that RCPT had accepted.
  private static func lacksAnswers(_ session: borrowing Session) -> Bool {
    session.transactions.contains { transaction in
      transaction.outcome == .unknown
        || transaction.outcome == .partiallyAccepted
          && transaction.recipients.contains { $0.outcome == .unanswered }
    }
  }

  private static func isDecided(_ session: borrowing Session) -> Bool {
    session.verdict.outcome == .refused && !session.transactions.isEmpty
  }

  /// Whether the finding is about the reply to a recipient of a mail that was lost and had others.
  private static func isOfOneRecipient(_ finding: borrowing Finding, _ session: borrowing Session) -> Bool {
    let place = (finding.transaction ?? 0) &- 1
    guard session.transactions.indices.contains(place), session.transactions[place].outcome == .lost else {
      return false
    }
    let recipients = session.transactions[place].recipients
    return recipients.contains { ($0.reply?.code).map { (200..<300).contains($0) } ?? false }
      && recipients.contains {
        $0.reply.map { $0.isNegative && $0.frame == finding.frame && $0.time == finding.time } ?? false
      }
  }

  private static func hasOnlyFailedLogins(_ session: borrowing Session) -> Bool {
    session.authentications.contains { $0.outcome == .refused }
      && !session.authentications.contains { $0.outcome == .accepted }
  }

  /// The lower, the nearer to the root: what stands before others in the dialogue is their cause.
  private static func rank(_ finding: borrowing Finding, _ session: borrowing Session) -> Int {
    switch finding.id {
    case .smuggledTransaction, .starttlsInjection: 0
    case .notSMTPClient: 1
    case .earlyTalker where finding.severity == .error: 1
    case .starttlsStripped, .tlsOnPlaintextPort, .plaintextOnTLSPort, .tlsGarbage, .proxyPreambleMismatch,
      .notSMTPServer, .starttlsResponseInjection:
      2
    case .pathMTUBlackhole, .pathLostAfterIdle: 3
    case .receiverStalled where finding.severity == .error: 3
    case .connectionResetByMiddlebox, .chunkSizeMismatch: 4
    case .endOfDataMissing, .replyLost, .replyIncomplete: 5
    // A mail that had been decided by then: what was said to no command of it came later.
    case .tooManyErrors where finding.transaction == nil && isDecided(session): 9
    // The errors that it had too many of.
    case .tooManyErrors where session.transactions.isEmpty && hasOnlyFailedLogins(session): 9
    // Nobody minded.
    case .earlyTalker where !session.transactions.isEmpty: 26
    case .tooManyErrors, .commandOutOfOrder: 6
    case .missingHELO where finding.severity == .error: 6
    case .bareLF where finding.severity == .error: 7
    case .connectionReset, .transferIncomplete, .serverTimeout, .connectionSilent, .clientGaveUp: 9
    // What a later command was refused for.
    case .authFailed, .starttlsRefused: 7
    case .nonstandardEndOfData: 8
    case .serverErrorSwallowed: 30
    case .commandSyntax, .commandUnknown, .commandTooLong, .pathTooLong, .replyMalformed, .middleboxInspection,
      .replyMissing, .replyInvalidForCommand:
      20
    case .missingHELO: 26
    case .serverClosedWithout421, .transactionAbandoned, .noQUIT: 25
    case .captureOneSided: 10
    case .captureGap, .captureClipped, .captureEnded, .captureMidstream: 28
    // That a recipient was refused explains nothing of a mail that was lost when others were to have it.
    default: isOfOneRecipient(finding, session) ? 12 : 8
    }
  }
}
