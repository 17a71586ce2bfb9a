internal import SMTPDialogue

enum ReplyTooLong: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.oddities.contains(.tooLong) else { return }
    for exchange in evidence.exchanges where exchange.oddities.contains(.tooLong) {
      guard let reply = exchange.reply else { continue }
      // Code and separator before the text, CR LF behind it.
      let longest = (reply.lines.map(\.count).max() ?? 0) + (reply.code > 0 ? 6 : 2)
      let length = longest > 512 ? "has \(longest) octets" : "is longer"
      findings.add(
        Finding(
          .replyTooLong, at: reply.place,
          message: "A line of the reply to \(exchange.asked) \(length); 512 are allowed, and clients may cut the rest.")
      )
    }
  }
}

extension CatalogueEntry {
  static let replyTooLong = CatalogueEntry(
    .replyTooLong, .info, "a reply line is too long",
    explanation: """
      A line of a reply may have 512 octets with its code and line end. Clients may cut longer ones, so that the part \
      that explains the refusal is lost from the bounce.
      """,
    seenWhen: "a reply line over 512 octets with its CR LF",
    whatToDo: "shorten the text or break it into several lines of one reply",
    references: ["RFC 5321 section 4.5.3.1.5"])
}
