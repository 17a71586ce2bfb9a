import Wire

/// A classic capture file read where it lies: a plain file of an ordinary kind, which most captures are.
///
/// libpcap asks the C library twice for each packet and copies its bytes; that was half of what reading costs. Records are
/// taken here as long as nothing about them is unusual. The first one that is (and a file that ends within one) is left to
/// ``PcapSource``, which goes on from there: so libpcap decides what is wrong with a file, and says it.
@safe final class PlainPcapSource: PacketSource {
  private var window: StreamWindow
  private let header: PcapFileHeader
  private let program: PacketFilter.Program?
  private let filter: PacketFilter?
  private let bufferSize: Int
  /// Nanoseconds that a unit of the records' times stands for, and how many units a second has.
  private let unit: Int64
  private let unitsOfSecond: UInt32
  /// What goes on behind the first unusual record.
  private var successor: PcapSource?

  /// Whether files with this header are read so: `stream` is one that can be gone back in.
  static func reads(_ header: PcapFileHeader, from stream: ByteStream) -> Bool {
    header.isOrdinary && stream.isPlainFile
  }

  /// Reads a file whose header is `header` and still to be read from `stream`.
  init(_ header: PcapFileHeader, stream: ByteStream, filter: PacketFilter?, bufferSize: Int) {
    self.header = header
    self.filter = filter
    self.bufferSize = bufferSize
    program = filter?.program(for: header.linkType)
    unit = header.countsNanoseconds ? 1 : 1000
    unitsOfSecond = header.countsNanoseconds ? 1_000_000_000 : 1_000_000
    window = StreamWindow(reading: stream, capacity: bufferSize)
    super.init()
    if window.hold(PcapFileHeader.length) { window.drop(PcapFileHeader.length) }
  }

  /// The longest record that libpcap takes for one, whatever the link (MAXIMUM_SNAPLEN).
  private static let longestRecord = 262_144

  override func advance() -> Step {
    if let successor { return follow(successor) }
    while true {
      guard window.hold(16) else {
        if window.available == 0, window.stream.failure == nil { return .end }
        return handOver()
      }
      // Sixteen bytes are there, as was asked.
      let record = unsafe Span(_unsafeStart: window.start, count: 16)
      let seconds = number(record, at: 0)
      let units = number(record, at: 4)
      let captured = Int(number(record, at: 8))
      let original = Int(number(record, at: 12))
      guard units < unitsOfSecond, captured <= Self.longestRecord, window.hold(16 &+ captured) else {
        return handOver()
      }
      packets &+= 1
      number &+= 1
      capturedBytes &+= captured
      // The window keeps what it has let go of until it is asked for more.
      let bytes = unsafe window.start + 16
      window.drop(16 &+ captured)
      if let program, unsafe !program.passes(bytes, count: captured, originalLength: original) { continue }
      unsafe head.bytes = bytes
      head.count = captured
      head.time = CaptureTime(nanoseconds: Int64(seconds) &* 1_000_000_000 &+ Int64(units) &* unit)
      head.linkType = header.linkType
      head.originalLength = original
      return .packet
    }
  }

  @inline(__always)
  private func number(_ record: Span<UInt8>, at offset: Int) -> UInt32 {
    header.isBigEndian ? record.bigEndianUInt32(at: offset) : record.littleEndianUInt32(at: offset)
  }

  /// Lets libpcap go on at the record that was not taken.
  private func handOver() -> Step {
    let offset = window.offset
    do throws(CaptureError.Reason) {
      let successor = try PcapSource(
        header, stream: window.stream, filter: filter, bufferSize: bufferSize,
        behind: PcapSource.Past(offset: offset, packets: packets, capturedBytes: capturedBytes))
      self.successor = successor
      return follow(successor)
    } catch {
      failure = SourceFailure(offset: offset, reason: error)
      return .end
    }
  }

  private func follow(_ successor: PcapSource) -> Step {
    let step = successor.advance()
    head = successor.head
    number = successor.number
    packets = successor.packets
    capturedBytes = successor.capturedBytes
    failure = successor.failure
    return step
  }

  override var linkTypes: [LinkType] { [header.linkType] }
  override var timestampDecimals: Int { header.countsNanoseconds ? 9 : 6 }
  override var fileBytes: Int { successor?.fileBytes ?? window.offset }
}
