extension Array where Element == UInt8 {
  /// Appends the bytes of a span in one copy.
  public mutating func append(_ bytes: Span<UInt8>) {
    // The buffer lives for the call, which is all that append(contentsOf:) needs.
    unsafe bytes.withUnsafeBufferPointer { buffer in unsafe append(contentsOf: buffer) }
  }

  /// The bytes of a span as an array of their own.
  public init(_ bytes: Span<UInt8>) {
    // The buffer lives for the call, in which the array copies it. This initialiser alone is specialised by the compiler;
    // others make a call of five times the cost to allocate.
    self = unsafe bytes.withUnsafeBufferPointer { buffer in unsafe Array(buffer) }
  }
}

extension String {
  /// The bytes as text; what is not UTF-8 becomes U+FFFD.
  public init(repairing bytes: Span<UInt8>) {
    // The buffer lives for the call; the string owns a copy.
    self = unsafe bytes.withUnsafeBufferPointer { buffer in unsafe String(decoding: buffer, as: UTF8.self) }
  }
}
