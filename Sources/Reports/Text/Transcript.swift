import SMTPAnalysis
import TCPStreams
import Wire

/// Writes a dialogue as people paste it into tickets: time since the connection's first packet, frame, direction, line.
struct Transcript {
  private var canvas: TextCanvas
  private let start: CaptureTime
  private let arrowColumn: Int
  private let textColumn: Int
  private var previous: DialogueLine?
  private var reply = ReplyPosition.outside
  private var security = Security.clear
  private var saysMasked = true
  /// Whether records of TLS are in the dialogue: it is inside of them from the first one on. Behind a mirror port that
  /// decrypts there are none, and the reply to STARTTLS is where it begins.
  private let hasRecords: Bool

  /// Where a server's line stands in its reply.
  private enum ReplyPosition {
    case outside
    case continued
  }

  private enum Security {
    case clear
    case asked
    case inside
  }

  /// The transcript of a session's dialogue.
  static func lines(of session: Session, style: TextStyle) -> [UInt8] {
    var transcript = Transcript(session, style: style)
    transcript.writeOpening(session.connection)
    for line in session.dialogue { transcript.write(line) }
    transcript.writeClosing(session.connection)
    return transcript.canvas.bytes
  }

  private init(_ session: Session, style: TextStyle) {
    canvas = TextCanvas(style: style)
    start = session.connection.firstFrame.time
    let widest = session.dialogue.map(\.frame).max() ?? 0
    arrowColumn = 12 + max(4, String(widest).count + 1) + 1
    textColumn = arrowColumn + 4
    hasRecords = session.tls?.details?.isActive == true
    if session.tls?.method == .implicit { security = .inside }
  }

  private mutating func writeOpening(_ connection: ConnectionFacts) {
    let style = canvas.style
    let ends = "\(connection.client) \(style.arrow) \(connection.server)"
    let text =
      switch connection.opening {
      case .handshake: "connected \(ends)"
      case .midstream: "\(ends), the capture begins in the middle"
      case .refused: "refused \(ends)"
      case .unanswered: "unanswered \(ends)"
      }
    writeEvent(text, at: start, frame: nil)
  }

  private mutating func writeClosing(_ connection: ConnectionFacts) {
    let text =
      switch connection.closing {
      case .reset(by: let peer): "reset by the \(peer.word)"
      case .timeout: "silence"
      case .captureEnd, nil: "the capture ends"
      case .finished: nil as String?
      }
    guard let text else { return }
    writeEvent(text, at: connection.lastFrame.time, frame: connection.lastFrame.number)
  }

  private mutating func writeEvent(_ text: String, at time: CaptureTime, frame: Int?) {
    writeStart(time, frame: frame)
    canvas.put(" \(canvas.style.dot)")
    canvas.move(to: textColumn)
    canvas.flow(text, hanging: textColumn + 2)
    canvas.newline()
  }

  private mutating func writeStart(_ time: CaptureTime, frame: Int?) {
    let seconds = Quantity.seconds(time.nanoseconds(since: start))
    canvas.move(to: max(0, 9 - seconds.count))
    canvas.put(seconds, .faint)
    if let frame {
      canvas.move(to: max(12, canvas.column + 1))
      canvas.put("#\(frame)", .faint)
    }
    canvas.move(to: arrowColumn)
  }

  private mutating func write(_ line: DialogueLine) {
    defer { previous = line }
    if case .closed = line.content {
      return writeEvent("closed by the \(line.from.word)", at: line.time, frame: line.frame)
    }
    if case .handshake(let words) = line.content {
      return writeEvent(canvas.style.sentence(words), at: line.time, frame: nil)
    }
    let isSameSegment = previous.map { $0.from == line.from && $0.frame == line.frame } ?? false
    let continues = line.from == .server && reply == .continued
    if isSameSegment { canvas.move(to: arrowColumn) } else { writeStart(line.time, frame: line.frame) }
    if !(continues && isSameSegment) { writeArrow(line) }
    canvas.move(to: textColumn)
    switch line.content {
    case .line(let text): writeLine(text, from: line.from)
    case .message(let bytes): writeNote("message, \(Quantity.count(bytes, "byte"))")
    case .gap(let bytes): writeNote("\(Quantity.count(bytes, "byte")) missing from the capture")
    case .encrypted(let bytes): writeNote("\(Quantity.count(bytes, "byte")) of TLS")
    case .handshake, .closed: break
    }
    canvas.newline()
    follow(line)
  }

  private mutating func writeNote(_ text: String) {
    canvas.flow("(\(text))", .faint, hanging: textColumn + 2)
  }

  private mutating func writeLine(_ text: [UInt8], from peer: Peer) {
    canvas.flow(canvas.style.visible(text), hanging: textColumn + 2)
    guard saysMasked, peer == .client, text.span.holdsMask else { return }
    saysMasked = false
    canvas.flow("(masked; --reveal-secrets shows it)", .faint, hanging: textColumn + 2, spacing: 4)
  }

  private mutating func writeArrow(_ line: DialogueLine) {
    let isEncrypted =
      if case .encrypted = line.content { true } else { security == .inside }
    switch line.from {
    case .client: canvas.put(isEncrypted ? " ~>" : " ->")
    case .server:
      let refuses =
        if case .line(let text) = line.content { replyCode(text).map { $0 >= 400 } ?? false } else { false }
      canvas.put(isEncrypted ? (refuses ? "<~*" : "<~") : (refuses ? "<**" : "<-"), refuses ? .bad : .plain)
    }
  }

  /// What the line says about those that follow it.
  private mutating func follow(_ line: DialogueLine) {
    guard case .line(let text) = line.content else {
      reply = .outside
      if case .encrypted = line.content { security = .inside }
      return
    }
    switch line.from {
    case .client:
      reply = .outside
      guard security != .inside else { return }
      security = asciiEqual(text, "STARTTLS") ? .asked : .clear
    case .server:
      reply = text.count > 3 && text[3] == UInt8(ascii: "-") && replyCode(text) != nil ? .continued : .outside
      // RFC 3207 section 4: 220 says "ready to start TLS".
      if security == .asked, reply == .outside { security = replyCode(text) == 220 && !hasRecords ? .inside : .clear }
    }
  }

  private func asciiEqual(_ text: [UInt8], _ word: String) -> Bool {
    text.count == word.utf8.count && zip(text, word.utf8).allSatisfy { $0 & 0xdf == $1 }
  }

  /// The code that a line of a reply begins with (RFC 5321 section 4.2).
  private func replyCode(_ text: [UInt8]) -> Int? {
    guard text.count >= 3, text[..<3].allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return text[..<3].reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }
}

extension Span where Element == UInt8 {
  /// Whether a run of eight asterisks stands in it, which is how the analysis masks secrets.
  fileprivate var holdsMask: Bool {
    var offset = 0
    while let next = firstIndex(of: UInt8(ascii: "*"), from: offset) {
      if hasBytes("********", at: next) { return true }
      offset = next + 1
    }
    return false
  }
}
