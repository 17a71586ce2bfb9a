internal import MailMessages
internal import Wire

/// Converts text to UTF-8 as it passes, line by line: in every character set that mail has text in but UTF-16, a line feed
/// is one, and a shift of the set does not reach behind it (RFC 1468).
final class TextConverter {
  private var label: [UInt8]
  private var units: Units
  private var decoder = HeaderTextDecoder()
  /// A line whose end has not come, or what is left of a character.
  private var held: [UInt8] = []

  private enum Units {
    case lines
    /// UTF-16, whose first two bytes tell the order.
    case marked
    case pairs(isBigEndian: Bool)
  }

  /// Bytes of a line that are waited for; a longer one may lose a character where it is cut.
  private static let longestLine = 1 << 16

  /// nil where there is nothing to convert: UTF-8, ASCII, and sets that are not known.
  init?(from charset: String) {
    label = Array(charset.utf8)
    switch HeaderTextDecoder.conversion(of: label) {
    case .none: return nil
    case .byLine: units = .lines
    case .markedPairs: units = .marked
    case .pairs(let isBigEndian): units = .pairs(isBigEndian: isBigEndian)
    }
  }

  func convert(_ bytes: Span<UInt8>, into output: (Span<UInt8>) -> Void) {
    held.append(bytes)
    if case .marked = units, held.count >= 2 { readMark() }
    let count: Int
    switch units {
    case .lines:
      if let feed = bytes.lastIndex(of: 0x0a) {
        count = held.count - (bytes.count - feed - 1)
      } else {
        count = held.count >= Self.longestLine ? held.count : 0
      }
    case .marked: count = 0
    case .pairs(let isBigEndian): count = wholePairs(isBigEndian)
    }
    guard count > 0 else { return }
    let whole = held.prefix(count)
    let text = decoder.converted(Array(whole).span, from: label)
    held.removeFirst(count)
    output(text.utf8.span)
  }

  /// RFC 2781 section 3.3, but for text without a mark, which comes from systems that write the low byte first.
  private func readMark() {
    let isBigEndian = held[0] == 0xfe && held[1] == 0xff
    let isMarked = isBigEndian || held[0] == 0xff && held[1] == 0xfe
    if isMarked { held.removeFirst(2) }
    units = .pairs(isBigEndian: isBigEndian)
    label = Array((isBigEndian ? "utf-16be" : "utf-16le").utf8)
  }

  /// The bytes of whole characters: of two that make one the first waits for the second.
  private func wholePairs(_ isBigEndian: Bool) -> Int {
    let count = held.count & ~1
    guard count >= 2 else { return 0 }
    let high = held[isBigEndian ? count - 2 : count - 1]
    return high & 0xfc == 0xd8 ? count - 2 : count
  }

  func finish(into output: (Span<UInt8>) -> Void) {
    guard !held.isEmpty else { return }
    let text = decoder.converted(held.span, from: label)
    held = []
    output(text.utf8.span)
  }
}
