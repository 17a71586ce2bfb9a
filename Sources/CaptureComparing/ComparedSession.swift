internal import MailMessages
package import SMTPAnalysis
package import TCPStreams
package import Wire

/// What a comparison holds of one session.
package struct ComparedSession: Sendable {
  package var id: Int
  package var client: Endpoint
  package var server: Endpoint
  package var opening: ConnectionFacts.Opening
  package var closing: ConnectionFacts.Closing?
  package var start: CaptureTime
  package var end: CaptureTime
  package var firstFrame: FrameDescriptor
  package var handshakeDuration: Int64?
  package var clientRoundTrip: Int64?
  package var serverRoundTrip: Int64?
  package var clientPath: HandshakeOptions?
  package var serverPath: HandshakeOptions?
  package var clientTimeToLive: UInt8?
  package var serverTimeToLive: UInt8?
  package var missingBytes: Int
  package var verdict: Verdict.Outcome
  package var lines: [Line] = []
  /// Not all of the dialogue is held.
  package var isCut = false
  package var mails: [Mail] = []
  /// Whether the selection of the command line keeps it.
  package var isSelected = true
  package var trace = SegmentTrace()

  /// A line of the dialogue.
  package struct Line: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
      case command
      case reply
      /// Of the reply to EHLO, behind its first line (RFC 5321 section 4.1.1.1).
      case capability
      case greeting
    }

    package var from: Peer
    package var kind: Kind
    package var text: [UInt8]
    package var frame: Int
    package var time: CaptureTime
    /// Since the client's last line, or the handshake: for the first line of a reply.
    package var wait: Int64?
  }

  package struct Mail: Equatable, Sendable {
    package var reversePath: [UInt8]?
    package var byteCount: Int
    package var isComplete: Bool
    package var sha256: String?
    package var messageID: String?
    package var digest: MessageDigest?
    package var frame: Int
  }

  package init(_ session: Session, digests: MessageDigests?, limits: ComparisonLimits) {
    let facts = session.connection
    id = session.id
    client = facts.client
    server = facts.server
    opening = facts.opening
    closing = facts.closing
    start = facts.firstFrame.time
    end = facts.lastFrame.time
    firstFrame = facts.firstFrame
    handshakeDuration = facts.handshakeDuration
    clientRoundTrip = facts.clientRoundTrip
    serverRoundTrip = facts.serverRoundTrip
    clientPath = facts.clientPath.options
    serverPath = facts.serverPath.options
    clientTimeToLive = facts.clientPath.timeToLive?.upperBound
    serverTimeToLive = facts.serverPath.timeToLive?.upperBound
    missingBytes = facts.clientToServer.missingBytes + facts.serverToClient.missingBytes
    verdict = session.verdict.outcome
    for index in session.transactions.indices {
      guard let message = session.transactions[index].message else { continue }
      mails.append(
        Mail(
          reversePath: session.transactions[index].reversePath, byteCount: message.byteCount,
          isComplete: message.isComplete, sha256: message.sha256, messageID: message.header.messageID,
          digest: message.outputKey.flatMap { digests?.take($0) }, frame: session.transactions[index].firstFrame))
    }
    keepLines(of: session, limits)
  }

  /// How many bytes its dialogue takes.
  package var dialogueBytes: Int { lines.reduce(0) { $0 + $1.text.count + 64 } }

  private mutating func keepLines(of session: Session, _ limits: ComparisonLimits) {
    var asked = session.connection.handshakeDuration.map { start.advanced(byNanoseconds: $0) }
    var isEHLO = false
    var isWithinReply = false
    var isGreeted = session.greeting == nil
    for line in session.dialogue {
      if case .message = line.content { asked = line.time }
      guard case .line(let text) = line.content else { continue }
      guard lines.count < limits.lines else {
        isCut = true
        return
      }
      let kept = Array(text.prefix(limits.lineBytes))
      switch line.from {
      case .client:
        let verb = kept.prefix(4).map { $0 & 0xdf }
        isEHLO = verb == Array("EHLO".utf8) || verb == Array("LHLO".utf8)
        asked = line.time
        lines.append(Line(from: .client, kind: .command, text: kept, frame: line.frame, time: line.time))
      case .server:
        var kind: Line.Kind = isEHLO && isWithinReply ? .capability : .reply
        if !isGreeted { kind = .greeting }
        let wait = isWithinReply ? nil : asked.map { line.time.nanoseconds(since: $0) }
        lines.append(Line(from: .server, kind: kind, text: kept, frame: line.frame, time: line.time, wait: wait))
        isWithinReply = kept.count > 3 && kept[3] == UInt8(ascii: "-")
        if !isWithinReply {
          isGreeted = true
          isEHLO = false
        }
      }
    }
  }
}
