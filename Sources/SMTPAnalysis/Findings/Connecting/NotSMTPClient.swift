internal import SMTPDialogue
internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let notSMTPClient = CatalogueEntry(
    .notSMTPClient, .warning, "the client speaks another protocol",
    explanation: """
      What the client sends to the mail port are no SMTP commands: a web browser or a scanner, a monitoring probe, or \
      a program that was given the wrong port. A server should say so and hang up; nothing was lost unless the client \
      meant to send mail.
      """,
    seenWhen: """
      the client's first lines are requests of another protocol (HTTP methods, a TLS hello where clear text is due, \
      binary data) and no SMTP command is seen
      """,
    whatToDo: """
      identify the client by its address; correct its port if it is yours; keep it out with a firewall or rate limit \
      if it is a scanner
      """,
    references: ["RFC 5321 section 4.1.1", "RFC 5321 section 7.8"])
}

/// A client whose first bytes are another protocol's.
enum NotSMTPClient: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    let first = evidence.firstClientBytes
    guard evidence.facts.opening == .handshake, evidence.gaps.client == 0, !first.isEmpty, !Record.begins(first),
      evidence.session.proxy == nil, !evidence.exchanges.contains(where: { $0.verb.map { $0 != .unknown } ?? false }),
      let what = name(first)
    else { return }
    let line = evidence.exchanges.first { $0.verb == .unknown }
    findings.add(
      Finding(
        .notSMTPClient, at: line?.commandPlace ?? evidence.start,
        message:
          "\(evidence.facts.client.address) spoke no SMTP but \(what): \(visible((line?.line).flatMap { $0.isEmpty ? nil : $0.prefix(60) } ?? first.prefix(16))).",
        evidence: line?.line ?? first))
  }

  /// The protocol that begins so; nil for what may be a mistyped command.
  static func name(_ first: [UInt8]) -> String? {
    let bytes = first.span
    for method in ["GET ", "POST ", "HEAD ", "PUT ", "OPTIONS ", "CONNECT ", "DELETE ", "PROPFIND ", "PRI * HTTP"]
    where first.starts(with: method.utf8) {
      return method == "OPTIONS " ? "HTTP, SIP or RTSP" : "HTTP"
    }
    if bytes.hasBytes("SSH-") { return "SSH" }
    if bytes.hasBytes("\u{3}\0\0") { return "RDP" }
    if bytes.hasBytes("JDWP-") || bytes.hasBytes("GIOP") || bytes.hasBytes("RFB ") { return "another protocol" }
    // Text has no control characters but blanks and line ends; Telnet options begin with 255.
    let isBinary = first.contains { $0 < 0x09 || $0 > 0x0d && $0 < 0x20 || $0 == 0xff }
    return isBinary ? "a binary protocol" : nil
  }
}
