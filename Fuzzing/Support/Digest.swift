/// FNV-1a over what was told.
package struct Digest: Equatable {
  package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325
  package private(set) var count = 0

  package init() {}

  package mutating func add(_ byte: UInt8) {
    value = (value ^ UInt64(byte)) &* 0x100_0000_01b3
    count += 1
  }

  package mutating func add(_ number: Int) {
    value = (value ^ UInt64(bitPattern: Int64(number))) &* 0x100_0000_01b3
    count += 8
  }

  /// The text and its end.
  package mutating func add(_ text: String) {
    for byte in text.utf8 { add(byte) }
    add(0)
  }

  package mutating func add(_ bytes: Span<UInt8>) {
    for index in bytes.indices { add(bytes[index]) }
  }
}
