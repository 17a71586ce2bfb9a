internal import Wire

/// Finds addresses (`scheme://…`, RFC 3986) in text as it passes; in HTML with character references undone.
final class URLScanner {
  private let isHTML: Bool
  private let limit: Int
  /// Bytes that may be the begin of an address, or one whose end has not come.
  private var held: [UInt8] = []
  /// The held bytes are an address, and not only its scheme at best.
  private var isWithin = false
  /// It is longer than is kept: its rest is passed over.
  private var isCut = false

  init(isHTML: Bool, limit: Int) {
    self.isHTML = isHTML
    self.limit = limit
  }

  /// A scheme's letters and the three characters behind them.
  private static let longestScheme = 12

  func receive(_ bytes: Span<UInt8>, into context: MIMEContext) {
    var offset = 0
    while offset < bytes.count {
      if isWithin {
        offset = takeAddress(bytes, from: offset, into: context)
      } else if held.isEmpty {
        offset = search(bytes, from: offset, behind: offset)
      } else {
        // What was held and the bytes that may belong to it are searched by themselves, then the rest where it stands.
        let before = held.count
        let taken = min(bytes.count - offset, Self.longestScheme + 3)
        var joint = held
        joint.append(bytes.extracting(offset..<offset + taken))
        let found = search(joint.span, from: 0, behind: 0)
        if isWithin {
          offset += max(0, found - before)
        } else if offset + taken < bytes.count {
          offset = search(bytes, from: offset + taken - 2, behind: offset)
        } else {
          offset = bytes.count
        }
      }
    }
  }

  /// Searches for a scheme with `://` behind it. Gives the offset behind that, where an address begins, or the end, with
  /// what may be the begin of one held. Bytes before `floor` belong to an address that has ended.
  private func search(_ bytes: Span<UInt8>, from start: Int, behind floor: Int) -> Int {
    var from = start
    while let colon = bytes.firstIndex(of: 0x3a, from: from) {
      from = colon + 1
      guard bytes.hasBytes("//", at: colon + 1) else { continue }
      var first = colon
      while first > floor, colon - first < Self.longestScheme, Self.isOfScheme(bytes[first - 1]) { first -= 1 }
      while first < colon, !Self.isLetter(bytes[first]) { first += 1 }
      guard colon - first >= 2 else { continue }
      held = Array(bytes.extracting(first..<colon + 3))
      isWithin = true
      isCut = false
      return colon + 3
    }
    held = Array(bytes.extracting(max(floor, bytes.count - Self.longestScheme - 2)..<bytes.count))
    return bytes.count
  }

  private func takeAddress(_ bytes: Span<UInt8>, from start: Int, into context: MIMEContext) -> Int {
    var end = start
    while end < bytes.count, !endsAddress(bytes[end]) { end += 1 }
    let room = max(0, limit - held.count)
    if end - start > room { isCut = true }
    held.append(bytes.extracting(start..<min(end, start + room)))
    if end < bytes.count { endAddress(into: context) }
    return end
  }

  private func endsAddress(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x20, 0x7f: true
    case 0x22, 0x3c, 0x3e, 0x5c, 0x5e, 0x60, 0x7b, 0x7c, 0x7d: true  // what RFC 3986 does not allow
    case 0x27: isHTML
    default: false
    }
  }

  private func endAddress(into context: MIMEContext) {
    var address = isHTML ? CharacterReferences.undone(held) : held
    held = []
    isWithin = false
    if isCut { return }
    let scheme = address.firstIndex(of: 0x3a).map { $0 + 3 } ?? 0
    // Punctuation at the end is the sentence's; a closing parenthesis is the address's if it opened one. They are
    // counted once: nothing that is taken off opens one.
    var unopened = 0
    var hasBracket = false
    for byte in address {
      switch byte {
      case 0x28: unopened -= 1
      case 0x29: unopened += 1
      case 0x5b: hasBracket = true
      default: break
      }
    }
    punctuation: while address.count > scheme, let last = address.last {
      switch last {
      case 0x29 where unopened > 0: unopened -= 1
      case 0x5d where !hasBracket: break
      case 0x21, 0x27, 0x2a, 0x2c, 0x2e, 0x3a, 0x3b, 0x3f: break
      default: break punctuation
      }
      address.removeLast()
    }
    guard address.count > scheme, Self.beginsHost(address[scheme]) else { return }
    context.add(url: address)
  }

  func end(into context: MIMEContext) {
    if isWithin { endAddress(into: context) }
  }

  func skip() {
    held = []
    isWithin = false
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func isOfScheme(_ byte: UInt8) -> Bool {
    isLetter(byte) || isDigit(byte) || byte == 0x2b || byte == 0x2d || byte == 0x2e
  }

  private static func beginsHost(_ byte: UInt8) -> Bool {
    isLetter(byte) || isDigit(byte) || byte == 0x5b || byte == 0x2f || byte == 0x25 || byte == 0x5f || byte >= 0x80
  }
}

/// Character references of HTML, as far as addresses have them.
enum CharacterReferences {
  /// The text with its references undone, up to one that stands for what ends an address.
  static func undone(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(0x26) else { return text }
    var output: [UInt8] = []
    var offset = 0
    while offset < text.count {
      guard text[offset] == 0x26 else {
        output.append(text[offset])
        offset += 1
        continue
      }
      guard let (scalar, length) = reference(text[offset...]) else {
        output.append(0x26)
        offset += 1
        continue
      }
      if scalar.value <= 0x20 || scalar == "\"" || scalar == "<" || scalar == ">" || scalar == "\u{a0}" { break }
      output.append(contentsOf: String(scalar).utf8)
      offset += length
    }
    return output
  }

  private static func reference(_ text: ArraySlice<UInt8>) -> (Unicode.Scalar, Int)? {
    guard let semicolon = text.prefix(12).firstIndex(of: 0x3b) else { return nil }
    let name = text[(text.startIndex + 1)..<semicolon]
    let length = semicolon - text.startIndex + 1
    if name.first == 0x23 {
      let isHexadecimal = name.dropFirst().first.map { $0 | 0x20 == 0x78 } ?? false
      let digits = String(decoding: name.dropFirst(isHexadecimal ? 2 : 1), as: UTF8.self)
      guard let number = UInt32(digits, radix: isHexadecimal ? 16 : 10), let scalar = Unicode.Scalar(number) else {
        return nil
      }
      return (scalar, length)
    }
    switch String(decoding: name, as: UTF8.self) {
    case "amp": return ("&", length)
    case "quot": return ("\"", length)
    case "apos": return ("'", length)
    case "lt": return ("<", length)
    case "gt": return (">", length)
    case "nbsp": return ("\u{a0}", length)
    default: return nil
    }
  }
}
