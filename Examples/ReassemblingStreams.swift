import CaptureReading
import PacketDecoding
import TCPStreams
import Wire

/// A TCP connection's two streams.
public struct Streams {
  /// What the client sent and the capture has, in order.
  public var client: [UInt8] = []
  /// What the server sent and the capture has, in order.
  public var server: [UInt8] = []
  /// Bytes that were sent and are not in the capture.
  public var missingBytes = 0
}

/// TCPStreams alone: what each side of each connection said, in order, in the order in which the connections closed.
public func streams(of path: String) throws -> [Streams] {
  var reader = try CaptureReader(paths: [path])
  var decoder = PacketDecoder()
  var table = ConnectionTable(serverPorts: [25])
  var open: [ConnectionID: Streams] = [:]
  var closed: [Streams] = []

  // Ranges of `.bytes` are of the bytes that the segment was decoded from.
  func take(_ table: inout ConnectionTable, _ bytes: Span<UInt8>) {
    while let event = table.nextEvent() {
      switch event {
      case .opened(let id): open[id] = Streams()
      case .bytes(let id, let peer, let range): add([UInt8](bytes.extracting(range)), to: id, from: peer)
      case .heldBytes(let id, let peer, let held): add(held.bytes, to: id, from: peer)
      case .gap(let id, _, let count): open[id]?.missingBytes += count
      case .finished: break
      case .closed(let id):
        if let streams = open.removeValue(forKey: id) { closed.append(streams) }
      }
    }
  }
  func add(_ bytes: [UInt8], to id: ConnectionID, from peer: Peer) {
    switch peer {
    case .client: open[id]?.client += bytes
    case .server: open[id]?.server += bytes
    }
  }

  while reader.next() {
    let frame = reader.frame
    reader.withBytes { bytes in
      switch decoder.decode(bytes, descriptor: frame) {
      case .segment(let segment):
        table.receive(segment, in: bytes, frame: frame)
        take(&table, bytes)
      case .reassembledSegment(let segment, let datagram):
        table.receive(segment, in: datagram.span, frame: frame)
        take(&table, datagram.span)
      default: break
      }
    }
  }
  table.finish()
  take(&table, Span())
  return closed
}
