public import Wire

/// Names a connection while it is in the table; a number is used again after its connection has closed.
public struct ConnectionID: Hashable, Sendable {
  /// Its place in the table, from 0.
  public var slot: Int

  /// The connection in this place of the table.
  @inlinable
  public init(slot: Int) {
    self.slot = slot
  }
}

/// What came of a segment at once: of most nothing or their bytes, and no event need be made of that.
public enum SegmentOutcome: Sendable {
  /// There is nothing to pull.
  case nothing
  /// Its payload is what the connection's stream goes on with; there is nothing else to pull.
  case bytes(ConnectionID, from: Peer)
  /// There may be events.
  case events
}

/// What one segment (or the passing of time) did to the streams, in the order in which the endpoints saw it.
///
/// Bytes of one side are never handed up before the bytes of the other that they acknowledge: whatever order the frames
/// were captured in, a reply follows its command.
public enum StreamEvent: Sendable {
  /// A connection entered the table.
  case opened(ConnectionID)
  /// The next bytes in order, a range of the span that was given to `receive`.
  case bytes(ConnectionID, from: Peer, Range<Int>)
  /// The next bytes in order, which had to wait, with the frame that brought them.
  case heldBytes(ConnectionID, from: Peer, HeldBytes)
  /// So many bytes were sent and are not in the capture.
  case gap(ConnectionID, from: Peer, Int)
  /// The side has sent everything (its FIN is in order).
  case finished(ConnectionID, from: Peer)
  /// The connection is over; its facts can be read until the next call of `receive` or `nextEvent`.
  case closed(ConnectionID)
}

/// Bytes that arrived out of order and could be handed up only later.
public struct HeldBytes: Sendable {
  /// The payload, in order with what was handed up before.
  public var bytes: [UInt8]
  /// The frame that brought them.
  public var frame: FrameDescriptor

  /// Made of the payload and the frame that brought it.
  public init(bytes: [UInt8], frame: FrameDescriptor) {
    self.bytes = bytes
    self.frame = frame
  }
}
