internal import PacketDecoding
internal import TCPStreams
internal import Wire

/// Segments on their way to a thread, of an epoch or the next part of one, with their bytes in one buffer that is used again and
/// again.
struct FrameBatch: Sendable {
  struct Item: Sendable {
    /// Its offsets count from `start`.
    var segment: TCPSegment
    var descriptor: FrameDescriptor
    var ordinal: Int
    var shard: Int
    /// Where its TCP header and payload begin in the batch's bytes.
    var start: Int
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
  /// When the epoch ended that these are the last ones of; nil where it goes on.
  var endOfEpoch: CaptureTime?

  /// Takes a segment that was decoded from `frame`, and copies what is looked at later: its TCP header and its payload.
  mutating func append(
    _ segment: TCPSegment, of frame: Span<UInt8>, _ descriptor: FrameDescriptor, ordinal: Int, shard: Int
  ) {
    let begin = min(max(0, segment.headerStart), segment.payload.lowerBound)
    guard segment.payload.upperBound <= frame.count else { return }
    var moved = segment
    moved.headerStart -= begin
    moved.payload = (segment.payload.lowerBound - begin)..<(segment.payload.upperBound - begin)
    items.append(
      Item(segment: moved, descriptor: descriptor, ordinal: ordinal, shard: shard, start: bytes.count))
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
    endOfEpoch = nil
  }
}
