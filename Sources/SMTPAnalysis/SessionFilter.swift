internal import MailMessages
internal import TCPStreams
internal import Wire

/// Keeps the sessions and transactions that were asked for. Values of one kind are alternatives, kinds must all hold.
public struct SessionFilter: Sendable {
  private let sessions: Set<Int>
  private let clients: [String]
  private let servers: [String]
  private let senders: [String]
  private let recipients: [String]
  private let subjects: [String]
  private let messageIDs: [String]
  private let outcomes: Set<Transaction.Outcome>
  private let findings: Set<FindingID>

  /// Text is compared without regard to case and need only be contained; a client is chosen by its whole address, with or
  /// without its port, or by its whole name. A finding that belongs to a transaction chooses that transaction, another
  /// one all of its session.
  public init(
    sessions: [Int], clients: [String], servers: [String], senders: [String], recipients: [String], subjects: [String],
    messageIDs: [String], outcomes: [Transaction.Outcome], findings: [FindingID] = []
  ) {
    self.sessions = Set(sessions)
    self.clients = clients.map { $0.lowercased() }
    self.servers = servers.map { $0.lowercased() }
    self.senders = senders.map { $0.lowercased() }
    self.recipients = recipients.map { $0.lowercased() }
    self.subjects = subjects.map { $0.lowercased() }
    self.messageIDs = messageIDs.map { $0.lowercased() }
    self.outcomes = Set(outcomes)
    self.findings = Set(findings)
  }

  /// Whether nothing was asked for, so that each session is kept as it is.
  public var keepsEverything: Bool {
    sessions.isEmpty && clients.isEmpty && servers.isEmpty && findings.isEmpty && !choosesTransactions
  }

  private var choosesTransactions: Bool {
    !senders.isEmpty || !recipients.isEmpty || !subjects.isEmpty || !messageIDs.isEmpty || !outcomes.isEmpty
  }

  /// The session with the transactions that match; nil when it is not wanted.
  public func kept(of session: Session) -> Session? {
    guard sessions.isEmpty || sessions.contains(session.id) else { return nil }
    let connection = session.connection
    let clientNames = session.names?.client.names ?? []
    guard
      clients.isEmpty || clients.contains(where: { Self.names(connection.client, $0) || clientNames.contains($0) })
    else { return nil }
    if !servers.isEmpty {
      let greeting = session.greeting?.reply.lines.first.map { String(decoding: $0, as: UTF8.self).lowercased() } ?? ""
      let names = session.names?.server.names ?? []
      guard
        servers.contains(where: { wanted in
          Self.names(connection.server, wanted) || greeting.contains(wanted) || names.contains { $0.contains(wanted) }
        })
      else { return nil }
    }
    guard choosesTransactions || !findings.isEmpty else { return session }
    var session = session
    if !findings.isEmpty {
      let matching = session.findings.filter { findings.contains($0.id) }
      guard !matching.isEmpty else { return nil }
      if matching.allSatisfy({ $0.transaction != nil }) {
        let chosen = Set(matching.compactMap(\.transaction))
        session.transactions.removeAll { !chosen.contains($0.id) }
      }
    }
    if choosesTransactions {
      session.transactions.removeAll { !isKept($0) }
      guard !session.transactions.isEmpty else { return nil }
    }
    let kept = Set(session.transactions.map(\.id))
    session.findings.removeAll { $0.transaction.map { !kept.contains($0) } ?? false }
    session.phases.removeAll { $0.transaction.map { !kept.contains($0) } ?? false }
    return session
  }

  private func isKept(_ transaction: Transaction) -> Bool {
    let sender = transaction.reversePath.map { $0.isEmpty ? "<>" : String(decoding: $0, as: UTF8.self) }
    let header = transaction.message?.header
    return (outcomes.isEmpty || outcomes.contains(transaction.outcome))
      && Self.contains(senders, in: sender.map { [$0] } ?? [])
      && Self.contains(recipients, in: transaction.recipients.map { String(decoding: $0.address, as: UTF8.self) })
      && Self.contains(subjects, in: [header?.subject].compactMap(\.self))
      && Self.contains(messageIDs, in: [header?.messageID].compactMap(\.self))
  }

  private static func contains(_ wanted: [String], in texts: [String]) -> Bool {
    wanted.isEmpty
      || texts.contains { text in
        let text = text.lowercased()
        return wanted.contains { text.contains($0) }
      }
  }

  private static func names(_ endpoint: Endpoint, _ wanted: String) -> Bool {
    wanted == endpoint.address.description || wanted == endpoint.description
  }
}
