internal import TCPStreams
internal import Wire

/// Tells that a client tried IPv6 in vain and then came by IPv4.
///
/// A connection that nobody answers shows nothing but addresses. That the IPv4 connection behind it is the same client's to
/// the same server must be known otherwise: by the names that both gave themselves on other connections, or because the
/// capture has no other client or server.
struct PathMemory: Sendable {
  /// What a host at an IPv6 address called itself, in EHLO or in its greeting.
  private var names: RecentMap<UInt64>
  /// The newest attempts by IPv6 that came to nothing, and the newest connections by IPv4.
  private var dead: [Attempt] = []
  private var reached: [Attempt] = []
  private var clients = (v4: Sole(), v6: Sole())
  private var servers = (v4: Sole(), v6: Sole())
  /// Whether anybody tried IPv6: where nobody does, there is nothing to compare.
  private var isInUse = false
  private let limits: MemoryLimits

  private struct Attempt: Sendable {
    var session: Int
    var client: IPAddress
    var server: Endpoint
    var start: CaptureTime
    var clientName: UInt64
    var serverName: UInt64
    var isDelivered: Bool
  }

  /// Whether there was one address only.
  private struct Sole: Sendable {
    private var first: IPAddress?
    private(set) var isBroken = false

    mutating func add(_ address: IPAddress) {
      if first == nil { first = address } else if first != address { isBroken = true }
    }
  }

  init(limits: MemoryLimits) {
    self.limits = limits
    names = RecentMap(limit: limits.pathNames)
  }

  mutating func opened(_ opening: SessionOpening) {
    if opening.client.isIPv6 { isInUse = true }
  }

  mutating func observe(_ session: inout Session) {
    // Field by field: the connection's facts are much to copy.
    let (client, server) = (session.connection.client.address, session.connection.server.address)
    if client.isIPv6 {
      clients.v6.add(client)
      servers.v6.add(server)
    } else {
      clients.v4.add(client)
      servers.v4.add(server)
    }
    switch session.connection.opening {
    case .handshake where client.isIPv6:
      if session.helo != nil { names.set(session.clientNameKey, for: MemoryKey.of(client)) }
      let serverName = session.serverNameKey
      if serverName != 0 { names.set(serverName, for: MemoryKey.of(server)) }
    case .handshake:
      guard isInUse else { return }
      var attempt = attempt(session)
      attempt.clientName = session.clientNameKey
      attempt.serverName = session.serverNameKey
      if let index = dead.lastIndex(where: { isInstead(attempt, of: $0) }) {
        tell(dead.remove(at: index), &session)
      } else {
        Self.keep(attempt, in: &reached, limits.paths)
      }
    case .unanswered where client.isIPv6, .refused where client.isIPv6:
      var attempt = attempt(session)
      attempt.clientName = names[MemoryKey.of(client)] ?? 0
      attempt.serverName = names[MemoryKey.of(server)] ?? 0
      if let later = reached.first(where: { isInstead($0, of: attempt) }) {
        tell(of: later, since: attempt.start, &session)
      } else {
        Self.keep(attempt, in: &dead, limits.paths)
      }
    case .unanswered, .refused, .midstream:
      break
    }
  }

  private func attempt(_ session: Session) -> Attempt {
    Attempt(
      session: session.id, client: session.connection.client.address, server: session.connection.server,
      start: session.connection.firstFrame.time, clientName: 0, serverName: 0,
      isDelivered: session.verdict.outcome == .delivered)
  }

  private static func keep(_ attempt: Attempt, in attempts: inout [Attempt], _ limit: Int) {
    if attempts.count >= limit { attempts.removeFirst(max(1, limit / 2)) }
    attempts.append(attempt)
  }

  /// Whether a connection by IPv4 is what the client did when IPv6 failed.
  private func isInstead(_ later: Attempt, of dead: Attempt) -> Bool {
    let since = later.start.nanoseconds(since: dead.start)
    guard since > 0, since <= limits.pathSpan, later.server.port == dead.server.port else { return false }
    let isSameClient =
      dead.clientName != 0
      ? dead.clientName == later.clientName : !clients.v4.isBroken && !clients.v6.isBroken
    let isSameServer =
      dead.serverName != 0
      ? dead.serverName == later.serverName : !servers.v4.isBroken && !servers.v6.isBroken
    return isSameClient && isSameServer
  }

  private func tell(_ dead: Attempt, _ session: inout Session) {
    let start = session.connection.firstFrame
    let since = start.time.nanoseconds(since: dead.start)
    session.findings.append(
      Finding(
        .connectionUnanswered, severity: .info, at: (start.number, start.time),
        message:
          "The client had tried IPv6 first, in vain (session \(dead.session): \(dead.client) to \(dead.server)), and came by IPv4 \(spoken(since)) later."
      ))
    guard session.verdict.outcome == .delivered else { return }
    session.hindsight.append(
      Hindsight(session: dead.session, kind: .deliveredByIPv4, elapsed: since, by: session.id))
  }

  /// The connection by IPv4 was over before the attempt by IPv6 was given up.
  private func tell(of later: Attempt, since start: CaptureTime, _ session: inout Session) {
    let since = later.start.nanoseconds(since: start)
    let told =
      " \(spoken(since)) after its first SYN the client came by IPv4, to \(later.server) (session \(later.session))."
    guard
      let index = session.findings.firstIndex(where: {
        $0.id == .connectionUnanswered || $0.id == .connectionRefused || $0.id == .connectionBlocked
      })
    else { return }
    session.findings[index].message += told
    guard later.isDelivered else { return }
    session.hindsight.append(
      Hindsight(session: session.id, kind: .deliveredByIPv4, elapsed: since, by: later.session))
  }
}
