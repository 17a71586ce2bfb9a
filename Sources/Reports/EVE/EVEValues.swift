import SMTPAnalysis
import Wire

extension OutputBuffer {
  /// Appends a time as Suricata writes it: microseconds, and the zone without a colon.
  mutating func appendEVE(_ time: CaptureTime) {
    append(time, decimals: 6)
    shorten(to: count - 1)
    append(literal: "+0000")
  }

  mutating func memberEVE(_ key: StaticString, _ time: CaptureTime) {
    member(key)
    append(byte: UInt8(ascii: "\""))
    appendEVE(time)
    append(byte: UInt8(ascii: "\""))
  }

  /// An address: IPv6 with all its digits.
  mutating func member(_ key: StaticString, eve address: IPAddress) {
    guard address.isIPv6 else { return member(key, address: address) }
    member(key)
    append(byte: UInt8(ascii: "\""))
    for index in 0..<8 {
      if index > 0 { append(byte: UInt8(ascii: ":")) }
      let half = index < 4 ? address.high : address.low
      let group = UInt16(truncatingIfNeeded: half >> UInt64((3 - index % 4) * 16))
      for shift: UInt16 in [12, 8, 4, 0] {
        let digit = UInt8(truncatingIfNeeded: group >> shift & 15)
        append(byte: digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
      }
    }
    append(byte: UInt8(ascii: "\""))
  }

  /// A recipient with what became of the mail for it.
  mutating func appendRecipientObject(_ recipient: Recipient) {
    element { output in
      output.member("address", bytes: recipient.address)
      output.member("outcome", word: recipient.outcome.rawValue)
      output.member("code", recipient.reply?.code)
      output.member("enhanced", status: recipient.reply?.enhanced)
      output.member("text", bytes: recipient.reply?.text)
      output.member("data_code", recipient.dataReply?.code)
      output.member("data_enhanced", status: recipient.dataReply?.enhanced)
      output.member("data_text", bytes: recipient.dataReply?.text)
    }
  }

  mutating func appendFindingMembers(_ finding: Finding) {
    member("finding", word: finding.id.rawValue)
    member("severity", word: finding.severity.rawValue)
    member("message", text: finding.message)
    member("evidence", text: finding.evidence.map { String(visible: $0.span) })
    member("frame", finding.frame)
    member("reference", text: finding.id.entry.references.first)
  }

  /// What a session came to, and the findings of a transaction.
  mutating func appendVerdict(of session: Session, about transaction: Transaction?) {
    array("auth", session.authentications) { output, login in
      output.element { output in
        output.member("mechanism", bytes: login.mechanism)
        output.member("username", bytes: login.username)
        output.member("outcome", word: login.outcome.rawValue)
        output.member("code", login.code)
      }
    }
    object("verdict") { output in
      output.member("outcome", word: session.verdict.outcome.rawValue)
      output.member("cause", word: session.verdict.cause?.rawValue)
      output.member("message", text: session.verdict.message)
    }
    array("findings", session.findingNames(about: transaction)) { $0.appendJSON($1.span) }
  }
}

extension String {
  /// A name of RFC 4514 as Suricata writes it: the parts in the order of the certificate, and a blank behind each comma.
  var eveName: String {
    var parts: [String] = [""]
    var isEscaped = false
    for character in self {
      if character == ",", !isEscaped {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
      isEscaped = character == "\\" && !isEscaped
    }
    return parts.reversed().joined(separator: ", ")
  }

  /// `2026-11-20T09:14:02` of a time in UTC.
  var withoutZone: String { hasSuffix("Z") ? String(dropLast()) : self }
}

extension [UInt8] {
  /// `0f:85`.
  func colonHexadecimal(isUpper: Bool) -> String {
    map { byte in
      let digits = String(byte, radix: 16, uppercase: isUpper)
      return byte < 16 ? "0" + digits : digits
    }.joined(separator: ":")
  }
}
