// FuzzSupport: what the targets of the fuzzer share: scripts, digests, and readers that demand that output is inert.

private import Wire

/// An input read as a script: small numbers and runs of bytes. What is missing at its end is zero.
package struct ByteScript {
  private let bytes: [UInt8]
  private var offset = 0

  package init(_ input: Span<UInt8>) {
    bytes = [UInt8](input)
  }

  package var isAtEnd: Bool { offset >= bytes.count }

  package mutating func byte() -> UInt8 {
    guard offset < bytes.count else { return 0 }
    offset += 1
    return bytes[offset - 1]
  }

  package mutating func halfWord() -> Int { Int(byte()) << 8 | Int(byte()) }

  /// Up to so many bytes.
  package mutating func run(_ count: Int) -> [UInt8] {
    let end = min(offset + count, bytes.count)
    defer { offset = end }
    return Array(bytes[offset..<end])
  }

  package mutating func rest() -> [UInt8] { run(bytes.count) }

  /// The bytes before the next one of this value, which is passed over.
  package mutating func run(until mark: UInt8) -> [UInt8] {
    let start = offset
    while offset < bytes.count, bytes[offset] != mark { offset += 1 }
    defer { offset = min(offset + 1, bytes.count) }
    return Array(bytes[start..<offset])
  }
}

/// Feeds bytes in pieces of at most `size`.
package func inPieces(_ bytes: [UInt8], of size: Int, _ body: (Span<UInt8>) -> Void) {
  var start = 0
  while start < bytes.count {
    let end = min(start + size, bytes.count)
    body(bytes.span.extracting(start..<end))
    start = end
  }
}
