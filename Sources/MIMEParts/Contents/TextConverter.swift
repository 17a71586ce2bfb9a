internal import MailMessages
internal import Wire

/// Converts text to UTF-8 as it passes, line by line: in every character set that mail has text in, a line feed is one, and
/// a shift of the set does not reach behind it (RFC 1468).
final class TextConverter {
  private let label: [UInt8]
  private var decoder = HeaderTextDecoder()
  /// A line whose end has not come.
  private var held: [UInt8] = []

  /// Bytes of a line that are waited for; a longer one may lose a character where it is cut.
  private static let longestLine = 1 << 16

  /// nil where there is nothing to convert: UTF-8, ASCII, and sets that are not known.
  init?(from charset: String) {
    label = Array(charset.utf8)
    guard HeaderTextDecoder.converts(label) else { return nil }
  }

  func convert(_ bytes: Span<UInt8>, into output: (Span<UInt8>) -> Void) {
    held.append(bytes)
    let lines: Int
    if let feed = bytes.lastIndex(of: 0x0a) {
      lines = held.count - (bytes.count - feed - 1)
    } else if held.count >= Self.longestLine {
      lines = held.count
    } else {
      return
    }
    let whole = held.prefix(lines)
    let text = decoder.converted(Array(whole).span, from: label)
    held.removeFirst(lines)
    output(text.utf8.span)
  }

  func finish(into output: (Span<UInt8>) -> Void) {
    guard !held.isEmpty else { return }
    let text = decoder.converted(held.span, from: label)
    held = []
    output(text.utf8.span)
  }
}
