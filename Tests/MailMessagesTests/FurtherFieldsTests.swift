import MailMessages
import Testing
import Wire

private func fields(_ header: String, limits: HeaderLimits = HeaderLimits()) -> FurtherFields {
  HeaderSummary(parsing: Array(header.utf8).span, limits: limits).further
}

@Test(
  arguments: [
    ("a@b", ["a@b|a@b"]), ("Ann <a@b>", ["Ann <a@b>|a@b"]), ("team", ["team|-"]),
    ("a@b, c@d ,, a@b", ["a@b|a@b", "c@d|c@d"]),
    ("\"Porter, Ann\" <a@b>, c@d", ["\"Porter, Ann\" <a@b>|a@b", "c@d|c@d"]),
    ("\"a\\\",x@y\" <a@b>", ["\"a\\\",x@y\" <a@b>|a@b"]), ("Ann (x, y@z) <a@b>", ["Ann (x, y@z) <a@b>|a@b"]),
    // A name that hides an address in an encoded word names one mailbox.
    ("=?utf-8?q?x=40y=2C_z?= <a@b>", ["x@y, z <a@b>|a@b"]), ("=?utf-8?q?J=C3=B6rg?= <j@b>", ["Jörg <j@b>|j@b"]),
    ("undisclosed-recipients:;", ["undisclosed-recipients:;|-"]),
    ("friends: a@b, Carol <c@d>;", ["friends: a@b|a@b", "Carol <c@d>;|c@d"]), ("<>", ["<>|-"]),
    ("<a@b, c@d", ["<a@b, c@d|-"]), ("\"never closed, a@b", ["\"never closed, a@b|-"]), ("", []),
  ] as [(String, [String])])
func `a field's mailboxes are split where no quote or comment hides the comma`(body: String, expected: [String]) throws
{
  let found = try #require(fields("To: \(body)\r\n\r\n").mailboxes(of: .to))
  #expect(found.map { "\($0.text)|\($0.address ?? "-")" } == expected)
}

@Test func `the first field of a name counts, folded or not, up to the blank line`() {
  let found = fields(
    "Received: from x\r\nCC: a@b,\r\n c@d\r\nCc: never@x\r\nreply-to : me@b\r\nIn-Reply-To: <1@b>\r\n\r\nTo: body@b\r\n"
  )
  #expect(found.mailboxes(of: .carbonCopy)?.map(\.text) == ["a@b", "c@d"])
  #expect(found.text(of: .replyTo) == "me@b")
  #expect(found.text(of: .inReplyTo) == "<1@b>")
  #expect(found.mailboxes(of: .to) == nil)
}

@Test(
  arguments: [
    ("192.0.2.7", "192.0.2.7"), ("[192.0.2.7]", "192.0.2.7"), (" [2001:db8::1] ", "2001:db8::1"), ("a host", nil),
    ("[]", nil), ("", nil),
  ] as [(String, String?)])
func `the address that web mail writes`(body: String, expected: String?) {
  #expect(fields("X-Originating-IP: \(body)\r\n\r\n").originatingAddress?.description == expected)
}

@Test func `fields are kept within a bound, or not at all`() {
  let long = String(repeating: "a@b, ", count: 100_000)
  var limits = HeaderLimits()
  let found = fields("To: \(long)\r\nCc: c@d\r\n\r\n", limits: limits)
  #expect(found.mailboxes(of: .to)?.first?.text == "a@b")
  #expect(found.mailboxes(of: .carbonCopy) == nil)
  limits.furtherBytes = 0
  #expect(fields("To: a@b\r\n\r\n", limits: limits) == FurtherFields())
}

@Test func `the bodies of Received fields are as they were sent, or none of them`() {
  let three = "Received: from a\r\n\tby b;  x\r\nSubject: s\r\nReceived:by c\r\n\r\n"
  let summary = HeaderSummary(parsing: Array(three.utf8).span)
  #expect(summary.trace.received?.map { String(decoding: $0, as: UTF8.self) } == ["from a\tby b;  x", "by c"])
  let many = HeaderSummary(parsing: Array(String(repeating: "Received: by a\r\n", count: 120).utf8).span)
  #expect(many.trace.received == nil)
}

@Test(
  arguments: [
    ("Fri, 20 Nov 2026 09:14:00 +0000", 1_795_166_040), ("20 Nov 2026 10:14 +0100", 1_795_166_040), ("yesterday", nil),
  ] as [(String, Int64?)])
func `the date of a message is a moment where it says its zone`(date: String, seconds: Int64?) {
  let summary = HeaderSummary(parsing: Array("Date: \(date)\r\n\r\n".utf8).span)
  #expect(summary.originationTime?.nanoseconds == seconds.map { $0 * 1_000_000_000 })
}
