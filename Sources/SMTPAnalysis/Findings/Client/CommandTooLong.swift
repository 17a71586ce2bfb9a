internal import SMTPDialogue

extension CatalogueEntry {
  static let commandTooLong = CatalogueEntry(
    .commandTooLong, .warning, "a command line is too long",
    explanation: """
      A command line may have 512 octets with its line end, and more only as far as offered extensions add to it. \
      Longer ones may be refused or cut.
      """,
    seenWhen: """
      a command line is longer than 512 octets plus what the extensions in the EHLO reply allow; AUTH responses have \
      their own limit of 12 288
      """,
    whatToDo: "shorten addresses and parameters; correct the client if it joins lines",
    references: ["RFC 5321 section 4.5.3.1.4", "RFC 4954 section 4"])
}

enum CommandTooLong: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.traits.contains(.long) else { return }
    let long = evidence.exchanges.filter { $0.traits.contains(.long) && !$0.hasHole }
    guard let first = long.first, let verb = first.verb else { return }
    let limit = ExtensionSet.longestLine(verb, with: first.offers)
    var finding = Finding(
      .commandTooLong, at: first.commandPlace,
      message:
        "A command line has \(first.lineLength) octets, where \(limit) are the limit\(limit > 512 ? " with what was offered" : "")\(long.count > 1 ? "; \(long.count - 1) more" : "")\(first.answer).",
      evidence: Array(first.line.prefix(80)))
    finding.isBorne = long.allSatisfy(\.wasTaken)
    findings.add(finding)
  }
}
