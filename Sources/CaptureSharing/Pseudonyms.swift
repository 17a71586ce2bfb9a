private import Crypto

/// Gives each word another of the same length and shape: letters for letters, digits for digits, everything else as it was.
///
/// The same word gets the same one for as long as the value lives, whatever its case, and two words never share one while
/// there is room. What comes out is drawn by HMAC-SHA-256 (RFC 2104) with a key that nobody keeps: who does not have it can
/// neither turn a name back nor try out guesses.
package struct Pseudonyms {
  /// What a word is: a name that is both a domain's and a person's gets two.
  package enum Kind: UInt8 {
    /// One label of a domain name.
    case label = 1
    /// The local part of an address.
    case localPart = 2
  }

  private struct Word: Hashable {
    var kind: UInt8
    var bytes: [UInt8]
  }

  private let key: SymmetricKey
  private var given: [Word: [UInt8]] = [:]
  private var taken: Set<Word> = []

  /// Words that are told apart for sure; a capture may bring any number. Those beyond are drawn all the same.
  private static let limit = 1 << 20
  /// Octets of a word that is kept: no name of the standards is longer (RFC 5321 section 4.5.3.1).
  private static let longestWord = 256
  /// Draws for one word before two may share a name: of one letter there are but twenty-six.
  private static let draws: UInt8 = 64

  /// - Parameter key: Thirty-two random bytes, new for each capture that is shared.
  package init(key: [UInt8]) {
    self.key = SymmetricKey(data: key)
  }

  /// The name for a word, in the word's own case.
  package mutating func name(for word: ArraySlice<UInt8>, _ kind: Kind) -> [UInt8] {
    let plain = Word(kind: kind.rawValue, bytes: word.map(Self.lowercased))
    let name: [UInt8]
    if let known = given[plain] {
      name = known
    } else {
      name = draw(for: plain)
      if given.count < Self.limit, word.count <= Self.longestWord {
        given[plain] = name
        taken.insert(Word(kind: kind.rawValue, bytes: name))
      }
    }
    return zip(word, name).map { original, drawn in
      Self.isUppercase(original) && Self.isLowercase(drawn) ? drawn & 0xdf : drawn
    }
  }

  private func draw(for word: Word) -> [UInt8] {
    var name = word.bytes
    for attempt in 0..<Self.draws {
      name = candidate(for: word, attempt)
      if name == word.bytes, attempt + 1 < Self.draws { continue }
      if !taken.contains(Word(kind: word.kind, bytes: name)) { break }
    }
    return name
  }

  private func candidate(for word: Word, _ attempt: UInt8) -> [UInt8] {
    var stream: [UInt8] = []
    var block: UInt32 = 0
    while stream.count < word.bytes.count {
      let prefix = [word.kind, attempt] + (0..<4).map { UInt8(truncatingIfNeeded: block >> (8 * $0)) }
      stream += HMAC<SHA256>.authenticationCode(for: prefix + word.bytes, using: key)
      block &+= 1
    }
    return zip(word.bytes, stream).map { byte, random in
      switch byte {
      case 0x61...0x7a: 0x61 + random % 26
      case 0x30...0x39: 0x30 + random % 10
      default: TextMask.masked(byte)
      }
    }
  }

  private static func isUppercase(_ byte: UInt8) -> Bool { byte >= 0x41 && byte <= 0x5a }
  private static func isLowercase(_ byte: UInt8) -> Bool { byte >= 0x61 && byte <= 0x7a }
  static func lowercased(_ byte: UInt8) -> UInt8 { isUppercase(byte) ? byte | 0x20 : byte }
}
