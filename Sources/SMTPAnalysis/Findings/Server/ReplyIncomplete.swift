internal import SMTPDialogue
internal import TCPStreams
internal import Wire

enum ReplyIncomplete: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.oddities.contains(.unfinished), evidence.repliesAreWhole else { return }
    let lastOther = evidence.exchanges.lastIndex { $0.verb != .quit } ?? -1
    for (index, exchange) in evidence.exchanges.enumerated() where exchange.oddities.contains(.unfinished) {
      guard let reply = exchange.reply else { continue }
      if exchange.step == .greeting, wasCut(evidence, findings) { continue }
      let later = evidence.exchanges[(index + 1)...]
      guard !later.isEmpty || hadItsChance(reply, evidence) else { continue }
      let then =
        later.isEmpty
        ? "; nothing more came in \(spoken(evidence.end.time.nanoseconds(since: reply.time)))"
        : exchange.step == .greeting && later.contains(where: { $0.traits.contains(.early) })
          ? "; the client had spoken before it was whole" : "; the client went on without it"
      // A client that only took its leave got no further than this reply.
      let isTheEnd = index >= lastOther
      findings.add(
        Finding(
          .replyIncomplete, severity: isTheEnd ? .error : .warning, at: reply.place,
          message:
            "The reply to \(exchange.asked) announces more lines and has no last one: its lines all have a hyphen behind the code\(then).",
          evidence: reply.firstLine))
    }
  }

  /// Whether the last line of a greeting came behind what the client had said early, or the server refused its hello
  /// for that: the first line was there to see who waits. postscreen may serve it all the same and never say the last one.
  private static func wasCut(_ evidence: borrowing SessionEvidence, _ findings: FindingCollector) -> Bool {
    if evidence.traits.contains(.withinGreeting) { return true }
    return findings.holdsError(.earlyTalker)
      && !evidence.exchanges.contains { $0.verb?.isHello == true && $0.reply?.isNegative == false }
  }

  /// Whether the last line had time to come: a client that leaves between two lines shows nothing.
  private static func hadItsChance(_ reply: ReplyRecord, _ evidence: borrowing SessionEvidence) -> Bool {
    // A client that reads no more does not let it come.
    guard evidence.facts.clientPath.trouble?.closure?.isOpen != true else { return false }
    return switch evidence.facts.closing {
    case .captureEnd, nil: false
    case .finished(by: .server), .reset(by: .server): true
    case .finished(by: .client), .reset(by: .client), .timeout:
      evidence.end.time.nanoseconds(since: reply.time) >= patience
    }
  }

  private static let patience: Int64 = 1_000_000_000
}

extension CatalogueEntry {
  static let replyIncomplete = CatalogueEntry(
    .replyIncomplete, .error, "a reply that never ends",
    explanation: """
      In a reply of several lines all but the last have a hyphen behind the code. The last one never came, so that the \
      client waits until its timeout.
      """,
    seenWhen: """
      a line with a hyphen behind its code, and no last line of the same reply before the client goes on or the server \
      ends, or in a second before the client does; an error where the client got no further
      """,
    whatToDo: "correct the server or the filter that writes the reply; look for a proxy that drops lines",
    references: ["RFC 5321 section 4.2.1"])
}
