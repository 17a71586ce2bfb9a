private import CArchive
private import Glibc

/// Compressed data or an archive being read front to back by libarchive, which recognises either by its content.
@safe final class ArchiveWalk {
  private let functions: archive_functions
  private let archive: OpaquePointer
  private let feed: ArchiveFeed
  /// Which member is being read, from 0; -1 before the first.
  private(set) var memberNumber = -1
  /// What libarchive has given of the member and was not read yet, and where in the member that lies.
  private var block = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
  private var blockOffset: Int64 = 0
  private var memberOffset: Int64 = 0
  private var memberEnded = false
  private var isSparse = false

  enum Move {
    case member(name: String, isFile: Bool)
    case end
    case failed(StreamFailure)
  }

  /// Reads what the stream holds, from its start.
  init(reading stream: ByteStream) throws(CaptureError.Reason) {
    switch Libarchive.functions {
    case .success(let functions): self.functions = functions
    case .failure(let missing):
      throw .unreadable("it is no plain capture, and libarchive, which unpacks others, is missing (\(missing))")
    }
    guard let archive = unsafe functions.read_new() else { throw .unreadable(systemErrorText(ENOMEM)) }
    unsafe self.archive = archive
    feed = ArchiveFeed(stream)
    // Each of these is built into the library; what it would need an outside program for is not asked of it.
    _ = unsafe functions.read_support_filter_gzip(archive)
    _ = unsafe functions.read_support_filter_bzip2(archive)
    _ = unsafe functions.read_support_filter_xz(archive)
    _ = unsafe functions.read_support_filter_zstd(archive)
    _ = unsafe functions.read_support_filter_lz4(archive)
    _ = unsafe functions.read_support_format_tar(archive)
    _ = unsafe functions.read_support_format_zip(archive)
    _ = unsafe functions.read_support_format_raw(archive)
    _ = unsafe functions.read_set_callback_data(archive, Unmanaged.passUnretained(feed).toOpaque())
    _ = unsafe functions.read_set_read_callback(archive) { _, feed, block in
      // The feed set above lives as long as the walk; libarchive always offers a place for the block's address.
      guard let feed = unsafe feed, let block = unsafe block else { return -1 }
      return unsafe Unmanaged<ArchiveFeed>.fromOpaque(feed).takeUnretainedValue().nextBlock(block)
    }
    if stream.rewind() {
      _ = unsafe functions.read_set_seek_callback(archive) { _, feed, offset, whence in
        guard let feed = unsafe feed else { return -1 }
        // As above.
        return unsafe Unmanaged<ArchiveFeed>.fromOpaque(feed).takeUnretainedValue().seek(offset, whence)
      }
      _ = unsafe functions.read_set_skip_callback(archive) { _, feed, count in
        guard let feed = unsafe feed else { return 0 }
        // As above.
        return unsafe Unmanaged<ArchiveFeed>.fromOpaque(feed).takeUnretainedValue().skip(count)
      }
    }
    guard unsafe functions.read_open1(archive) == ARCHIVE_OK else {
      throw complaint.reason(atPacket: 1)
    }
  }

  deinit {
    _ = unsafe functions.read_free(archive)
  }

  /// Whether this is one compressed file and no archive; known once the first member was gone to.
  var isPlain: Bool { unsafe functions.format(archive) == ARCHIVE_FORMAT_RAW }

  /// Whether anything was compressed; libarchive counts the unchanged bytes as one filter.
  var isCompressed: Bool { unsafe functions.filter_count(archive) > 1 }

  /// Goes to the next member and leaves what was not read of this one.
  func nextMember() -> Move {
    unsafe block = UnsafeRawBufferPointer(start: nil, count: 0)
    memberOffset = 0
    memberEnded = false
    isSparse = false
    var entry: OpaquePointer?
    let status = unsafe functions.read_next_header(archive, &entry)
    if status == ARCHIVE_EOF { return .end }
    guard status == ARCHIVE_OK || status == ARCHIVE_WARN, let entry = unsafe entry else { return .failed(complaint) }
    memberNumber += 1
    // Names live as long as the entry; they are copied here.
    let name = unsafe functions.entry_pathname_utf8(entry) ?? functions.entry_pathname(entry)
    return .member(
      name: unsafe name.map { unsafe String(cString: $0) } ?? "member \(memberNumber + 1)",
      isFile: unsafe functions.entry_filetype(entry) == S_IFREG)
  }

  /// The bytes of the member gone to; of use until the walk goes on.
  func member() -> ByteStream { ArchiveMemberStream(self) }

  /// Puts bytes of the member into the buffer: how many, 0 at its end; nil on failure, which ``complaint`` tells.
  ///
  /// libarchive's own copying read would lose what it had copied before a failure in the same call.
  fileprivate func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    while unsafe block.isEmpty {
      if memberEnded { return 0 }
      var start: UnsafeRawPointer?
      var count = 0
      var offset: Int64 = 0
      let status = unsafe functions.read_data_block(archive, &start, &count, &offset)
      if status == ARCHIVE_RETRY { continue }
      guard status == ARCHIVE_OK || status == ARCHIVE_WARN || status == ARCHIVE_EOF else { return nil }
      memberEnded = status == ARCHIVE_EOF
      // libarchive keeps the block until it is asked for the next one or the next member.
      unsafe block = UnsafeRawBufferPointer(start: start, count: count)
      blockOffset = offset
    }
    // A tar member may be sparse; an endless hole would be an endless capture of empty packets.
    guard blockOffset == memberOffset else {
      isSparse = true
      return nil
    }
    let count = unsafe min(buffer.count, block.count)
    // Both ranges are `count` long.
    unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: block[..<count]))
    unsafe block = UnsafeRawBufferPointer(rebasing: block[count...])
    blockOffset &+= Int64(count)
    memberOffset &+= Int64(count)
    return count
  }

  /// What libarchive says of its last failure, or the system of the file below it.
  var complaint: StreamFailure {
    if let failure = feed.stream.failure { return failure }
    if isSparse { return .packed("the member has holes", isCut: false) }
    // A string in the archive's handle; it is copied here.
    let words = unsafe functions.error_string(archive).map { unsafe String(cString: $0) } ?? "damaged"
    return .packed(words, isCut: feed.stream.hasEnded)
  }
}

/// The bytes of the member that an archive's reader stands at.
private final class ArchiveMemberStream: ByteStream {
  private let walk: ArchiveWalk

  init(_ walk: ArchiveWalk) {
    self.walk = walk
  }

  override func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    if let got = unsafe walk.read(into: buffer) { return got }
    failure = walk.complaint
    return -1
  }
}

/// A stream as libarchive wants to read it: block by block.
@safe private final class ArchiveFeed {
  let stream: ByteStream
  private let block: UnsafeMutableRawBufferPointer

  init(_ stream: ByteStream) {
    self.stream = stream
    unsafe block = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 16)
  }

  deinit {
    unsafe block.deallocate()
  }

  func nextBlock(_ address: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
    unsafe address.pointee = UnsafeRawPointer(block.baseAddress)
    return unsafe stream.read(into: block)
  }

  func seek(_ offset: Int64, _ whence: CInt) -> Int64 { stream.seek(to: offset, from: whence) ?? -1 }

  func skip(_ count: Int64) -> Int64 {
    guard let before = stream.seek(to: 0, from: SEEK_CUR), let after = stream.seek(to: count, from: SEEK_CUR) else {
      return 0
    }
    return after - before
  }
}
