internal import Wire

/// A line of the knowledge base: words that servers refuse with, and what they mean.
///
/// To add one, put it into the table of its meaning (`KnownReplies+….swift`), anywhere:
///
///     KnownReply(.mailboxUnknown, "no such user", "never heard of <address>", at: .rcpt, saidBy: "Example MTA")
///
/// - Phrases are whole words, in lower case, found anywhere in the reply; punctuation and apostrophes do not matter (`e-mail`
///   is `e mail`). A star stands for the rest of the last word: `greylist*`.
/// - `<address>`, `<host>`, `<ip>` and `<url>` stand for what a reply names. Nothing else matches inside of these.
/// - `at` limits an entry to the steps of the dialogue at which the words have this meaning.
/// - `needs` and `unless` are patterns of codes, `x` for any digit or number: `4xx`, `550`, `x.7.1`, `5.7.x`. An entry that
///   needs something fits when one of them does.
/// - `strength`: how the words stand to an RFC 3463 code (see `Strength`).
///
/// Where several entries fit, the strongest counts, then the meaning that stands first in `ReplyMeaning`.
struct KnownReply: Sendable {
  /// How much the words weigh.
  enum Strength: Int, Comparable, Sendable {
    /// Said of nothing else: more than any code, as `greylisted` is whatever the code.
    case unmistakable
    /// Less than a precise code (`5.1.1`), more than one that says little (`5.7.1`, `4.0.0`).
    case particular
    /// Words that go with many causes (`access denied`): counted where nothing else says why.
    case general

    static func < (left: Strength, right: Strength) -> Bool { left.rawValue < right.rawValue }
  }

  var meaning: ReplyMeaning
  var phrases: [String]
  var steps: ReplySteps
  var needs: [String]
  var unless: [String]
  var strength: Strength
  /// What a sentence names as the reason: `SPF`, `DMARC`.
  var subject: String?
  /// Whose words they are.
  var saidBy: String

  init(
    _ meaning: ReplyMeaning, _ phrases: String..., at steps: ReplySteps = .any, needs: [String] = [],
    unless: [String] = [], strength: Strength = .particular, subject: String? = nil, saidBy: String
  ) {
    self.init(
      meaning, phrases, at: steps, needs: needs, unless: unless, strength: strength, subject: subject, saidBy: saidBy)
  }

  init(
    _ meaning: ReplyMeaning, _ phrases: [String], at steps: ReplySteps = .any, needs: [String] = [],
    unless: [String] = [], strength: Strength = .particular, subject: String? = nil, saidBy: String
  ) {
    self.meaning = meaning
    self.phrases = phrases
    self.steps = steps
    self.needs = needs
    self.unless = unless
    self.strength = strength
    self.subject = subject
    self.saidBy = saidBy
  }

  /// Whether the codes are those of the entry; words and steps are looked up by `PhraseIndex`.
  func fits(_ code: Int, _ enhanced: EnhancedStatus?) -> Bool {
    if !needs.isEmpty, !needs.contains(where: { Self.matches($0, code, enhanced) }) { return false }
    return !unless.contains { Self.matches($0, code, enhanced) }
  }

  /// Whether a reply's codes fit a pattern such as `45x` or `5.7.x`.
  private static func matches(_ pattern: String, _ code: Int, _ enhanced: EnhancedStatus?) -> Bool {
    let pattern = pattern.utf8
    guard pattern.contains(0x2e) else {
      var unit = 100
      for byte in pattern {
        guard unit > 0, byte == 0x78 || Int(byte) == 0x30 + code / unit % 10 else { return false }
        unit /= 10
      }
      return unit == 0
    }
    guard let enhanced else { return false }
    var place = 0
    for byte in pattern {
      if byte == 0x78 {
        let start = place
        while place < enhanced.count, enhanced[place] != 0x2e { place += 1 }
        guard place > start else { return false }
      } else {
        guard place < enhanced.count, enhanced[place] == byte else { return false }
        place += 1
      }
    }
    return place == enhanced.count
  }

  /// The whole table.
  static let all: [KnownReply] = session + connection + lists + permission + recipients + senders + content + failures
}

/// The phrases of the table by their first four letters: one pass over a reply's words finds all that stand in it.
struct PhraseIndex: Sendable {
  private struct Phrase: Sendable {
    var bytes: [UInt8]
    /// The first eight octets of it, and ones where it has some: what begins otherwise is passed over at a glance.
    var head: UInt64
    var mask: UInt64
    /// Whether it may end within a word.
    var isStem: Bool
    var entry: Int
    /// The entry's, for an entry is much to copy.
    var steps: ReplySteps
    /// Whether the entry has patterns of codes.
    var isConditional: Bool
  }

  private var phrases: [UInt32: [Phrase]] = [:]
  /// Those of three octets.
  private var shortPhrases: [Phrase] = []
  /// What precedes others stands before them.
  private let entries: [KnownReply]

  static let standard = PhraseIndex(KnownReply.all)

  init(_ entries: [KnownReply]) {
    let order = entries.indices.sorted { left, right in
      (entries[left].strength, entries[left].meaning, left) < (entries[right].strength, entries[right].meaning, right)
    }
    self.entries = order.map { entries[$0] }
    for (number, entry) in self.entries.enumerated() {
      for phrase in entry.phrases {
        var bytes = Self.words(of: phrase)
        let isStem = bytes.last == 0x2a
        if isStem { bytes.removeLast() }
        guard bytes.count >= 3 else { continue }
        let head = Self.head(bytes, at: 0)
        let found = Phrase(
          bytes: bytes, head: head, mask: bytes.count < 8 ? ~(.max >> UInt64(bytes.count * 8)) : .max, isStem: isStem,
          entry: number, steps: entry.steps, isConditional: !entry.needs.isEmpty || !entry.unless.isEmpty)
        // Behind a phrase of three octets anything may stand that ends it, or goes on with a stem.
        if bytes.count == 3 { shortPhrases.append(found) } else { phrases[Self.key(head), default: []].append(found) }
      }
    }
  }

  /// A phrase as it would stand in a reply's words. Most are words of small letters and stand there as they are: the whole table is
  /// read when the first refusal comes.
  static func words(of phrase: String) -> [UInt8] {
    let bytes = Array(phrase.utf8)
    var before: UInt8 = 0x20
    for byte in bytes {
      guard byte &- 0x61 < 26 || byte &- 0x30 < 10 || byte == 0x2a || byte == 0x20 && before != 0x20 else {
        return ReplyText(phrase: phrase).words
      }
      before = byte
    }
    return before == 0x20 ? ReplyText(phrase: phrase).words : bytes
  }

  /// What the entry says that fits best.
  struct Match: Equatable, Sendable {
    var meaning: ReplyMeaning
    var strength: KnownReply.Strength
    var subject: String?
  }

  /// The entry that says best what the words mean; nil where none fits.
  func best(in text: ReplyText, _ step: ReplyMeaning.Step, code: Int, enhanced: EnhancedStatus?) -> Match? {
    var best = entries.count
    let step = ReplySteps(step)
    let words = text.words
    func look(through candidates: [Phrase], at start: Int, _ head: UInt64) {
      for index in candidates.indices where (candidates[index].head ^ head) & candidates[index].mask == 0 {
        guard candidates[index].entry < best, candidates[index].steps.contains(step),
          Self.stands(candidates[index], in: words, at: start)
        else { continue }
        let entry = candidates[index].entry
        if !candidates[index].isConditional || entries[entry].fits(code, enhanced) { best = entry }
      }
    }
    for start in text.starts {
      let head = Self.head(words, at: start)
      if let candidates = phrases[Self.key(head)] { look(through: candidates, at: start, head) }
      look(through: shortPhrases, at: start, head)
    }
    guard best < entries.count else { return nil }
    return Match(meaning: entries[best].meaning, strength: entries[best].strength, subject: entries[best].subject)
  }

  private static func stands(_ phrase: Phrase, in words: [UInt8], at start: Int) -> Bool {
    let end = start + phrase.bytes.count
    guard end <= words.count else { return false }
    for index in phrase.bytes.indices where phrase.bytes[index] != words[start + index] { return false }
    return phrase.isStem || end == words.count || words[end] == 0x20
  }

  /// Eight octets from `start` on, the first in front; zeros behind the end.
  private static func head(_ bytes: [UInt8], at start: Int) -> UInt64 {
    var head: UInt64 = 0
    for offset in 0..<8 {
      head <<= 8
      if start + offset < bytes.count { head |= UInt64(bytes[start + offset]) }
    }
    return head
  }

  /// The first four of them.
  private static func key(_ head: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: head >> 32) }
}
