import Testing
import Wire

@testable import SMTPDialogue

private func command(_ line: String, isClipped: Bool = false) -> Command {
  Command(
    line: Array(line.utf8), moment: Moment(time: CaptureTime(nanoseconds: 0), frame: 1), isClipped: isClipped)
}

@Test(
  arguments: [
    ("MAIL FROM:<a@b>", "a@b", []), ("MAIL FROM:<>", "", []),
    ("MAIL FROM:<a@b> SIZE=1 BODY=8BITMIME", "a@b", ["SIZE=1", "BODY=8BITMIME"]),
    ("MAIL   FROM : <a@b>   SIZE=1  X ", "a@b", ["SIZE=1", "X"]), ("MAIL\tFROM:\t<a@b>\tSIZE=1", "a@b", ["SIZE=1"]),
    ("MAIL FROM:<a@b>\r", "a@b", []), ("MAIL FROM:a@b SIZE=1", "a@b", ["SIZE=1"]), ("MAIL <a@b>", "a@b", []),
    ("MAIL a@b", "a@b", []), ("MAIL", "", []), ("MAIL FROM:", "", []), ("RCPT TO:<\"a>b\"@c> X", "\"a>b\"@c", ["X"]),
    ("RCPT TO:<\"a\\\">b\"@c> X", "\"a\\\">b\"@c", ["X"]), ("RCPT TO:<\"a@c> X", "\"a@c", ["X"]),
    ("RCPT TO:<a\"b@c> X>", "a\"b@c> X", []), ("RCPT TO:<a@c X", "<a@c", ["X"]),
    ("RCPT TO:<@x,@y:a@b>X", "@x,@y:a@b", ["X"]),
    ("RCPT TO:<a@b>>", "a@b", [">"]),
  ] as [(String, String, [String])])
func `a path and its parameters are read as a tolerant server reads them`(
  line: String, address: String, parameters: [String]
) {
  let path = command(line).path
  #expect(String(decoding: path.address, as: UTF8.self) == address)
  #expect(path.parameters.map { String(decoding: $0, as: UTF8.self) } == parameters)
}

@Test func `a path that the capture cut is shown as far as it goes`() {
  #expect(command("RCPT TO:<a@exam", isClipped: true).path.address == Array("a@exam".utf8))
  #expect(command("RCPT TO:<", isClipped: true).path.address == [])
  for line in ["RCPT", "RCPT ", "RCPT T", "RCPT TO", "MAIL FRO"] {
    #expect(command(line, isClipped: true).path.address == [], "\(line)")
  }
  #expect(command("RCPT TO", isClipped: false).path.address == Array("TO".utf8))
}

@Test(
  arguments: [
    ("BDAT 0", 0, false), ("BDAT 12 LAST", 12, true), ("bdat\t7  last", 7, true),
    ("BDAT 9223372036854775807", .max, false),
    ("BDAT 9223372036854775808", nil, false), ("BDAT -1", nil, false), ("BDAT 5x", nil, false), ("BDAT", nil, false),
    ("BDAT 5 LAST LAST", nil, false), ("BDAT 5 LASTS", nil, false), ("BDAT LAST 5", nil, false),
    ("BDAT 1/", nil, false),
    ("BDAT 1:", nil, false),
  ] as [(String, Int?, Bool)])
func `a chunk has a size, and is the last one where that is said`(line: String, size: Int?, isLast: Bool) {
  let chunk = command(line).chunk
  #expect(chunk?.size == size)
  #expect(chunk?.isLast ?? false == isLast)
}

@Test(
  arguments: [
    ("AUTH PLAIN AGEAYg==", 11), ("AUTH  PLAIN \t AGE=", 14), ("auth login", nil), ("AUTH PLAIN ", nil), ("AUTH", nil),
    ("AUTH ", nil), ("X-EXPS GSSAPI abc", 14), ("MAIL FROM:<a> AUTH=<>", nil), ("XAUTH PLAIN abc", nil),
  ] as [(String, Int?)])
func `the secret of AUTH begins behind its mechanism`(line: String, start: Int?) {
  #expect(command(line).secretStart == start)
}

@Test(
  arguments: [
    ("HELO", .helo), ("ehlo x", .ehlo), ("LhLo", .lhlo), ("MAIL", .mail), ("SEND", .send), ("SOML", .soml),
    ("SAML", .saml),
    ("RCPT", .rcpt), ("DATA", .data), ("BDAT", .bdat), ("BURL", .burl), ("RSET", .rset), ("QUIT", .quit),
    ("NOOP", .noop),
    ("HELP", .help), ("VRFY", .vrfy), ("EXPN", .expn), ("ETRN", .etrn), ("ATRN", .atrn), ("TURN", .turn),
    ("AUTH", .auth),
    ("STARTTLS", .starttls), ("XCLIENT", .xclient), ("XFORWARD", .xforward), ("X-EXPS", .xExps),
    ("X-ANONYMOUSTLS", .xAnonymousTLS), ("X-ANONYMOUSTLSX", .unknown), ("X-ANONYMOUSTL", .unknown),
    ("XEXCH50", .xExch50), ("QUIT\tnow", .quit), ("QUITS", .unknown), ("QUI", .unknown),
    ("", .unknown), (" QUIT", .unknown), ("STARTTLSX", .unknown), ("DATA:", .unknown), ("zelo", .unknown),
    ("{ata", .unknown),
  ] as [(String, Verb)])
func `a verb is read in any case of letters, whole or not at all`(line: String, verb: Verb) {
  #expect(command(line).verb == verb)
}

@Test func `verbs that say hello and verbs that begin a transaction`() {
  let verbs: [Verb] = [.helo, .ehlo, .lhlo, .mail, .send, .soml, .saml, .rcpt, .data, .quit, .unknown]
  #expect(verbs.filter(\.isHello) == [.helo, .ehlo, .lhlo])
  #expect(verbs.filter(\.beginsTransaction) == [.mail, .send, .soml, .saml])
}

@Test(
  arguments: [
    ("EHLO a.b", true), ("EHLO", false), ("EHLO a b", false), ("HELO a", true), ("MAIL FROM:<a@b>", true),
    ("MAIL FROM:", false),
    ("MAIL from:x", true), ("MAIL me please", false), ("RCPT TO:<a@b>", true), ("RCPT TO:", false),
    ("RCPT them", false),
    ("SAML FROM:<a>", true), ("DATA", true), ("DATA of some sort", false), ("QUIT", true), ("Quit your job", false),
    ("RSET", true),
    ("RSET it", false), ("STARTTLS", true), ("BDAT 5", true), ("BDAT five", false), ("AUTH PLAIN", true),
    ("AUTH PLAIN abc=", true),
    ("AUTH", false), ("AUTH a b c", false), ("NOOP", false), ("HELP", false), ("words", false),
  ])
func `where the place is not known only what can well be nothing else is a command`(line: String, isCommand: Bool) {
  #expect(command(line).isUnmistakable == isCommand)
}
