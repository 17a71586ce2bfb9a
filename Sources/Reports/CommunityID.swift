import Crypto
package import Wire

extension OutputBuffer {
  /// Appends the Community ID (version 1, seed 0) of a TCP connection: the same text that Zeek, Suricata and Arkime
  /// give to it, whoever of the two opened it.
  package mutating func appendCommunityID(_ one: Endpoint, _ other: Endpoint) {
    let inOrder =
      one.address != other.address ? one.address < other.address : one.port <= other.port
    let (first, second) = inOrder ? (one, other) : (other, one)
    var tuple = [40 of UInt8](repeating: 0)
    var room = tuple.mutableSpan
    var length = 2  // the seed is 0
    room.write(first.address, at: &length)
    room.write(second.address, at: &length)
    room.write(bigEndian: 6 << 8, bytes: 2, at: &length)  // TCP, and a zero
    room.write(bigEndian: UInt64(first.port), bytes: 2, at: &length)
    room.write(bigEndian: UInt64(second.port), bytes: 2, at: &length)
    var hash = Insecure.SHA1()
    // It is read during the call; an array of it would be allocated for that alone.
    unsafe tuple.span.extracting(first: length).withUnsafeBytes { octets in unsafe hash.update(bufferPointer: octets) }
    append(literal: "1:")
    // Its bytes are read during the call; to go through them one by one takes three allocations.
    unsafe hash.finalize().withUnsafeBytes { digest in
      appendBase64(unsafe digest.bindMemory(to: UInt8.self).span)
    }
  }
}

extension MutableSpan<UInt8> {
  fileprivate mutating func write(_ address: IPAddress, at offset: inout Int) {
    if address.isIPv6 { write(bigEndian: address.high, bytes: 8, at: &offset) }
    write(bigEndian: address.low, bytes: address.isIPv6 ? 8 : 4, at: &offset)
  }

  /// Writes the last `bytes` octets of a number, and puts `offset` behind them.
  fileprivate mutating func write(bigEndian number: UInt64, bytes: Int, at offset: inout Int) {
    for index in (0..<bytes).reversed() {
      self[offset] = UInt8(truncatingIfNeeded: number >> UInt64(index * 8))
      offset += 1
    }
  }
}
