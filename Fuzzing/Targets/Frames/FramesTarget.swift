package import FuzzSupport
internal import PacketDecoding
internal import Wire

/// Script: a link type's place in the table, then frames, each behind its length (two bytes).
package enum FramesTarget: FuzzedPart {
  /// All that there is a reader for, and one that there is none for.
  private static let links: [UInt32] = [1, 0, 9, 50, 51, 101, 108, 113, 12, 228, 229, 276, 104, 105, 147]

  package static func receive(_ input: Span<UInt8>) throws(Broken) {
    var script = ByteScript(input)
    let link = LinkType(number: links[Int(script.byte()) % links.count])
    var limits = DecodingLimits()
    limits.maximumFragmentBytes = 1 << 16
    limits.maximumDatagrams = 8
    var decoder = PacketDecoder(limits: limits)
    var number = 0
    while !script.isAtEnd {
      number += 1
      let frame = script.run(script.halfWord() & 0x7ff)
      let descriptor = FrameDescriptor(
        time: CaptureTime(nanoseconds: Int64(number) * 1_000_000_000), number: number, file: 0, linkType: link,
        originalLength: frame.count + Int(script.byte() & 3))
      switch decoder.decode(frame.span, descriptor: descriptor) {
      case .segment(let segment): try check(segment, within: frame)
      case .reassembledSegment(let segment, let bytes): try check(segment, within: bytes)
      case .datagram(let datagram): try check(datagram.payload, datagram.payloadLength, within: frame)
      case .reassembledDatagram(let datagram, let bytes):
        try check(datagram.payload, datagram.payloadLength, within: bytes)
      case .icmpError, .fragment, .other, .malformed: break
      }
    }
  }

  private static func check(_ segment: TCPSegment, within bytes: [UInt8]) throws(Broken) {
    try check(segment.payload, segment.payloadLength, within: bytes)
    try demand(segment.headerStart >= 0 && segment.headerStart + 20 <= bytes.count, "a header outside of its frame")
    _ = segment.checksum(in: bytes.span)
  }

  private static func check(_ payload: Range<Int>, _ length: Int, within bytes: [UInt8]) throws(Broken) {
    try demand(payload.lowerBound >= 0 && payload.upperBound <= bytes.count, "a payload outside of its frame")
    try demand(length >= payload.count, "a payload longer than it was")
  }
}
