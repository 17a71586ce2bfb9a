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
    self.meaning = meaning
    self.phrases = phrases
    self.steps = steps
    self.needs = needs
    self.unless = unless
    self.strength = strength
    self.subject = subject
    self.saidBy = saidBy
  }

  /// Whether step and codes are those of the entry; the words are looked up by `PhraseIndex`.
  func fits(_ step: ReplyMeaning.Step, code: Int, enhanced: [UInt8]) -> Bool {
    guard steps.contains(ReplySteps(step)) else { return false }
    if !needs.isEmpty, !needs.contains(where: { Self.matches($0, code, enhanced) }) { return false }
    return !unless.contains { Self.matches($0, code, enhanced) }
  }

  /// Whether a reply's codes fit a pattern such as `45x` or `5.7.x`.
  private static func matches(_ pattern: String, _ code: Int, _ enhanced: [UInt8]) -> Bool {
    let pattern = Array(pattern.utf8)
    guard pattern.contains(0x2e) else {
      return pattern.count == 3 && zip(pattern, String(code).utf8).allSatisfy { $0 == 0x78 || $0 == $1 }
    }
    let parts = pattern.split(separator: 0x2e)
    let numbers = enhanced.split(separator: 0x2e)
    return parts.count == numbers.count && zip(parts, numbers).allSatisfy { $0.elementsEqual([0x78]) || $0 == $1 }
  }

  /// The whole table.
  static let all: [KnownReply] = session + connection + lists + permission + recipients + senders + content
}

/// The phrases of the table by their first letters: one pass over a reply's words finds all that stand in it.
struct PhraseIndex: Sendable {
  private struct Phrase: Sendable {
    var bytes: [UInt8]
    /// Whether it may end within a word.
    var isStem: Bool
    var entry: Int
  }

  private var phrases: [UInt32: [Phrase]] = [:]
  let entries: [KnownReply]

  static let standard = PhraseIndex(KnownReply.all)

  init(_ entries: [KnownReply]) {
    self.entries = entries
    for (number, entry) in entries.enumerated() {
      for phrase in entry.phrases {
        var bytes = ReplyText(phrase: phrase).words
        let isStem = bytes.last == 0x2a
        if isStem { bytes.removeLast() }
        guard let key = Self.key(bytes, at: 0) else { continue }
        phrases[key, default: []].append(Phrase(bytes: bytes, isStem: isStem, entry: number))
      }
    }
  }

  /// The entry that says best what the words mean; nil where none fits.
  func best(in text: ReplyText, _ step: ReplyMeaning.Step, code: Int, enhanced: [UInt8]) -> KnownReply? {
    var best: Int?
    let words = text.words
    for start in text.starts {
      guard let key = Self.key(words, at: start), let candidates = phrases[key] else { continue }
      // By index, and the bytes first: few phrases stand there, and an entry is much to copy.
      for index in candidates.indices where Self.stands(candidates[index], in: words, at: start) {
        let entry = candidates[index].entry
        if precedes(entry, best), entries[entry].fits(step, code: code, enhanced: enhanced) { best = entry }
      }
    }
    return best.map { entries[$0] }
  }

  private func precedes(_ entry: Int, _ best: Int?) -> Bool {
    guard let best else { return true }
    return (entries[entry].strength, entries[entry].meaning, entry)
      < (entries[best].strength, entries[best].meaning, best)
  }

  private static func stands(_ phrase: Phrase, in words: [UInt8], at start: Int) -> Bool {
    let end = start + phrase.bytes.count
    guard end <= words.count else { return false }
    for index in phrase.bytes.indices where phrase.bytes[index] != words[start + index] { return false }
    return phrase.isStem || end == words.count || words[end] == 0x20
  }

  /// Three octets: no phrase is shorter.
  private static func key(_ bytes: [UInt8], at start: Int) -> UInt32? {
    guard start + 3 <= bytes.count else { return nil }
    return UInt32(bytes[start]) << 16 | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2])
  }
}
