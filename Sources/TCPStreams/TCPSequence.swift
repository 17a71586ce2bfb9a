/// A TCP sequence number: arithmetic modulo 2³², ordered by the signed difference (RFC 9293 section 3.4).
struct TCPSequence: Equatable {
  var rawValue: UInt32

  init(_ rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// How far this number lies behind `other`; negative when it lies before it.
  func distance(from other: TCPSequence) -> Int {
    Int(Int32(truncatingIfNeeded: rawValue &- other.rawValue))
  }

  /// The number `count` bytes further on.
  func advanced(by count: Int) -> TCPSequence {
    TCPSequence(rawValue &+ UInt32(truncatingIfNeeded: count))
  }
}
