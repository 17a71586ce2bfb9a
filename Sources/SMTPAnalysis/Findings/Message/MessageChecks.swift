internal import SMTPDialogue
internal import TCPStreams
internal import Wire

/// What the octets of the messages show: line ends, lone dots, length, eight bits.
enum MessageChecks: FindingCheck {
  static func look(at evidence: SessionEvidence, into findings: inout FindingCollector) {
    for draft in evidence.drafts {
      guard let message = draft.transaction.message else { continue }
      let id = draft.transaction.id
      let census = draft.census
      lookAtDots(draft, evidence, &findings)
      if census.bareLF > 0, let first = census.firstBareLF {
        let refused =
          draft.transaction.endReply.map { $0.isNegative && ReplyMeaning($0, to: .endOfData) == .protocolError }
          ?? false
        findings.add(
          Finding(
            .bareLF, severity: refused ? .error : nil, transaction: id, at: (first.frame, first.time),
            message:
              "\(census.bareLF) line\(census.bareLF == 1 ? "" : "s") of the message end\(census.bareLF == 1 ? "s" : "") with LF without CR\(refused ? ", and the server refused it: \(draft.transaction.endReply?.quoted ?? "")" : "")."
          ))
      }
      if census.bareCR > 0, let first = census.firstBareCR {
        findings.add(
          Finding(
            .bareCR, transaction: id, at: (first.frame, first.time),
            message: "\(census.bareCR) CR\(census.bareCR == 1 ? "" : "s") without LF in the message."))
      }
      if census.longLines > 0, let first = census.firstLongLine, draft.transaction.transfer != .bdat {
        findings.add(
          Finding(
            .lineTooLong, transaction: id, at: (first.frame, first.time),
            message:
              "\(census.longLines) line\(census.longLines == 1 ? "" : "s") of the message \(census.longLines == 1 ? "is" : "are") longer than 1000 octets; the longest has \(census.longestLine)."
          ))
      }
      lookAtOctets(draft, message, evidence, &findings)
      lookAtSize(draft, message, evidence, &findings)
    }
    lookAtUnusedSize(evidence, &findings)
  }

  private static func lookAtDots(
    _ draft: TransactionDraft, _ evidence: SessionEvidence, _ findings: inout FindingCollector
  ) {
    guard draft.census.oddDots > 0, let first = draft.census.firstOddDot else { return }
    let id = draft.transaction.id
    let took = draft.census.oddDotEndedIt
    // A sender of bare LFs alone means its lone dot; behind a CRLF-terminated text it is an attack or a broken gateway.
    let follows = evidence.drafts.contains { $0.transaction.id > id && $0.transaction.start == first.time }
    findings.add(
      Finding(
        .nonstandardEndOfData, severity: took && !follows ? .warning : .error, transaction: id,
        at: (first.frame, first.time),
        message:
          "A lone dot stands in the message between line ends that are not both CRLF; the server \(took ? "took it for the end of the data" : "did not take it for the end")."
      ))
    if took, follows {
      findings.add(
        Finding(
          .smuggledTransaction, transaction: id, at: (first.frame, first.time),
          message:
            "The server took a lone dot between odd line ends for the end of the data, and what followed in the message for commands: a second mail was smuggled inside the first."
        ))
    }
  }

  private static func lookAtOctets(
    _ draft: TransactionDraft, _ message: Message, _ evidence: SessionEvidence, _ findings: inout FindingCollector
  ) {
    guard draft.census.hasNUL || draft.census.hasEightBit else { return }
    let id = draft.transaction.id
    let parameters = draft.transaction.parameters.map { String(decoding: $0, as: UTF8.self).uppercased() }
    if draft.census.hasNUL, let first = draft.census.firstNUL, !parameters.contains("BODY=BINARYMIME") {
      findings.add(
        Finding(.nulInData, transaction: id, at: (first.frame, first.time), message: "The message holds NUL octets."))
    }
    guard draft.census.hasEightBit, let first = draft.census.firstEightBit, draft.transaction.reversePath != nil else {
      return
    }
    let isDeclared = parameters.contains {
      $0.hasPrefix("BODY=8BITMIME") || $0.hasPrefix("BODY=BINARYMIME") || $0 == "SMTPUTF8"
    }
    guard !isDeclared, !evidence.hasHoles else { return }
    findings.add(
      Finding(
        .eightBitNotDeclared, transaction: id, at: (first.frame, first.time),
        message: "The message holds octets over 127 and was not declared with BODY=8BITMIME."))
  }

  private static func lookAtSize(
    _ draft: TransactionDraft, _ message: Message, _ evidence: SessionEvidence, _ findings: inout FindingCollector
  ) {
    guard message.isComplete, let declared = declaredSize(draft), declared > 0,
      message.byteCount > declared,
      draft.census.bareLF == 0
    else { return }
    findings.add(
      Finding(
        .sizeUnderdeclared, transaction: draft.transaction.id,
        at: (draft.transaction.firstFrame, draft.transaction.start),
        message: "SIZE=\(declared) was declared and the message has \(message.byteCount) bytes."))
  }

  static func declaredSize(_ draft: TransactionDraft) -> Int? {
    draft.transaction.parameters.lazy.compactMap { parameter -> Int? in
      guard equalsIgnoringCase(parameter.prefix(5), "SIZE=".utf8) else { return nil }
      return Int(String(decoding: parameter.dropFirst(5), as: UTF8.self))
    }.first
  }

  /// RFC 1870 section 6.1: a client that knows the limit and its message's size does not begin. It says nothing of that, so
  /// that only a limit and a leave can be seen.
  private static func lookAtUnusedSize(_ evidence: SessionEvidence, _ findings: inout FindingCollector) {
    guard let limit = sizeLimit(evidence), limit > 0, !evidence.hasHoles else { return }
    for draft in evidence.drafts {
      if let declared = declaredSize(draft), declared > limit {
        findings.add(
          Finding(
            .sizeExceeded, transaction: draft.transaction.id,
            at: (draft.transaction.firstFrame, draft.transaction.start),
            message: "SIZE=\(declared) was declared and the server takes at most \(limit) bytes."))
      }
    }
    guard evidence.session.transactions.isEmpty, limit < 1_000_000, evidence.session.authentications.isEmpty,
      evidence.session.tls == nil, let last = evidence.exchanges.last(where: { $0.verb != .quit }), last.verb == .ehlo,
      evidence.session.connection.closing == .finished(by: .client), let hello = last.reply, !hello.isNegative
    else { return }
    findings.add(
      Finding(
        .sizeExceeded, at: hello.place,
        message:
          "The client left after it had learned that the server takes at most \(limit) bytes (SIZE): its message may be larger. The capture shows no other reason."
      ))
  }

  private static func sizeLimit(_ evidence: SessionEvidence) -> Int? {
    evidence.session.extensions.lazy.compactMap { line -> Int? in
      guard equalsIgnoringCase(line.prefix(5), "SIZE ".utf8) else { return nil }
      return Int(String(decoding: line.dropFirst(5), as: UTF8.self))
    }.first
  }
}
