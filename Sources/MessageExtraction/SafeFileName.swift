import Wire

/// A file name that may be taken from hostile text: it stays within its directory, is no option to a command, names no
/// device, and reads the same in every terminal and on every file system.
struct SafeFileName: Equatable {
  /// The name without its extension.
  private let stem: String
  /// The extension with its dot; empty when there is none.
  private let pathExtension: String

  /// Bytes a name has at most. File systems allow 255; the rest is left to whoever copies files and adds to their names.
  static let longest = 200
  private static let longestExtension = 16

  /// The safe name nearest to `proposed`.
  init(_ proposed: String) {
    if let plain = Self(plain: proposed) {
      self = plain
      return
    }
    // No more than what is kept is looked at: a proposed name may be as long as a subject. A scalar has a byte at least,
    // the extension stands at the end.
    var head = String(String.UnicodeScalarView(proposed.unicodeScalars.prefix(Self.longest).map(Self.safe)))
    let tail = String(String.UnicodeScalarView(proposed.unicodeScalars.suffix(Self.longestExtension).map(Self.safe)))
    var ending = ""
    if let dot = tail.lastIndex(of: "."), tail.index(after: dot) < tail.endIndex,
      tail[tail.index(after: dot)...].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
    {
      ending = String(tail[dot...])
      if head.hasSuffix(ending) { head.removeLast(ending.count) }
    }
    // Windows drops blanks and dots at the end of a name; at the beginning a dot hides a file, a dash makes it an option.
    while let last = head.last, last == " " || last == "." { head.removeLast() }
    head = String(head.drop { $0 == " " })
    if let first = head.unicodeScalars.first, first == "." || first == "-" {
      head.unicodeScalars.replaceSubrange(..<head.unicodeScalars.index(after: head.startIndex), with: ["_"])
    }
    if head.isEmpty { head = "message" }
    if Self.isReservedByWindows(head) { head = "_" + head }
    stem = head
    pathExtension = ending
  }

  /// A name of the kind that the program gives: a digit in front, which is no device, then ASCII letters, digits and `-_.`, and
  /// an extension. Every message has one, and looking up each of its letters took longer than all else that naming does.
  private init?(plain proposed: String) {
    guard proposed.utf8.count <= Self.longest, let first = proposed.utf8.first, Self.isDigit(first),
      let dot = proposed.utf8.lastIndex(of: UInt8(ascii: ".")),
      case let ending = proposed.utf8[dot...], (2...Self.longestExtension).contains(ending.count),
      ending.dropFirst().allSatisfy(Self.isAlphanumeric),
      case let head = proposed.utf8[..<dot], let last = head.last, Self.isAlphanumeric(last),
      head.allSatisfy({ Self.isAlphanumeric($0) || $0 == 0x2d || $0 == 0x2e || $0 == 0x5f })
    else { return nil }
    stem = String(proposed[..<dot])
    pathExtension = String(proposed[dot...])
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
  private static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- 0x61 < 26 }

  /// The name with `suffix` before its extension, cut between characters to ``longest`` bytes.
  func text(suffix: String = "") -> String {
    let ending = suffix + pathExtension
    let room = Self.longest - ending.utf8.count
    if stem.utf8.count <= room { return stem + ending }
    var kept = ""
    for character in stem {
      guard kept.utf8.count + character.utf8.count <= room else { break }
      kept.append(character)
    }
    if kept.isEmpty { kept = "_" }  // a letter under hundreds of marks
    return kept + ending
  }

  private static func safe(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar {
    case "/", "\\", ":", "*", "?", "\"", "<", ">", "|": return "_"
    case "\u{fffd}": return "_"
    default: break
    }
    // Letters and marks that nobody sees: two names would read the same.
    if VisibleText.isHidden(scalar.value) { return "_" }
    return switch scalar.properties.generalCategory {
    // Among the formats are those that turn the direction of writing, so that `gpj.exe` reads `exe.jpg`.
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: "_"
    case .spaceSeparator: " "
    default: scalar
    }
  }

  /// Device names, which Windows takes for devices whatever extension they have.
  private static func isReservedByWindows(_ stem: String) -> Bool {
    let name = stem.prefix { $0 != "." }.uppercased()
    if ["CON", "PRN", "AUX", "NUL", "CLOCK$", "CONIN$", "CONOUT$"].contains(name) { return true }
    guard name.hasPrefix("COM") || name.hasPrefix("LPT") else { return false }
    return name.count == 4 && "0123456789\u{b9}\u{b2}\u{b3}".contains(name.suffix(1))
  }
}
