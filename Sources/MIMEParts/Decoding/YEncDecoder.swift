internal import Wire

/// One block of yEnc (its specification, version 1.3): bytes shifted by 42, the few critical ones escaped.
struct YEncDecoder {
  /// What `=ybegin` said.
  private(set) var name: [UInt8]
  private var size: Int?
  private var isMultipart: Bool
  private var checksum: UInt32 = 0xffff_ffff
  private var count = 0
  /// The piece of a line that was decoded last ends within an escape.
  private var isEscaped = false

  /// Reads a `=ybegin` line; nil where it is none.
  init?(begin line: Span<UInt8>) {
    guard line.hasBytes("=ybegin ") else { return nil }
    let text = Array(line.extracting(8..<line.count))
    guard let place = Self.value("name=", in: text), Self.number("line=", in: text) != nil else { return nil }
    // The name is the last of the line and may hold blanks.
    name = Array(text[place...])
    while let last = name.last, last <= 0x20 || last == 0x22 { name.removeLast() }
    while let first = name.first, first <= 0x20 || first == 0x22 { name.removeFirst() }
    size = Self.number("size=", in: text)
    isMultipart = Self.number("part=", in: text) != nil
    if isMultipart { size = nil }
  }

  /// Decodes a line, or a piece of one, behind `output`.
  mutating func decode(_ line: Span<UInt8>, endsLine: Bool, into output: inout [UInt8]) {
    let start = output.count
    for index in line.indices {
      let byte = line[index]
      if byte == 0x0d { continue }  // a line end's, and never data: that is escaped
      if isEscaped {
        output.append(byte &- 64 &- 42)
        isEscaped = false
      } else if byte == 0x3d {
        isEscaped = true
      } else {
        output.append(byte &- 42)
      }
    }
    if endsLine { isEscaped = false }
    count &+= output.count &- start
    for byte in output[start...] {
      checksum = CRC32.table[Int(UInt8(truncatingIfNeeded: checksum) ^ byte)] ^ checksum >> 8
    }
  }

  /// Whether as many bytes were decoded as the `=ybegin` and the `=yend` line say.
  func hasSize(end line: Span<UInt8>) -> Bool {
    [size, Self.number("size=", in: Array(line))].allSatisfy { $0 == nil || $0 == count }
  }

  /// Whether their checksum is that of the `=yend` line.
  func hasChecksum(end line: Span<UInt8>) -> Bool {
    let text = Array(line)
    let due = Self.hexadecimal(isMultipart ? "pcrc32=" : " crc32=", in: text)
    return due.map { $0 == ~checksum } ?? true
  }

  private static func value(_ key: String, in text: [UInt8]) -> Int? {
    let key = Array(key.utf8)
    guard text.count >= key.count else { return nil }
    return (0...text.count - key.count).first { text[$0..<$0 + key.count].elementsEqual(key) }.map { $0 + key.count }
  }

  private static func number(_ key: String, in text: [UInt8]) -> Int? {
    guard let place = value(key, in: text) else { return nil }
    let digits = text[place...].prefix { (0x30...0x39).contains($0) }
    guard !digits.isEmpty, digits.count <= 15 else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  private static func hexadecimal(_ key: String, in text: [UInt8]) -> UInt32? {
    guard let place = value(key, in: text) else { return nil }
    let digits = text[place...].prefix { Hexadecimal.value(of: $0) != nil }
    guard !digits.isEmpty, digits.count <= 16 else { return nil }
    return UInt32(truncatingIfNeeded: digits.reduce(UInt64(0)) { $0 << 4 | UInt64(Hexadecimal.value(of: $1) ?? 0) })
  }
}

/// The checksum of yEnc, which is that of zip.
private enum CRC32 {
  static let table: [UInt32] = (0..<256).map { index in
    var value = UInt32(index)
    for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
    return value
  }
}
