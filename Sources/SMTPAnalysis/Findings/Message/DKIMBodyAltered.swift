internal import DKIM
internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let dkimBodyAltered = CatalogueEntry(
    .dkimBodyAltered, .warning, "the body does not fit its DKIM signature",
    explanation: """
      The hash of the body in a DKIM signature is not that of the body that this client sent: it was changed behind the \
      signer, before this hop or by it, by a footer, a filter, a change of encoding or of line ends. The receiver's check \
      of this signature fails, and DMARC perhaps with it. Where another signature fits, whoever made that one signed the \
      changed mail, as mailing lists do.
      """,
    seenWhen: """
      a complete message whose body, canonicalized as the signature says and up to its l=, has another hash than its bh=; \
      not where bytes are missing or came with two contents, where line ends are odd, or a dot ended it too early
      """,
    whatToDo: """
      sign last, after everything that alters the message; find the hop that alters it by capturing before and after \
      it; use relaxed canonicalization
      """,
    references: ["RFC 6376 section 3.7", "RFC 6376 section 6.1.3"])
}

enum DKIMBodyAltered: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.marks.contains(.signed), !cameTwice(evidence.facts) else { return }
    for draft in evidence.drafts {
      guard let message = draft.transaction.message, message.isComplete,
        !evidence.loneDots.contains(where: { $0.message == draft.message }),
        !findings.contains(.dotNotStuffed, of: draft.transaction.id),
        let report = message.signatures.first(where: { $0.isAltered })
      else { continue }
      findings.add(
        Finding(
          .dkimBodyAltered, transaction: draft.transaction.id,
          at: (draft.transaction.firstFrame, draft.transaction.start), message: sentence(report, message)))
    }
  }

  /// Bytes of the client came with two contents: which of them the server took is not known.
  private static func cameTwice(_ facts: ConnectionFacts) -> Bool {
    facts.clientToServer.conflictingBytes > 0
      || facts.isTroubled && facts.path(of: .client).trouble?.contradiction != nil
  }

  private static func sentence(_ report: SignatureReport, _ message: Message) -> String {
    let domain = visible(report.domain.prefix(255))
    var sentence =
      "The body was altered before or at this hop: the hash in the DKIM signature of \(domain) is not that of what this client sent"
    let others = message.signatures.count { $0.isAltered } - 1
    if others > 0 { sentence += others == 1 ? ", nor is that of another one" : ", nor are those of \(others) others" }
    if report.signature == .verified { sentence += ", and the signature itself is genuine" }
    if let fitting = message.signatures.first(where: { $0.body == .matches && $0.isUsable }) {
      sentence += "; \(visible(fitting.domain.prefix(255))) signed it as it is now"
    }
    return sentence + "."
  }
}

extension SignatureReport {
  fileprivate var isAltered: Bool { body == .altered && isUsable }
}
