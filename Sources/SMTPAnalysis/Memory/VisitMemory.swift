internal import TCPStreams
internal import Wire

/// Knows health checks by their period: a monitor or load balancer connects, says next to nothing, and is back.
///
/// A real client that fails for a reason of its own comes back too, but it waits for its greeting, and the server has
/// refused it something: such visits are none of these.
struct VisitMemory: Sendable {
  private var visitors: RecentMap<Visitor>
  private let limits: MemoryLimits

  private struct Visitor: Sendable {
    /// The last visits, the newest last.
    var visits: [Visit]
    /// Nanoseconds between visits, once they are known to be regular.
    var period: Int64?
  }

  private struct Visit: Sendable {
    var session: Int
    var time: CaptureTime
  }

  /// Checkers that run side by side on one host have a period each; three of them need seven visits to be told apart.
  private static let longestLag = 3

  init(limits: MemoryLimits) {
    self.limits = limits
    visitors = RecentMap(limit: limits.visitors)
  }

  mutating func observe(_ session: inout Session) {
    guard isVisit(session) else { return }
    if session.greeting == nil { excuse(&session) }
    var key = MemoryKey(7)
    key.add(session.connection.client.address)
    key.add(session.connection.server)
    let number = key.value
    let now = session.connection.firstFrame.time
    var visitor = visitors.take(number) ?? Visitor(visits: [])
    let gap = visitor.visits.last.map { now.nanoseconds(since: $0.time) } ?? 0
    visitor.visits.append(Visit(session: session.id, time: now))
    if visitor.visits.count > 2 * Self.longestLag + 1 { visitor.visits.removeFirst() }
    if let period = visitor.period {
      if gap >= 0, gap <= period.multipliedReportingOverflow(by: 5).partialValue {
        classify(&session, period)
      } else {
        visitor = Visitor(visits: visitor.visits.suffix(1))
      }
    } else if let period = self.period(of: visitor.visits) {
      visitor.period = period
      for visit in visitor.visits.dropLast() {
        session.hindsight.append(
          Hindsight(
            session: visit.session, kind: .healthCheck, elapsed: max(0, now.nanoseconds(since: visit.time)),
            by: session.id))
      }
      classify(&session, period)
    }
    visitors.set(visitor, for: number)
  }

  /// Nothing was said that a mail needs, nothing was refused, and it was the client who left.
  private func isVisit(_ session: Session) -> Bool {
    let connection = session.connection
    guard session.transactions.isEmpty, session.authentications.isEmpty, session.tls == nil,
      !session.requests.contains(.beyondHello), connection.opening == .handshake,
      connection.clientToServer.packets > 0, connection.serverToClient.packets > 0,
      connection.clientToServer.missingBytes == 0, connection.serverToClient.missingBytes == 0
    else { return false }
    switch connection.closing {
    case .finished(by: .client), .reset(by: .client): break
    case .finished(by: .server) where session.hasQuit && session.quitReply != nil: break
    default: return false
    }
    if let greeting = session.greeting {
      guard (200..<300).contains(greeting.reply.code) else { return false }
    } else {
      let stay = connection.lastFrame.time.nanoseconds(since: connection.firstFrame.time)
      guard connection.clientToServer.bytes == 0 || session.proxy != nil, connection.serverToClient.bytes == 0,
        stay <= limits.visit
      else { return false }
    }
    return session.findings.allSatisfy { $0.severity < .error || Self.isExcusable($0.id) }
  }

  /// What a client that never meant to stay makes look like a fault.
  private static func isExcusable(_ id: FindingID) -> Bool {
    switch id {
    case .greetingMissing, .plaintextOnTLSPort, .connectionReset, .clientGaveUp, .noQUIT: true
    default: false
    }
  }

  /// Who leaves within a moment has not waited for the greeting: that it did not come shows nothing.
  private func excuse(_ session: inout Session) {
    for index in session.findings.indices where Self.isExcusable(session.findings[index].id) {
      session.findings[index].severity = .info
    }
    let stay = session.connection.lastFrame.time.nanoseconds(since: session.connection.firstFrame.time)
    session.verdict = Verdict(
      outcome: .nothingSent,
      message:
        "The client closed the connection after \(spoken(stay)), without a word and without waiting for the greeting.")
  }

  private func classify(_ session: inout Session, _ period: Int64) {
    session.purpose = .healthCheck
    session.findings.removeAll { Self.isExcusable($0.id) }
    session.verdict = Verdict(
      outcome: .nothingSent,
      message:
        "A health check: \(session.connection.client.address) looks every \(spoken(period)) whether the server is there, and sends no mail."
    )
  }

  // MARK: The period

  /// Three visits at very even distances, or four at fairly even ones, each `lag` visits apart.
  private func period(of visits: [Visit]) -> Int64? {
    for lag in 1...Self.longestLag {
      let gapCount = (visits.count - 1) / lag
      guard gapCount >= 2 else { break }
      // The newest is the first.
      let gap = { (index: Int) in
        let later = visits.count - 1 - index * lag
        return visits[later].time.nanoseconds(since: visits[later - lag].time)
      }
      let first = gap(0)
      guard limits.visitPeriods.contains(first) else { continue }
      let isEven = { (count: Int, part: UInt64) in
        gapCount >= count && (0..<count).allSatisfy { (gap($0) &- first).magnitude <= first.magnitude / part }
      }
      if isEven(2, 100) || isEven(3, 10) { return first }
    }
    return nil
  }
}
