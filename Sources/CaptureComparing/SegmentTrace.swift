internal import PacketDecoding
internal import TCPStreams
package import Wire

/// The segments of one connection, as one capture has them.
package struct SegmentTrace: Sendable {
  package struct Segment: Sendable {
    package var from: Peer
    package var sequence: UInt32
    package var acknowledgment: UInt32?
    package var length: Int
    package var isSYN: Bool
    package var isFIN: Bool
    package var isRST: Bool
    package var hash: UInt32
    package var frame: Int
    package var time: CaptureTime
  }

  package var segments: [Segment] = []
  /// There were more than the bound.
  package var isCut = false

  package init() {}

  /// The number of the first byte behind the SYN of a side.
  func start(of peer: Peer) -> UInt32? {
    segments.first { $0.from == peer && $0.isSYN }.map { $0.sequence &+ 1 }
  }

  /// The highest acknowledgment of what `peer` sent.
  func acknowledged(of peer: Peer, from start: UInt32) -> Int {
    segments.reduce(0) { highest, segment in
      guard segment.from != peer, let acknowledgment = segment.acknowledgment else { return highest }
      return max(highest, Int(Int32(bitPattern: acknowledgment &- start)))
    }
  }
}

/// The second pass over a capture: puts the segments to the sessions that they are of.
package struct TraceCollector: ~Copyable {
  private struct Flow: Hashable {
    var low: Endpoint
    var high: Endpoint

    init(_ one: Endpoint, _ other: Endpoint) {
      let isLow = one.address != other.address ? one.address < other.address : one.port <= other.port
      (low, high) = isLow ? (one, other) : (other, one)
    }
  }

  private var decoder = PacketDecoder()
  private var places: [Flow: [Int]] = [:]
  private var sessions: [ComparedSession]
  private var held = 0
  private let limits: ComparisonLimits

  package init(_ sessions: [ComparedSession], limits: ComparisonLimits = ComparisonLimits()) {
    self.sessions = sessions
    self.limits = limits
    for index in sessions.indices {
      places[Flow(sessions[index].client, sessions[index].server), default: []].append(index)
    }
  }

  /// Takes the next frame of the capture.
  package mutating func receive(_ frame: Span<UInt8>, descriptor: FrameDescriptor) {
    switch decoder.decode(frame, descriptor: descriptor) {
    case .segment(let segment): take(segment, in: frame, descriptor)
    case .reassembledSegment(let segment, let bytes): take(segment, in: bytes.span, descriptor)
    default: break
    }
  }

  package consuming func finish() -> [ComparedSession] { sessions }

  private mutating func take(_ segment: TCPSegment, in bytes: Span<UInt8>, _ descriptor: FrameDescriptor) {
    guard let candidates = places[Flow(segment.source, segment.destination)] else { return }
    // Ports are used again: the last session that had begun by then.
    guard
      let index = candidates.last(where: {
        sessions[$0].start <= descriptor.time && descriptor.time <= sessions[$0].end
      })
    else { return }
    guard sessions[index].trace.segments.count < limits.segments, held < limits.segmentsInAll else {
      sessions[index].trace.isCut = true
      return
    }
    held += 1
    var hash: UInt32 = 0x811c_9dc5
    let payload = bytes.extracting(segment.payload)
    for place in payload.indices { hash = (hash ^ UInt32(payload[place])) &* 0x0100_0193 }
    sessions[index].trace.segments.append(
      SegmentTrace.Segment(
        from: segment.source == sessions[index].client ? .client : .server, sequence: segment.sequence,
        acknowledgment: segment.flags.contains(.ack) ? segment.acknowledgment : nil, length: segment.payloadLength,
        isSYN: segment.flags.contains(.syn), isFIN: segment.flags.contains(.fin), isRST: segment.flags.contains(.rst),
        hash: segment.isClipped ? 0 : hash, frame: descriptor.number, time: descriptor.time))
  }
}
