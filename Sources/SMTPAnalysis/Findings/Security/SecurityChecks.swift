internal import SMTPDialogue
internal import TCPStreams
internal import Wire

/// What can be said of TLS without its keys: offers, refusals, injections, mix-ups of port and mode.
enum TLSChecks: FindingCheck {
  static func look(at evidence: SessionEvidence, into findings: inout FindingCollector) {
    lookAtMixUps(evidence, &findings)
    lookAtOffers(evidence, &findings)
    if let injected = evidence.injected {
      findings.add(
        Finding(
          .starttlsInjection, at: (injected.moment.frame, injected.moment.time),
          message: "Clear text was sent behind STARTTLS before its reply: \(visible(injected.bytes.prefix(120))).",
          evidence: injected.bytes))
    }
    if let clear = evidence.clearBehindTLS, evidence.session.tls?.isReadable != true {
      let who = clear.from == .client ? "client" : "server"
      findings.add(
        Finding(
          .tlsGarbage, at: (clear.moment.frame, clear.moment.time),
          message: "Behind the 220 to STARTTLS the \(who) sent no TLS but \(visible(clear.bytes.prefix(80))).",
          evidence: clear.bytes))
    }
    guard let tls = evidence.session.tls else { return }
    switch tls.outcome {
    case .failed where !findings.contains(.tlsGarbage, .tlsOnPlaintextPort, .plaintextOnTLSPort, .starttlsInjection):
      let alert = evidence.tls.clearAlert.map { alert in
        " The \(alert.from == .client ? "client" : "server") sent the alert \(alert.name) (\(alert.number))."
      }
      findings.add(
        Finding(
          id(of: evidence.tls.clearAlert?.number), at: evidence.end,
          message: "The TLS handshake did not come to its end.\(alert ?? "")"))
    case .established where !tls.isReadable, .unknown where !tls.isReadable:
      findings.add(
        Finding(
          .outcomeEncrypted, at: evidence.end,
          message:
            "Everything behind \(tls.method == .starttls ? "STARTTLS" : "the handshake") is encrypted and there are no keys: what became of the mail cannot be seen. A key log of either side shows it."
        ))
    default:
      break
    }
  }

  /// What an alert names (RFC 8446 section 6.2).
  private static func id(of alert: Int?) -> FindingID {
    switch alert {
    case 70: .tlsVersionMismatch
    case 40, 71: .tlsNoSharedCipher
    case 48, 42, 43, 46: .certificateUntrusted
    case 45: .certificateExpired
    case 116: .tlsClientCertificateMissing
    default: .tlsHandshakeFailed
    }
  }

  private static func lookAtMixUps(_ evidence: SessionEvidence, _ findings: inout FindingCollector) {
    let client = evidence.firstClientBytes
    let port = evidence.facts.server.port
    if evidence.session.tls?.method == .implicit, evidence.session.greeting != nil, client.first == 0x16 {
      findings.add(
        Finding(
          .tlsOnPlaintextPort, at: evidence.start,
          message:
            "The client began with a TLS ClientHello and the server speaks clear text first on port \(port): implicit TLS belongs to port 465, STARTTLS to 25 and 587.",
          evidence: Array(client.prefix(16))))
    } else if port == 465, evidence.session.tls == nil, evidence.session.greeting == nil, !evidence.isOneSided,
      evidence.facts.opening == .handshake,
      evidence.facts.clientToServer.bytes == 0 || client.first.map({ $0 >= 0x41 }) ?? false
    {
      findings.add(
        Finding(
          .plaintextOnTLSPort, at: evidence.start,
          message: "The client waited for a clear-text greeting on port 465, where the server waits for TLS."))
    }
  }

  private static func lookAtOffers(_ evidence: SessionEvidence, _ findings: inout FindingCollector) {
    let session = evidence.session
    let masked = session.extensions.filter(isMasked)
    let greeting = session.greeting?.reply.lines.first ?? []
    let bannerIsMasked = greeting.count >= 8 && greeting.filter { $0 == 0x2a }.count * 2 > greeting.count
    if !masked.isEmpty {
      findings.add(
        Finding(
          .starttlsStripped, at: session.greeting?.reply.place ?? evidence.start,
          message:
            "The EHLO reply offers \(visible(masked[0])): a firewall that inspects SMTP has overwritten an extension, as it does with STARTTLS\(session.transactions.isEmpty ? "; the client sent no mail" : "").",
          evidence: masked[0]))
    }
    if bannerIsMasked || evidence.exchanges.contains(where: { isMasked($0.line) && $0.verb == .unknown }) {
      findings.add(
        Finding(
          .middleboxInspection, at: session.greeting?.reply.place,
          message:
            "The dialogue bears the marks of a firewall that rewrites SMTP: \(bannerIsMasked ? "a greeting of asterisks" : "verbs of X")\(masked.isEmpty ? "" : " and overwritten extensions").",
          evidence: greeting))
    }
    guard session.tls == nil, masked.isEmpty, !evidence.isOneSided, session.helo?.verb == "EHLO",
      session.transactions.contains(where: { $0.message != nil }),
      let hello = evidence.exchanges.last(where: { $0.verb == .ehlo && ($0.reply?.code ?? 999) < 400 }),
      hello.reply != nil, !hello.oddities.contains(.unfinished), evidence.gaps.server == 0
    else { return }
    if evidence.offered.contains("STARTTLS") {
      findings.add(
        Finding(
          .starttlsNotUsed, at: hello.place, message: "STARTTLS was offered and not used; the mail passed in clear."))
    } else {
      findings.add(
        Finding(
          .starttlsNotOffered, at: hello.place, message: "The server offers no STARTTLS; the mail passed in clear."))
    }
  }

  /// `XXXXXXXA`: what a firewall writes over a word that it does not let through.
  private static func isMasked(_ line: [UInt8]) -> Bool {
    guard line.first == 0x58 else { return false }
    let word = line.prefix { $0 != 0x20 }
    guard word.count >= 4 else { return false }
    let body = word.dropLast()
    return body.allSatisfy { $0 == 0x58 } && (0x41...0x58).contains(word[word.endIndex - 1])
  }
}
