internal import SMTPDialogue
internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let proxyPreambleMismatch = CatalogueEntry(
    .proxyPreambleMismatch, .error, "only one side speaks the PROXY protocol",
    explanation: """
      A load balancer put a PROXY line in front of the dialogue and the server took it for a command; or the server \
      waits for a PROXY line that the client does not send. The dialogue never begins, or begins with an error.
      """,
    seenWhen: """
      a PROXY v1 line or v2 header comes first and the server answers with a 5xx reply or closes; or the server stays \
      silent and then complains about, or closes for, a missing PROXY header
      """,
    whatToDo: """
      switch the PROXY protocol on at both ends or at neither: `send-proxy` at the balancer; \
      `postscreen_upstream_proxy_protocol`, `smtpd_upstream_proxy_protocol` (Postfix), `hosts_proxy` (Exim) or the \
      like at the server; let health checks send the line too
      """,
    references: ["RFC 5321 section 3.1", "The PROXY protocol, versions 1 and 2 (HAProxy)"])
}

/// A PROXY line at a server that takes it for a command, or none at a server that waits for one.
enum ProxyPreambleMismatch: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    if let preamble = evidence.session.proxy, preamble.kind == .proxyV1 || preamble.kind == .proxyV2 {
      guard evidence.facts.opening == .handshake, let how = reaction(evidence) else { return }
      let version = preamble.kind == .proxyV1 ? "a PROXY line" : "a PROXY header (version 2)"
      add(
        "The client side sent \(version) and the server, which does not expect one, \(how.words)", how.place, &findings)
    } else if let line = evidence.exchanges.first(where: isPROXY), let reply = line.reply, reply.isPermanent {
      add(
        "The client side sent \(visible(line.line.prefix(60))) and the server took it for a command: \(reply.quoted)",
        reply.place, &findings)
    } else if let reply = demand(evidence) {
      add("The server waited for a PROXY line that did not come: \(reply.quoted)", reply.place, &findings)
    }
  }

  private static func add(
    _ message: String, _ place: (frame: Int, time: CaptureTime), _ findings: inout FindingCollector
  ) {
    findings.add(
      Finding(
        .proxyPreambleMismatch, at: place,
        message: "\(message). Both sides must speak the PROXY protocol, or neither."))
  }

  /// What a server does that does not know the line: it answers it with an error, as its first or second reply, or leaves.
  private static func reaction(_ evidence: borrowing SessionEvidence) -> (
    words: String, place: (frame: Int, time: CaptureTime)
  )? {
    guard evidence.gaps.server == 0, evidence.gaps.client == 0 else { return nil }
    guard let greeting = evidence.session.greeting?.reply else {
      guard !evidence.isOneSided, evidence.facts.serverToClient.bytes == 0,
        evidence.facts.closing == .finished(by: .server) || evidence.facts.closing == .reset(by: .server)
      else { return nil }
      return ("closed the connection without a word", evidence.end)
    }
    if greeting.isPermanent {
      // A server that knows the line may still refuse the client for its own reasons.
      let meaning = evidence.meaning(of: greeting, to: .greeting)
      guard [500, 501, 502, 503].contains(greeting.code) || meaning == .protocolError || meaning == .proxyExpected
      else {
        return nil
      }
      return ("answered it with \(greeting.quoted)", greeting.place)
    }
    if let extra = evidence.unsolicited.first, extra.behind <= 1, isError(extra.reply) {
      return ("answered it with \(extra.reply.quoted)", extra.reply.place)
    }
    // The error came when the client had said EHLO already: it stands where EHLO's reply is due, and one is left over.
    if let hello = evidence.exchanges.first(where: { $0.verb?.isHello == true }), let reply = hello.reply,
      isError(reply), evidence.unsolicited.contains(where: { $0.reply.code == 250 })
    {
      return ("answered it with \(reply.quoted)", reply.place)
    }
    return nil
  }

  private static func isError(_ reply: ReplyRecord) -> Bool { [500, 501, 502, 503, 521, 554].contains(reply.code) }

  private static func isPROXY(_ exchange: Exchange) -> Bool {
    guard exchange.verb == .unknown, !exchange.hasHole else { return false }
    let bytes = exchange.line
    let line = bytes.span
    return line.hasBytes("PROXY TCP4 ") || line.hasBytes("PROXY TCP6 ") || line.hasBytes("PROXY UNKNOWN")
  }

  /// A reply that asks for the line.
  private static func demand(_ evidence: borrowing SessionEvidence) -> ReplyRecord? {
    guard evidence.session.proxy == nil, evidence.session.transactions.isEmpty else { return nil }
    for exchange in evidence.exchanges.prefix(3) {
      if let reply = exchange.reply, asks(reply, evidence) { return reply }
    }
    return evidence.unsolicited.first.flatMap { asks($0.reply, evidence) ? $0.reply : nil }
  }

  private static func asks(_ reply: ReplyRecord, _ evidence: borrowing SessionEvidence) -> Bool {
    reply.isNegative && evidence.meaning(of: reply, to: .greeting) == .proxyExpected
  }
}
