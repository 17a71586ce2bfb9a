internal import PacketDecoding
package import Wire

/// Two endpoints, whichever way a segment goes.
struct EndpointPair: Hashable {
  private let low: Endpoint
  private let high: Endpoint

  init(_ one: Endpoint, _ other: Endpoint) {
    let isFirst = one.address != other.address ? one.address < other.address : one.port <= other.port
    (low, high) = isFirst ? (one, other) : (other, one)
  }
}

/// What becomes of one connection.
struct ConnectionPlan {
  var pair: EndpointPair
  var client: Endpoint
  var first: FrameNumber
  /// Others are known by their first frame only: their frames are not those of the shared connection before them.
  var isShared = true
  var streams = (client: StreamPlan(), server: StreamPlan())
  /// The sequence numbers of the first bytes; nil where none was seen.
  var firstSequences: (client: UInt32?, server: UInt32?) = (nil, nil)
  /// Where the farthest segments so far ended: positions beyond four gigabytes are told by them. Never behind what TCP handed
  /// up, so that a sequence number out of the air moves nothing.
  var reach = (client: 0, server: 0)
}

/// What is to be done with each frame of a capture: rewritten, or left out.
///
/// The second pass: hand it the frames in the order in which the planner had them.
package struct SharingPlan: ~Copyable {
  private var plans: [ConnectionPlan]
  private var starts: [FrameNumber: Int] = [:]
  /// The connection that each pair of endpoints has now.
  private var current: [EndpointPair: Int] = [:]
  private var decoder = PacketDecoder()

  /// What could not be rewritten and was left out.
  package struct Omissions: Sendable {
    /// Fragments of IP packets.
    package var fragments = 0
  }
  package private(set) var omissions = Omissions()

  init(_ plans: [ConnectionPlan]) {
    self.plans = plans
    for index in plans.indices { starts[plans[index].first] = index }
  }

  /// What a frame becomes: its captured bytes, which may be fewer than they were, or nil where it is left out.
  package mutating func shared(_ frame: Span<UInt8>, descriptor: FrameDescriptor) -> [UInt8]? {
    let start = starts[FrameNumber(file: descriptor.file, number: descriptor.number)]
    switch decoder.decode(frame, descriptor: descriptor) {
    case .segment(let segment):
      let pair = EndpointPair(segment.source, segment.destination)
      if let start { current[pair] = start }
      guard let index = current[pair], plans[index].isShared else { return nil }
      return rewritten(frame, segment, index)
    case .icmpError(let error):
      guard let index = current[EndpointPair(error.source, error.destination)], plans[index].isShared else {
        return nil
      }
      return withoutQuotedText(frame, error)
    case .reassembledSegment(let segment, _):
      let pair = EndpointPair(segment.source, segment.destination)
      if let start { current[pair] = start }
      if let index = current[pair], plans[index].isShared { omissions.fragments += 1 }
      return nil
    default:
      return nil
    }
  }

  private mutating func rewritten(_ frame: Span<UInt8>, _ segment: TCPSegment, _ index: Int) -> [UInt8] {
    // What stands behind the packet in its frame is padding, and may be anything.
    var bytes = Array(frame)
    for place in segment.payload.upperBound..<bytes.count { bytes[place] = 0 }
    guard !segment.payload.isEmpty else { return bytes }
    let verdict = segment.checksum(in: frame)
    let before = bytes.span.extracting(segment.payload).internetChecksumSum
    let isFromClient = segment.source == plans[index].client
    let first = isFromClient ? plans[index].firstSequences.client : plans[index].firstSequences.server
    if let first {
      let reach = isFromClient ? plans[index].reach.client : plans[index].reach.server
      // SYN takes a sequence number before the data (RFC 9293 section 3.4).
      let sequence = segment.flags.contains(.syn) ? segment.sequence &+ 1 : segment.sequence
      let expected = first &+ UInt32(truncatingIfNeeded: reach)
      let position = reach + Int(Int32(bitPattern: sequence &- expected))
      if isFromClient {
        plans[index].streams.client.apply(to: &bytes, segment.payload, at: position)
        plans[index].reach.client = max(reach, min(position + segment.payload.count, plans[index].streams.client.count))
      } else {
        plans[index].streams.server.apply(to: &bytes, segment.payload, at: position)
        plans[index].reach.server = max(reach, min(position + segment.payload.count, plans[index].streams.server.count))
      }
    } else {
      for place in segment.payload { bytes[place] = TextMask.masked(bytes[place]) }
    }
    // A wrong one stays wrong as it is, and so does one that the sender left to its network card.
    if verdict == .right || verdict == .unknown { updateChecksum(of: segment, &bytes, before: before) }
    return bytes
  }

  /// RFC 1624 section 3: a checksum that was right stays right, also where a snap length cut what it covers.
  private func updateChecksum(of segment: TCPSegment, _ bytes: inout [UInt8], before: UInt64) {
    let after = bytes.span.extracting(segment.payload).internetChecksumSum
    let place = segment.headerStart + 16
    guard place + 1 < segment.payload.lowerBound, after != before else { return }
    let old = UInt64(bytes[place]) << 8 | UInt64(bytes[place + 1])
    let sum = foldedChecksum((~old & 0xffff) + (~before & 0xffff) + after)
    bytes[place] = UInt8(truncatingIfNeeded: ~sum >> 8)
    bytes[place + 1] = UInt8(truncatingIfNeeded: ~sum)
  }

  /// An error quotes the packet that it is about, sometimes with text: the frame ends behind ports and sequence number, as if
  /// a snap length had cut it there.
  private func withoutQuotedText(_ frame: Span<UInt8>, _ error: ICMPError) -> [UInt8]? {
    let ports = UInt64(error.source.port) << 48 | UInt64(error.destination.port) << 32
    let header = ports | UInt64(error.sequence)
    let quoted = (0..<8).map { UInt8(truncatingIfNeeded: header >> (56 - 8 * $0)) }
    let bytes = Array(frame)
    guard bytes.count >= 8,
      let start = (0...(bytes.count - 8)).last(where: { bytes[$0..<($0 + 8)].elementsEqual(quoted) })
    else { return nil }
    return Array(bytes[..<(start + 8)])
  }
}
