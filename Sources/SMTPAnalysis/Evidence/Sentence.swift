internal import Wire

/// A sentence that is put together of many pieces: as octets, for a string looks through each piece and itself again.
struct Sentence {
  private var octets: [UInt8] = []

  init() { octets.reserveCapacity(Sentence.usual) }

  /// Room for nearly every sentence.
  private static let usual = 240

  var text: String { String(repairing: octets.span) }

  static func += (sentence: inout Sentence, words: String) { sentence.octets.append(words.utf8.span) }

  /// What came from the network.
  mutating func append(visible bytes: Span<UInt8>) { VisibleText.append(bytes, to: &octets) }

  /// Code and words of a reply.
  mutating func append(_ reply: ReplyRecord) {
    if reply.code > 0 { self += String(reply.code) }
    let lines = reply.lines
    guard lines.count > 1 || !lines.joined.isEmpty else { return }
    for index in lines.indices {
      if reply.code > 0 || index > 0 { octets.append(0x20) }
      append(visible: lines.joined.span.extracting(lines.octets(of: index)))
    }
  }

  /// Ends it, unless a quotation did.
  mutating func end() {
    if let last = octets.last, last != 0x2e, last != 0x3f, last != 0x21 { octets.append(0x2e) }
  }
}
