internal import SMTPDialogue

extension CatalogueEntry {
  static let sizeExceeded = CatalogueEntry(
    .sizeExceeded, .error, "the message is larger than the server takes",
    explanation: """
      The server announced a largest size, or has one, and this message is over it. The refusal is permanent. A client \
      that does not declare the size sends the whole message in vain. Attachments grow by a third through base64.
      """,
    seenWhen: """
      SIZE= on MAIL is over the size in the EHLO reply and was refused, or a 552, 5.3.4 or 5.2.3 reply to MAIL, RCPT \
      or the end of the data speaks of the message's size
      """,
    whatToDo: """
      send a link instead of the attachment, or split it; raise the limit on the server that said no \
      (`message_size_limit` in Postfix and Exim, the connector's MaxMessageSize in Exchange), on every relay behind it \
      too
      """,
    references: ["RFC 1870", "RFC 3463 section 3.4"])
}

/// A message that is larger than the server takes.
enum SizeExceeded: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    for refusal in evidence.refusals.of(.sizeExceeded) {
      findings.add(refusal.finding(because(refusal, evidence)))
    }
  }

  private static func because(_ refusal: Refusal, _ evidence: borrowing SessionEvidence) -> String {
    let transaction = refusal.transaction.flatMap({ evidence.transaction($0) })
    let limit = sizeLimit(evidence).map { "the server takes at most \($0) bytes" }
    if case .message(let bytes, _) = refusal.object {
      let declared = transaction.flatMap(declaredSize)
      let sent = bytes.map { "\($0) bytes" } ?? "the whole message"
      return
        "\(limit.map { "It had announced that \($0). " } ?? "")\(declared == nil ? "The client had not declared the size (SIZE=), so that \(sent) were sent in vain." : "It declared \(declared ?? 0) and sent \(sent) in vain.")"
    }
    let declared = transaction.flatMap(declaredSize).map { "SIZE=\($0) was declared" }
    return switch (declared, limit) {
    case (let declared?, let limit?): "\(declared), and \(limit)."
    case (let declared?, nil): "\(declared)."
    case (nil, _): ""
    }
  }

  /// RFC 1870 section 4: what the client says of its message.
  private static func declaredSize(_ transaction: Transaction) -> Int? {
    number(behind: "SIZE=", in: transaction.parameters)
  }

  /// RFC 1870 section 4: what the server says it takes; 0 is no limit.
  private static func sizeLimit(_ evidence: borrowing SessionEvidence) -> Int? {
    number(behind: "SIZE ", in: evidence.session.extensions).flatMap { $0 > 0 ? $0 : nil }
  }

  private static func number(behind key: String, in lines: some Sequence<[UInt8]>) -> Int? {
    lines.lazy.compactMap { line -> Int? in
      guard equalsIgnoringCase(line.prefix(5), key.utf8) else { return nil }
      return Int(String(decoding: line.dropFirst(5), as: UTF8.self))
    }.first
  }
}
