package import SMTPAnalysis
internal import TCPStreams
internal import TLSHandshake
internal import Wire

/// Everything that is counted while a capture runs, from its beginning on.
///
/// What it is counted by are enums of ours: no text and no address from the wire becomes a name or a label, so that nobody
/// on the wire can make there be more of them.
package struct LiveMetrics: Sendable {
  /// As the program calls itself.
  package var version: String
  package var capture: CaptureCounters

  var sessions = Tally(Session.Purpose.allCases)
  var verdicts = Tally<Verdict.Outcome>([.delivered, .partial, .refused, .deferred, .failed, .nothingSent, .unknown])
  var transactions = Tally(Transaction.Outcome.allCases)
  var recipients = Tally(CodeClass.allCases)
  var findings = Tally(FindingID.allCases)
  var authentications = Tally<Authentication.Outcome>([.accepted, .refused, .cancelled, .unanswered])
  var startedTLS = Tally<TLSUse.Outcome>(LiveMetrics.tlsOutcomes)
  var implicitTLS = Tally<TLSUse.Outcome>(LiveMetrics.tlsOutcomes)
  var sessionsWithoutTLS = 0
  var tlsVersions = Tally(TLSVersion.allCases)
  var messages = 0
  var messageBytes = 0
  var clientBytes = 0
  var serverBytes = 0
  /// By the place of the phase among its kinds.
  var phases = [LatencyHistogram](repeating: LatencyHistogram(), count: Phase.Kind.allCases.count)
  var durations = LatencyHistogram()

  private static let tlsOutcomes: [TLSUse.Outcome] = [.established, .refused, .failed, .unknown]

  package init(version: String, capture: CaptureCounters) {
    self.version = version
    self.capture = capture
  }

  /// Counts a session that has ended.
  package mutating func count(_ session: Session) {
    sessions.add(session.purpose)
    verdicts.add(session.verdict.outcome)
    let connection = session.connection
    clientBytes += connection.clientToServer.bytes
    serverBytes += connection.serverToClient.bytes
    durations.add(connection.lastFrame.time.nanoseconds(since: connection.firstFrame.time))
    switch session.tls?.method {
    case .starttls: startedTLS.add(session.tls?.outcome ?? .unknown)
    case .implicit: implicitTLS.add(session.tls?.outcome ?? .unknown)
    case nil: sessionsWithoutTLS += 1
    }
    if let tls = session.tls { tlsVersions.add(TLSVersion(tls.details?.handshake.version)) }
    for authentication in session.authentications { authentications.add(authentication.outcome) }
    // By index: a whole transaction is much to copy.
    for index in session.transactions.indices {
      transactions.add(session.transactions[index].outcome)
      for recipient in session.transactions[index].recipients {
        recipients.add(CodeClass((recipient.dataReply ?? recipient.reply)?.code))
      }
      guard let byteCount = session.transactions[index].message?.byteCount else { continue }
      messages += 1
      messageBytes += byteCount
    }
    for phase in session.phases where phase.hasWaited { phases[phase.kind.index].add(phase.waited) }
    for finding in session.findings { findings.add(finding.id) }
  }

  package func count(of outcome: Transaction.Outcome) -> Int { transactions[outcome] }
  package func count(of finding: FindingID) -> Int { findings[finding] }
  package var sessionCount: Int { Session.Purpose.allCases.reduce(0) { $0 + sessions[$1] } }
  package var messageByteCount: Int { messageBytes }
}

extension Phase {
  /// Whether anybody but the client had a part of it; a command that waited for others only has no time of its own.
  package var hasWaited: Bool { times.server > 0 || times.network > 0 }
  /// What the server and the network had of it, in nanoseconds.
  package var waited: Int64 { times.total - times.client }
}
