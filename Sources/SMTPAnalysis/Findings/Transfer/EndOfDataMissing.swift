internal import SMTPDialogue
internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let endOfDataMissing = CatalogueEntry(
    .endOfDataMissing, .error, "the line that ends the message never came",
    explanation: """
      The client seems to have sent everything, and the server has acknowledged it, but the line with the single dot \
      is missing or spoilt; so the server waits for more, and the client for its answer. The usual reasons are a \
      program that writes the dot without its line ends, or a device that swallowed it.
      """,
    seenWhen: """
      after 354 all the data is acknowledged, both sides are silent, and the last bytes are not CRLF . CRLF; they are \
      shown in hexadecimal
      """,
    whatToDo: """
      look at the last bytes: the client must send 0d 0a 2e 0d 0a; correct the program that sends; switch off SMTP \
      inspection in the firewall for a test
      """,
    references: ["RFC 5321 section 4.1.1.4", "RFC 5321 section 2.3.8"])
}

enum EndOfDataMissing: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard let draft = evidence.openDraft, draft.messageEnd == .unfinished, draft.transaction.message != nil,
      (draft.transaction.message?.byteCount ?? 0) + evidence.unfinishedTail.count > 0,
      draft.transaction.transfer != .bdat, evidence.unfinishedChunk == nil,
      evidence.gaps.client == 0, !evidence.isClipped, !evidence.isOneSided,
      evidence.facts.clientPath.unacknowledged == 0, !findings.contains(.pathMTUBlackhole, .receiverStalled)
    else { return }
    let farewell = evidence.timeoutFarewell
    let tail = evidence.unfinishedTail.suffix(16)
    let wait = evidence.clientSilence
    guard farewell != nil || wait >= shortestWait && isAttemptedEnd(tail) else { return }
    let hex = tail.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    let end = farewell.map { "until the server said \($0.quoted)" } ?? "for \(spoken(wait)); \(evidence.leaver)"
    findings.add(
      Finding(
        .endOfDataMissing, transaction: draft.transaction.id, at: farewell?.place ?? evidence.end,
        message:
          "The client sent \(draft.transaction.message?.byteCount ?? 0) bytes of the message, all of them acknowledged, and both sides waited: the data do not end with CRLF . CRLF but with \(hex). This went on \(end).",
        evidence: Array(tail)))
  }

  /// The client meant it as the end: a dot is the last thing it sent, but for line ends, or it left the LF or the CR out.
  private static func isAttemptedEnd(_ tail: ArraySlice<UInt8>) -> Bool {
    tail.last { $0 != 0x0d && $0 != 0x0a } == UInt8(ascii: ".")
  }

  private static let shortestWait: Int64 = 5_000_000_000
}
