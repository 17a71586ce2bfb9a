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
        unsafe Base64Alphabet.pairs.withUnsafeBufferPointer { pairs in
          // The table has a word for each value of two bytes. Eight bytes are read where `source` + 8 <= the input's
          // count, and written where `target` + 8 <= the output's.
          while source &+ 8 <= input.count, target &+ 8 <= output.count {
            let word = unsafe UInt64(littleEndian: input.loadUnaligned(fromByteOffset: source, as: UInt64.self))
            let first = unsafe pairs[Int(word & 0xffff)]
            let second = unsafe pairs[Int(word >> 16 & 0xffff)]
            let third = unsafe pairs[Int(word >> 32 & 0xffff)]
            let fourth = unsafe pairs[Int(word >> 48)]
            let left = UInt64(first) << 52 | UInt64(second) << 40
            if first | second | third | fourth < Base64Alphabet.noPair {
              let decoded = left | UInt64(third) << 28 | UInt64(fourth) << 16
              unsafe output.storeBytes(of: decoded.bigEndian, toByteOffset: target, as: UInt64.self)
              source &+= 8
              target &+= 6
            } else if first | second < Base64Alphabet.noPair {
              unsafe output.storeBytes(of: left.bigEndian, toByteOffset: target, as: UInt64.self)
              source &+= 4
              target &+= 3
            } else {
              // Between two lines.
              guard UInt16(truncatingIfNeeded: word) == 0x0a0d else { break }
              source &+= 2
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

  /// More than any two letters have.
  static let noPair: UInt16 = 1 << 12

  /// The twelve bits of two letters, by the two bytes as they stand in memory of the low one first. Of its 128 kB letters
  /// use a tenth.
  static let pairs: [UInt16] = {
    var pairs = [UInt16](repeating: noPair, count: 1 << 16)
    let letters = (0...255).filter { value(of: $0) < blank }
    for first in letters {
      for second in letters {
        pairs[Int(second) << 8 | Int(first)] = UInt16(value(of: first)) << 6 | UInt16(value(of: second))
      }
    }
    return pairs
  }()
}
