import Testing
import Wire

@testable import SMTPDialogue

/// What a recognizer says of what both sides sent, the client's bytes first; each side in pieces.
private func verdict(
  _ client: [UInt8], _ server: [UInt8] = [], isMailPort: Bool = true, sawOpening: Bool = true, piece: Int = .max
) -> Recognizer.Verdict {
  var recognizer = Recognizer(isMailPort: isMailPort, sawOpening: sawOpening)
  var verdict = Recognizer.Verdict.undecided
  let moment = Moment(time: CaptureTime(nanoseconds: 0), frame: 1)
  for (peer, bytes) in [(Peer.client, client), (.server, server)] {
    var rest = bytes[...]
    while !rest.isEmpty {
      let cut = Array(rest.prefix(piece))
      rest = rest.dropFirst(cut.count)
      verdict = recognizer.receive(cut.span, from: peer, at: moment)
    }
  }
  return verdict
}

private struct ProxyCase: Sendable, CustomTestStringConvertible {
  var name: String
  var kind: Preamble.Kind
  var client: [UInt8]
  var server: [UInt8] = []
  var source: String?
  var destination: String?
  var testDescription: String { name }
}

private let signature: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]
private let connected = Array("HTTP/1.1 200 Connection established\r\nX: y\r\n\r\n".utf8)
private let host = Array("mx.example".utf8)

private let proxies: [ProxyCase] = [
  ProxyCase(
    name: "PROXY v1", kind: .proxyV1, client: Array("PROXY TCP4 192.0.2.7 203.0.113.25 49152 25\r\n".utf8),
    source: "192.0.2.7:49152", destination: "203.0.113.25:25"),
  ProxyCase(
    name: "PROXY v1 of IPv6", kind: .proxyV1, client: Array("PROXY TCP6 2001:db8::7 2001:db8::25 49152 25\r\n".utf8),
    source: "[2001:db8::7]:49152", destination: "[2001:db8::25]:25"),
  ProxyCase(name: "PROXY v1 of nobody", kind: .proxyV1, client: Array("PROXY UNKNOWN\r\n".utf8)),
  ProxyCase(
    name: "PROXY v2", kind: .proxyV2,
    client: signature + [0x21, 0x11, 0, 12, 192, 0, 2, 7, 203, 0, 113, 25, 0xc0, 0, 0, 25], source: "192.0.2.7:49152",
    destination: "203.0.113.25:25"),
  ProxyCase(
    name: "PROXY v2 with more behind the addresses", kind: .proxyV2,
    client: signature + [0x21, 0x11, 0, 16, 192, 0, 2, 7, 203, 0, 113, 25, 0xc0, 0, 0, 25, 4, 0, 1, 9],
    source: "192.0.2.7:49152", destination: "203.0.113.25:25"),
  ProxyCase(
    name: "PROXY v2 of IPv6", kind: .proxyV2,
    client: signature + [0x21, 0x21, 0, 36, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7] as [UInt8]
      + [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x25, 0xc0, 0, 0, 25] as [UInt8],
    source: "[2001:db8::7]:49152", destination: "[2001:db8::25]:25"),
  ProxyCase(name: "PROXY v2, a health check of the proxy itself", kind: .proxyV2, client: signature + [0x20, 0, 0, 0]),
  ProxyCase(
    name: "PROXY v2 too short for its addresses", kind: .proxyV2, client: signature + [0x21, 0x11, 0, 2, 192, 0]),
  ProxyCase(
    name: "SOCKS 5 to an address", kind: .socks5, client: [5, 1, 0, 5, 1, 0, 1, 203, 0, 113, 25, 0x02, 0x4b],
    server: [5, 0, 5, 0, 0, 1, 0, 0, 0, 0, 0, 0], destination: "203.0.113.25:587"),
  ProxyCase(
    name: "SOCKS 5 to a name, bound to an IPv6 address", kind: .socks5,
    client: [5, 2, 0, 2, 5, 1, 0, 3, 10] + host + [0, 25],
    server: [5, 0, 5, 0, 0, 4] + [UInt8](repeating: 7, count: 16) + [0x12, 0x34], destination: "mx.example:25"),
  ProxyCase(
    name: "SOCKS 5 to an IPv6 address, with a password", kind: .socks5,
    client: [
      5, 1, 2, 1, 3, 0x61, 0x62, 0x63, 2, 0x78, 0x79, 5, 1, 0, 4, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
      0x25,
    ]
      + [0, 25],
    server: [5, 2, 1, 0, 5, 0, 0, 3, 2, 0x61, 0x62, 0, 0], destination: "[2001:db8:0:1::25]:25"),
  ProxyCase(
    name: "SOCKS 4", kind: .socks4, client: [4, 1, 0x02, 0x4b, 203, 0, 113, 25, 0x6d, 0x65, 0],
    server: [0, 90, 0, 0, 0, 0, 0, 0], destination: "203.0.113.25:587"),
  ProxyCase(
    name: "SOCKS 4 to nowhere is no name", kind: .socks4, client: [4, 1, 0, 25, 0, 0, 0, 0, 0],
    server: [0, 91, 0, 0, 0, 0, 0, 0], destination: "0.0.0.0:25"),
  ProxyCase(
    name: "SOCKS 4A", kind: .socks4, client: [4, 1, 0, 25, 0, 0, 0, 255, 0] + host + [0],
    server: [0, 90, 0, 0, 0, 0, 0, 0], destination: "mx.example:25"),
  ProxyCase(
    name: "SOCKS 4 to an address right behind those", kind: .socks4, client: [4, 1, 0, 25, 0, 0, 1, 0, 0],
    server: [0, 90, 0, 0, 0, 0, 0, 0], destination: "0.0.1.0:25"),
  ProxyCase(
    name: "CONNECT", kind: .httpConnect,
    client: Array("CONNECT mx.example:25 HTTP/1.1\r\nHost: mx.example\r\n\r\n".utf8),
    server: connected, destination: "mx.example:25"),
  ProxyCase(
    name: "CONNECT with bare line feeds", kind: .httpConnect,
    client: Array("CONNECT [2001:db8::7]:25 HTTP/1.0\n\n".utf8),
    server: Array("HTTP/1.0 200 ok\n\n".utf8), destination: "[2001:db8::7]:25"),
]

@Test(arguments: proxies, [Int.max, 1, 3])
private func `what a proxy says first is read and stepped over`(it: ProxyCase, piece: Int) {
  let expected = Preamble(
    kind: it.kind, source: it.source, destination: it.destination, clientLength: it.client.count,
    serverLength: it.server.count)
  #expect(verdict(it.client, it.server, piece: piece) == .mail(expected, sidesAreSwapped: false))
  // What stands behind it is the dialogue's.
  let more = verdict(it.client + Array("EHLO a\r\n".utf8), it.server + Array("220 mx\r\n".utf8), piece: piece)
  #expect(more == .mail(expected, sidesAreSwapped: false))
}

@Test(arguments: proxies)
private func `as long as a byte of it is due nothing is decided`(it: ProxyCase) {
  for length in 1..<it.client.count { #expect(verdict(Array(it.client.prefix(length))) == .undecided) }
  guard !it.server.isEmpty else { return }
  for length in 0..<it.server.count { #expect(verdict(it.client, Array(it.server.prefix(length))) == .undecided) }
  for length in 1..<it.client.count {
    #expect(verdict(Array(it.client.prefix(length)), Array(it.server.prefix(2))) == .undecided)
  }
}

@Test(
  arguments: [
    ("PROXY", "PROXX TCP4", "", true), ("PROXY without words", "PROXY\r\n", "", true),
    ("PROXY alone", "PROXY \r\n", "", true),
    ("a long line", "PROXY " + String(repeating: "x", count: 102), "", true),
    ("a line of so many bytes may end yet", "PROXY " + String(repeating: "x", count: 101), "", false),
    ("another signature", "\r\n\r\n\0\r\nQUIX", "", true),
    ("SOCKS 5 that is refused by no SOCKS", "\u{5}\u{1}\0", "22", true),
    ("SOCKS 5 in another version", "\u{5}\u{1}\0\u{4}\u{1}\0\u{1}abcdef", "\u{5}\0", true),
    ("SOCKS 5 with an unknown kind of address", "\u{5}\u{1}\0\u{5}\u{1}\0\u{2}abcdef", "\u{5}\0", true),
    ("SOCKS 5 answered in another version", "\u{5}\u{1}\0\u{5}\u{1}\0\u{1}abcdef", "\u{5}\0\u{4}\0\0\u{1}abcdef", true),
    ("SOCKS 4 with an unknown command", "\u{4}\u{3}", "", true), ("SOCKS 4 to bind", "\u{4}\u{2}", "", false),
    ("SOCKS 4 answered by no SOCKS", "\u{4}\u{1}abcdefg\0", "220 mx", true),
    ("SOCKS 4 of an endless user", "\u{4}\u{1}" + String(repeating: "x", count: 599), "", true),
    ("SOCKS 4 of a long user", "\u{4}\u{1}" + String(repeating: "x", count: 598), "", false),
    ("CONNECT answered by no HTTP", "CONNECT a HTTP/1.1\r\n\r\n", "220 mx\r\n", true), ("COMMAND", "COMMAND", "", true),
    ("an endless header", "CONNECT a HTTP/1.1\r\n" + String(repeating: "x", count: 8173), "", true),
    ("a long header", "CONNECT a HTTP/1.1\r\n" + String(repeating: "x", count: 8172), "", false),
    ("an endless answer", "CONNECT a\r\n\r\n", "HTTP/1.1 " + String(repeating: "x", count: 8184), true),
    ("a long answer", "CONNECT a\r\n\r\n", "HTTP/1.1 " + String(repeating: "x", count: 8183), false),
    ("EHLO", "EHLO a\r\n", "", true),
  ] as [(String, String, String, Bool)])
func `what is no preamble is the dialogue's`(name: String, client: String, server: String, isDecided: Bool) {
  let expected = isDecided ? Recognizer.Verdict.mail(nil, sidesAreSwapped: false) : .undecided
  #expect(verdict(Array(client.utf8), Array(server.utf8)) == expected)
}

private let mail = Recognizer.Verdict.mail(nil, sidesAreSwapped: false)
private let swapped = Recognizer.Verdict.mail(nil, sidesAreSwapped: true)

@Test(
  arguments: [
    // Who opens a mail session: RFC 5321 section 3.1 and 4.2.3, RFC 7504 for 521.
    ("", "220 mx ESMTP\r\n", true, mail), ("", "220 ftp ready\r\n", true, .undecided),
    ("EHLO a\r\n", "220 ready\r\n", true, mail),
    ("EHLO a\r\n", "421 busy\r\n", true, mail), ("EHLO a\r\n", "521 no mail\r\n", true, mail),
    ("EHLO a\r\n", "554 no\r\n", true, mail),
    ("EHLO a\r\n", "250 odd\r\n", true, .notMail), ("EHLO a\r\n", "553 no\r\n", true, .notMail),
    ("EHLO a\r\n", "422 no\r\n", true, .notMail),
    ("EHLO a\r\n", "+OK pop\r\n", true, .notMail), ("USER a\r\n", "220 ftp\r\n", true, .notMail),
    ("EHLO a\r\n", "", true, mail),
    ("HELO\r\n", "", true, mail), ("LHLO a\r\n", "", true, mail), ("GET / HTTP/1.1\r\n", "", true, .notMail),
    ("EHL", "", true, .undecided), ("EHLO a", "", true, .undecided), ("ehlo a", "", true, .undecided),
    ("EHX", "", true, .notMail),
    ("MAIL FROM:<a@b>\r\n", "", true, mail), ("RCPT TO:<a@b>\r\n", "", true, mail), ("QUIT\r\n", "", true, .notMail),
    ("", "22", true, .undecided), ("", "220", true, .undecided), ("", "2x", true, .notMail),
    ("GET /\r\n", "22", true, .notMail),
    ("EHLO " + String(repeating: "x", count: 2042), "", true, .undecided),
    ("EHLO " + String(repeating: "x", count: 2043), "", true, .notMail), ("", "", true, .undecided),
    // A capture that began late: any reply, and perhaps the sides are the wrong way round.
    ("MAIL FROM:<a@b>\r\n", "250 ok\r\n", false, mail), ("250 ok\r\n", "MAIL FROM:<a@b>\r\n", false, swapped),
    ("EHLO a\r\n", "binary", false, mail), ("NOOP\r\n", "250 ok\r\n", false, .notMail),
  ] as [(String, String, Bool, Recognizer.Verdict)])
func `mail on another port is known by what is said`(
  client: String, server: String, sawOpening: Bool, expected: Recognizer.Verdict
) {
  let found = verdict(Array(client.utf8), Array(server.utf8), isMailPort: false, sawOpening: sawOpening)
  #expect(found == expected)
}

@Test(arguments: [(12_287, .undecided), (12_288, .undecided), (12_289, .notMail)] as [(Int, Recognizer.Verdict)])
func `who has said nothing that tells by then is no mail, but on a mail port`(bytes: Int, expected: Recognizer.Verdict)
{
  // A server that greets as FTP does too, and says more; a client that says nothing but three letters of an EHLO.
  let server = Array("220 ready\r\n".utf8)
  let greeting = server + [UInt8](repeating: 0x78, count: bytes - 3 - server.count)
  #expect(verdict(Array("EHL".utf8), greeting, isMailPort: false) == expected)
  let socks = [UInt8]([5, 255]) + [UInt8](repeating: 0, count: 255) + [5, 1, 0, 3, 255]
  let found = verdict(socks, [5, 0] + [UInt8](repeating: 5, count: bytes - socks.count - 2))
  #expect(found == (expected == .notMail ? mail : .undecided))
}

@Test func `what was kept comes back without the preamble, in its order`() {
  var recognizer = Recognizer(isMailPort: true, sawOpening: true)
  let said: [(Peer, String)] = [
    (.client, "CONNECT a:25 HTTP/1.1\r\n"), (.client, "\r\nEHLO a\r\n"), (.server, "HTTP/1.1 200 ok\r\n\r\n"),
    (.server, "220 mx\r\n"),
  ]
  var verdict = Recognizer.Verdict.undecided
  for (index, (peer, text)) in said.enumerated() {
    let moment = Moment(time: CaptureTime(nanoseconds: 0), frame: index + 1)
    verdict = recognizer.receive(Array(text.utf8).span, from: peer, at: moment)
  }
  guard case .mail(let preamble?, sidesAreSwapped: false) = verdict else {
    Issue.record("no preamble was found")
    return
  }
  let kept = recognizer.takeKept(behind: preamble)
  #expect(kept.map { String(decoding: $0.bytes, as: UTF8.self) } == ["EHLO a\r\n", "220 mx\r\n"])
  #expect(kept.map(\.moment.frame) == [2, 4])
  #expect(kept.map(\.peer) == [.client, .server])
  #expect(recognizer.takeKept(behind: nil).isEmpty)
}
