internal import SMTPDialogue
internal import PeerCertificates
internal import TCPStreams
internal import Wire

// What can be told of a transaction while its session goes on.

extension SessionRecorder {
  /// Whether the transaction behind the last one that was told has ended.
  var hasEndedTransactions: Bool {
    // Whether a client that has closed hears the answer still, only the end of the connection tells.
    guard toldTransactions < drafts.count, toldTransactions < options.limits.previewsPerSession, left.client == nil,
      let ending = drafts[toldTransactions].ending
    else { return false }
    // RFC 2033 section 4.2: a reply for each recipient that was accepted.
    guard protocolKind == .lmtp, ending == .answered, toldTransactions == drafts.count - 1 else { return true }
    return !drafts[toldTransactions].awaitsRecipientReply
  }

  /// The next transaction that has ended, as a session that has it alone, with what is found of the session by now; nil when
  /// there is none.
  ///
  /// It is what the session would say of it if the capture ended here. A capture's end proves nothing, so nothing is said
  /// that the session takes back; what only the rest of it tells is missing.
  mutating func nextEndedTransaction(facts: ConnectionFacts, certificates: CertificateStore) -> Session? {
    guard hasEndedTransactions else { return nil }
    toldTransactions += 1
    let id = toldTransactions
    var copy = self
    copy.drafts = drafts.map(TransactionDraft.init(copying:))
    copy.attachMessages()
    copy.settleTLS(wasClosed: false, certificates: certificates)
    var facts = facts
    facts.closing = .captureEnd
    let end = TransactionDraft.ConnectionEnd(
      closing: .captureEnd, isOneSided: facts.isOneSided,
      hasHoles: gaps.client > 0 || gaps.server > 0, leftUnacknowledged: false)
    var session = copy.session(facts: facts, preamble: nil, end: end, first: ([], []))
    session.transactions.removeAll { $0.id != id }
    session.findings.removeAll { $0.transaction.map { $0 != id } ?? false }
    session.phases.removeAll { $0.transaction != id }
    session.dialogue = []
    return session
  }
}
