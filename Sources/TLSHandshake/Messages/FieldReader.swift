/// Reads the fields of a handshake message (RFC 8446 section 3): numbers, and vectors behind their length. A field that does
/// not fit into what is left is nil, and so is all behind it.
struct FieldReader: Sendable {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
  }

  var isEmpty: Bool { bytes.isEmpty }
  var rest: [UInt8] { Array(bytes) }

  mutating func uint8() -> Int? { number(octets: 1) }
  mutating func uint16() -> UInt16? { number(octets: 2).map { UInt16(truncatingIfNeeded: $0) } }
  mutating func uint32() -> Int? { number(octets: 4) }

  private mutating func number(octets: Int) -> Int? {
    guard let field = take(octets) else { return nil }
    return field.reduce(0) { $0 << 8 | Int($1) }
  }

  mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, count <= bytes.count else {
      bytes = []
      return nil
    }
    defer { bytes = bytes.dropFirst(count) }
    return bytes.prefix(count)
  }

  /// A vector behind a length of so many octets.
  mutating func vector(lengthOctets: Int) -> FieldReader? {
    number(octets: lengthOctets).flatMap { take($0) }.map { FieldReader($0) }
  }

  /// As much as there is of a vector behind a length of so many octets: the rest may be cut off.
  mutating func beginningOfVector(lengthOctets: Int) -> FieldReader? {
    guard let length = number(octets: lengthOctets) else { return nil }
    return take(min(length, bytes.count)).map { FieldReader($0) }
  }

  /// All of it as 16-bit numbers.
  func uint16s() -> [UInt16] {
    var reader = self
    var numbers: [UInt16] = []
    while let number = reader.uint16() { numbers.append(number) }
    return numbers
  }
}
