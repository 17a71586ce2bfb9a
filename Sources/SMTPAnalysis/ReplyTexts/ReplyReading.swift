internal import Wire

/// What a negative reply says of why: its enhanced status code (RFC 3463) where that is precise, else the words that servers
/// are known to use, else what is left of the codes.
struct ReplyReading: Sendable {
  var meaning = ReplyMeaning.unspecified
  /// What the reply names as the reason: `SPF`, `DMARC`, `reverse DNS`.
  var subject: String?
  /// Whether words or a precise code say so. What is only assumed of a code like 550 depends on the command that it answers.
  var isExplicit = false
  /// The block list of a refusal that names one.
  var listing: BlockListing?
  /// Mail addresses in the text.
  var addresses: [[UInt8]] = []
  /// The first page that the text points to.
  var url: [UInt8]?

  init(of reply: ReplyRecord, to step: ReplyMeaning.Step) {
    let text = ReplyText(reply.lines)
    let enhanced = reply.enhanced.map { Array($0.utf8) } ?? text.trailingStatus ?? []
    let status = KnownStatus.meaning(of: enhanced, at: step)
    let words = PhraseIndex.standard.best(in: text, step, code: reply.code, enhanced: enhanced)
    addresses = text.addresses
    url = text.urls.first

    if let words, words.strength == .unmistakable {
      take(words)
    } else if let status, !status.isVague {
      take(status)
    } else if let list = BlockList.named(in: text) {
      meaning = .blocklisted
      isExplicit = true
      listing = BlockListing(list, in: text)
    } else if let words, words.strength == .particular {
      take(words)
    } else if let status {
      take(status)
    } else if let words {
      take(words)
      // `<a@b>... Access denied` names the sender, `Access denied` alone does not.
      if meaning == .clientRefused, step == .mail, !text.addresses.isEmpty {
        (meaning, subject) = (.senderUnknown, nil)
      }
    } else {
      meaning = Self.assumed(reply.code, enhanced, at: step)
    }
    if meaning == .blocklisted, listing == nil { listing = BlockListing(BlockList.named(in: text), in: text) }
  }

  private mutating func take(_ words: KnownReply) {
    (meaning, subject, isExplicit) = (words.meaning, words.subject, true)
  }

  private mutating func take(_ status: KnownStatus) {
    (meaning, subject, isExplicit) = (status.meaning, status.subject, true)
  }

  /// What a reply means that says nothing else (RFC 5321 section 4.2.2).
  private static func assumed(_ code: Int, _ enhanced: [UInt8], at step: ReplyMeaning.Step) -> ReplyMeaning {
    // x.7: the security or policy of the server; x.1: an address. Without a digit behind it the code says no more.
    let subject = enhanced.count > 2 ? enhanced[2] : 0
    switch code {
    case 530: return .authRequired
    case 534, 535, 538: return step == .auth ? .authFailed : .authRequired
    case 503: return .badSequence
    case 551 where step == .rcpt: return .userMoved
    case 421 where subject == 0x33 && enhanced.last == 0x32: return .shuttingDown  // 4.3.2, not accepting messages
    case 421 where subject == 0x34 && enhanced.last == 0x32: return .timeout  // 4.4.2, the connection
    case 550 where step == .rcpt && (enhanced.isEmpty || enhanced.dropFirst() == [0x2e, 0x30, 0x2e, 0x30]):
      return .mailboxUnknown
    case 553 where step == .rcpt && subject != 0x37: return .mailboxUnknown
    case _ where subject == 0x37: return step == .auth ? .authFailed : .policy
    case 500, 501, 502, 504, 555: return step == .auth ? .authSyntax : .notUnderstood
    default: return .unspecified
    }
  }
}

/// The readings of a session's replies: of each text one, however often it is said.
///
/// A list of ten thousand dead recipients gets the same words ten thousand times.
final class ReplyReader {
  private struct Known {
    var code: Int
    var step: ReplyMeaning.Step
    var lines: TextLines
    var reading: ReplyReading
  }

  private var readings: [Known] = []
  /// How many readings are kept.
  var count: Int { readings.count }

  /// Readings kept: a server that words each refusal in another way must not fill memory, and they are looked through in
  /// turn.
  static let limit = 16

  func reading(of reply: ReplyRecord, to step: ReplyMeaning.Step) -> ReplyReading {
    let (code, lines) = (reply.code, reply.lines)
    for index in readings.indices
    where readings[index].code == code && readings[index].step == step && readings[index].lines == lines {
      return readings[index].reading
    }
    let reading = ReplyReading(of: reply, to: step)
    if readings.count < Self.limit {
      readings.append(Known(code: code, step: step, lines: lines, reading: reading))
    }
    return reading
  }
}
