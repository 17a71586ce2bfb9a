internal import SMTPDialogue
internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let notSMTPServer = CatalogueEntry(
    .notSMTPServer, .error, "what answers there is no mail server",
    explanation: """
      The server's first bytes are no SMTP greeting, which begins with a three-digit code. Another service listens on \
      the port, or a device on the way answered with something of its own. The client cannot speak to it.
      """,
    seenWhen: """
      the server's first bytes are clear text or another protocol, not a line that begins with a reply code, and \
      nothing is missing from the capture before them
      """,
    whatToDo: """
      find out which program listens on that address and port; check port forwarding and load balancer targets; \
      compare with a connection made from beside the server
      """,
    references: ["RFC 5321 section 3.1", "RFC 5321 section 4.2"])
}

/// A first line of the server that is no reply.
enum NotSMTPServer: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard let greeting = evidence.session.greeting?.reply, evidence.facts.opening == .handshake,
      evidence.gaps.server == 0, evidence.gaps.client == 0
    else { return }
    if greeting.code == 0 {
      let first = greeting.lines.first ?? []
      // One odd line before replies is a malformed greeting; a TLS alert says that TLS was due.
      // Where the client speaks another protocol too they may well understand each other: that is told of the client.
      guard evidence.session.transactions.isEmpty, !first.isEmpty, !Record.begins(first),
        NotSMTPClient.name(evidence.firstClientBytes) == nil,
        !evidence.exchanges.contains(where: { ($0.reply?.code ?? 0) >= 200 }),
        !evidence.unsolicited.contains(where: { $0.reply.code >= 200 })
      else { return }
      findings.add(
        Finding(
          .notSMTPServer, at: greeting.place,
          message:
            "\(evidence.facts.server) did not greet as a mail server does but said \(visible(first.prefix(80)))\(name(first)).",
          evidence: Array(first.prefix(80))))
    } else if ftpAnswers(greeting, evidence) {
      findings.add(
        Finding(
          .notSMTPServer, at: greeting.place,
          message: "\(evidence.facts.server) greeted as an FTP server (\(greeting.quoted)) and did not know EHLO.",
          evidence: greeting.said))
    }
  }

  /// FTP greets with 220 too; it asks for USER and PASS then.
  private static func ftpAnswers(_ greeting: ReplyRecord, _ evidence: borrowing SessionEvidence) -> Bool {
    guard greeting.code == 220, evidence.session.transactions.isEmpty,
      let hello = evidence.exchanges.first(where: { $0.verb?.isHello == true })?.reply, hello.code >= 500
    else { return false }
    let text = ReplyText(TextLines(Array(greeting.lines) + hello.lines))
    let words = text.words.split(separator: 0x20)
    return
      (words.contains {
        $0.elementsEqual("ftp".utf8) || $0.elementsEqual("ftpd".utf8) || $0.elementsEqual("vsftpd".utf8)
      }
      || words.contains { $0.elementsEqual("user".utf8) } && words.contains { $0.elementsEqual("pass".utf8) })
      && !words.contains { $0.elementsEqual("smtp".utf8) || $0.elementsEqual("esmtp".utf8) }
  }

  /// What greets like this.
  private static func name(_ line: [UInt8]) -> String {
    let bytes = line.span
    return if bytes.hasBytes("SSH-") {
      ": that is SSH"
    } else if bytes.hasBytes("HTTP/") || bytes.hasBytes("<!DOCTYPE") || bytes.hasBytes("<html") {
      ": that is HTTP"
    } else if bytes.hasBytes("+OK") {
      ": that is POP3"
    } else if bytes.hasBytes("* OK") || bytes.hasBytes("* PREAUTH") {
      ": that is IMAP"
    } else {
      ""
    }
  }
}

/// What the first bytes of a side may be instead of lines.
enum Record {
  /// A TLS handshake or alert (RFC 8446 section 5.1).
  static func begins(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 2 && (bytes[0] == 0x15 || bytes[0] == 0x16) && bytes[1] == 3
  }
}
