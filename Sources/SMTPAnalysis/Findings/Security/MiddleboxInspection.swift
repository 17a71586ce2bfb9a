internal import SMTPDialogue
internal import Wire

extension CatalogueEntry {
  static let middleboxInspection = CatalogueEntry(
    .middleboxInspection, .warning, "a device on the way rewrites the dialogue",
    explanation: """
      A firewall with SMTP inspection masks what it does not know: greetings become asterisks, extension names and \
      commands become X. TLS, authentication and large messages fail in odd ways.
      """,
    seenWhen: """
      a greeting of asterisks, EHLO keywords or verbs that are all X, or a 500 to a command of an extension that was \
      offered
      """,
    whatToDo: """
      switch the inspection off (Cisco: `no inspect esmtp`, "fixup protocol smtp"); stars in the greeting while \
      commands arrive whole say that it stands on the server's side
      """,
    references: ["RFC 5321 section 4.1.1.1", "RFC 2979"])
}

/// The marks of a firewall that rewrites SMTP, and on which side it stands.
enum MiddleboxInspection: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    let greeting = evidence.session.greeting?.reply
    let bannerIsMasked = greeting.map(Mask.coversGreeting) ?? false
    let keyword = evidence.session.extensions.firstLine(where: Mask.covers)
    let verb = evidence.exchanges.first { exchange in
      guard exchange.verb == .unknown, !exchange.hasHole, exchange.reply?.isPermanent == true else { return false }
      let line = exchange.line
      return Mask.covers(line.span)
    }
    var marks: [String] = []
    if bannerIsMasked { marks.append("a greeting of asterisks") }
    if let keyword { marks.append("the extension \(visible(keyword.prefix(40)))") }
    if let verb { marks.append("the command \(visible(verb.line.prefix(40)))") }
    if let verb = denied(evidence), marks.isEmpty {
      marks.append("\(verb) refused as unknown though its extension was offered")
    }
    guard !marks.isEmpty else { return }
    findings.add(
      Finding(
        .middleboxInspection, at: greeting?.place ?? evidence.start,
        message:
          "The dialogue bears the marks of a firewall that rewrites SMTP: \(marks.joined(separator: ", "))\(side(ofServer: bannerIsMasked || keyword != nil, ofClient: verb != nil)).",
        evidence: bannerIsMasked ? greeting?.lines.first : keyword ?? verb?.line))
  }

  /// What each side says is whole until the box: what arrives masked here was masked on its way here.
  private static func side(ofServer masksServer: Bool, ofClient masksClient: Bool) -> String {
    switch (masksServer, masksClient) {
    case (true, false): ". It stands between the server and where the capture was made: the client's commands are whole"
    case (false, true): ". It stands between the client and where the capture was made: the server's replies are whole"
    case (true, true), (false, false): ""
    }
  }

  /// A command that an offered extension brings and the server says it does not know (problems of inspection that lets the
  /// offer pass). The server's own refusals have other words or codes.
  private static func denied(_ evidence: borrowing SessionEvidence) -> String? {
    for exchange in evidence.exchanges where exchange.reply?.code == 500 && !exchange.hasHole {
      switch exchange.verb {
      case .starttls where evidence.offered.contains("STARTTLS"): return "STARTTLS"
      case .auth where evidence.offered.contains("AUTH"): return "AUTH"
      case .bdat where evidence.offered.contains("CHUNKING"): return "BDAT"
      default: continue
      }
    }
    return nil
  }
}
