internal import SMTPDialogue
internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let heloInvalid = CatalogueEntry(
    .heloInvalid, .info, "the client's name is none, or not its own",
    explanation: """
      The argument of HELO or EHLO has to be the client's full domain name, or its address in brackets where it has no \
      name. Servers may not refuse mail for a name that fails a check alone, but many do.
      """,
    seenWhen: """
      the argument is neither a domain name nor an address literal, is an address without brackets, or is the server's \
      own name; or DNS answers in the capture show that it does not lead to the client's address, or that the address \
      has no name that leads back to it
      """,
    whatToDo: """
      give the client its full name (`smtp_helo_name`, `primary_hostname`); a program without one says `[192.0.2.7]` \
      with its own address
      """,
    references: ["RFC 5321 section 4.1.1.1", "RFC 5321 section 4.1.3", "RFC 5321 section 4.1.4"])
}

/// The syntax of the name; what DNS says of it is looked at elsewhere.
enum HELOSyntax: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard let hello = evidence.session.helo, evidence.traits.contains(.oddName) || isServers(hello.argument, evidence)
    else { return }
    guard
      let exchange = evidence.exchanges.last(where: {
        $0.verb?.isHello ?? false && $0.line.suffix(hello.argument.count).elementsEqual(hello.argument)
      }), !exchange.isClipped, !exchange.hasHole, !hello.argument.isEmpty
    else { return }
    guard let what = fault(of: hello.argument, evidence) else { return }
    findings.add(
      Finding(
        .heloInvalid, at: exchange.commandPlace, message: "\(visible(exchange.line.prefix(120))): \(what).",
        evidence: exchange.line))
  }

  private static func fault(of name: [UInt8], _ evidence: borrowing SessionEvidence) -> String? {
    switch HelloName(of: name[...]) {
    case .neither: "the name is neither a domain nor an address in brackets"
    case .bareAddress: "an address stands there without its brackets"
    case .oneLabel: "the name has no dot; nobody else can look it up"
    case .domain where isServers(name, evidence): "that is the server's own name"
    case .domain, .addressLiteral: nil
    }
  }

  /// A program that talks to its own host may well have the host's name, as a content filter does that gives mail back.
  private static func isServers(_ name: [UInt8], _ evidence: borrowing SessionEvidence) -> Bool {
    guard let lines = evidence.session.greeting?.reply.lines else { return false }
    let first = lines.joined[lines.octets(of: 0)]
    guard first.count >= name.count, first.count == name.count || first[name.count] == 0x20,
      equalsIgnoringCase(first.prefix(name.count), name)
    else { return false }
    return evidence.facts.client.address != evidence.facts.server.address
      && !evidence.exchanges.contains { $0.verb == .xforward || $0.verb == .xclient }
  }
}
