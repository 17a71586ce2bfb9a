internal import SMTPDialogue

extension CatalogueEntry {
  static let commandUnknown = CatalogueEntry(
    .commandUnknown, .warning, "a command that does not exist",
    explanation: """
      The client sent a word that is no SMTP command, nor of an extension the server offers. Text of a message that is \
      taken for commands looks like this as well, and so does a device that masks commands with X.
      """,
    seenWhen: "a verb that no standard has and the server's EHLO reply does not list, where no mail data is due",
    whatToDo: """
      look at the line: message text means that the data ended too early (dot-not-stuffed, chunk-size-mismatch); XXXX \
      means middlebox-inspection; else correct the client
      """,
    references: ["RFC 5321 section 4.1.1", "RFC 5321 section 2.2.2"])
}

enum CommandUnknown: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.traits.contains(.unknown) else { return }
    // Text that the server took for commands is told by its cause, and so is another protocol.
    guard !findings.contains(.dotNotStuffed, .chunkSizeMismatch, .notSMTPClient, .proxyPreambleMismatch),
      evidence.sentAhead == nil
    else { return }
    let unknown = evidence.exchanges.filter { exchange in
      exchange.traits.contains(.unknown) && !exchange.line.isEmpty && !exchange.isClipped
        && (exchange.reply.map { $0.refusesUnknown && $0.code != 503 } ?? false)
        && !isMasked(exchange.line) && !exchange.hasHole
    }
    // One that is masked, as it looks like a secret, says little.
    guard let first = unknown.first(where: { $0.line.first != 0x2a }) ?? unknown.first, let reply = first.reply else {
      return
    }
    let others = unknown.count - 1
    if let (data, lines) = evidence.textBehindRefusedData, evidence.exchanges[lines].contains(where: { $0 === first }) {
      findings.add(
        Finding(
          .commandUnknown, at: first.commandPlace,
          message:
            "The client sent its message though DATA had been refused (\(data.quoted)): the server took \(unknown.count == 1 ? "a line" : "\(unknown.count) lines") of it for commands, the first of them \(visible(first.line.prefix(80))): \(reply.quoted).",
          evidence: first.line))
      return
    }
    findings.add(
      Finding(
        .commandUnknown, at: first.commandPlace,
        message:
          "\(visible(first.line.prefix(80))) is no command that the server knows: \(reply.quoted)\(others > 0 ? "; \(others) more line\(others == 1 ? "" : "s") like it" : "").",
        evidence: first.line))
  }

  /// A device on the way writes X over the letters of a verb: middlebox-inspection tells that.
  private static func isMasked(_ line: [UInt8]) -> Bool {
    let verb = line.prefix { $0 != 0x20 }
    return verb.count >= 4 && verb.allSatisfy { $0 == 0x58 }
  }
}

extension SessionEvidence {
  /// Lines of a message that the client sent though DATA had been refused, and the refusal: it must not do that (RFC 5321
  /// section 3.3), and the server reads them as commands.
  var textBehindRefusedData: (data: ReplyRecord, lines: Range<Int>)? {
    guard traits.contains(.unknown) else { return nil }
    var refusal: ReplyRecord?
    for index in exchanges.indices {
      let exchange = exchanges[index]
      if exchange.traits.contains(.unknown), let refusal {
        let end = exchanges[index...].firstIndex { !$0.traits.contains(.unknown) } ?? exchanges.endIndex
        // One word is a mistyped command; a message has more lines, or begins with a header field.
        return end - index > 1 || exchange.line.contains(0x3a) ? (refusal, index..<end) : nil
      }
      refusal = exchange.verb == .data ? exchange.reply.flatMap { $0.isNegative ? $0 : nil } : nil
    }
    return nil
  }
}

extension ReplyRecord {
  /// Whether a command that is none is answered so: some servers take leave at once (221).
  var refusesUnknown: Bool { isPermanent || code == 221 || code == 421 }
}
