import MIMEParts
import Testing

@Test(
  arguments: [
    ("Content-Disposition: attachment; filename=a.txt", "a.txt"),
    ("Content-Disposition: attachment; filename=\"a b.txt\"", "a b.txt"),
    ("Content-Disposition: attachment; filename=a b.txt", "a b.txt"),
    ("Content-Disposition: attachment; filename = \"a.txt\" ; size=3", "a.txt"),
    ("Content-Disposition: attachment; FileName=a.txt", "a.txt"),
    ("Content-Disposition: attachment;\n filename=\"a\n .txt\"", "a .txt"),
    ("Content-Disposition: attachment; filename=\"a;b.txt\"", "a;b.txt"),
    ("Content-Disposition: attachment; filename=\"a\\\"b.txt\"", "a\"b.txt"),
    ("Content-Disposition: attachment; filename=\"C:\\dir\\a.txt\"", "C:\\dir\\a.txt"),
    ("Content-Disposition: attachment; filename=\"a.txt; size=3", "a.txt"),
    ("Content-Disposition: attachment; x=\"y; filename=a.txt; size=3", "a.txt"),
    ("Content-Disposition: attachment; filename=\"\"", nil),
    ("Content-Disposition: attachment; filename", nil),
    ("Content-Type: a/b; name=a.txt", "a.txt"),
    ("Content-Type: a/b; name=a.txt\nContent-Disposition: inline; filename=b.txt", "b.txt"),
    ("Content-Type: a/b; name=a.txt\nContent-Disposition: attachment", "a.txt"),
    // A value is missing before the first parameter, or a semicolon behind it.
    ("Content-Disposition: filename=a.txt", "a.txt"),
    ("Content-Disposition: filename*=utf-8''caf%C3%A9.txt; size=3", "café.txt"),
    ("Content-Type: name=\"a b.txt\"", "a b.txt"),
    ("Content-Disposition: attachment filename=a.txt", nil),
    ("Content-Type: a/b name=a.txt", nil),
    // RFC 2047, in quotes and not, in pieces, and where it is none.
    ("Content-Disposition: attachment; filename=\"=?utf-8?Q?caf=C3=A9.txt?=\"", "café.txt"),
    ("Content-Disposition: attachment; filename==?utf-8?B?Y2Fmw6kudHh0?=", "café.txt"),
    ("Content-Disposition: attachment; filename=\"=?utf-8?Q?caf=C3?=\n =?utf-8?Q?=A9.txt?=\"", "café.txt"),
    ("Content-Disposition: attachment; filename=\"=?iso-8859-1?Q?caf=E9?=.txt\"", "café.txt"),
    ("Content-Disposition: attachment; filename=\"=?what\"", "=?what"),
    ("Content-Disposition: attachment; filename=\"=?utf-16?B?/v8AYQAuAHQ=?=\"", "a.t"),
    ("Content-Disposition: attachment; filename=\"=?utf-16?B?//5hAC4AdAA=?=\"", "a.t"),
    // RFC 2231.
    ("Content-Disposition: attachment; filename*=utf-8''caf%C3%A9.txt", "café.txt"),
    ("Content-Disposition: attachment; filename*=ISO-8859-1'de'caf%e9.txt", "café.txt"),
    ("Content-Disposition: attachment; filename*0=one; filename*1=two.txt", "onetwo.txt"),
    ("Content-Disposition: attachment; filename*1=two.txt; filename*0=one", "onetwo.txt"),
    ("Content-Disposition: attachment; filename*0*=utf-8''caf%C3; filename*1*=%A9; filename*2=%20.txt", "café%20.txt"),
    ("Content-Disposition: attachment; filename*0=one; filename*2=three", "one"),
    ("Content-Disposition: attachment; filename=old; filename*=utf-8''new", "new"),
    ("Content-Disposition: attachment; filename*=%41%zz%", "A%zz%"),
    ("Content-Disposition: attachment; filename*=''a", "a"),
    ("Content-Disposition: attachment; filename*x=a", nil),
    ("Content-Type: a/b; name*=utf-8''caf%C3%A9.txt", "café.txt"),
    // Parentheses that are no comment's.
    ("Content-Disposition: attachment; filename=report (1).pdf", "report (1).pdf"),
    ("Content-Disposition: (a; b) attachment (c); (d) filename=(1)", "(1)"),
    ("Content-Type: a/b; NAME*0=a (; name*1=b)", "a (b)"),
    ("Content-Disposition: attachment; filename=\"a (1).txt\" (the file; it is)", "a (1).txt"),
    // Raw bytes over 127.
    ("Content-Disposition: attachment; filename=\"café.txt\"", "café.txt"),
  ] as [(String, String?)])
func `a part has a name`(header: String, name: String?) {
  #expect(PartsRead(header + "\n\nx").contents.parts.first?.name == name)
}

@Test func `raw bytes are read in the part's character set, and what was sent is kept`() {
  var message = Array("Content-Type: text/plain; charset=iso-8859-1; name=\"caf".utf8)
  message += [0xe9]
  message += Array("\"\r\n\r\nx".utf8)
  let part = PartsRead(message).contents.parts.first
  #expect(part?.name == "café")
  #expect(part?.rawName == Array("caf".utf8) + [0xe9])
}

@Test func `only what decoding changed is kept as it was sent`() {
  let plain = PartsRead("Content-Disposition: attachment; filename=a.txt\n\nx")
  #expect(plain.contents.parts.first?.rawName == nil)
  let encoded = PartsRead("Content-Disposition: attachment; filename=\"=?utf-8?Q?a=20b?=\"\n\nx")
  #expect(encoded.contents.parts.first?.rawName.map { String(decoding: $0, as: UTF8.self) } == "=?utf-8?Q?a=20b?=")
}

@Test func `a name is an attachment's, and so is the disposition`() {
  let message =
    "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: inline\n\na\n--b\nContent-Disposition: ATTACHMENT\n\nb\n"
    + "--b\nContent-Disposition: inline; filename=c\n\nc\n--b--\n"
  #expect(PartsRead(message).contents.attachments.map(\.path) == ["2", "3"])
}
