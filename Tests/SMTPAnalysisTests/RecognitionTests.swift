import MailMessages
import SMTPAnalysis
import TCPStreams
import TestSupport
import Testing
import Wire

private func endpoint(_ port: UInt16) -> Endpoint { Endpoint(address: IPAddress(ipv4: 0xcb00_7119), port: port) }

@Suite struct RecognitionTests {
  @Test(
    arguments: [
      (
        #"C: PROXY TCP4 198.51.100.7 203.0.113.25 40001 25"#, .proxyV1, "198.51.100.7:40001", "203.0.113.25:25"
      ),
      ("C: PROXY UNKNOWN", .proxyV1, nil, nil),
      (
        #"C: \x0d\x0a\x0d\x0a\x00\x0d\x0aQUIT\x0a\x21\x11\x00\x0c\xc6\x33\x64\x07\xcb\x00\x71\x19\x9c\x41\x00\x19\"#,
        .proxyV2, "198.51.100.7:40001", "203.0.113.25:25"
      ),
      (#"C: \x0d\x0a\x0d\x0a\x00\x0d\x0aQUIT\x0a\x20\x00\x00\x00\"#, .proxyV2, nil, nil),
      (
        #"C: \x04\x01\x00\x19\xcb\x00\x71\x19ann\x00\"# + "\n" + #"S: \x00\x5a\x00\x00\x00\x00\x00\x00\"#, .socks4, nil,
        "203.0.113.25:25"
      ),
      (
        #"C: \x04\x01\x00\x19\x00\x00\x00\x01\x00mx.example\x00\"# + "\n" + #"S: \x00\x5a\x00\x00\x00\x00\x00\x00\"#,
        .socks4, nil, "mx.example:25"
      ),
      (
        #"C: \x05\x01\x00\"# + "\n" + #"S: \x05\x00\"# + "\n" + #"C: \x05\x01\x00\x03\x0amx.example\x00\x19\"# + "\n"
          + #"S: \x05\x00\x00\x01\x00\x00\x00\x00\x00\x00\"#, .socks5, nil, "mx.example:25"
      ),
      (
        #"C: \x05\x01\x02\"# + "\n" + #"S: \x05\x02\"# + "\n" + #"C: \x01\x03ann\x02pw\"# + "\n" + #"S: \x01\x00\"#
          + "\n"
          + #"C: \x05\x01\x00\x01\xcb\x00\x71\x19\x00\x19\"# + "\n" + #"S: \x05\x00\x00\x01\x00\x00\x00\x00\x00\x00\"#,
        .socks5, nil, "203.0.113.25:25"
      ),
      (
        #"C: CONNECT mx.example:25 HTTP/1.1\r\nHost: mx.example\r\n"# + "\n"
          + #"S: HTTP/1.1 200 Connection established\r\n"#,
        .httpConnect, nil, "mx.example:25"
      ),
    ] as [(String, ProxyPreamble.Kind, String?, String?)], [(25, 1460), (25, 1), (8080, 1460), (8080, 1)])
  func `what a proxy says first is stepped over and kept`(
    example: (String, ProxyPreamble.Kind, String?, String?), way: (port: UInt16, piece: Int)
  ) {
    let (script, kind, source, destination) = example
    let conversation = Conversation(
      script + "\n" + Dialogues.delivered, server: endpoint(way.port), piece: way.piece)
    let session = Analysis(conversation).sessions.first
    #expect(session?.proxy == ProxyPreamble(kind: kind, source: source, destination: destination))
    #expect(session?.greeting?.reply.code == 220)
    #expect(session?.transactionLines == ["a@b > c@d:accepted = accepted"])
  }

  @Test(
    arguments: [
      ("a mail", Dialogues.delivered, true),
      ("LMTP", "S: 220 mx LMTP\nC: LHLO c\nS: 250 mx\nC: QUIT\nS: 221 bye", true),
      ("a banner that names SMTP", "S: 220 mx ESMTP\nC!", true),
      ("a bare HELO", "S: 220 mx\nC: HELO c\nS: 250 mx\nC: QUIT\nS: 221 bye", true),
      ("FTP", "S: 220 ftp.example ready\nC: USER ann\nS: 331 password\nC: PASS x\nS: 230 in", false),
      ("POP3", "S: +OK ready\nC: USER ann\nS: +OK\nC: PASS x\nS: +OK", false),
      ("IMAP", "S: * OK ready\nC: a1 LOGIN ann pw\nS: a1 OK", false),
      ("HTTP", "C: GET / HTTP/1.1\\r\\nHost: x\\r\\n\nS: HTTP/1.1 200 OK\\r\\n\\r\\n220 EHLO", false),
      ("NNTP", "S: 200 news ready\nC: MODE READER\nS: 200 ok\nC: QUIT\nS: 205 bye", false),
      ("SSH", "S: SSH-2.0-x\nC: SSH-2.0-y", false),
      ("TLS", #"C: \x16\x03\x01\x00\x02ab\"# + "\n" + #"S: \x16\x03\x03\x00\x02ab\"#, false),
      ("silence", "", false),
    ], [1460, 1])
  func `on another port it is mail by what is said`(example: (name: String, script: String, isMail: Bool), piece: Int) {
    let conversation = Conversation(example.script, server: endpoint(4711), piece: piece)
    let analysis = Analysis(conversation)
    #expect(analysis.sessions.count == (example.isMail ? 1 : 0))
    #expect(analysis.summary.packetsNotSMTP == (example.isMail ? 0 : conversation.segments.count))
    var options = AnalysisOptions()
    options.recognizesAnyPort = false
    #expect(Analysis(conversation, options: options).sessions.isEmpty)
    options.mailPorts = [4711]
    #expect(Analysis(conversation, options: options).sessions.count == 1)
  }

  @Test func `sessions are numbered by their first packets, reported by their ends`() {
    // The first lasts longest, the second is no mail, the third says late what it is.
    var all = [
      Conversation(Dialogues.delivered, pauses: [2: 60_000]),
      Conversation("S: 220 ftp ready\nC: USER x", server: endpoint(21), pauses: [1: 3000]),
      Conversation(Dialogues.delivered, server: endpoint(2526), pauses: [0: 5000]),
      Conversation(Dialogues.delivered),
    ]
    for index in all.indices {
      all[index].client.port += UInt16(index)
      all[index].start = all[index].start.advanced(byNanoseconds: Int64(index) * 1_000_000_000)
    }
    let sessions = Analysis(together: all).sessions
    #expect(sessions.map(\.id) == [3, 2, 1])
    #expect(sessions.map(\.connection.client.port) == [49155, 49154, 49152])
  }

  @Test func `a silent connection does not hold up numbers for ever`() {
    var silent = Conversation("", server: endpoint(9000), closes: false)
    silent.client.port = 1
    var all = [silent]
    for index in 0..<3 {
      all.append(Conversation(Dialogues.delivered))
      all[index + 1].client.port += UInt16(index)
      all[index + 1].start = silent.start.advanced(byNanoseconds: Int64(index + 1) * 40_000_000_000)
    }
    #expect(Analysis(together: all).sessions.map(\.id) == [1, 2, 3])
  }

  @Test func `delays run from what was asked to the first byte of the answer`() throws {
    // The greeting 350 ms behind the handshake, the reply to MAIL after 2 s, that to the end of the data after 7 s.
    let steps = Script(Dialogues.envelope).steps.count
    let script = Dialogues.envelope + "C: DATA\nS: 354 go\nC: hi\nC: .\nS: 250 queued\n"
    let conversation = Conversation(
      script, piece: 3, pauses: [0: 340, steps - 3: 1990, steps + 4: 6990])
    let session = try #require(Analysis(conversation).sessions.first)
    let ms: (Int64?) -> Int64? = { $0.map { ($0 + 500_000) / 1_000_000 } }
    #expect(ms(session.connection.handshakeDuration) == 0)
    #expect(ms(session.greeting?.delay) == 350)
    #expect(ms(session.transactions.first?.mailReply?.delay) == 2000)
    #expect(ms(session.transactions.first?.endReply?.delay) == 7000)
  }

  @Test func `the record of a delivered mail`() throws {
    let session = try #require(Analysis(Conversation(Dialogues.delivered)).sessions.first)
    #expect(session.helo?.verb == "EHLO")
    #expect(session.helo.map { String(decoding: $0.argument, as: UTF8.self) } == "client.example")
    #expect(
      session.extensions.map { String(decoding: $0, as: UTF8.self) }
        == ["PIPELINING", "CHUNKING", "SIZE 52428800", "AUTH PLAIN LOGIN"])
    #expect(session.hasQuit)
    #expect(session.quitReply?.code == 221)
    let message = try #require(session.transactions.first?.message)
    #expect(message.isComplete)
    #expect(message.header.subject == "figures")
    #expect(message.header.messageID == "<1@b>")
    #expect(message.byteCount == "Subject: figures\r\nMessage-ID: <1@b>\r\n\r\n.dots\r\nlast\r\n".utf8.count)
    // sha256sum of those bytes
    #expect(message.sha256 == "c3becb0ce141065ed6f5dca91bd2647997d1a9f530e16154b359ed540f2d73b7")
  }

  @Test func `every frame of a session is counted once`() {
    var frames = Conversation(Dialogues.delivered).frames
    // The message once more with a wrong checksum, and the greeting captured twice.
    var damaged = frames[frames.count - 9]
    damaged.bytes[damaged.bytes.count - 1] ^= 1
    frames.insert(damaged, at: frames.count - 9)
    frames.insert(frames[3], at: 4)
    let analysis = Analysis(frames)
    #expect(analysis.sessions.count == 1)
    #expect(analysis.summary.packetsNotSMTP == 0)
  }

  @Test func `IPv6 carries the same`() {
    var conversation = Conversation(Dialogues.delivered, piece: 7)
    let essence = Analysis(conversation).sessions.first?.transactionLines
    conversation.client.address = IPAddress(ipv6High: 0x2001_0db8 << 32, low: 1)
    conversation.server.address = IPAddress(ipv6High: 0x2001_0db8 << 32, low: 2)
    #expect(Analysis(conversation).sessions.first?.transactionLines == essence)
  }
}
