import Wire

/// A list of tags and values as a signature field and a key record have it (RFC 6376 section 3.2): `v=1; a=rsa-sha256`.
struct TagList {
  /// Where a value stands in the text.
  private struct Entry {
    /// One or two letters, the first in the higher octet.
    var name: UInt16
    /// From the equals sign to the semicolon.
    var written: Range<Int>
    /// Without the white space around it.
    var value: Range<Int>
  }

  private var entries: [Entry] = []

  /// Tags that are kept: a dozen are defined. Against a field of a million tags, each of which is compared with the others.
  private static let mostTags = 64

  /// nil where the text is no such list, or has a tag twice: then it says nothing for certain (section 3.2).
  init?(_ text: Span<UInt8>) {
    var start = 0
    while start < text.count {
      let end = text.firstIndex(of: UInt8(ascii: ";"), from: start) ?? text.count
      let tag = Self.withoutBlanks(start..<end, of: text)
      if tag.isEmpty {
        // Only the last one may be: `v=1;`
        guard Self.withoutBlanks(end..<text.count, of: text).count <= 1 else { return nil }
        return
      }
      guard add(tag, endingAt: end, of: text) else { return nil }
      start = end + 1
    }
  }

  private mutating func add(_ tag: Range<Int>, endingAt end: Int, of text: Span<UInt8>) -> Bool {
    guard let equals = text.extracting(tag).firstIndex(of: UInt8(ascii: "=")) else { return false }
    let sign = tag.lowerBound + equals
    let name = Self.withoutBlanks(tag.lowerBound..<sign, of: text)
    guard !name.isEmpty else { return false }
    // Longer names are of tags that are not known: they are passed over, as they have to be.
    guard name.count <= 2 else { return true }
    var letters: UInt16 = 0
    for index in name { letters = letters << 8 | UInt16(text[index]) }
    guard entries.count < Self.mostTags, !entries.contains(where: { $0.name == letters }) else { return false }
    entries.append(
      Entry(name: letters, written: sign + 1..<end, value: Self.withoutBlanks(sign + 1..<tag.upperBound, of: text)))
    return true
  }

  /// The place of a tag's value; nil where it is not there.
  func place(of name: String) -> Range<Int>? { entry(name)?.value }

  /// The same with the white space around it.
  func writtenPlace(of name: String) -> Range<Int>? { entry(name)?.written }

  /// A tag's value without any white space: names, and base 64 which may be folded.
  func word(_ name: String, of text: Span<UInt8>) -> [UInt8]? {
    guard let place = place(of: name) else { return nil }
    var word: [UInt8] = []
    word.reserveCapacity(place.count)
    for index in place where !Self.isBlank(text[index]) { word.append(text[index]) }
    return word
  }

  /// The values of a list with colons between them, without white space.
  func words(_ name: String, of text: Span<UInt8>) -> [ArraySlice<UInt8>]? {
    word(name, of: text)?.split(separator: UInt8(ascii: ":"))
  }

  private func entry(_ name: String) -> Entry? {
    let letters = name.utf8.reduce(UInt16(0)) { $0 << 8 | UInt16($1) }
    return entries.first { $0.name == letters }
  }

  private static func withoutBlanks(_ range: Range<Int>, of text: Span<UInt8>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, isBlank(text[start]) { start += 1 }
    while start < end, isBlank(text[end - 1]) { end -= 1 }
    return start..<end
  }

  /// FWS (section 2.8): space, tab, and the line ends that fold.
  static func isBlank(_ octet: UInt8) -> Bool {
    octet == 0x20 || octet == 0x09 || octet == 0x0d || octet == 0x0a
  }
}
