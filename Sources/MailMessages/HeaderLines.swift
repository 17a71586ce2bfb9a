import Wire

/// The lines of a header section, found one after the other in time linear in the section's length.
///
/// A line ends in CRLF, a bare LF or a bare CR: a capture shows what clients sent, not what RFC 5322 section 2.1 allows.
public struct HeaderLines {
  private var offset = 0
  /// The first LF at or after `offset`, or the end; kept so that a section with bare CRs is not searched again for each.
  private var lineFeed = -1

  /// Begins before the first line.
  public init() {}

  /// The range of the next line without its end; nil behind the last. Give the same bytes each time.
  public mutating func next(in bytes: Span<UInt8>) -> Range<Int>? {
    let start = offset
    guard start < bytes.count else { return nil }
    if lineFeed < start { lineFeed = bytes.firstIndex(of: UInt8(ascii: "\n"), from: start) ?? bytes.count }
    guard let length = bytes.extracting(start..<lineFeed).firstIndex(of: UInt8(ascii: "\r")) else {
      offset = lineFeed + 1
      return start..<lineFeed
    }
    // Some clients send CR CR LF for a line end: all of them are one.
    let end = start + length
    var behind = end
    while behind < lineFeed, bytes[behind] == UInt8(ascii: "\r") { behind += 1 }
    offset = behind == lineFeed ? lineFeed + 1 : end + 1
    return start..<end
  }
}
