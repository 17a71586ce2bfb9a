import Wire

/// A classic capture file read where it lies: a plain file of an ordinary kind, which most captures are.
///
/// libpcap asks the C library twice for each packet and copies its bytes; that was half of what reading costs. Records are
/// taken here as long as nothing about them is unusual. The first one that is (and a file that ends within one) is left to
/// ``PcapSource``, which goes on from there: so libpcap decides what is wrong with a file, and says it.
///
/// Its buffer is not a ``StreamWindow`` but its own fields, each read and written at once: a structure in a class must be
/// asked for exclusive access, at the cost of the rest of the call.
@safe final class PlainPcapSource: PacketSource {
  private let stream: ByteStream
  private let header: PcapFileHeader
  private let filter: PacketFilter?
  private let program: PacketFilter.Program?
  private let bufferSize: Int
  /// Nanoseconds that a unit of the records' times stands for, and how many units a second has.
  private let unit: Int64
  private let unitsOfSecond: UInt32
  private let isBigEndian: Bool
  /// Room for `bufferSize` bytes behind the longest record.
  private var memory: RefilledMemory
  /// Where that is.
  private var buffer: UnsafeMutableRawPointer
  /// The bytes between them are held; `begin` is where the next record begins.
  private var begin = 0
  private var end = 0
  /// What goes on behind the first unusual record.
  private var successor: PcapSource?

  private static let recordHeader = 16
  /// The longest record that libpcap takes for one, whatever the link (MAXIMUM_SNAPLEN).
  private static let longestRecord = 262_144

  /// Whether files with this header are read so: `stream` is one that can be gone back in.
  static func reads(_ header: PcapFileHeader, from stream: ByteStream) -> Bool {
    header.isOrdinary && stream.isPlainFile
  }

  /// Reads a file whose header is `header` and still to be read from `stream`.
  init(_ header: PcapFileHeader, stream: ByteStream, filter: PacketFilter?, bufferSize: Int) {
    self.stream = stream
    self.header = header
    self.filter = filter
    self.bufferSize = bufferSize
    program = filter?.program(for: header.linkType)
    unit = header.countsNanoseconds ? 1 : 1000
    unitsOfSecond = header.countsNanoseconds ? 1_000_000_000 : 1_000_000
    isBigEndian = header.isBigEndian
    memory = RefilledMemory(count: bufferSize + Self.recordHeader + Self.longestRecord)
    unsafe buffer = memory.current.start
    super.init()
    head.linkType = header.linkType
    if hold(PcapFileHeader.length) { begin = PcapFileHeader.length }
  }

  override func advance() -> Step {
    if let successor { return follow(successor) }
    while true {
      guard end &- begin >= Self.recordHeader || hold(Self.recordHeader) else {
        return end == begin && stream.failure == nil ? .end : handOver()
      }
      let seconds = word(at: 0)
      let units = word(at: 4)
      let captured = Int(word(at: 8))
      let original = Int(word(at: 12))
      let length = Self.recordHeader &+ captured
      guard units < unitsOfSecond, captured <= Self.longestRecord, end &- begin >= length || hold(length) else {
        return handOver()
      }
      packets &+= 1
      number &+= 1
      capturedBytes &+= captured
      // The record lies between `begin` and `end`, and what was let go of stays until more is read.
      let bytes = unsafe UnsafePointer((buffer + begin + Self.recordHeader).assumingMemoryBound(to: UInt8.self))
      let place = begin &+ Self.recordHeader
      begin &+= length
      if let program, unsafe !program.passes(bytes, count: captured, originalLength: original) { continue }
      unsafe head.bytes = bytes
      head.count = captured
      head.place = place
      head.time = CaptureTime(nanoseconds: Int64(seconds) &* 1_000_000_000 &+ Int64(units) &* unit)
      head.originalLength = original
      return .packet
    }
  }

  /// A word of the record's header, which is held.
  @inline(__always)
  private func word(at offset: Int) -> UInt32 {
    // `begin` and the sixteen bytes behind it are in the buffer.
    let word = unsafe buffer.loadUnaligned(fromByteOffset: begin &+ offset, as: UInt32.self)
    return isBigEndian ? UInt32(bigEndian: word) : UInt32(littleEndian: word)
  }

  /// Reads until `count` bytes are held, at most a record's; false when the stream ends before.
  @inline(never)
  private func hold(_ count: Int) -> Bool {
    memory.begin(with: begin..<end, count: memory.current.count)
    unsafe buffer = memory.current.start
    blockNumber = memory.fillings
    end -= begin
    begin = 0
    while end < count {
      // Less than a record is held, and behind a record there is room for `bufferSize` bytes.
      let got = unsafe stream.read(into: UnsafeMutableRawBufferPointer(start: buffer + end, count: bufferSize))
      guard got > 0 else { return false }
      end += got
    }
    return true
  }

  /// Where the next record begins in the file.
  private var offset: Int { stream.position - (end - begin) }

  /// Lets libpcap go on at the record that was not taken.
  private func handOver() -> Step {
    let offset = offset
    do throws(CaptureError.Reason) {
      let successor = try PcapSource(
        header, stream: stream, filter: filter, bufferSize: bufferSize,
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

  override var block: SharedBytes? { memory.current }
  override var linkTypes: [LinkType] { [header.linkType] }
  override var timestampDecimals: Int { header.countsNanoseconds ? 9 : 6 }
  override var fileBytes: Int { successor?.fileBytes ?? offset }
}
