internal import TCPStreams
internal import Wire

/// Remembers where STARTTLS failed, and tells when the same client then sends mail to the same server in clear.
struct FallbackMemory: Sendable {
  private var failures: RecentMap<Failure>
  private let limits: MemoryLimits

  private struct Failure: Sendable {
    var session: Int
    var end: CaptureTime
    var clientName: UInt64
    /// What became of STARTTLS, as a clause.
    var how: String
    var cause: FindingID?
    /// Sender and recipients where they had been said already.
    var envelopes: [UInt64]
  }

  init(limits: MemoryLimits) {
    self.limits = limits
    failures = RecentMap(limit: limits.failedTLS)
  }

  mutating func observe(_ session: inout Session) {
    let tls = session.tls
    let hasFailed = tls.map { $0.method == .starttls && ($0.outcome == .failed || $0.outcome == .refused) } ?? false
    guard hasFailed || !failures.isEmpty else { return }
    let transactions = session.transactions
    let clearMail = transactions.indices.first { transactions[$0].transfer != nil || transactions[$0].message != nil }
    var key = MemoryKey(6)
    key.add(session.connection.client.address)
    key.add(session.connection.server)
    let number = key.value
    let name = session.clientNameKey
    if let failure = failures[number], failure.clientName == 0 || name == 0 || failure.clientName == name {
      let begin = session.connection.firstFrame.time
      let since = begin.nanoseconds(since: failure.end)
      if since > limits.fallbackSpan {
        failures.remove(number)
      } else if since >= 0, !hasFailed || clearMail != nil {
        // The next session of the two decides: in clear, by TLS after all, or with nothing sent.
        if let clearMail, tls == nil || tls?.outcome == .refused {
          let envelopes = Self.envelopes(of: session)
          if failure.envelopes.isEmpty || envelopes.contains(where: failure.envelopes.contains) {
            tell(failure, since, transactions[clearMail], &session)
            failures.remove(number)
          }
        } else if tls?.outcome == .established {
          failures.remove(number)
        }
      }
    }
    guard hasFailed, clearMail == nil else { return }
    let causes: [FindingID] = [
      .certificateExpired, .certificateUntrusted, .tlsVersionMismatch, .tlsNoSharedCipher, .tlsClientCertificateMissing,
      .tlsGarbage, .tlsHandshakeFailed, .starttlsRefused,
    ]
    failures.set(
      Failure(
        session: session.id, end: session.connection.lastFrame.time, clientName: name,
        how: Self.story(of: tls),
        cause: causes.first(where: session.hasFinding) ?? (tls?.isUnanswered == true ? session.verdict.cause : nil),
        envelopes: Self.envelopes(of: session)), for: number)
  }

  private static func story(of tls: TLSUse?) -> String {
    if tls?.outcome == .refused { return "STARTTLS was refused" }
    return tls?.isUnanswered == true ? "STARTTLS was not answered" : "The TLS handshake failed"
  }

  private static func envelopes(of session: Session) -> [UInt64] {
    session.transactions.prefix(16).compactMap { transaction in
      guard let sender = transaction.reversePath, let recipient = transaction.recipients.first else { return nil }
      return MemoryKey.envelope(from: MemoryKey.of(sender), to: MemoryKey.of(recipient.address))
    }
  }

  private func tell(_ failure: Failure, _ since: Int64, _ mail: Transaction, _ session: inout Session) {
    session.findings.removeAll { $0.id == .starttlsNotUsed || $0.id == .starttlsNotOffered }
    let sender = mail.reversePath.map { $0.isEmpty ? "<>" : visible($0) } ?? "a sender that was not captured"
    let recipient = mail.recipients.first.map { " to \(visible($0.address))" } ?? ""
    let why = failure.cause.map { " (\($0.rawValue))" } ?? ""
    session.findings.append(
      Finding(
        .fellBackToClear, transaction: mail.id, at: (mail.firstFrame, mail.start),
        message:
          "\(failure.how) in session \(failure.session)\(why), and \(spoken(since)) after it the same client sent the mail of \(sender)\(recipient) to the same server in clear."
      ))
  }
}
