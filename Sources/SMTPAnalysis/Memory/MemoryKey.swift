internal import Wire

/// What two sessions have in common (addresses, names, an envelope) as 64 bits: memory keeps numbers, not strings.
///
/// Folded products instead of the library's hasher: every session asks for some keys, and that one costs more than all the
/// rest of the memory. The seed is new in each process, so that no peer can choose two texts that collide.
struct MemoryKey {
  private(set) var value: UInt64

  private static let seed = UInt64.random(in: .min ... .max)

  /// - Parameter kind: Keeps apart what is remembered for different ends.
  @inline(__always)
  init(_ kind: UInt8) {
    value = Self.seed &+ UInt64(kind) &* 0x9e37_79b9_7f4a_7c15
  }

  @inline(__always)
  mutating func add(_ number: UInt64) {
    let product = (value ^ number).multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
    value = (product.high ^ product.low) &+ 0xe703_7ed1_a0b4_28db
  }

  mutating func add(_ address: IPAddress) {
    add(address.high)
    add(address.low)
    add(address.isIPv6 ? 6 : 4)
  }

  mutating func add(_ endpoint: Endpoint) {
    add(endpoint.address)
    add(UInt64(endpoint.port))
  }

  /// Text without regard to the case of its ASCII letters: domains have none (RFC 5321 section 2.4), and no system in use
  /// tells mailboxes apart by it.
  mutating func add(_ text: Span<UInt8>) {
    var index = 0
    while index &+ 8 <= text.count {
      add(Self.folded(text.littleEndianUInt64(at: index)))
      index &+= 8
    }
    var word: UInt64 = 0
    while index < text.count {
      word = word << 8 | UInt64(text[index])
      index &+= 1
    }
    add(Self.folded(word))
    add(UInt64(text.count))
  }
}

extension MemoryKey {
  /// Eight octets at once with their upper-case ASCII letters in lower case.
  @inline(__always)
  private static func folded(_ word: UInt64) -> UInt64 {
    let heptets = word & 0x7f7f_7f7f_7f7f_7f7f
    let isBeyondZ = heptets &+ 0x2525_2525_2525_2525  // the high bit where an octet is over Z
    let isFromA = heptets &+ 0x3f3f_3f3f_3f3f_3f3f
    let isUpper = ~word & (isFromA ^ isBeyondZ) & 0x8080_8080_8080_8080
    return word | isUpper >> 2
  }

  /// A text alone.
  static func of(_ text: Span<UInt8>) -> UInt64 {
    var key = MemoryKey(0)
    key.add(text)
    return key.value
  }

  static func of(_ text: [UInt8]) -> UInt64 { of(text.span) }

  static func of(_ address: IPAddress) -> UInt64 {
    var key = MemoryKey(1)
    key.add(address)
    return key.value
  }

  static func of(_ endpoint: Endpoint) -> UInt64 {
    var key = MemoryKey(2)
    key.add(endpoint)
    return key.value
  }

  /// Who writes to whom, both as keys.
  static func envelope(from sender: UInt64, to recipient: UInt64) -> UInt64 {
    var key = MemoryKey(3)
    key.add(sender)
    key.add(recipient)
    return key.value
  }
}

extension Session {
  /// The name that the server gives itself, as a key; 0 where it gives none.
  var serverNameKey: UInt64 {
    guard let greeting, let name = greeting.serverName else { return 0 }
    return MemoryKey.of(greeting.reply.lines.joined.span.extracting(name))
  }

  /// The name that the client gives itself, as a key; 0 where it gives none.
  var clientNameKey: UInt64 {
    guard let helo else { return 0 }
    return MemoryKey.of(helo.argument)
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
