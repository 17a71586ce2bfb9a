private import CPcap
private import Glibc
import Wire

/// A classic capture file read by libpcap: microseconds or nanoseconds, either byte order.
@safe final class PcapSource: PacketSource {
  private let pcap: pcap_functions
  private let handle: OpaquePointer
  private let stream: ByteStream
  private let readBuffer: UnsafeMutableRawPointer
  private let linkType: LinkType
  private let decimals: Int
  private let recordHeaderLength: Int
  private let filter: PacketFilter.Program?
  /// Where the record of the next packet begins.
  private var recordOffset = PcapFileHeader.length
  /// How many bytes between the header and the first record were passed over.
  private let skipped: Int

  /// What was read of a file already.
  struct Past {
    /// Where the next record begins.
    var offset: Int
    var packets: Int
    var capturedBytes: Int
  }

  /// Reads a file whose header is `header` and still to be read from `stream`; or which can be gone back in, of which all
  /// before `past` was read already.
  init(
    _ header: PcapFileHeader, stream: ByteStream, filter: PacketFilter?, bufferSize: Int, behind past: Past? = nil
  ) throws(CaptureError.Reason) {
    switch Libpcap.functions {
    case .success(let functions): pcap = functions
    case .failure(let missing): throw .unreadable("libpcap, which reads it, is missing (\(missing))")
    }
    skipped = (past?.offset ?? PcapFileHeader.length) - PcapFileHeader.length
    if let past {
      // The header comes from where it is kept, then the records from where they were left.
      guard stream.rewind(), stream.peek(PcapFileHeader.length).count == PcapFileHeader.length,
        stream.seek(to: Int64(past.offset), from: SEEK_SET) != nil
      else { throw stream.failure?.reason(atPacket: past.packets + 1) ?? .changed }
    }
    // A record may be longer than the snap length that its file announces; libpcap would cut it there. With 0 it keeps
    // to its own maximum for the link type, which still refuses lying lengths.
    stream.replacePeeked(at: PcapFileHeader.snapLengthOffset, with: [0, 0, 0, 0])
    unsafe readBuffer = UnsafeMutableRawPointer.allocate(byteCount: bufferSize, alignment: 16)
    guard let file = unsafe openFile(reading: stream, buffer: readBuffer, size: bufferSize) else {
      unsafe readBuffer.deallocate()
      throw .unreadable(systemErrorText(errno))
    }
    var words = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    guard
      let handle = unsafe pcap.fopen_offline_with_tstamp_precision(file, UInt32(PCAP_TSTAMP_PRECISION_NANO), &words)
    else {
      unsafe fclose(file)
      unsafe readBuffer.deallocate()
      throw .refused(text(words))
    }
    unsafe self.handle = handle
    self.stream = stream
    linkType = header.linkType
    decimals = header.countsNanoseconds ? 9 : 6
    recordHeaderLength = header.recordHeaderLength
    self.filter = filter?.program(for: header.linkType)
    super.init()
    packets = past?.packets ?? 0
    number = packets
    capturedBytes = past?.capturedBytes ?? 0
  }

  deinit {
    // Closes the FILE, which uses the buffer and the stream until then.
    unsafe pcap.close(handle)
    unsafe readBuffer.deallocate()
  }

  override func advance() -> Step {
    var header: UnsafeMutablePointer<pcap_pkthdr>?
    var bytes: UnsafePointer<UInt8>?
    while true {
      let status = unsafe pcap.next_ex(handle, &header, &bytes)
      guard status == 1, let record = unsafe header, let data = unsafe bytes else {
        if status != PCAP_ERROR_BREAK { fail() }
        return .end
      }
      let captured = Int(unsafe record.pointee.caplen)
      packets &+= 1
      number &+= 1
      capturedBytes &+= captured
      recordOffset &+= recordHeaderLength &+ captured
      if let filter, unsafe !filter.passes(record, data) { continue }
      unsafe head.bytes = data
      head.count = captured
      // libpcap takes the seconds for signed; files say nothing before 1970 and go on after 2038.
      let seconds = Int64(UInt32(truncatingIfNeeded: unsafe record.pointee.ts.tv_sec))
      head.time = CaptureTime(nanoseconds: seconds &* 1_000_000_000 &+ Int64(unsafe record.pointee.ts.tv_usec))
      head.linkType = linkType
      head.originalLength = Int(unsafe record.pointee.len)
      return .packet
    }
  }

  /// Says why libpcap could not give the next packet.
  private func fail() {
    let left = stream.position - recordOffset
    // A handle's last error is a C string in it. Its first number is the length that the record announced: libpcap says
    // it nowhere else.
    let words = unsafe pcap.geterr(handle).map { unsafe String(cString: $0) } ?? ""
    let announced = Int(words.drop { !$0.isNumber }.prefix { $0.isNumber }) ?? 0
    let reason: CaptureError.Reason =
      if let failure = stream.failure {
        failure.reason(atPacket: packets + 1)
      } else if !stream.hasEnded {
        // libpcap reads on for a length that it believes.
        .impossibleLength(packet: packets + 1, announced: announced)
      } else if left < recordHeaderLength {
        .cutShort(packet: packets + 1, announced: recordHeaderLength, left: left)
      } else {
        .cutShort(packet: packets + 1, announced: announced, left: left - recordHeaderLength)
      }
    failure = SourceFailure(offset: skipped + recordOffset, reason: reason)
  }

  override var linkTypes: [LinkType] { [linkType] }
  override var timestampDecimals: Int { decimals }
  override var fileBytes: Int {
    // How far the stream was read ahead of a record that cannot be says nothing of the file.
    skipped + (failure == nil || !stream.hasEnded ? recordOffset : stream.position)
  }
}

/// A FILE that reads the stream, which must outlive it; nil when there is no memory.
private func openFile(
  reading stream: ByteStream, buffer: UnsafeMutableRawPointer, size: Int
) -> UnsafeMutablePointer<FILE>? {
  let functions = unsafe stream_functions(
    read: { cookie, buffer, count in
      guard let cookie = unsafe cookie, let buffer = unsafe buffer else { return -1 }
      // The cookie is the stream given below, kept alive by the source that owns the FILE; the C library offers a buffer
      // of `count` bytes.
      let stream = unsafe Unmanaged<ByteStream>.fromOpaque(cookie).takeUnretainedValue()
      return unsafe stream.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: count))
    }, write: nil, seek: nil, close: nil)
  guard let file = unsafe open_stream(Unmanaged.passUnretained(stream).toOpaque(), "r", functions) else { return nil }
  // The buffer is freed after the FILE is closed.
  unsafe setvbuf(file, buffer.assumingMemoryBound(to: CChar.self), _IOFBF, size)
  return unsafe file
}

/// What a C library wrote into an error buffer.
func text(_ buffer: [CChar]) -> String {
  String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
