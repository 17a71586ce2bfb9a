internal import SMTPDialogue
internal import Wire

extension CatalogueEntry {
  static let pathTooLong = CatalogueEntry(
    .pathTooLong, .warning, "an address is too long",
    explanation: """
      The part before the @ may have 64 octets, the domain 255, the path with its brackets 256. Servers need not take \
      more; encoded sender addresses (VERP, SRS) go over it most often.
      """,
    seenWhen: "a local part over 64, a domain over 255 or a path over 256 octets in MAIL or RCPT",
    whatToDo: "shorten the address; let address rewriting (SRS) not pile up from hop to hop",
    references: ["RFC 5321 section 4.5.3.1.1", "RFC 5321 section 4.5.3.1.2", "RFC 5321 section 4.5.3.1.3"])
}

enum PathTooLong: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.traits.contains(.longPath) else { return }
    for exchange in evidence.exchanges
    where exchange.traits.contains(.longPath) && !exchange.hasHole && !exchange.isClipped {
      guard let what = excess(of: path(in: exchange)) else { continue }
      var finding = Finding(
        .pathTooLong, transaction: exchange.transaction, at: exchange.commandPlace,
        message: "The address in \(visible(exchange.line.prefix(60)))... has \(what)\(exchange.answer).",
        evidence: exchange.line)
      finding.isBorne = exchange.wasTaken
      findings.add(finding)
    }
  }

  private static func path(in exchange: Exchange) -> [UInt8] {
    Command(line: exchange.line, moment: exchange.sent ?? Moment(time: CaptureTime(nanoseconds: 0), frame: 0)).path
      .address
  }

  /// RFC 5321 section 4.5.3.1; the path counts with its brackets.
  private static func excess(of address: [UInt8]) -> String? {
    let at = address.lastIndex(of: 0x40) ?? address.count
    if at > 64, address.first != 0x40 { return "\(at) octets before the @, where 64 are the limit" }
    if address.count - at - 1 > 255 { return "a domain of \(address.count - at - 1) octets, where 255 are the limit" }
    if address.count + 2 > 256 { return "\(address.count + 2) octets with its brackets, where 256 are the limit" }
    return nil
  }
}
