import Wire

/// Converts a text to UTF-8 as it passes, in pieces of any size: how it is cut changes nothing.
///
/// The C library's shift state is kept from piece to piece, and the begin of a character waits for its end.
public final class TextConverter {
  private var state: State
  /// The begin of a character, or of UTF-16's mark.
  private var held: [UInt8] = []
  /// Sequences that may still be found undecodable before the character set is taken to be wrong.
  private var failuresLeft: Int

  private enum State {
    /// UTF-16, whose first two bytes tell the order.
    case awaitingMark
    case converting(CharacterConverter)
    /// What it is declared to be it is not: it keeps its ASCII.
    case wrong
  }

  /// nil where there is nothing to convert: UTF-8, ASCII, and sets that are not known or not installed.
  public init?(from charset: String, limits: HeaderLimits = HeaderLimits()) {
    guard case .converted(let name) = CharacterSet(label: Array(charset.utf8)) else { return nil }
    if name == "UTF-16" {
      state = .awaitingMark
    } else {
      guard let converter = CharacterConverter(from: name) else { return nil }
      state = .converting(converter)
    }
    failuresLeft = limits.undecodableSequences
  }

  /// Takes the next bytes; `output` gets what is known of their text.
  public func convert(_ bytes: Span<UInt8>, into output: (Span<UInt8>) -> Void) {
    held.append(bytes)
    if case .awaitingMark = state {
      guard held.count >= 2 else { return }
      readMark()
    }
    var text: [UInt8] = []
    switch state {
    case .awaitingMark: return
    case .converting(let converter):
      let taken = converter.append(held.span, to: &text, failuresLeft: &failuresLeft)
      held.removeFirst(taken)
      if failuresLeft <= 0 { state = .wrong }
    case .wrong:
      CharacterSet.appendASCII(of: held.span, to: &text)
      held = []
    }
    output(text.span)
  }

  /// RFC 2781 section 3.3, but for text without a mark, which comes from systems that write the low byte first.
  private func readMark() {
    let isBigEndian = held[0] == 0xfe && held[1] == 0xff
    let isMarked = isBigEndian || held[0] == 0xff && held[1] == 0xfe
    if isMarked { held.removeFirst(2) }
    state = CharacterConverter(from: isBigEndian ? "UTF-16BE" : "UTF-16LE").map { .converting($0) } ?? .wrong
  }

  /// The text is over: what waited for more is told.
  public func finish(into output: (Span<UInt8>) -> Void) {
    var text: [UInt8] = []
    if !held.isEmpty { text += "\u{fffd}".utf8 }
    held = []
    if case .converting(let converter) = state { converter.flush(to: &text) }
    if !text.isEmpty { output(text.span) }
  }
}
