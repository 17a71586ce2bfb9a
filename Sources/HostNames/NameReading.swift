import Wire

// RFC 1035 section 4.1.4: labels, each behind its length, until one of length zero; or, where a length would stand, two
// octets with the two highest bits set, whose others say where in the message the name goes on.
//
//  +-+-+-----------+      +-+-+-----------------------------+
//  |0 0|  Length   | …    |1 1|           Offset            |
//  +-+-+-----------+      +-+-+-----------------------------+

/// A name that was read, with the place behind it.
struct ReadName {
  /// nil where it has octets that no name of ours has.
  var name: DomainName?
  var end: Int
}

extension ReadName {
  /// How often a name may go on elsewhere. It has 127 labels at most, and writers point to a whole name: more is a chain
  /// laid to make each name of a message cost as much as the message.
  private static let mostJumps = 32

  /// The name at `start` of a message; nil where the bytes contradict themselves or end.
  init?(in message: Span<UInt8>, at start: Int) {
    var text: [UInt8] = []
    var isPlain = true
    var cursor = start
    var end: Int?
    // Each jump leads before the place that the labels at hand were read from, so that none is read twice.
    var floor = start
    var jumps = 0
    while cursor < message.count {
      let length = Int(message[cursor])
      switch length >> 6 {
      case 0 where length == 0:
        self.init(name: isPlain ? DomainName(text: text) : nil, end: end ?? cursor + 1)
        return
      case 0:
        let next = cursor + 1 + length
        guard next <= message.count, text.count + length < DomainName.longest + (text.isEmpty ? 1 : 0) else {
          return nil
        }
        if !text.isEmpty { text.append(DomainName.dot) }
        for index in (cursor + 1)..<next {
          let octet = message[index]
          if !DomainName.mayStand(octet) { isPlain = false }
          text.append(DomainName.lowercased(octet))
        }
        cursor = next
      case 3:
        guard cursor + 1 < message.count else { return nil }
        let target = Int(message.bigEndianUInt16(at: cursor) & 0x3fff)
        if end == nil { end = cursor + 2 }
        jumps += 1
        guard target < floor, jumps <= Self.mostJumps else { return nil }
        floor = target
        cursor = target
      default:
        return nil  // RFC 6891 section 5: kinds of labels that are given up
      }
    }
    return nil
  }
}
