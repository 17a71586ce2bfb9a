internal import PacketDecoding
internal import TCPStreams
internal import Wire

/// Segments on their way to a thread, of an epoch or the next part of one.
///
/// Their bytes stay where the reader has them, where it lends them for longer than a call; else they are copied into one buffer
/// that is used again and again.
struct FrameBatch: Sendable {
  struct Item: Sendable {
    var segment: TCPSegment
    var descriptor: FrameDescriptor
    var ordinal: Int
    /// Its place in the team.
    var shard: Int
    /// What the segment's offsets count from, in the batch's bytes or in those that are lent.
    var start: Int
    var isLent: Bool
  }

  /// An ICMP error that came before the item at `place`.
  struct ErrorItem: Sendable {
    var error: ICMPError
    var descriptor: FrameDescriptor
    var shard: Int
    var place: Int
  }

  private(set) var items: [Item] = []
  private(set) var errors: [ErrorItem] = []
  private(set) var bytes: [UInt8] = []
  /// What lent segments lie in.
  var lent: SharedBytes?
  /// Which handover it belongs to, counted from 0.
  var handover = 0
  /// What ends with these; nil where the epoch goes on.
  var end: End?

  enum End: Sendable {
    /// An epoch ends, at this time.
    case ofEpoch(CaptureTime)
    /// Everything that is open ends.
    case ofCapture
  }

  var isEmpty: Bool { items.isEmpty && errors.isEmpty }

  /// Takes a segment of a frame that lies in `lent` from `place` on.
  mutating func append(lent segment: TCPSegment, at place: Int, _ descriptor: FrameDescriptor, ordinal: Int, shard: Int)
  {
    items.append(
      Item(segment: segment, descriptor: descriptor, ordinal: ordinal, shard: shard, start: place, isLent: true))
  }

  /// Takes a segment that was decoded from `frame`, and copies what is looked at later: its TCP header and its payload.
  mutating func append(
    _ segment: TCPSegment, of frame: Span<UInt8>, _ descriptor: FrameDescriptor, ordinal: Int, shard: Int
  ) {
    let begin = min(max(0, segment.headerStart), segment.payload.lowerBound)
    var moved = segment
    moved.headerStart -= begin
    moved.payload = (segment.payload.lowerBound - begin)..<(segment.payload.upperBound - begin)
    items.append(
      Item(
        segment: moved, descriptor: descriptor, ordinal: ordinal, shard: shard, start: bytes.count, isLent: false))
    bytes.append(frame.extracting(begin..<segment.payload.upperBound))
  }

  mutating func append(_ error: ICMPError, _ descriptor: FrameDescriptor, shard: Int) {
    errors.append(ErrorItem(error: error, descriptor: descriptor, shard: shard, place: items.count))
  }

  /// Makes it fit for the next use; its memory stays.
  mutating func removeAll() {
    items.removeAll(keepingCapacity: true)
    errors.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
    lent = nil
    end = nil
  }
}
