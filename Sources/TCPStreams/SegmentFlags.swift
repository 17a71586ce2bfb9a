internal import PacketDecoding

// The flags as bits: the set operations of an option set from another module are generic calls, a dozen for each packet.

extension TCPFlags {
  var hasFIN: Bool { rawValue & 0x01 != 0 }
  var hasSYN: Bool { rawValue & 0x02 != 0 }
  var hasRST: Bool { rawValue & 0x04 != 0 }
  var hasACK: Bool { rawValue & 0x10 != 0 }
  /// ACK without SYN, FIN or RST.
  var isPlainACK: Bool { rawValue & 0x17 == 0x10 }
}
