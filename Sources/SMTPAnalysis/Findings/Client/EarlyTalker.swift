internal import SMTPDialogue
internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let earlyTalker = CatalogueEntry(
    .earlyTalker, .warning, "the client spoke before the greeting",
    explanation: """
      A client has to wait for the greeting. Programs that send spam often don't, and servers test for that by waiting \
      before they greet; some refuse such clients.
      """,
    seenWhen: """
      bytes of the client arrive before the last line of the greeting was sent, by more than the time the path takes; \
      proxies' preambles and TLS hellos do not count; an error where it is refused for that, or the server hangs up \
      without a greeting
      """,
    whatToDo: """
      correct the client: read the whole greeting (all lines of it) before EHLO; let nothing between send ahead of \
      time
      """,
    references: ["RFC 5321 section 4.3.1", "RFC 5321 section 3.1"])
}

enum EarlyTalker: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard !evidence.isOneSided else { return }
    guard let greeting = evidence.session.greeting?.reply else { return lookAtUngreeted(evidence, &findings) }
    if lookAtUnfinished(greeting, evidence, &findings) { return }
    guard !evidence.traits.isDisjoint(with: [.early, .withinGreeting]),
      let early = evidence.exchanges.first(where: { exchange in
        // A greeting without a line end is over when the client says so.
        exchange.traits.contains(.withinGreeting)
          || exchange.traits.contains(.early) && exchange.sent.map { isBefore($0.place, greeting.place) } ?? false
      })
    else { return }
    if let refusal = evidence.refusalOfProtocol {
      add(early, refusal: refusal, &findings)
    } else {
      add(early, refusal: unexplained(greeting, evidence), saysWhy: false, &findings)
    }
  }

  /// A greeting that refuses and says nothing of why, nor does anything behind it: Sendmail's `greet_pause` says so to
  /// those who did not wait. Not 521, of a host that takes no mail at all (RFC 7504).
  private static func unexplained(_ greeting: ReplyRecord, _ evidence: borrowing SessionEvidence) -> ReplyRecord? {
    guard greeting.code == 554, !evidence.reader.reading(of: greeting, to: .greeting).isExplicit,
      evidence.refusals.all.allSatisfy({ $0.finding == .greetingRefused })
    else { return nil }
    return greeting
  }

  /// The server hung up on a client that would not wait, and greeted nobody.
  private static func lookAtUngreeted(_ evidence: borrowing SessionEvidence, _ findings: inout FindingCollector) {
    guard evidence.closing == .finished(by: .server), evidence.facts.serverToClient.bytes == 0, !evidence.hasHoles,
      let left = evidence.serverLeft, evidence.session.tls == nil,
      !findings.contains(.plaintextOnTLSPort, .tlsOnPlaintextPort, .proxyPreambleMismatch),
      let early = evidence.exchanges.first(where: { exchange in
        exchange.verb.map { $0 != .unknown } ?? false && exchange.sent.map { $0.time < left.time } ?? false
      })
    else { return }
    findings.add(
      Finding(
        .earlyTalker, severity: .error, at: early.commandPlace,
        message:
          "The client said \(visible(early.line)) before the server had greeted, and the server closed the connection without a word.",
        evidence: early.line))
  }

  /// `220-` and no last line yet, EHLO, and a refusal: the server's first line was there to see who waits.
  private static func lookAtUnfinished(
    _ greeting: ReplyRecord, _ evidence: borrowing SessionEvidence, _ findings: inout FindingCollector
  ) -> Bool {
    guard evidence.oddities.contains(.unfinished), !evidence.hasHoles,
      !evidence.exchanges.contains(where: { $0.verb?.isHello == true && $0.reply?.isNegative == false }),
      let index = evidence.exchanges.firstIndex(where: { $0.step == .greeting }),
      evidence.exchanges[index].oddities.contains(.unfinished), index + 1 < evidence.exchanges.count
    else { return false }
    let early = evidence.exchanges[index + 1]
    guard let reply = early.reply, reply.isPermanent, let sent = early.sent,
      sent.time.nanoseconds(since: greeting.time) < patience
    else { return false }
    findings.withdraw([.heloRefused, .clientRefused], at: reply.frame, of: nil)
    add(early, refusal: reply, &findings)
    return true
  }

  private static func add(
    _ early: Exchange, refusal: ReplyRecord?, saysWhy: Bool = true, _ findings: inout FindingCollector
  ) {
    if let refusal { findings.withdraw([.greetingRefused, .greetingDeferred], at: refusal.frame, of: nil) }
    let why = saysWhy ? " for it" : ""
    findings.add(
      Finding(
        .earlyTalker, severity: refusal == nil ? nil : .error, at: early.commandPlace,
        message:
          "The client said \(visible(early.line)) before the server's greeting was complete\(refusal.map { ", and was refused\(why): \($0.quoted)" } ?? "").",
        evidence: early.line))
  }

  /// A client that has waited longer for the last line was left without it.
  private static let patience: Int64 = 10_000_000_000
}
