// CaptureSharing: makes of a capture one that can be shown: the mail connections that were asked for, with what is private
// in them replaced byte for byte, and nothing else. It does no I/O.

internal import PacketDecoding
internal import TCPStreams
package import Wire

/// Which frame a connection began with: it names the connection in every pass over the same captures.
package struct FrameNumber: Hashable, Sendable {
  package var file: Int
  package var number: Int

  package init(file: Int, number: Int) {
    self.file = file
    self.number = number
  }
}

/// Reads the streams of the connections that are to be shared, and plans what becomes of each of their bytes.
///
/// The first of two passes over a capture: a name may be cut by the end of a segment, and its beginning be sent again much
/// later, so that nothing can be written before everything was read. A plan keeps but the bytes that are replaced by others;
/// what is masked or stays is a length.
package struct SharingPlanner: ~Copyable {
  private let chosen: [FrameNumber: Endpoint]
  private var mask: LineMask
  private var connections = ConnectionTable()
  private var decoder = PacketDecoder()
  /// The open connections, by slot.
  private var open: [Int: Conversation] = [:]
  private var plans: [ConnectionPlan] = []
  private var current = FrameNumber(file: 0, number: 0)

  /// - Parameters:
  ///   - chosen: The clients of the connections to be shared, by the connections' first frames.
  ///   - mask: What is done to their lines.
  package init(chosen: [FrameNumber: Endpoint], mask: LineMask) {
    self.chosen = chosen
    self.mask = mask
  }

  /// Takes the next frame of the captures, in the order of their times.
  package mutating func receive(_ frame: Span<UInt8>, descriptor: FrameDescriptor) {
    current = FrameNumber(file: descriptor.file, number: descriptor.number)
    switch decoder.decode(frame, descriptor: descriptor) {
    case .segment(let segment):
      connections.receive(segment, in: frame, frame: descriptor)
      takeEvents(frame)
    case .reassembledSegment(let segment, let bytes):
      connections.receive(segment, in: bytes.span, frame: descriptor)
      takeEvents(bytes.span)
    default:
      break
    }
  }

  /// The captures have ended: what is to be done with their frames.
  package consuming func finish() -> SharingPlan {
    connections.finish()
    takeEvents(Span())
    return SharingPlan(plans)
  }

  private mutating func takeEvents(_ bytes: Span<UInt8>) {
    while let event = connections.nextEvent() {
      switch event {
      case .opened(let id):
        let facts = connections.facts(of: id)
        let first = FrameNumber(file: facts.firstFrame.file, number: facts.firstFrame.number)
        let pair = EndpointPair(facts.client, facts.server)
        if let client = chosen[first] {
          // Where the capture began late, what was said told who the client is.
          open[id.slot] = Conversation(plan: plans.count, sidesAreSwapped: client != facts.client)
          plans.append(ConnectionPlan(pair: pair, client: facts.client, first: first))
        } else {
          connections.ignore(id)
          plans.append(ConnectionPlan(pair: pair, client: facts.client, first: first, isShared: false))
        }
      case .bytes(let id, from: let peer, let range):
        open[id.slot]?.receive(bytes.extracting(range), from: peer, &mask)
      case .heldBytes(let id, from: let peer, let held):
        open[id.slot]?.receive(held.bytes.span, from: peer, &mask)
      case .gap(let id, from: let peer, let count):
        open[id.slot]?.skip(count, of: peer, &mask)
      case .finished:
        break
      case .closed(let id):
        guard var conversation = open.removeValue(forKey: id.slot) else { continue }
        conversation.finish(&mask)
        plans[conversation.plan].streams = conversation.plans
        plans[conversation.plan].firstSequences = (
          connections.firstSequence(of: id, from: .client), connections.firstSequence(of: id, from: .server)
        )
      }
    }
  }
}
