internal import CaptureWriting
private import FileWriting
private import Glibc
package import Wire

/// When a capture file is followed by the next one.
package struct RotationRules: Equatable, Sendable {
  /// Bytes of a file at most, a packet more or less.
  package var size: Int?
  /// Nanoseconds of packet time that a file covers at most.
  package var time: Int64?
  /// Files that are kept; the oldest ones that were written go.
  package var count: Int?

  package init(size: Int? = nil, time: Int64? = nil, count: Int? = nil) {
    self.size = size
    self.time = time
    self.count = count
  }

  var rotates: Bool { size != nil || time != nil }
}

/// A capture file in the pcapng format, or a ring of them.
///
/// One file has the name that is given. If there is a pcapng file of that name, a section is added to it, as the format
/// provides for: a run that is started anew, or whose file was not moved away, goes on where it was. What power loss or
/// a full disk left of a last block is cut off first: nobody could read what stands behind it. The files of a ring are
/// called as dumpcap calls them, `mail_00001_20261120091402.pcapng`, and never replace one.
package struct CaptureRing: ~Copyable, PacketTarget {
  private let path: String
  private let rules: RotationRules
  private let application: String
  private var file: Int32?
  private var blocks: PcapNGBlocks
  private var written = 0
  private var began: CaptureTime?
  private var number = 0
  private var files: [String] = []
  /// Why nothing is written any more: the file and the system's words.
  package private(set) var failure: CaptureWritingError?
  /// A section of no packets is not worth its header.
  private var hasPackets = false

  private static let gatheredBytes = 1 << 16

  /// Begins the file, or the first one.
  package init(
    path: String, rules: RotationRules = RotationRules(), application: String
  ) throws(CaptureWritingError) {
    self.path = path
    self.rules = rules
    self.application = application
    blocks = PcapNGBlocks(application: application)
    guard !rules.rotates else { return }
    file = try Self.openSingle(path)
  }

  deinit {
    if let file { close(file) }
  }

  package mutating func write(_ bytes: Span<UInt8>, _ frame: FrameDescriptor) {
    guard failure == nil else { return }
    if rules.rotates { rotate(before: frame.time) }
    blocks.append(bytes, of: frame)
    hasPackets = true
    if blocks.bytes.count >= Self.gatheredBytes { flush() }
  }

  /// Writes what waits.
  package mutating func flush() {
    guard failure == nil, let file, hasPackets else { return }
    let start = Int(lseek(file, 0, SEEK_CUR))
    do throws(CaptureWritingError) {
      try Self.write(blocks.bytes, to: file, path)
      written += blocks.bytes.count
      blocks.bytes.removeAll(keepingCapacity: true)
    } catch {
      failure = error
      // Half a block would be the end of what can be read, whatever is added behind it.
      ftruncate(file, (try? Self.wholeBlocks(of: file, from: start, path)) ?? start)
    }
  }

  /// Ends the file, whatever it is called by now, and begins it anew; one that is still where it was goes on.
  package mutating func reopen() {
    flush()
    guard failure == nil, rules.rotates || !isInPlace else { return }
    end()
    guard !rules.rotates else { return }
    do throws(CaptureWritingError) {
      file = try Self.openSingle(path)
      begin()
    } catch {
      failure = error
    }
  }

  // MARK: Files

  private mutating func rotate(before time: CaptureTime) {
    if file != nil, isFull(at: time) {
      flush()
      end()
    }
    guard file == nil, failure == nil else { return }
    do throws(CaptureWritingError) {
      let (name, opened) = try openNext(at: time)
      file = opened
      files.append(name)
      begin()
      began = time
    } catch {
      failure = error
    }
    // Swift hands a NUL-terminated copy of a path to each call that takes one, for the call's time.
    while let count = rules.count, files.count > max(1, count) { unsafe unlink(files.removeFirst()) }
  }

  private func isFull(at time: CaptureTime) -> Bool {
    if let size = rules.size, written + blocks.bytes.count >= size { return true }
    guard let span = rules.time, let began else { return false }
    return time.nanoseconds(since: began) >= span
  }

  private mutating func begin() {
    blocks = PcapNGBlocks(application: application)
    written = 0
    hasPackets = false
  }

  /// Whether the path still leads to the file, and nobody emptied it. To look through one of gigabytes would keep the
  /// packets waiting.
  private var isInPlace: Bool {
    guard let file else { return false }
    var (open, there) = (stat(), stat())
    // fstat(2) and stat(2) fill the structures that they are given.
    return unsafe fstat(file, &open) == 0 && stat(path, &there) == 0 && open.st_dev == there.st_dev
      && open.st_ino == there.st_ino && open.st_size == lseek(file, 0, SEEK_CUR)
  }

  private mutating func end() {
    if let file { close(file) }
    file = nil
  }

  /// Opens a file for a section, behind those that it has.
  private static func openSingle(_ path: String) throws(CaptureWritingError) -> Int32 {
    let file = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, mode)
    guard file >= 0 else { throw CaptureWritingError(path) }
    do throws(CaptureWritingError) {
      var magic: [UInt8] = [0, 0, 0, 0]
      // read(2) fills in four bytes at most.
      let count = unsafe read(file, &magic, 4)
      guard count == 0 || count == 4 && magic == sectionHeader else {
        throw CaptureWritingError(path, "is there and is no pcapng file")
      }
      let size = lseek(file, 0, SEEK_END)
      guard size >= 0 else { throw CaptureWritingError(path, "cannot be added to") }
      let end = try wholeBlocks(of: file, from: 0, path)
      guard end == size || ftruncate(file, end) == 0, lseek(file, 0, SEEK_END) >= 0 else {
        throw CaptureWritingError(path)
      }
    } catch {
      close(file)
      throw error
    }
    return file
  }

  /// Where the last whole block ends of those from `start` on. Throws where one is damaged and not torn: there may be
  /// packets behind it, which must not be cut off.
  private static func wholeBlocks(of file: Int32, from start: Int, _ path: String) throws(CaptureWritingError) -> Int {
    let size = Int(lseek(file, 0, SEEK_END))
    var end = start
    var isBigEndian = false
    while true {
      switch try block(of: file, at: end, size: size, &isBigEndian, path) {
      case .whole(let length): end += length
      case .torn: return end
      case .damaged:
        throw CaptureWritingError(path, "is damaged behind byte \(end); move it away, or name another file")
      }
    }
  }

  private enum Block {
    case whole(length: Int)
    /// Its end is missing, or there are zeros where it was to come.
    case torn
    case damaged
  }

  /// What begins at a place of the file. A block has its length before its body and behind it, in the byte order that
  /// the magic of its section tells (draft-ietf-opsawg-pcapng sections 3.1 and 4.1).
  private static func block(
    of file: Int32, at offset: Int, size: Int, _ isBigEndian: inout Bool, _ path: String
  ) throws(CaptureWritingError) -> Block {
    guard size - offset >= shortestBlock else { return .torn }
    let header = try octets(shortestBlock, of: file, at: offset, path)
    if header.starts(with: sectionHeader) { isBigEndian = header[8] == 0x1a }
    let length = number(header.span, at: 4, isBigEndian)
    guard length > 0 else { return try hasZeros(file, from: offset + 4, to: size, path) ? .torn : .damaged }
    guard length >= shortestBlock, length <= longestBlock else { return .damaged }
    guard length <= size - offset else { return .torn }
    let trailer = try octets(4, of: file, at: offset + length - 4, path)
    let repeated = number(trailer.span, at: 0, isBigEndian)
    guard repeated != length else { return .whole(length: length) }
    return try hasZeros(file, from: offset + length - 4, to: size, path) ? .torn : .damaged
  }

  /// Whether nothing but zeros follows, as power loss leaves them.
  private static func hasZeros(
    _ file: Int32, from start: Int, to end: Int, _ path: String
  ) throws(CaptureWritingError) -> Bool {
    for offset in stride(from: start, to: end, by: gatheredBytes) {
      let some = try octets(min(gatheredBytes, end - offset), of: file, at: offset, path)
      guard some.allSatisfy({ $0 == 0 }) else { return false }
    }
    return true
  }

  private static func number(_ bytes: Span<UInt8>, at offset: Int, _ isBigEndian: Bool) -> Int {
    Int(isBigEndian ? bytes.bigEndianUInt32(at: offset) : bytes.littleEndianUInt32(at: offset))
  }

  private static func octets(
    _ count: Int, of file: Int32, at offset: Int, _ path: String
  ) throws(CaptureWritingError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    // pread(2) fills in `count` bytes at most.
    guard unsafe pread(file, &bytes, count, offset) == count else { throw CaptureWritingError(path) }
    return bytes
  }

  /// `mail_00001_20261120091402.pcapng`.
  private mutating func openNext(at time: CaptureTime) throws(CaptureWritingError) -> (String, Int32) {
    let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    let dot = path[slash...].lastIndex(of: ".").flatMap { $0 > slash ? $0 : nil } ?? path.endIndex
    let stamp = Self.stamp(time)
    for _ in 0..<Self.attempts {
      number += 1
      let name = "\(path[..<dot])_\(Self.digits(number, 5))_\(stamp)\(path[dot...])"
      let file = unsafe open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, Self.mode)
      if file >= 0 { return (name, file) }
      guard errno == EEXIST else { throw CaptureWritingError(name) }
    }
    throw CaptureWritingError(path, "there are too many files of such names")
  }

  /// `20261120091402`, in UTC.
  private static func stamp(_ time: CaptureTime) -> String {
    var parts = unsafe tm()
    var seconds = time_t(time.nanoseconds / 1_000_000_000)
    // gmtime_r fills the structure that it is given.
    unsafe gmtime_r(&seconds, &parts)
    let (date, clock) = unsafe (
      (parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday), (parts.tm_hour, parts.tm_min, parts.tm_sec)
    )
    return digits(Int(date.0), 4) + [date.1, date.2, clock.0, clock.1, clock.2].map { digits(Int($0), 2) }.joined()
  }

  private static func digits(_ number: Int, _ width: Int) -> String {
    String(repeating: "0", count: max(0, width - String(number).count)) + String(number)
  }

  /// The type of a section's header, the same in both byte orders.
  private static let sectionHeader: [UInt8] = [0x0a, 0x0d, 0x0d, 0x0a]
  /// A type and the length twice.
  private static let shortestBlock = 12
  /// libpcap and Wireshark read no longer ones.
  private static let longestBlock = 1 << 24

  private static let attempts = 1000
  /// Mail is in it.
  private static let mode: mode_t = 0o600

  private static func write(_ bytes: [UInt8], to file: Int32, _ path: String) throws(CaptureWritingError) {
    do throws(FileWritingError) {
      try bytes.span.write(to: file)
    } catch {
      throw CaptureWritingError(path, error.words)
    }
  }
}

/// Why a capture file cannot be written.
package struct CaptureWritingError: Error, Equatable, CustomStringConvertible {
  package let path: String
  package let words: String

  init(_ path: String, _ words: String? = nil) {
    self.path = path
    // A constant of the C library's, copied at once.
    self.words = unsafe words ?? String(cString: strerror(errno))
  }

  package var description: String { "\(String(visible: path)): \(words)." }
}
