internal import SMTPDialogue
internal import Wire

extension CatalogueEntry {
  static let sizeUnderdeclared = CatalogueEntry(
    .sizeUnderdeclared, .info, "the message is larger than it said",
    explanation: """
      The number in SIZE= is an estimate, but the message turned out to be larger. A server may have made room for \
      less.
      """,
    seenWhen: "the message has more octets than SIZE= on MAIL said",
    whatToDo: "correct the client: count CR LF as two octets, after encoding; nothing to do if it was accepted",
    references: ["RFC 1870"])
}

enum SizeUnderdeclared: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.marks.contains(.underdeclared) else { return }
    for draft in evidence.drafts {
      // A client that counts lines with one octet for their end declares less, and its server says so otherwise.
      guard let message = draft.transaction.message, message.isComplete, draft.census.bareLF == 0,
        let declared = Transaction.declaredSize(in: draft.transaction.parameters), declared > 0,
        message.byteCount > declared
      else { continue }
      findings.add(
        Finding(
          .sizeUnderdeclared, transaction: draft.transaction.id,
          at: (draft.transaction.firstFrame, draft.transaction.start),
          message: "SIZE=\(declared) was declared and the message has \(message.byteCount) bytes."))
    }
  }
}

extension Transaction {
  /// What SIZE= among the parameters of MAIL says (RFC 1870 section 6): whoever has a transaction within something else needs
  /// not copy it.
  static func declaredSize(in parameters: [[UInt8]]) -> Int? {
    let all = parameters.span
    for index in all.indices where all[index].count > 5 && all[index].span.hasBytesIgnoringCase("SIZE=") {
      return Int(String(decoding: all[index].dropFirst(5), as: UTF8.self))
    }
    return nil
  }
}
