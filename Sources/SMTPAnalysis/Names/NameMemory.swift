internal import DKIM
internal import HostNames
internal import Wire

/// What the capture has shown of names so far, and what of it belongs into a session's record.
///
/// It stands behind the shards: what one of them found may concern the sessions of all. A session that ended is told what
/// was known at the end of its epoch, which depends on the frames alone.
struct NameMemory: Sendable {
  private var names = HostNames()
  private var calls = IdentCalls()
  /// Both as the sessions of an epoch are told of them. Nobody holds it while something is learned: nothing is copied for that.
  private var known: KnownNames?
  /// What frames showed whose epochs are not told yet, in their order.
  private var noted: [NameObservation] = []

  /// What was forgotten to stay within the limits.
  var forgotten: Int { names.forgotten }

  /// Keeps what a frame showed until its epoch is told.
  mutating func note(_ observation: NameObservation) {
    noted.append(observation)
  }

  /// Learns what the frames of an epoch showed, up to the frame `last`, and completes the sessions that ended in it.
  mutating func complete(_ epoch: inout EpochLog, until last: Int) {
    learn(from: epoch, until: last)
    guard !names.isEmpty || !calls.isEmpty else { return }
    let known = known ?? KnownNames(names: names, calls: calls)
    self.known = known
    for shard in epoch.shards.indices {
      for ending in epoch.shards[shard].endings.indices {
        epoch.shards[shard].endings[ending].amend { Self.complete(&$0, known) }
      }
    }
  }

  private mutating func learn(from epoch: EpochLog, until last: Int) {
    // Mostly there are none.
    guard !noted.isEmpty || epoch.shards.contains(where: { !$0.names.isEmpty }) else { return }
    known = nil
    let due = noted.prefix { $0.ordinal <= last }.count
    let observations = noted[..<due] + epoch.shards.flatMap(\.names)
    noted.removeFirst(due)
    let order = observations.indices.sorted { left, right in
      let (one, other) = (observations[left].ordinal, observations[right].ordinal)
      return one != other ? one < other : left < right
    }
    for index in order {
      switch observations[index].content {
      case .message(let message): names.learn(from: message)
      case .call(let call): calls.take(call)
      }
    }
  }

  /// Checks the DKIM signatures of the session's messages whose keys were answered.
  private static func verifySignatures(of session: inout Session, _ names: borrowing HostNames) {
    for index in session.transactions.indices {
      guard var message = session.transactions[index].message, message.signatures.contains(where: { $0.awaitsKey })
      else { continue }
      for place in message.signatures.indices {
        guard message.signatures[place].awaitsKey, let name = DomainName(message.signatures[place].keyName),
          let answer = names.keys(named: name), let text = answer.values.first(where: isKey) ?? answer.values.first
        else { continue }
        message.signatures[place].verify(with: KeyRecord(text), from: .dns(frame: answer.frame))
      }
      session.transactions[index].message = message
    }
  }

  /// Other texts may stand beside a key.
  private static func isKey(_ text: [UInt8]) -> Bool { text.span.hasBytes("v=DKIM1") }

  /// Adds to a session that has ended who its hosts are, and what that explains.
  private static func complete(_ session: inout Session, _ known: KnownNames) {
    if known.names.hasKeys { verifySignatures(of: &session, known.names) }
    session.names = SessionNames(of: session.connection, in: known.names)
    if session.tls?.details != nil, let finding = CertificateNameMismatch.finding(in: session, known.names) {
      session.findings.append(finding)
    }
    let evidence = NameEvidence(of: session, known)
    // One cause, one finding: a refusal that tells what is wrong with the client's names leaves nothing to add.
    guard !NameExplanations.amend(&session, with: evidence) else { return }
    if let finding = HELONames.finding(in: session, evidence) { session.findings.append(finding) }
  }
}

/// What is known of names at the end of an epoch; a class, so that each session's evidence counts one reference of it.
final class KnownNames: Sendable {
  let names: HostNames
  let calls: IdentCalls

  init(names: HostNames, calls: IdentCalls) {
    self.names = names
    self.calls = calls
  }
}
