internal import TCPStreams
internal import Wire

/// Remembers which servers offer STARTTLS, and tells a session in which the offer is missing (RFC 3207 section 6).
///
/// A server that was changed offers nothing to anybody; a box on the path takes the one line out and leaves the others.
/// So the rest of the offer must be the same, and after some sessions in a row it is taken for the server's setting.
struct OfferMemory: Sendable {
  private var offers: RecentMap<Offer>
  private let limits: MemoryLimits

  private struct Offer: Sendable {
    var session: Int
    var time: CaptureTime
    var client: IPAddress
    /// The other keywords, in whatever order.
    var others: UInt64
    var missing = 0
  }

  /// An offer that is seen again is written down again after so long only.
  private static let refreshing: Int64 = 60_000_000_000

  init(limits: MemoryLimits) {
    self.limits = limits
    offers = RecentMap(limit: limits.offers)
  }

  mutating func observe(_ session: inout Session) {
    // Behind TLS there is no offer, and the extensions are those of the last EHLO.
    guard !session.extensions.isEmpty, session.helo?.verb == "EHLO", session.tls.map({ !$0.isReadable }) ?? true,
      session.connection.opening == .handshake, session.connection.serverToClient.missingBytes == 0,
      !session.connection.client.address.isLoopback
    else { return }
    let isOffered = session.extensions.hasLine(where: Self.isSTARTTLS)
    guard isOffered || !offers.isEmpty else { return }
    let name = session.serverNameKey
    guard name != 0 else { return }
    var key = MemoryKey(5)
    key.add(session.connection.server)
    key.add(name)
    let number = key.value
    let now = session.connection.firstFrame.time
    if isOffered {
      if let old = offers[number], old.missing == 0, now.nanoseconds(since: old.time) < Self.refreshing { return }
      offers.set(
        Offer(
          session: session.id, time: now, client: session.connection.client.address,
          others: Self.keywords(session.extensions)), for: number)
      return
    }
    guard session.tls == nil, var old = offers[number], old.others == Self.keywords(session.extensions),
      !session.hasFinding(.starttlsStripped)
    else { return }
    tell(old, now, &session)
    old.missing += 1
    if old.missing < limits.missingOffers { offers.set(old, for: number) } else { offers.remove(number) }
  }

  private static func isSTARTTLS(_ line: Span<UInt8>) -> Bool {
    guard line.count >= 8, line.count == 8 || line[8] == 0x20 else { return false }
    var word: UInt64 = 0
    for index in 0..<8 { word = word << 8 | UInt64(line[index] & 0xdf) }
    return word == 0x5354_4152_5454_4c53  // letters alone have such codes in upper case
  }

  private static func keywords(_ extensions: TextLines) -> UInt64 {
    var sum: UInt64 = 0
    extensions.forEachLine { line in
      guard !isSTARTTLS(line) else { return }
      let end = min(line.firstIndex(of: 0x20) ?? line.count, line.firstIndex(of: 0x3d) ?? line.count)
      sum &+= MemoryKey.of(line.extracting(0..<end))
    }
    return sum
  }

  private func tell(_ old: Offer, _ now: CaptureTime, _ session: inout Session) {
    session.findings.removeAll { $0.id == .starttlsNotOffered }
    let whom =
      old.client == session.connection.client.address ? "this client" : "\(old.client)"
    let gaveUp = session.transactions.isEmpty
    let mail =
      session.transactions.contains { $0.message != nil }
      ? "; the mail passed in clear" : gaveUp ? "; the client sent no mail" : ""
    let finding = Finding(
      .starttlsStripped, severity: gaveUp ? .error : .warning,
      at: session.greeting.map { ($0.reply.frame, $0.reply.time) },
      message:
        "\(session.connection.server) offered STARTTLS to \(whom) in session \(old.session), \(spoken(max(0, now.nanoseconds(since: old.time)))) before, and does not offer it here with otherwise the same extensions: something on the path takes the offer out, or the server treats this client differently\(mail)."
    )
    session.findings.append(finding)
    guard gaveUp, session.verdict.cause == nil, session.verdict.outcome == .nothingSent else { return }
    session.verdict = Verdict(outcome: .failed, message: finding.message, cause: finding.id)
  }
}
