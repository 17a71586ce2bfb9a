import SMTPAnalysis
import TestSupport
import Testing
import Wire

/// What keeps a dialogue from beginning, and what can be said of TLS and logins without any key.
struct OpeningCase: CustomTestStringConvertible, Sendable {
  var name: String
  var script: String
  var port: UInt16 = 25
  /// Milliseconds that pass before the steps of these numbers.
  var pauses: [Int: Int64] = [:]
  var found: [FindingID]
  var says: [String] = []

  var testDescription: String { name }
}

private let watched: Set<FindingID> = [
  .notSMTPServer, .notSMTPClient, .tlsOnPlaintextPort, .plaintextOnTLSPort, .proxyPreambleMismatch, .authFailed,
  .authSyntax, .starttlsRefused, .starttlsStripped, .starttlsInjection, .starttlsResponseInjection,
  .middleboxInspection, .tlsGarbage, .tlsHandshakeFailed, .tlsVersionMismatch, .tlsNoSharedCipher,
  .certificateUntrusted, .certificateExpired, .tlsClientCertificateMissing, .outcomeEncrypted, .starttlsNotOffered,
  .starttlsNotUsed, .tlsRequired, .authRequired, .replyUnexpected, .pipeliningPastBarrier,
]

private let hello = Dialogues.hello
private let offering = "S: 220 mx\nC: EHLO c\nS: 250-mx\nS: 250-STARTTLS\nS: 250 AUTH PLAIN LOGIN\n"
private let quit = "C: QUIT\nS: 221 bye\n"
private let clientHello = #"C: \x16\x03\x01\x00\x02ab\"#
private let serverHello = #"S: \x16\x03\x03\x00\x02ab\"#
private let stars = "S: 220 *************2******0*****\n"
private let tail =
  "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\nC: DATA\nS: 354 go\nC: .\nS: 250 ok\n" + quit
private let proxy = "C: PROXY TCP4 192.0.2.1 192.0.2.2 4242 25\n"

private let openings: [OpeningCase] = [
  OpeningCase(
    name: "SSH", script: "S: SSH-2.0-OpenSSH_9.2\nC: EHLO c\nC.\nS.", found: [.notSMTPServer], says: ["that is SSH"]),
  OpeningCase(name: "HTTP", script: "S: HTTP/1.1 400 Bad Request\nC.\nS.", found: [.notSMTPServer], says: ["HTTP"]),
  OpeningCase(name: "POP3", script: "S: +OK ready\nC: EHLO c\nS: -ERR what\nC.\nS.", found: [.notSMTPServer]),
  OpeningCase(
    name: "FTP", script: "S: 220 Example FTP server ready\nC: EHLO c\nS: 530 Please login with USER and PASS\n" + quit,
    found: [.notSMTPServer], says: ["FTP"]),
  OpeningCase(
    name: "a mail server called ftp",
    script: "S: 220 ftp.example ESMTP\nC: EHLO c\nS: 500 what\nC: HELO c\nS: 250 ok\n" + quit,
    found: []),
  OpeningCase(
    name: "an odd line, then a greeting", script: "S: hello\nS: 220 mx\nC: EHLO c\nS: 250 mx\n" + quit,
    found: [.replyUnexpected]),
  OpeningCase(name: "a hole before the text", script: "S? 30\nS: SSH-2.0-x\nC.\nS.", found: []),
  OpeningCase(
    name: "GET", script: "S: 220 mx\nC: GET / HTTP/1.1\nS: 500 what\nC: Host: x\nS: 500 what\n",
    found: [.notSMTPClient],
    says: ["HTTP: GET / HTTP/1.1"]),
  OpeningCase(
    name: "binary", script: "S: 220 mx\n" + #"C: \x03\0\0\x2f\x2a\xe0"# + "\nS: 500 what\n", found: [.notSMTPClient]),
  OpeningCase(
    name: "binary on both sides", script: #"C: \x00VL\x01\x02"# + "\n" + #"S: \x00b4\x09\x07"# + "\nC.\nS.",
    found: [.notSMTPClient]),
  OpeningCase(
    name: "ClientHello at 465, clear text", script: "S: 220 mx\n" + clientHello + "\nS: 500 what\nC.\nS.", port: 465,
    found: [.tlsOnPlaintextPort], says: ["not set to implicit TLS"]),
  OpeningCase(name: "mistyped", script: "S: 220 mx\nC: HALLO c\nS: 500 what\nC: HELP\nS: 214 no\n" + quit, found: []),
  OpeningCase(name: "GET behind EHLO", script: hello + "C: GET / HTTP/1.1\nS: 500 what\n" + quit, found: []),

  OpeningCase(
    name: "ClientHello at 25", script: "S: 220 mx\n" + clientHello + "\nS: 500 what\nC.\nS.",
    found: [.tlsOnPlaintextPort],
    says: ["clear text first (220) on port 25"]),
  OpeningCase(
    name: "ClientHello at 587, silence", script: clientHello + "\nC.\nS.", port: 587, found: [.tlsOnPlaintextPort]),
  OpeningCase(
    name: "ClientHello at 25, the capture ends", script: clientHello, port: 25, found: [.outcomeEncrypted]),
  OpeningCase(
    name: "TLS at 25", script: clientHello + "\n" + serverHello + "\n" + clientHello + "\nC.\nS.",
    found: [.tlsHandshakeFailed]),
  OpeningCase(
    name: "EHLO at 465", script: "C: EHLO c\nC.\nS.", port: 465, found: [.plaintextOnTLSPort], says: ["EHLO c in clear"]
  ),
  OpeningCase(
    name: "a wait at 465", script: "C.\nS.", port: 465, pauses: [0: 9_000], found: [.plaintextOnTLSPort],
    says: ["waited 9"]),
  OpeningCase(name: "a health check at 465", script: "C.\nS.", port: 465, found: []),
  OpeningCase(name: "a wait at 25", script: "C.\nS.", port: 25, pauses: [0: 9_000], found: []),
  OpeningCase(
    name: "EHLO answered with an alert", script: "C: EHLO c\n" + #"S: \x15\x03\x01\x00\x02\x02\x46\"# + "\nC.\nS.",
    port: 2465, found: [.plaintextOnTLSPort], says: ["TLS record"]),
  OpeningCase(name: "clear text at 465 that works", script: hello + quit, port: 465, found: []),

  OpeningCase(
    name: "PROXY, error, greeting before it", script: "S: 220 mx\n" + proxy + "S: 500 5.5.2 what\n" + quit,
    found: [.proxyPreambleMismatch], says: ["took it for a command"]),
  OpeningCase(
    name: "PROXY, then 220 and an error", script: proxy + "S: 220 mx\nS: 502 5.5.2 what\nC: EHLO c\nS: 250 mx\n" + quit,
    found: [.proxyPreambleMismatch], says: ["502 5.5.2 what"]),
  // The client takes each reply for the next one's.
  OpeningCase(
    name: "PROXY, an error, and replies one behind",
    script: proxy + "S: 220 mx\nS: 502 5.5.2 what\nC: EHLO c\nC: HELO c\nS: 250 mx\nS: 250 mx\n" + quit,
    found: [.proxyPreambleMismatch], says: ["502 5.5.2 what"]),
  OpeningCase(
    name: "PROXY, the server leaves", script: proxy + "S.\nC.", found: [.proxyPreambleMismatch],
    says: ["without a word"]),
  OpeningCase(
    name: "PROXY as early talk", script: proxy + "S: 554 SMTP synchronization error\nS.\nC.",
    found: [.proxyPreambleMismatch]),
  OpeningCase(name: "PROXY that is known", script: proxy + hello + tail, found: [.starttlsNotOffered]),
  OpeningCase(
    name: "PROXY that is known, the client refused", script: proxy + "S: 554 5.7.1 listed at bl.spamcop.net\nS.\nC.",
    found: []),
  OpeningCase(
    name: "PROXY that is demanded", script: "S: 421 PROXY timed out\nS.\nC.", found: [.proxyPreambleMismatch],
    says: ["did not come"]),
  OpeningCase(name: "a proxy that is no PROXY", script: "S: 421 no route from proxy.example\nS.\nC.", found: []),

  OpeningCase(
    name: "AUTH 535", script: hello + "C: AUTH PLAIN AGFubgBwdw==\nS: 535 5.7.8 no\n" + quit, found: [.authFailed],
    says: ["AUTH PLAIN for ann"]),
  OpeningCase(
    name: "AUTH 535, then 235",
    script: hello + "C: AUTH PLAIN AGFubgBwdw==\nS: 535 5.7.8 no\nC: AUTH PLAIN AGFubgBwdw==\nS: 235 ok\n" + quit,
    found: []),
  OpeningCase(
    name: "AUTH 454",
    script: hello + "C: AUTH PLAIN AGFubgBwdw==\nS: 454 4.7.0 Temporary authentication failure\n" + quit,
    found: [.authFailed], says: ["says nothing of the password"]),
  OpeningCase(
    name: "AUTH 432",
    script: hello + "C: AUTH PLAIN AGFubgBwdw==\nS: 432 4.7.12 A password transition is needed\n" + quit,
    found: [.authFailed], says: ["works once the user has logged in with PLAIN"]),
  OpeningCase(
    name: "AUTH 504", script: hello + "C: AUTH FOO\nS: 504 5.5.4 Unrecognized authentication type\n" + quit,
    found: [.authSyntax]),
  OpeningCase(
    name: "AUTH 535 for the form",
    script: hello + "C: AUTH FOO\nS: 535 5.7.8 Invalid authentication mechanism\n" + quit,
    found: [.authSyntax]),
  OpeningCase(
    name: "AUTH cancelled", script: hello + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: *\nS: 501 5.7.0 aborted\n" + quit,
    found: [.authSyntax], says: ["cancelled AUTH LOGIN"]),
  OpeningCase(
    name: "AUTH wants TLS", script: hello + "C: AUTH PLAIN AGFubgBwdw==\nS: 538 5.7.11 Encryption required\n" + quit,
    found: [.tlsRequired]),
  OpeningCase(
    name: "AUTH failed, MAIL refused for it",
    script: hello
      + "C: AUTH PLAIN AGFubgBwdw==\nS: 535 5.7.8 no\nC: MAIL FROM:<a@b>\nS: 530 5.7.0 Authentication required\n"
      + quit,
    found: [.authFailed, .authRequired], says: ["Its login had failed"]),

  OpeningCase(
    name: "STARTTLS 454", script: offering + "C: STARTTLS\nS: 454 4.7.0 TLS not available\n" + quit,
    found: [.starttlsRefused],
    says: ["put off STARTTLS", "will try again"]),
  OpeningCase(
    name: "STARTTLS 454, on in clear", script: offering + "C: STARTTLS\nS: 454 4.7.0 TLS not available\n" + tail,
    found: [.starttlsRefused], says: ["went on in clear"]),
  OpeningCase(
    name: "STARTTLS that was not offered", script: hello + "C: STARTTLS\nS: 503 5.5.1 not advertised\n" + quit,
    found: [.starttlsRefused], says: ["not advertised (it had not offered it)"]),
  OpeningCase(
    name: "STARTTLS with an argument", script: offering + "C: STARTTLS now\nS: 501 5.5.4 Syntax: STARTTLS\n" + quit,
    found: [.starttlsRefused], says: ["and the client gave it one"]),
  OpeningCase(
    name: "STARTTLS 502, offered", script: offering + "C: STARTTLS\nS: 550 5.7.0 not today\n" + quit,
    found: [.starttlsRefused], says: ["the trouble is on the server's side"]),
  OpeningCase(name: "no STARTTLS used", script: offering + tail, found: [.starttlsNotUsed]),
  OpeningCase(name: "no STARTTLS offered", script: hello + tail, found: [.starttlsNotOffered]),
  OpeningCase(name: "HELO", script: "S: 220 mx\nC: HELO c\nS: 250 mx\n" + tail, found: []),

  OpeningCase(
    name: "masked keyword", script: "S: 220 mx\nC: EHLO c\nS: 250-mx\nS: 250-SIZE 9\nS: 250 XXXXXXXA\n" + quit,
    found: [.middleboxInspection, .starttlsStripped], says: ["between the server and", "sent no mail"]),
  OpeningCase(
    name: "masked keyword beside STARTTLS",
    script: "S: 220 mx\nC: EHLO c\nS: 250-mx\nS: 250-XXXX\nS: 250 STARTTLS\n" + quit,
    found: [.middleboxInspection]),
  OpeningCase(
    name: "X-words that are extensions",
    script: "S: 220 mx\nC: EHLO c\nS: 250-mx\nS: 250-XEXCH50\nS: 250-XXX\nS: 250 XCLIENT NAME\n" + quit,
    found: []),
  OpeningCase(
    name: "masked greeting, HELO", script: stars + "C: HELO c\nS: 250 mx\n" + quit,
    found: [.middleboxInspection, .starttlsStripped],
    says: ["greeting of asterisks"]),
  OpeningCase(
    name: "masked greeting, STARTTLS offered", script: stars + "C: EHLO c\nS: 250-mx\nS: 250 STARTTLS\n" + quit,
    found: [.middleboxInspection]),
  OpeningCase(
    name: "a greeting with some stars", script: "S: 220 *** mx.example ESMTP ***\nC: EHLO c\nS: 250 STARTTLS\n" + quit,
    found: []),
  OpeningCase(
    name: "masked verb", script: offering + "C: XXXXXXXX\nS: 500 5.5.1 what\n" + quit,
    found: [.middleboxInspection, .starttlsStripped], says: ["between the client and", "client's side has overwritten"]),
  OpeningCase(
    name: "a verb of few X", script: offering + "C: XYZZY\nS: 500 what\nC: XXX\nS: 500 what\n" + quit, found: []),
  OpeningCase(
    name: "500 to an offered STARTTLS", script: offering + "C: STARTTLS\nS: 500 5.5.1 Unsupported command.\n" + quit,
    found: [.middleboxInspection, .starttlsRefused], says: ["though its extension was offered"]),

  OpeningCase(
    name: "text behind STARTTLS",
    script: offering + "C: STARTTLS\\r\\nRSET\nS: 220 go\n" + clientHello + "\n" + serverHello + "\nC.\nS.",
    found: [.starttlsInjection]),
  OpeningCase(
    name: "text behind the 220",
    script: offering + "C: STARTTLS\nS: 220 go\\r\\n250 mx\n" + clientHello + "\n" + serverHello + "\nC.\nS.",
    found: [.starttlsResponseInjection], says: ["250 mx"]),
  OpeningCase(
    name: "text behind the 220, later",
    script: offering + "C: STARTTLS\nS: 220 go\nS: 250 mx\n" + clientHello + "\n" + serverHello + "\nC.\nS.",
    found: [.starttlsResponseInjection]),
  OpeningCase(
    name: "nothing behind the 220",
    script: offering + "C: STARTTLS\nS: 220 go\n" + clientHello + "\n" + serverHello + "\nC.\nS.",
    found: [.tlsHandshakeFailed]),
  OpeningCase(
    name: "no TLS from the client", script: offering + "C: STARTTLS\nS: 220 go\nC: EHLO c\nS.\nC.",
    found: [.tlsGarbage],
    says: ["the client sent no TLS but EHLO c"]),
  OpeningCase(
    name: "no TLS from the server",
    script: offering + "C: STARTTLS\nS: 220 go\n" + clientHello + "\nS: HTTP/1.1 400 no\nS.\nC.",
    found: [.tlsGarbage], says: ["the server sent no TLS but HTTP"]),
  OpeningCase(
    name: "decrypted by a mirror", script: offering + "C: STARTTLS\nS: 220 go\n" + Dialogues.mailBehindTLS, found: []),
  OpeningCase(
    name: "alert 70",
    script: offering + "C: STARTTLS\nS: 220 go\n" + clientHello + "\n" + #"S: \x15\x03\x03\x00\x02\x02\x46\"#
      + "\nC.\nS.",
    found: [.tlsVersionMismatch], says: ["server sent the alert protocol_version"]),
  OpeningCase(
    name: "alert 48",
    script: offering + "C: STARTTLS\nS: 220 go\n" + clientHello + "\n" + serverHello + "\n"
      + #"C: \x15\x03\x03\x00\x02\x02\x30\"# + "\nC.\nS.",
    found: [.certificateUntrusted]),
]

@Suite struct OpeningFindingTests {
  @Test(arguments: openings)
  func `what can be said of the opening, of TLS and of logins`(example: OpeningCase) throws {
    let server = Endpoint(address: IPAddress(ipv4: 0xcb00_7119), port: example.port)
    let conversation = Conversation(
      example.script, server: server, closes: !example.name.hasSuffix("the capture ends"), pauses: example.pauses)
    let session = try #require(Analysis(conversation).sessions.first)
    let findings = session.findings.filter { watched.contains($0.id) }
    #expect(findings.map(\.id.rawValue).sorted() == example.found.map(\.rawValue).sorted())
    let sentences = findings.map(\.message).joined(separator: "\n")
    for words in example.says { #expect(sentences.contains(words), "\(words) | \(sentences)") }
  }
}

@Test func `another protocol is told once`() {
  let session = Analysis(Conversation("S: 220 mx\nC: GET / HTTP/1.1\nS: 500 what\nC: Host: x\nS: 500 what\n")).sessions
    .first
  #expect(session?.findings.contains { $0.id == .notSMTPClient } == true)
  #expect(session?.findings.contains { $0.id == .commandUnknown } == false)
}
