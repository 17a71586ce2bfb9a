internal import Wire

/// What two sessions have in common (addresses, names, an envelope) as 64 bits: memory keeps numbers, not strings.
///
/// The hash is seeded anew in each process, so that no peer can choose two texts that collide.
struct MemoryKey {
  private var hasher = Hasher()

  /// - Parameter kind: Keeps apart what is remembered for different ends.
  init(_ kind: UInt8) {
    hasher.combine(kind)
  }

  mutating func add(_ address: IPAddress) {
    hasher.combine(address.high)
    hasher.combine(address.low)
    hasher.combine(address.isIPv6)
  }

  mutating func add(_ endpoint: Endpoint) {
    add(endpoint.address)
    hasher.combine(endpoint.port)
  }

  /// Text without regard to the case of its ASCII letters: domains have none (RFC 5321 section 2.4), and no system in use
  /// tells mailboxes apart by it.
  mutating func add(_ text: some Sequence<UInt8>) {
    var word: UInt64 = 0
    var count = 0
    for byte in text {
      word = word << 8 | UInt64(byte &- 0x41 < 26 ? byte | 0x20 : byte)
      count += 1
      if count & 7 == 0 {
        hasher.combine(word)
        word = 0
      }
    }
    hasher.combine(word)
    hasher.combine(count)
  }

  var value: UInt64 { UInt64(bitPattern: Int64(hasher.finalize())) }
}

extension MemoryKey {
  /// A text alone.
  static func of(_ text: some Sequence<UInt8>) -> UInt64 {
    var key = MemoryKey(0)
    key.add(text)
    return key.value
  }

  static func of(_ address: IPAddress) -> UInt64 {
    var key = MemoryKey(1)
    key.add(address)
    return key.value
  }
}

extension IPAddress {
  /// Its network as mail servers reckon: 24 bits of IPv4, 64 of IPv6.
  var network: IPAddress {
    isIPv6 ? IPAddress(ipv6High: high, low: 0) : IPAddress(ipv4: UInt32(truncatingIfNeeded: low) & 0xffff_ff00)
  }

  /// 127.0.0.0/8 and ::1.
  var isLoopback: Bool {
    isIPv6 ? high == 0 && low == 1 : low >> 24 == 127
  }
}
