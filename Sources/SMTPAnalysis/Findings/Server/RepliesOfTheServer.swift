internal import SMTPDialogue
internal import TCPStreams
internal import Wire

// What the checks of the server's side ask about its replies.

extension SessionEvidence {
  /// Nothing of the server's stream is missing, so that the form of each reply is what the server sent.
  var repliesAreWhole: Bool {
    gaps.server == 0 && facts.serverToClient.clippedSegments == 0 && facts.opening != .midstream && sawServerBegin
  }

  /// Nothing of either side is missing, so that each reply surely answers what it is paired with.
  var pairingIsSure: Bool { !hasHoles && !gaps.coversEnd && !isClipped && sawServerBegin }

  /// Without the server's SYN nobody knows whether bytes before the first ones that were seen are missing.
  private var sawServerBegin: Bool { facts.serverRoundTrip != nil || facts.clientRoundTrip != nil }

  /// Whether a reply refused and the server closed with it: its last word, though it should have been 421.
  func isFarewell(_ reply: ReplyRecord) -> Bool {
    guard reply.isNegative, case .finished(by: .server)? = facts.closing else { return false }
    return end.time.nanoseconds(since: reply.time) <= SessionEvidence.farewellSpan
  }

  /// Whether the server took its leave with it: 421 says so itself (RFC 5321 section 3.8).
  func isLeave(_ reply: ReplyRecord) -> Bool { reply.code == 421 || isFarewell(reply) }

  /// From the last word to the end of the connection, with the acknowledgements of the ends.
  private static let farewellSpan: Int64 = 2_000_000_000
}

extension Exchange {
  /// What the reply answers, as a sentence says it.
  var asked: String {
    switch step {
    case .greeting: "the connection"
    case .command: line.isEmpty ? "an empty line" : visible(line.prefix(60))
    case .chunk: "a chunk"
    case .endOfData: "the end of the data"
    case .unseen: "a command that was not captured"
    }
  }

  var isCommand: Bool { if case .command = step { true } else { false } }
}

extension ReplyRecord {
  /// The reply's first line as it was sent, but for its line end.
  var firstLine: [UInt8] {
    guard code > 0 else { return lines.first ?? [] }
    return Array(String(code).utf8) + [lines.count > 1 ? 0x2d : 0x20] + (lines.first ?? [])
  }

  /// Code and words as far as they fit into a sentence about something else.
  var quotedBriefly: String {
    let text = quoted
    return text.count <= 120 ? text : text.prefix(117) + "..."
  }

  var isPositive: Bool { code >= 200 && code < 300 }
}
