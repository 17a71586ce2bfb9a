import SMTPDialogue
import Testing
import Wire

private func command(_ line: String, isClipped: Bool = false) -> Command {
  Command(
    line: Array(line.utf8), moment: Moment(time: CaptureTime(nanoseconds: 0), frame: 1), isClipped: isClipped)
}

@Test(arguments: [
  "MAIL FROM:<>", "MAIL FROM:<a@b.example>", "mail from:<a@b.example> SIZE=1 BODY=8BITMIME",
  "MAIL FROM:<\"a b>\"@b.example>",
  "MAIL FROM:<a.b+c=d@[192.0.2.7]>", "MAIL FROM:<@x.example,@y.example:a@b.example>", "MAIL FROM:<a@b> SMTPUTF8",
  "MAIL FROM:<j\u{fc}rgen@\u{e4}.example> SMTPUTF8", "RCPT TO:<Postmaster>",
  "RCPT TO:<postmaster@b.example> NOTIFY=NEVER",
  "RCPT TO:<a@b> ORCPT=rfc822;a+2Bb@c", "DATA", "RSET", "QUIT", "NOOP", "NOOP whatever", "EHLO a", "BDAT 0",
  "BDAT 12 LAST",
  "VRFY a", "STARTTLS", "HELP", "XYZZY <", "AUTH PLAIN =",
])
func `a well formed command has no fault`(line: String) {
  #expect(command(line).fault == nil)
}

@Test(
  arguments: [
    ("MAIL FORM:<a@b>", .keyword), ("MAIL TO:<a@b>", .keyword), ("MAIL <a@b>", .keyword), ("MAIL", .argumentMissing),
    ("MAIL FROM", .keyword), ("MAIL FROM: <a@b>", .blankAtColon), ("MAIL FROM :<a@b>", .blankAtColon),
    ("MAIL FROM:a@b", .noBrackets), ("MAIL FROM:", .noAddress), ("MAIL FROM:<a@b", .openBracket),
    ("MAIL FROM:<a", .openBracket), ("MAIL FROM:<", .openBracket), ("RCPT TO:<>", .noAddress),
    ("RCPT TO:<bob>", .noDomain),
    ("MAIL FROM:<postmaster>", .noDomain), ("MAIL FROM:<a..b@c>", .localPart), ("MAIL FROM:<.a@c>", .localPart),
    ("MAIL FROM:<a b@c>", .localPart), ("MAIL FROM:<@c>", .localPart), ("MAIL FROM:<\"ab", .openBracket),
    ("MAIL FROM:<\"a@b>", .openBracket), ("MAIL FROM:<a@>", .domain),
    ("MAIL FROM:<a@b..c>", .domain), ("MAIL FROM:<a@-b>", .domain), ("MAIL FROM:<a@b_c>", .domain),
    ("MAIL FROM:<a@b.>", .domain), ("MAIL FROM:<a@b c>", .domain), ("MAIL FROM:<a@b>SIZE=1", .parameter),
    ("MAIL FROM:<a@b>  SIZE=1", .parameter), ("MAIL FROM:<a@b> SIZE=", .parameter), ("MAIL FROM:<a@b> =1", .parameter),
    ("MAIL FROM:<a@b> ", .blankAtEnd), ("RCPT TO:<a@b> NOTIFY=NEVER ", .blankAtEnd), ("DATA ", .blankAtEnd),
    ("RSET now", .argumentUnwanted), ("EHLO", .argumentMissing), ("EHLO a ", .blankAtEnd), ("VRFY", .argumentMissing),
    ("BDAT", .chunk), ("BDAT x", .chunk), ("BDAT 5 FIRST", .chunk),
  ] as [(String, CommandFault)])
func `what is wrong with a command is found from the left`(line: String, fault: CommandFault) {
  #expect(command(line).fault == fault)
  #expect(command(line, isClipped: true).fault == nil)
}

@Test(
  arguments: [
    ("mx.example", .domain), ("a-b.example", .domain), ("localhost", .oneLabel), ("DESKTOP-7Q2", .oneLabel),
    ("[192.0.2.7]", .addressLiteral), ("[IPv6:2001:db8::7]", .addressLiteral), ("[ipv6:::1]", .addressLiteral),
    ("192.0.2.7", .bareAddress), ("2001:db8::7", .bareAddress), ("::1", .bareAddress), ("[2001:db8::7]", .neither),
    ("[mx.example]", .neither), ("[]", .neither), ("my_pc.example", .neither), ("a b", .neither),
    ("-a.example", .neither),
    ("a..example", .neither), ("256.1.1.1", .domain), ("mx.example.", .neither), ("", .neither),
    ("[IPv6:1:2]", .neither), ("[IPv6:]", .neither), ("[IPv6:2001:db8::g]", .neither), ("[IPv6:12345::]", .neither),
    ("[IPv6:::ffff:192.0.2.7]", .addressLiteral), ("[1.2.3.4.5]", .neither), ("[1.2.3]", .neither),
    ("1.2.3.256", .domain),
    ("[x-net:name]", .addressLiteral), ("[a_b:name]", .neither), ("[:name]", .neither), ("[192.0.2.7", .neither),
    ("255.255.255.255", .bareAddress), ("2001:db8::9", .bareAddress), ("0:9:a:f:A:F::", .bareAddress),
    ("192.0.2.07", .bareAddress), ("1.2.3.x", .domain),
  ] as [(String, HelloName)])
func `a client's name is told from what is none`(name: String, kind: HelloName) {
  #expect(HelloName(of: Array(name.utf8)[...]) == kind)
}

@Test func `any octets are walked through without harm`() {
  var line = Array("MAIL FROM:<".utf8)
  for byte in UInt8.min...UInt8.max {
    for tail in [[], [0x5c], [0x22, 0x5c], [0x40, byte], [byte, 0x3e, byte]] as [[UInt8]] {
      _ = Command(line: line + [byte] + tail, moment: Moment(time: CaptureTime(nanoseconds: 0), frame: 1)).fault
    }
  }
  line.removeLast()
  #expect(Command(line: line, moment: Moment(time: CaptureTime(nanoseconds: 0), frame: 1)).fault == .noAddress)
}

@Test func `a local part without quotes is made of these`() {
  // RFC 5322 section 3.2.3, and what is not ASCII (RFC 6531 section 3.3).
  let atoms = Set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&'*+-/=?^_`{|}~".utf8)
  for byte in UInt8(1)..<0x80 {
    let line = Array("MAIL FROM:<".utf8) + [byte] + Array("@b.example>".utf8)
    let fault = Command(line: line, moment: Moment(time: CaptureTime(nanoseconds: 0), frame: 1)).fault
    #expect((fault == nil) == atoms.contains(byte), "\(byte)")
  }
}
