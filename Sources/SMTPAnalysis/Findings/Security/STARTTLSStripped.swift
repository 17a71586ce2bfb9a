internal import SMTPDialogue
internal import Wire

extension CatalogueEntry {
  static let starttlsStripped = CatalogueEntry(
    .starttlsStripped, .error, "the offer of encryption was overwritten on the way",
    explanation: """
      The place where STARTTLS stands in the EHLO reply holds letters that are no extension, as firewalls and \
      attackers write them over it, or the whole line is gone, so that the client goes on in clear. Mail and passwords \
      can be read on the path.
      """,
    seenWhen: """
      an EHLO keyword such as XXXXXXXA or XXXXXXXX and no STARTTLS, or a STARTTLS command that was masked and refused, \
      or a greeting of asterisks behind which the client says HELO and sends no mail; a warning where the server of this \
      address and name offered STARTTLS in an earlier session and now offers all the rest and not that, an error where \
      the client then sent no mail
      """,
    whatToDo: """
      switch SMTP inspection ("fixup", ESMTP inspection) off in the firewall, or let it pass STARTTLS; make TLS a must \
      in the client, with MTA-STS or DANE; ask the provider if it is not yours
      """,
    references: ["RFC 3207 section 6", "RFC 8461 section 10", "RFC 7672 section 1.3"])
}

/// An extension's name that was written over, where STARTTLS is not among the others.
enum STARTTLSStripped: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    find(in: evidence, &findings)
    // What the box did not let pass the server never saw.
    if findings.contains(.starttlsStripped) { findings.withdraw(.starttlsRefused) }
  }

  private static func find(in evidence: borrowing SessionEvidence, _ findings: inout FindingCollector) {
    let session = evidence.session
    if let masked = session.extensions.firstLine(where: Mask.covers), !evidence.offered.contains("STARTTLS") {
      let left = session.transactions.isEmpty ? "; the client sent no mail" : ""
      findings.add(
        Finding(
          .starttlsStripped, at: place(evidence),
          message:
            "The EHLO reply offers \(visible(masked.prefix(40))) and no STARTTLS: a firewall that inspects SMTP has overwritten an extension, as it does with STARTTLS\(left).",
          evidence: masked))
    } else if let greeting = session.greeting?.reply, Mask.coversGreeting(greeting),
      session.helo?.verb == "HELO", session.transactions.isEmpty, session.tls == nil, !evidence.hasHoles,
      evidence.exchanges.contains(where: { $0.verb == .helo && ($0.reply?.code ?? 999) < 300 })
    {
      // Without ESMTP in the greeting, or with EHLO masked, clients fall back to HELO (RFC 5321 section 3.2).
      findings.add(
        Finding(
          .starttlsStripped, at: greeting.place,
          message:
            "The greeting is overwritten with asterisks, so that the client said HELO and was told of no extension, STARTTLS among them; it sent no mail. A firewall that inspects SMTP does so.",
          evidence: greeting.lines.first))
    } else if let exchange = evidence.exchanges.first(where: isMaskedSTARTTLS), let reply = exchange.reply {
      findings.add(
        Finding(
          .starttlsStripped, at: reply.place,
          message:
            "STARTTLS was offered and the client's next command arrived as \(visible(exchange.line)): a firewall on the client's side has overwritten it, and the server said \(reply.quoted).",
          evidence: exchange.line))
    }
  }

  /// STARTTLS has eight letters and no argument; so many X stand in its place at a server that had offered it.
  private static func isMaskedSTARTTLS(_ exchange: Exchange) -> Bool {
    exchange.verb == .unknown && exchange.line.count == 8 && exchange.line.allSatisfy { $0 == 0x58 }
      && exchange.reply.map { $0.isPermanent } ?? false && !exchange.hasHole
  }

  /// The EHLO reply that shows it.
  private static func place(_ evidence: borrowing SessionEvidence) -> (frame: Int, time: CaptureTime) {
    let hello = evidence.exchanges.last { $0.verb == .ehlo && ($0.reply?.code ?? 999) < 400 }
    return hello?.reply?.place ?? evidence.start
  }
}

/// What a firewall writes over words that it does not let through (Cisco's SMTP inspection and its like). A peer may write the
/// same: a check reads each kept line once, and comes to a finding that says so, never to silence.
enum Mask {
  /// `XXXXXXXA`, `XXXX`: a word of X, with a letter from A on at its end in some versions.
  static func covers(_ line: Span<UInt8>) -> Bool {
    guard line.count >= 4, line[0] == 0x58 else { return false }
    let length = line.firstIndex(of: 0x20) ?? line.count
    guard length >= 4, (0x41...0x5a).contains(line[length - 1]) else { return false }
    for index in 0..<length - 1 where line[index] != 0x58 { return false }
    return true
  }

  /// A greeting of asterisks, in which 2, 0 and blanks survive.
  static func coversGreeting(_ greeting: ReplyRecord) -> Bool {
    let lines = greeting.lines
    let line = lines.joined.span.extracting(lines.octets(of: 0))
    var stars = 0
    for index in line.indices {
      switch line[index] {
      case 0x2a: stars += 1
      case 0x20, 0x30, 0x32: break
      default: return false
      }
    }
    return stars >= 6
  }
}
