import Crypto
package import Wire

extension OutputBuffer {
  /// Appends the Community ID (version 1, seed 0) of a TCP connection: the same text that Zeek, Suricata and Arkime
  /// give to it, whoever of the two opened it.
  package mutating func appendCommunityID(_ one: Endpoint, _ other: Endpoint) {
    let inOrder =
      one.address != other.address ? one.address < other.address : one.port <= other.port
    let (first, second) = inOrder ? (one, other) : (other, one)
    let tuple = [UInt8](capacity: 40) { tuple in
      tuple.append(bigEndian: 0, bytes: 2)  // the seed
      tuple.append(address: first.address)
      tuple.append(address: second.address)
      tuple.append(6)  // TCP
      tuple.append(0)
      tuple.append(bigEndian: UInt64(first.port), bytes: 2)
      tuple.append(bigEndian: UInt64(second.port), bytes: 2)
    }
    append(literal: "1:")
    // Its bytes are read during the call; to go through them one by one takes three allocations.
    unsafe Insecure.SHA1.hash(data: tuple).withUnsafeBytes { digest in
      appendBase64(unsafe digest.bindMemory(to: UInt8.self).span)
    }
  }
}

extension OutputSpan<UInt8> {
  fileprivate mutating func append(address: IPAddress) {
    if address.isIPv6 { append(bigEndian: address.high, bytes: 8) }
    append(bigEndian: address.low, bytes: address.isIPv6 ? 8 : 4)
  }

  fileprivate mutating func append(bigEndian number: UInt64, bytes: Int) {
    for index in (0..<bytes).reversed() { append(UInt8(truncatingIfNeeded: number >> UInt64(index * 8))) }
  }
}
