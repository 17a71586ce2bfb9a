internal import Wire

/// Lines of uuencode (POSIX, uuencode) to bytes.
enum UUDecoder {
  /// The name of a `begin 644 name` line; nil where the line is none.
  static func name(inBegin line: Span<UInt8>) -> [UInt8]? {
    guard line.hasBytes("begin ") else { return nil }
    var offset = 6
    var digits = 0
    while offset < line.count, (0x30...0x37).contains(line[offset]) {
      offset += 1
      digits += 1
    }
    guard (3...4).contains(digits), offset < line.count, line[offset] == 0x20 else { return nil }
    let name = Array(line.extracting(offset + 1..<line.count))
    return name.allSatisfy { $0 == 0x20 } ? nil : name
  }

  /// Whether the line has the length that its first character says, give or take two: some encoders write a checksum
  /// behind it, and a blank at its end may have been lost. Ordinary text has not.
  static func isLine(_ line: Span<UInt8>) -> Bool {
    guard line.count > 0, let count = count(of: line) else { return false }
    let due = (count + 2) / 3 * 4
    guard abs(line.count - 1 - due) <= 2 else { return false }
    for index in line.indices where line[index] < 0x20 || line[index] > 0x60 { return false }
    return true
  }

  private static func count(of line: Span<UInt8>) -> Int? {
    let first = line[0]
    return first >= 0x20 && first <= 0x60 ? Int((first &- 0x20) & 63) : nil
  }

  /// Decodes one line behind `output`; false where it is none.
  static func decode(_ line: Span<UInt8>, into output: inout [UInt8]) -> Bool {
    guard line.count > 0, let count = count(of: line) else { return false }
    var left = count
    var offset = 1
    var isWhole = true
    while left > 0 {
      var group: UInt32 = 0
      for index in offset..<offset + 4 {
        let byte = index < line.count ? line[index] : 0x20  // a blank that was lost
        if byte < 0x20 || byte > 0x60 { isWhole = false }
        group = group << 6 | UInt32((byte &- 0x20) & 63)
      }
      output.append(UInt8(truncatingIfNeeded: group >> 16))
      if left > 1 { output.append(UInt8(truncatingIfNeeded: group >> 8)) }
      if left > 2 { output.append(UInt8(truncatingIfNeeded: group)) }
      left -= 3
      offset += 4
    }
    return isWhole
  }
}
