internal import Wire

/// What a negative reply says of why: its enhanced status code (RFC 3463) where that is precise, else the words that servers
/// are known to use, else what is left of the codes.
struct ReplyReading: Equatable, Sendable {
  var meaning = ReplyMeaning.unspecified
  /// What the reply names as the reason: `SPF`, `DMARC`, `reverse DNS`.
  var subject: String?
  /// Whether words or a precise code say so. What is only assumed of a code like 550 depends on the command that it answers.
  var isExplicit = false
  /// The block list of a refusal that names one.
  @Seldom var listing: BlockListing?
  /// Mail addresses in the text.
  var addresses: [[UInt8]] = []

  /// - Parameter reader: Whoever remembers words that were looked up before.
  init(of reply: ReplyRecord, to step: ReplyMeaning.Step, with reader: ReplyReader? = nil) {
    let text = ReplyText(reply.lines)
    let enhanced = reply.enhanced ?? text.trailingStatus
    let known =
      reader?.known(of: text, step, code: reply.code, enhanced: enhanced)
      ?? KnownMeaning(of: text, step, code: reply.code, enhanced: enhanced)
    let (status, words) = (known.status, known.words)
    addresses = text.addresses

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

  private mutating func take(_ words: PhraseIndex.Match) {
    (meaning, subject, isExplicit) = (words.meaning, words.subject, true)
  }

  private mutating func take(_ status: KnownStatus) {
    (meaning, subject, isExplicit) = (status.meaning, status.subject, true)
  }

  /// What a reply means that says nothing else (RFC 5321 section 4.2.2).
  private static func assumed(_ code: Int, _ enhanced: EnhancedStatus?, at step: ReplyMeaning.Step) -> ReplyMeaning {
    let (subject, detail) = (enhanced?.subject ?? 0, enhanced?.detail ?? 0)
    switch code {
    case 530: return .authRequired
    case 534, 535, 538: return step == .auth ? .authFailed : .authRequired
    case 503: return .badSequence
    case 551 where step == .rcpt: return .userMoved
    case 421 where subject == 3 && detail == 2: return .shuttingDown  // 4.3.2, not accepting messages
    case 421 where subject == 4 && detail == 2: return .timeout  // 4.4.2, the connection
    case 550 where step == .rcpt && subject == 0 && detail == 0: return .mailboxUnknown
    case 553 where step == .rcpt && subject != 7: return .mailboxUnknown
    // x.7, the security or policy of the server.
    case _ where subject == 7: return step == .auth ? .authFailed : .policy
    case 500... where subject == 6 && step == .endOfData: return .contentRefused  // x.6, RFC 3463 section 3.7
    case 500, 501, 502, 504, 555: return step == .auth ? .authSyntax : .notUnderstood
    default: return .unspecified
    }
  }
}

/// What the tables say of a reply.
struct KnownMeaning {
  var status: KnownStatus?
  /// The entry that says best what the words mean; nil where none fits.
  var words: PhraseIndex.Match?

  init(of text: ReplyText, _ step: ReplyMeaning.Step, code: Int, enhanced: EnhancedStatus?) {
    status = KnownStatus.meaning(of: enhanced, at: step)
    words = PhraseIndex.standard.best(in: text, step, code: code, enhanced: enhanced)
  }
}

/// What tells the meaning of replies.
protocol ReplyInterpreting {
  /// What a negative reply says of why, as the answer to such a step.
  func reading(of reply: ReplyRecord, to step: ReplyMeaning.Step) -> ReplyReading
}

/// Reads replies, and remembers what words meant that were looked up lately: servers say the same all day, with other names in it.
final class ReplyReader: ReplyInterpreting {
  private struct Known {
    var words: [UInt8]
    var step: ReplyMeaning.Step
    var code: Int
    var enhanced: EnhancedStatus?
    var meaning: KnownMeaning
  }

  /// All words have one place, which the next ones of the same place take from them: no server can fill memory.
  private var known: [Known?] = []
  /// How often words were looked up that were not known.
  private(set) var misses = 0

  private static let places = 64
  /// Octets of words that are remembered.
  private static let longest = 256

  /// The reply that was read last, which may come again at once: for the next recipient, or for the next check.
  private var lastReply: ReplyRecord?
  private var lastStep = ReplyMeaning.Step.other
  private var lastReading: ReplyReading?

  func reading(of reply: ReplyRecord, to step: ReplyMeaning.Step) -> ReplyReading {
    if lastStep == step, lastReply?.code == reply.code, lastReply?.lines == reply.lines, let lastReading {
      return lastReading
    }
    let reading = ReplyReading(of: reply, to: step, with: self)
    // A reply may have megabytes.
    lastReply = reply.lines.joined.count <= ReplyText.limit ? reply : nil
    lastStep = step
    lastReading = reading
    return reading
  }

  /// What the tables say of a reply of these words and codes.
  func known(of text: ReplyText, _ step: ReplyMeaning.Step, code: Int, enhanced: EnhancedStatus?) -> KnownMeaning {
    let words = text.words
    guard words.count <= Self.longest else { return KnownMeaning(of: text, step, code: code, enhanced: enhanced) }
    if known.isEmpty { known = [Known?](repeating: nil, count: Self.places) }
    let place = Self.place(of: words.span, step)
    if let found = known[place], found.code == code, found.step == step, found.words.span.isEqual(to: words.span),
      found.enhanced == enhanced
    {
      return found.meaning
    }
    misses += 1
    let meaning = KnownMeaning(of: text, step, code: code, enhanced: enhanced)
    known[place] = Known(words: words, step: step, code: code, enhanced: enhanced, meaning: meaning)
    return meaning
  }

  /// FNV-1a: whoever makes words of the same place gets each looked up, as without a memory.
  private static func place(of words: Span<UInt8>, _ step: ReplyMeaning.Step) -> Int {
    var hash: UInt32 = 2_166_136_261 ^ UInt32(truncatingIfNeeded: step.rawValue)
    for index in words.indices { hash = (hash ^ UInt32(words[index])) &* 16_777_619 }
    return Int((hash ^ hash >> 15) % UInt32(places))
  }
}
