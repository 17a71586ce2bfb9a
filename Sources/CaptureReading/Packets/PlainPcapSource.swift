import Wire

/// A classic capture file read where it lies: a plain file of an ordinary kind, which most captures are.
///
/// libpcap asks the C library twice for each packet and copies its bytes; that was half of what reading costs. Records are
/// taken here as long as nothing about them is unusual. The first one that is (and a file that ends within one) is left to
/// ``PcapSource``, which goes on from there: so libpcap decides what is wrong with a file, and says it.
@safe final class PlainPcapSource: PacketSource {
  private var records: PlainRecords
  private let header: PcapFileHeader
  private let program: PacketFilter.Program?
  private let filter: PacketFilter?
  private let bufferSize: Int
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
    records = PlainRecords(of: header, reading: stream, bufferSize: bufferSize)
    super.init()
    head.linkType = header.linkType
  }

  override func advance() -> Step {
    if let successor { return follow(successor) }
    while true {
      switch records.next(into: &head) {
      case .record: break
      case .end: return .end
      case .unusual: return handOver()
      }
      packets &+= 1
      number &+= 1
      capturedBytes &+= head.count
      guard let program else { return .packet }
      // The source keeps the bytes until the next record is asked for.
      if let bytes = unsafe head.bytes,
        unsafe program.passes(bytes, count: head.count, originalLength: head.originalLength)
      {
        return .packet
      }
    }
  }

  /// Lets libpcap go on at the record that was not taken.
  private func handOver() -> Step {
    let offset = records.offset
    do throws(CaptureError.Reason) {
      let successor = try PcapSource(
        header, stream: records.stream, filter: filter, bufferSize: bufferSize,
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
  override var fileBytes: Int { successor?.fileBytes ?? records.offset }
}

/// The records of a file, one after the other. A structure, so that a class asks for it once a packet.
@safe private struct PlainRecords: ~Copyable {
  private var window: StreamWindow
  private let isBigEndian: Bool
  /// Nanoseconds that a unit of the records' times stands for, and how many units a second has.
  private let unit: Int64
  private let unitsOfSecond: UInt32

  enum Found {
    case record
    case end
    /// Something that is left to libpcap: it is looked at again from ``offset`` on.
    case unusual
  }

  /// The longest record that libpcap takes for one, whatever the link (MAXIMUM_SNAPLEN).
  private static let longestRecord = 262_144

  init(of header: PcapFileHeader, reading stream: ByteStream, bufferSize: Int) {
    isBigEndian = header.isBigEndian
    unit = header.countsNanoseconds ? 1 : 1000
    unitsOfSecond = header.countsNanoseconds ? 1_000_000_000 : 1_000_000
    window = StreamWindow(reading: stream, capacity: bufferSize)
    if window.hold(PcapFileHeader.length) { window.drop(PcapFileHeader.length) }
  }

  var stream: ByteStream { window.stream }

  /// Where the next record begins.
  var offset: Int { window.offset }

  mutating func next(into packet: inout SourcePacket) -> Found {
    guard window.hold(16) else { return window.available == 0 && window.stream.failure == nil ? .end : .unusual }
    // Sixteen bytes are there, as was asked.
    let record = unsafe Span(_unsafeStart: window.start, count: 16)
    let seconds = number(record, at: 0)
    let units = number(record, at: 4)
    let captured = Int(number(record, at: 8))
    let original = Int(number(record, at: 12))
    guard units < unitsOfSecond, captured <= Self.longestRecord, window.hold(16 &+ captured) else { return .unusual }
    packet.originalLength = original
    packet.count = captured
    packet.time = CaptureTime(nanoseconds: Int64(seconds) &* 1_000_000_000 &+ Int64(units) &* unit)
    // The window keeps what it has let go of until it is asked for more.
    unsafe packet.bytes = window.start + 16
    window.drop(16 &+ captured)
    return .record
  }

  @inline(__always)
  private func number(_ record: Span<UInt8>, at offset: Int) -> UInt32 {
    isBigEndian ? record.bigEndianUInt32(at: offset) : record.littleEndianUInt32(at: offset)
  }
}
