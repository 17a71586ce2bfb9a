internal import Wire

/// Base64 as mail has it (RFC 2045 section 6.8): any characters that are not of its alphabet are skipped, and the first
/// padding ends the data.
///
/// Characters other than line ends and blanks are counted as faults, and so is a lone character at the end, which stands
/// for six bits of nothing.
struct Base64Decoder {
  private var group: UInt32 = 0
  private var letters = 0
  private var padding = 0
  private var isOver = false
  private(set) var hasStrangers = false
  private(set) var hasDataBehindPadding = false
  /// The first characters that are not base64's.
  private(set) var strangers: [UInt8] = []

  /// Decodes `bytes` to the begin of `output`, which must have room for three bytes of each four and three more. Gives
  /// the number of bytes written.
  mutating func decode(_ bytes: Span<UInt8>, into output: inout MutableSpan<UInt8>) -> Int {
    var source = 0
    var target = 0
    while source < bytes.count {
      if letters == 0, !isOver {
        (source, target) = Self.decodeGroups(bytes, from: source, to: &output, at: target)
        guard source < bytes.count else { break }
      }
      let byte = bytes[source]
      source &+= 1
      let value = Base64Alphabet.value(of: byte)
      if value < 64 {
        if isOver {
          hasDataBehindPadding = true
          continue
        }
        group = group << 6 | UInt32(value)
        letters &+= 1
        guard letters == 4 else { continue }
        output[target] = UInt8(truncatingIfNeeded: group >> 16)
        output[target &+ 1] = UInt8(truncatingIfNeeded: group >> 8)
        output[target &+ 2] = UInt8(truncatingIfNeeded: group)
        target &+= 3
        letters = 0
        group = 0
      } else if byte == 0x3d {
        pad(&output, &target)
      } else if value == Base64Alphabet.stranger, !isOver {
        hasStrangers = true
        if strangers.count < 20 { strangers.append(byte) }
      }
    }
    return target
  }

  /// A padding character ends a group of two with the second one, a group of three with the first; elsewhere it is
  /// skipped like any stranger.
  private mutating func pad(_ output: inout MutableSpan<UInt8>, _ target: inout Int) {
    guard !isOver else { return }
    padding &+= 1
    guard letters >= 2, letters &+ padding >= 4 else { return }
    target &+= close(&output, at: target)
    isOver = true
  }

  /// Writes the bytes of an unfinished group, as at the end without padding.
  mutating func finish(into output: inout MutableSpan<UInt8>) -> Int {
    if letters == 1 { hasStrangers = true }
    return close(&output, at: 0)
  }

  private mutating func close(_ output: inout MutableSpan<UInt8>, at target: Int) -> Int {
    defer {
      letters = 0
      group = 0
    }
    switch letters {
    case 2:
      output[target] = UInt8(truncatingIfNeeded: group >> 4)
      return 1
    case 3:
      output[target] = UInt8(truncatingIfNeeded: group >> 10)
      output[target &+ 1] = UInt8(truncatingIfNeeded: group >> 2)
      return 2
    default: return 0
    }
  }

  /// Bytes are missing: what follows at the next line begins a group, as encoders write it.
  mutating func skip() {
    letters = 0
    group = 0
  }

  // Nearly all of a message's bytes pass here. Checked, the loop takes four times as long: the compiler proves none of its
  // dozen bounds.

  /// Decodes whole groups of four, and steps over line ends between them, up to the first group with another character in
  /// it. Gives how far it came in both.
  private static func decodeGroups(
    _ bytes: Span<UInt8>, from start: Int, to output: inout MutableSpan<UInt8>, at first: Int
  ) -> (Int, Int) {
    var source = start
    var target = first
    unsafe bytes.withUnsafeBytes { input in
      unsafe output.withUnsafeMutableBytes { output in
        unsafe Base64Alphabet.shifted.withUnsafeBufferPointer { words in
          // The table has 1024 words: a byte and a multiple of 256 below that lie within it. Eight bytes are read where
          // `source` + 8 <= the input's count, and written where `target` + 8 <= the output's.
          while source &+ 8 <= input.count, target &+ 8 <= output.count {
            let word = unsafe UInt64(littleEndian: input.loadUnaligned(fromByteOffset: source, as: UInt64.self))
            let left =
              unsafe words[Int(word & 255)] | words[256 | Int(word >> 8 & 255)]
              | words[512 | Int(word >> 16 & 255)] | words[768 | Int(word >> 24 & 255)]
            if left >= Base64Alphabet.noLetter {
              // Between two lines.
              guard UInt16(truncatingIfNeeded: word) == 0x0a0d else { break }
              source &+= 2
              continue
            }
            let right =
              unsafe words[Int(word >> 32 & 255)] | words[256 | Int(word >> 40 & 255)]
              | words[512 | Int(word >> 48 & 255)] | words[768 | Int(word >> 56)]
            let decoded: UInt64
            if right >= Base64Alphabet.noLetter {
              decoded = UInt64(left) << 40
              source &+= 4
              unsafe output.storeBytes(of: decoded.bigEndian, toByteOffset: target, as: UInt64.self)
              target &+= 3
            } else {
              decoded = UInt64(left) << 40 | UInt64(right) << 16
              source &+= 8
              unsafe output.storeBytes(of: decoded.bigEndian, toByteOffset: target, as: UInt64.self)
              target &+= 6
            }
          }
        }
      }
    }
    return (source, target)
  }
}

/// The alphabet of RFC 4648 section 4 by byte.
enum Base64Alphabet {
  /// Skipped without a word: line ends, blanks and the padding.
  static let blank: UInt8 = 64
  static let stranger: UInt8 = 128

  static func value(of byte: UInt8) -> UInt8 {
    switch byte {
    case 0x41...0x5a: byte &- 0x41
    case 0x61...0x7a: byte &- 0x61 &+ 26
    case 0x30...0x39: byte &- 0x30 &+ 52
    case 0x2b: 62
    case 0x2f: 63
    case 0x09, 0x0a, 0x0d, 0x20, 0x3d: blank
    default: stranger
    }
  }

  /// More than any group of letters has.
  static let noLetter: UInt32 = 1 << 24

  /// The values of all bytes as the first, second, third and fourth of a group.
  static let shifted: [UInt32] = [18, 12, 6, 0].flatMap { (shift: UInt32) -> [UInt32] in
    (0...255).map { (byte: UInt8) -> UInt32 in
      let value = value(of: byte)
      return value < 64 ? UInt32(value) << shift : noLetter
    }
  }
}
