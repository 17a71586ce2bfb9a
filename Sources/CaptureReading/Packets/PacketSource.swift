import Wire

/// Where packets come from, one at a time: a capture file's reader, or an interface.
///
/// A class to be derived from, since a reader holds several of different kinds and asks one of them per packet: one
/// dynamic call, no existential, no closure.
@safe class PacketSource {
  /// What an attempt to go on came to.
  enum Step {
    /// ``head`` is the next packet.
    case packet
    /// There is none now; later there may be. Only where packets come live.
    case nothing
    /// There are no more, or ``failure`` says why not.
    case end
  }

  /// The packet that ``advance()`` came to; its bytes stay where they are until the next call.
  final var head = SourcePacket()
  /// The number of the last packet met, as Wireshark counts them in the file.
  final var number = 0
  /// How many packets were met, those that a filter dropped among them.
  final var packets = 0
  /// The captured bytes of those packets.
  final var capturedBytes = 0
  /// Why the source ended early.
  final var failure: SourceFailure?

  /// Goes to the next packet that passes the filter.
  func advance() -> Step {
    .end
  }

  /// The header types of the packets met so far, in the order of their interfaces.
  var linkTypes: [LinkType] { [] }

  /// How many decimals of a second the times have, at most 9.
  var timestampDecimals: Int { 6 }

  /// The memory that packets with a ``SourcePacket/place`` lie in. It keeps what it has while others hold it.
  var block: SharedBytes? { nil }

  /// How often that memory was filled.
  final var blockNumber = 0

  /// How many bytes of the capture were read, after decompression.
  var fileBytes: Int { 0 }

  /// Secrets that the capture brings along to decrypt its TLS.
  var secrets: DecryptionSecrets { DecryptionSecrets() }
}

/// A packet where its source keeps it.
@safe struct SourcePacket {
  // The count does not stand behind the pointer as it does where readers copy both to: they would be loaded together, right
  // after each was stored, and such a load waits until all stores before it have reached the cache.
  var bytes: UnsafePointer<UInt8>?
  /// Where it begins in the source's ``PacketSource/block``; -1 where it does not lie in one.
  var place = -1
  var count = 0
  var time = CaptureTime(nanoseconds: 0)
  var linkType = LinkType.null
  var originalLength = 0

  init() {
    unsafe bytes = nil
  }
}

/// Why a source ended early, and where in the (decompressed) capture.
struct SourceFailure {
  var offset: Int
  var reason: CaptureError.Reason
}
