import PacketDecoding
import SMTPAnalysis
import TestSupport
import Wire

/// What the kernels work on, made from fixed seeds.
enum Inputs {
  private static let words = ["anchor", "basin", "copper", "delta", "ember", "fallow", "gravel", "harbour", "island"]

  static let header = """
    Received: from orchard.kestrel.example (orchard.kestrel.example [192.0.2.25])
    \tby mx1.harbour.example with ESMTPS id 4f1c2a77b0e
    \tfor <bob@harbour.example>; Tue, 14 Nov 2023 22:13:20 +0000
    From: =?utf-8?Q?Ann=20Gr=C3=BCn?= <ann@kestrel.example>
    To: <bob@harbour.example>, Carol Upland <carol@harbour.example>
    Subject: =?utf-8?B?R3LDvMOfZSBhdXMgZGVtIEhhZmVu?= and what
     comes behind it
    Date: Tue, 14 Nov 2023 22:13:20 +0000
    Message-ID: <20231114.221320.1@kestrel.example>
    MIME-Version: 1.0
    Content-Type: text/plain; charset=utf-8
    """

  /// Lines of text, about so many bytes; some begin with a dot and are stuffed (RFC 5321 section 4.5.2).
  static func text(bytes: Int, seed: UInt64) -> [String] {
    var random = SplitMix64(seed: seed)
    var lines: [String] = []
    var count = 0
    while count < bytes {
      let start = Int.random(in: 0..<80, using: &random) == 0 ? ".." : ""
      let line = (0..<Int.random(in: 3...11, using: &random)).map { _ in
        words[Int.random(in: words.indices, using: &random)]
      }
      lines.append(start + line.joined(separator: " "))
      count += lines[lines.count - 1].utf8.count + 2
    }
    return lines
  }

  /// A session that brings one message with so many bytes of text, in full segments.
  static func session(textBytes: Int, number: Int) -> Conversation {
    let message = header.split(separator: "\n").map(String.init) + [""] + text(bytes: textBytes, seed: UInt64(number))
    let script = """
      S: 220 mx1.harbour.example ESMTP
      C: EHLO orchard.kestrel.example
      S: 250-mx1.harbour.example
      S: 250-PIPELINING
      S: 250-SIZE 52428800
      S: 250-ENHANCEDSTATUSCODES
      S: 250 8BITMIME
      C: MAIL FROM:<ann@kestrel.example> SIZE=\(textBytes)
      S: 250 2.1.0 Ok
      C: RCPT TO:<bob@harbour.example>
      S: 250 2.1.5 Ok
      C: RCPT TO:<nobody@harbour.example>
      S: 550 5.1.1 <nobody@harbour.example>: Recipient address rejected: User unknown
      C: DATA
      S: 354 End data with <CR><LF>.<CR><LF>
      \(message.map { "C: " + $0 }.joined(separator: "\n"))
      C: .
      S: 250 2.0.0 Ok: queued as 57F7B1266B2
      C: QUIT
      S: 221 2.0.0 Bye
      """
    var conversation = Conversation(script).recut { 1460 }
    conversation.client = Endpoint(
      address: number % 4 == 0
        ? IPAddress(ipv6High: 0x2001_0db8_0000_0000, low: UInt64(number + 1)) : IPAddress(ipv4: 0x0a00_0001),
      port: UInt16(truncatingIfNeeded: 20_000 + number))
    if conversation.client.address.isIPv6 {
      conversation.server.address = IPAddress(ipv6High: 0x2001_0db8_0000_0001, low: 25)
    }
    return conversation
  }

  /// Many sessions, one after the other.
  static func sessions(_ count: Int, textBytes: Int) -> [PreparedFrame] {
    prepared((0..<count).flatMap { session(textBytes: textBytes, number: $0).frames })
  }

  static func prepared(_ frames: [Conversation.Frame]) -> [PreparedFrame] {
    frames.enumerated().map { index, frame in
      PreparedFrame(
        bytes: frame.bytes,
        descriptor: FrameDescriptor(
          time: frame.time, number: index + 1, file: 0, linkType: .ethernet, originalLength: frame.bytes.count))
    }
  }

  /// What one side said at a time.
  static func turns(of conversation: Conversation) -> [Turn] {
    conversation.segments.filter { !$0.payload.isEmpty }.map { Turn(peer: $0.peer, bytes: $0.payload) }
  }

  /// The records of these frames' sessions.
  static func records(of frames: [PreparedFrame], options: AnalysisOptions = AnalysisOptions()) -> [Session] {
    var analyzer = Analyzer(options: options)
    var sessions: [Session] = []
    for frame in frames {
      analyzer.receive(frame.bytes.span, descriptor: frame.descriptor)
      while let session = analyzer.nextSession() { sessions.append(session) }
    }
    analyzer.finish()
    while let session = analyzer.nextSession() { sessions.append(session) }
    return sessions
  }
}

/// A frame and what is known of it.
struct PreparedFrame {
  var bytes: [UInt8]
  var descriptor: FrameDescriptor
}

/// Bytes that one side said in a row.
struct Turn {
  var peer: Peer
  var bytes: [UInt8]
}
