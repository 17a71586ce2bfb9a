internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let pathLostAfterIdle = CatalogueEntry(
    .pathLostAfterIdle, .error, "the connection died while it was idle",
    explanation: """
      The connection worked, was silent for a while, and afterwards nothing got through any more. A NAT or firewall \
      forgot it: many keep idle connections for a few minutes only, though two hours are asked for. Connections that \
      are cached for the next mail suffer first.
      """,
    seenWhen: """
      both directions worked, then a silence of some length, then segments that are never acknowledged or are answered \
      by a reset; the length of the silence is told
      """,
    whatToDo: """
      raise the idle timeout of the NAT or firewall for mail ports; close cached connections sooner than that \
      (`smtp_connection_cache_time_limit`); switch TCP keepalive on
      """,
    references: ["RFC 5382 section 5", "RFC 9293 section 3.8.4"])
}

enum PathLostAfterIdle: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    let silence = evidence.facts.silence
    guard silence.unanswered >= PathStall.shortestIdle, !evidence.isOneSided else { return }
    let survived =
      silence.longestSurvived > 0 ? "; it had survived one of \(spoken(silence.longestSurvived))" : ""
    let transaction = evidence.openDraft?.transaction.id
    let severity = evidence.isUnfinished ? Severity.error : .warning
    if let found = evidence.pathStall, found.cause == .idle {
      findings.add(
        Finding(
          .pathLostAfterIdle, severity: severity, transaction: transaction, at: found.place,
          message:
            "After \(spoken(silence.unanswered)) of silence \(subject(found, evidence)) was never acknowledged: \(found.story) in \(spoken(found.stall.duration)), and no answer, FIN or RST came back. A NAT or firewall between has forgotten the connection\(survived)."
        ))
    } else if let reset = statelessReset(evidence), silence.unanswered > silence.longestSurvived {
      findings.add(
        Finding(
          .pathLostAfterIdle, severity: severity, transaction: transaction, at: (reset.frame.number, reset.frame.time),
          message:
            "After \(spoken(silence.unanswered)) of silence the first that the \(silence.brokenBy.word) sent was answered with a reset \(isForeign(reset, evidence) ? "that is unlike the \(silence.brokenBy.other.word)'s packets" : "that knows of no connection"), and no FIN had come before: a NAT or firewall between\(isForeign(reset, evidence) ? "" : ", or the \(silence.brokenBy.other.word)'s host,") has forgotten it\(survived)."
        ))
    }
  }

  private static func subject(_ found: PathStall, _ evidence: borrowing SessionEvidence) -> String {
    found.peer == .client ? evidence.openStep : "what the server sent"
  }

  /// RFC 9293 section 3.5.2: whoever knows of no connection resets it with the number that the segment acknowledged, and
  /// acknowledges nothing itself. Devices between do not all keep to that; theirs come from another distance.
  private static func statelessReset(_ evidence: borrowing SessionEvidence) -> ResetFacts? {
    let peer = evidence.facts.silence.brokenBy.other
    guard evidence.closing == .reset(by: peer), evidence.isUnfinished,
      let reset = evidence.facts.path(of: peer).trouble?.reset, reset.ahead <= 0,
      !reset.hasACK || isForeign(reset, evidence)
    else { return nil }
    return reset
  }

  /// Whether it came from elsewhere than the other packets of the side in whose name it was sent.
  private static func isForeign(_ reset: ResetFacts, _ evidence: borrowing SessionEvidence) -> Bool {
    let peer = evidence.facts.silence.brokenBy.other
    return evidence.facts.path(of: peer).timeToLive.map { !$0.contains(reset.timeToLive) } ?? false
  }
}
