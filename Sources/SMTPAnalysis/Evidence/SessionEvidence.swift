internal import SMTPDialogue
internal import TCPStreams
internal import Wire

/// Everything that the checks of one session may look at.
struct SessionEvidence {
  let session: Session
  let exchanges: [Exchange]
  let unsolicited: [(reply: ReplyRecord, oddities: Reply.Oddities, behind: Int)]
  let drafts: [TransactionDraft]
  let tls: TLSWatch
  /// Clear text behind STARTTLS that came before its reply, with where it stood.
  let injected: (bytes: [UInt8], moment: Moment)?
  /// Clear text behind the 220 to STARTTLS where TLS was due, with where it stood.
  let clearBehindTLS: (bytes: [UInt8], from: Peer, moment: Moment)?
  /// What the client sent first, where it is no SMTP.
  let firstClientBytes: [UInt8]
  let firstServerBytes: [UInt8]
  let gaps: Gaps
  /// What the message text ended with that never came to its end.
  let unfinishedTail: [UInt8]
  /// When the client was last heard.
  let lastClientBytes: Moment?
  /// When each side closed its direction.
  let clientLeft: Moment?
  let serverLeft: Moment?

  struct Gaps {
    var client = 0
    var server = 0
    var first: Moment?
  }

  var facts: ConnectionFacts { session.connection }

  /// One direction only was captured: nothing that is absent proves anything.
  var isOneSided: Bool { facts.clientToServer.packets == 0 || facts.serverToClient.packets == 0 }

  /// Bytes are missing somewhere: what was not seen may have been said.
  var hasHoles: Bool { gaps.client > 0 || gaps.server > 0 || facts.opening == .midstream || isOneSided }

  var isClipped: Bool { facts.clientToServer.clippedSegments + facts.serverToClient.clippedSegments > 0 }

  /// Where the session ended.
  var end: (frame: Int, time: CaptureTime) { (facts.lastFrame.number, facts.lastFrame.time) }

  /// Where it began.
  var start: (frame: Int, time: CaptureTime) { (facts.firstFrame.number, facts.firstFrame.time) }

  /// The service extensions that the server offered.
  var offered: OfferedExtensions { OfferedExtensions(lines: session.extensions) }

  /// Whether the mail passed where anybody can read it.
  var isInClear: Bool { session.tls.map { $0.outcome != .established } ?? true }

  func exchange(_ verb: Verb) -> Exchange? { exchanges.first { $0.verb == verb } }
  func lastExchange(_ verb: Verb) -> Exchange? { exchanges.last { $0.verb == verb } }

  /// The exchange after which the client was silent or gone: the last that was sent.
  var last: Exchange? { exchanges.last }
}

/// The service extensions of an EHLO reply (RFC 5321 section 4.1.1.1), looked up where they stand.
struct OfferedExtensions {
  let lines: [[UInt8]]

  /// Whether a line begins with the keyword, in any case of letters; what follows a blank or `=` are its parameters.
  func contains(_ keyword: StaticString) -> Bool {
    let length = keyword.utf8CodeUnitCount
    return lines.contains { line in
      let bytes = line.span
      guard bytes.hasBytesIgnoringCase(keyword) else { return false }
      return bytes.count == length || bytes[length] == 0x20 || bytes[length] == 0x3d
    }
  }
}

/// Gathers findings, of each id one for a place: one cause, one finding.
struct FindingCollector {
  private(set) var findings: [Finding] = []
  /// Findings kept of one session: a hostile peer must not fill the report.
  static let limit = 200

  mutating func add(_ finding: Finding) {
    guard findings.count < FindingCollector.limit else { return }
    guard !findings.contains(where: { $0.id == finding.id && $0.transaction == finding.transaction }) else { return }
    findings.append(finding)
  }

  func contains(_ ids: FindingID...) -> Bool { findings.contains { ids.contains($0.id) } }
}

/// Bytes as they may stand in a sentence.
func visible(_ bytes: some Collection<UInt8>) -> String {
  let array = Array(bytes)
  return String(visible: array.span)
}

extension ReplyRecord {
  /// Code and words, as a sentence quotes them.
  var quoted: String {
    let text = lines.map { visible($0) }.joined(separator: " ")
    return text.isEmpty ? "\(code)" : "\(code) \(text)"
  }

  var isNegative: Bool { code >= 400 }
  var isPermanent: Bool { code >= 500 }
  var place: (frame: Int, time: CaptureTime) { (frame, time) }
}

/// A duration as a sentence says it.
func spoken(_ nanoseconds: Int64) -> String {
  let seconds = Double(nanoseconds) / 1e9
  if seconds < 10 { return "\((seconds * 10).rounded() / 10) s" }
  if seconds < 120 { return "\(Int(seconds.rounded())) s" }
  return "\(Int((seconds / 60).rounded())) min"
}
