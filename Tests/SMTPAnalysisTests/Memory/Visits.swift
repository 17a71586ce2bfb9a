import SMTPAnalysis
import TCPStreams
import TestSupport
import Wire

/// A connection of a test that has several: who connects, where to, and when.
func connection(
  _ script: String, at seconds: Double = 0, from client: String = "192.0.2.7", port: UInt16 = 40000,
  to server: String = "203.0.113.25", serverPort: UInt16 = 25, closes: Bool = true, pauses: [Int: Int64] = [:]
) -> Conversation {
  var conversation = Conversation(script, closes: closes, pauses: pauses)
  // A port of its own for each connection: a client does not use one twice within minutes.
  let own = port &+ UInt16(truncatingIfNeeded: Int(seconds * 10))
  conversation.client = Endpoint(address: address(client), port: own)
  conversation.server = Endpoint(address: address(server), port: serverPort)
  conversation.start = conversation.start.advanced(byNanoseconds: Int64(seconds * 1e9))
  return conversation
}

private func address(_ text: String) -> IPAddress {
  IPAddress(ipv4: text.split(separator: ".").reduce(0) { $0 << 8 | (UInt32($1) ?? 0) })
}

/// Pieces of sessions that memory ties together.
enum Sessions {
  static let hello = """
    S: 220 mx.example ESMTP
    C: EHLO client.example
    S: 250-mx.example
    S: 250-PIPELINING
    S: 250 SIZE 52428800

    """
  static let offer = """
    S: 220 mx.example ESMTP
    C: EHLO client.example
    S: 250-mx.example
    S: 250-PIPELINING
    S: 250-STARTTLS
    S: 250 SIZE 52428800

    """
  static let quit = """
    C: QUIT
    S: 221 bye

    """

  static func envelope(
    _ hello: String = hello, from sender: String = "a@b", to recipient: String = "c@d", size: Int = 60
  ) -> String {
    hello + """
      C: MAIL FROM:<\(sender)> SIZE=\(size)
      S: 250 2.1.0 Ok
      C: RCPT TO:<\(recipient)>

      """
  }

  static let putOff = "S: 450 4.2.0 <c@d>: Recipient address rejected: Greylisted\n"

  static func text(id: String? = "1@b", body: String = "hi") -> String {
    """
    S: 250 2.1.5 Ok
    C: DATA
    S: 354 go
    C: Subject: x
    \(id.map { "C: Message-ID: <\($0)>\n" } ?? "")C:
    C: \(body)
    C: .

    """
  }

  static func delivered(
    _ hello: String = hello, from sender: String = "a@b", to recipient: String = "c@d", size: Int = 60,
    id: String? = "1@b", body: String = "hi"
  ) -> String {
    envelope(hello, from: sender, to: recipient, size: size) + text(id: id, body: body) + "S: 250 2.0.0 queued\n" + quit
  }

  static func deferred(from sender: String = "a@b", to recipient: String = "c@d", size: Int = 60) -> String {
    envelope(from: sender, to: recipient, size: size) + putOff + quit
  }
}

extension Session {
  func finding(_ id: FindingID) -> Finding? { findings.first { $0.id == id } }
}

extension Analysis {
  /// The messages of a finding, session by session; nil where it was not found.
  func said(_ id: FindingID) -> [String?] { sessions.map { $0.finding(id)?.message } }

  /// Each conversation as a capture file of its own, read one after the other.
  init(files: [Conversation], options: AnalysisOptions = AnalysisOptions()) {
    var analyzer = Analyzer(options: options)
    var found: [Session] = []
    for (file, conversation) in files.enumerated() {
      for (index, frame) in conversation.frames.enumerated() {
        let bytes = frame.bytes
        analyzer.receive(
          bytes.span,
          descriptor: FrameDescriptor(
            time: frame.time, number: index + 1, file: file, linkType: .ethernet, originalLength: bytes.count))
        while let session = analyzer.nextSession() { found.append(session) }
      }
    }
    analyzer.finish()
    while let session = analyzer.nextSession() { found.append(session) }
    self.init([])
    sessions = found
    summary = analyzer.summary
    summary.notes = analyzer.notes
  }
}
