// SMTPAnalysis: streams meet the dialogue. Frames go in; what became of each mail comes out, session by session.

internal import PacketDecoding
internal import TCPStreams
package import Wire

/// Reads frames and gives the record of each mail session when it has ended.
///
/// It does no I/O and knows no clock but the frames' times. Feed `receive` with every frame in order, take what has ended
/// from `nextSession` after each, call `finish` once at the end and take the rest.
package struct Analyzer: ~Copyable {
  private let options: AnalysisOptions
  private var decoder = PacketDecoder()
  private var shards: [16 of FlowShard]
  private var sequencer: SessionSequencer
  private var now = CaptureTime(nanoseconds: 0)
  private var firstTime: CaptureTime?
  private var lastTime = CaptureTime(nanoseconds: .min)
  private var packets = 0
  private var framesOfEpoch = 0
  private var mailPackets = 0
  /// Link-layer types that cannot be read, each once a file, with the first frame of that type.
  package private(set) var unknownLinks: [(type: LinkType, frame: FrameDescriptor)] = []
  /// The counts so far.
  package private(set) var summary = AnalysisSummary()

  /// - Parameter output: Takes the messages as they pass; nil where none are extracted.
  package init(options: AnalysisOptions = AnalysisOptions(), output: (any MessageOutput)? = nil) {
    self.options = options
    shards = InlineArray { _ in FlowShard(options: options, output: output) }
    sequencer = SessionSequencer(patience: options.limits.numberingPatience)
  }

  /// Takes the next frame of the capture.
  package mutating func receive(_ frame: Span<UInt8>, descriptor: FrameDescriptor) {
    packets += 1
    now = descriptor.time
    if firstTime == nil { firstTime = now }
    if lastTime < now { lastTime = now }
    switch decoder.decode(frame, descriptor: descriptor) {
    case .segment(let segment):
      take(segment, in: frame, descriptor)
    case .reassembledSegment(let segment, let bytes):
      take(segment, in: bytes.span, descriptor)
    case .malformed(.unknownLinkType(let type)):
      let isKnown = unknownLinks.contains { $0.frame.file == descriptor.file && $0.type == type }
      if !isKnown, unknownLinks.count < options.limits.unknownLinks { unknownLinks.append((type, descriptor)) }
    case .icmpError, .fragment, .other, .malformed:
      break
    }
    framesOfEpoch += 1
    if framesOfEpoch == SessionSequencer.epochFrames { endEpoch() }
  }

  @inline(__always)
  private mutating func take(_ segment: TCPSegment, in bytes: Span<UInt8>, _ descriptor: FrameDescriptor) {
    let index = FlowShard.index(of: segment.source, segment.destination)
    shards[index].receive(segment, in: bytes, descriptor, ordinal: packets)
  }

  /// The capture is over: everything that is open ends.
  package mutating func finish() {
    endEpoch()
    for index in shards.indices {
      shards[index].finish()
      summary.limited.add(shards[index].limited)
    }
    now = CaptureTime(nanoseconds: .max)
    collect()
    summary.packetsNotSMTP = packets - mailPackets
    summary.duration = firstTime.map { lastTime.nanoseconds(since: $0) } ?? 0
  }

  /// Whether `nextSession` may have something to give: a glance for the common packet, which ends nothing.
  package var hasEndedSessions: Bool { sequencer.hasEndedSessions }

  /// The next session that has ended; nil when there is none yet.
  package mutating func nextSession() -> Session? {
    guard let session = sequencer.next() else { return nil }
    summary.count(session)
    mailPackets += session.connection.clientToServer.capturedPackets + session.connection.serverToClient.capturedPackets
    summary.packetsNotSMTP = packets - mailPackets
    return session
  }

  private mutating func endEpoch() {
    framesOfEpoch = 0
    for index in shards.indices { shards[index].advance(to: now) }
    collect()
  }

  private mutating func collect() {
    var logs: [ShardLog] = []
    for index in shards.indices {
      if let log = shards[index].takeLog() { logs.append(log) }
    }
    sequencer.take(logs, until: now)
  }
}

extension DirectionFacts {
  /// Every frame of this side, those that were not used too.
  var capturedPackets: Int { packets + duplicateFrames }
}
