private import Glibc

/// The bytes of one capture in order, wherever they come from; what libpcap and the pcapng reader read.
///
/// Subclasses say where bytes come from in ``fill(_:)``; this class lets the first of them be looked at before they are
/// read, so that a capture is recognised by its content also when its input cannot be rewound.
class ByteStream {
  /// What went wrong in reading, nil while nothing did.
  final var failure: StreamFailure?
  /// Whether the end was met: there was nothing more to read.
  private(set) final var hasEnded = false
  /// How many bytes were handed out by ``read(into:)``.
  private(set) final var position = 0
  private final var peeked: [UInt8] = []
  private final var peekedStart = 0

  /// Puts bytes into a buffer that is not empty: how many, 0 at the end, a negative number after setting ``failure``.
  func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    0
  }

  /// Moves to another place, as lseek(2) does; nil where that cannot be. Only after ``rewind()``.
  func seek(to offset: Int64, from whence: CInt) -> Int64? {
    nil
  }

  /// Whether it is a file that nothing but itself is read from, so that one may go back in it.
  var isPlainFile: Bool { fileSize != nil }

  /// How long that file is; nil where it is none.
  var fileSize: Int? { nil }

  /// The bytes of that file from `offset` on once more, while this stream stays where it is; nil where it is none.
  func again(from offset: Int) -> ByteStream? {
    nil
  }

  /// Takes note of a move: what lies there is not read yet.
  final func moved() {
    hasEnded = false
  }

  /// Goes back to the start, where that can be.
  final func rewind() -> Bool {
    guard seek(to: 0, from: SEEK_SET) != nil else { return false }
    peeked = []
    peekedStart = 0
    position = 0
    return true
  }

  /// The first bytes that are not read yet, `count` of them or as many as there are.
  final func peek(_ count: Int) -> ArraySlice<UInt8> {
    var chunk = [UInt8](repeating: 0, count: count)
    while peeked.count - peekedStart < count {
      let wanted = count - (peeked.count - peekedStart)
      let got = unsafe chunk.withUnsafeMutableBytes { buffer in
        unsafe fill(UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
      }
      guard got > 0 else { break }
      peeked += chunk[..<got]
    }
    return peeked[peekedStart...].prefix(count)
  }

  /// Changes bytes that were peeked at and not read yet: those from `offset` on, counted from the next to be read.
  final func replacePeeked(at offset: Int, with bytes: [UInt8]) {
    let start = peekedStart + offset
    guard bytes.count <= peeked.count - start else { return }
    peeked.replaceSubrange(start..<start + bytes.count, with: bytes)
  }

  /// Puts bytes into the buffer: how many, 0 at the end, a negative number on ``failure``.
  final func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    guard buffer.count > 0 else { return 0 }
    let got: Int
    if peekedStart < peeked.count {
      got = min(buffer.count, peeked.count - peekedStart)
      // Both ranges are `got` long.
      unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<got]).copyBytes(from: peeked[peekedStart...].prefix(got))
      peekedStart += got
    } else {
      got = unsafe fill(buffer)
    }
    if got > 0 { position &+= got }
    if got == 0 { hasEnded = true }
    return got
  }
}

/// Why a stream could not be read to its end.
enum StreamFailure {
  /// The system's words.
  case system(String)
  /// libarchive's words; `isCut` when there was nothing more of the compressed data or the archive.
  case packed(String, isCut: Bool)

  var isCut: Bool {
    if case .packed(_, isCut: true) = self { true } else { false }
  }

  var words: String {
    switch self {
    case .system(let words), .packed(let words, _): words
    }
  }

  /// The failure as that of a capture, of which `packet` could not be had.
  func reason(atPacket packet: Int) -> CaptureError.Reason {
    switch self {
    case .system(let words): .unreadable(words)
    case .packed(let words, let isCut): .damaged(packet: packet, isCut: isCut, words)
    }
  }
}

/// How many bytes were taken from inputs as they lie in their files, packed or not.
final class ByteTally {
  fileprivate(set) var bytes = 0
}

/// The bytes behind a file descriptor, which it closes at its end.
final class DescriptorStream: ByteStream {
  private let descriptor: CInt
  private let closes: Bool
  private let tally: ByteTally?

  /// Takes an open descriptor; `closes` says whether it is given away. What is read is added to `tally`.
  init(descriptor: CInt, closes: Bool, tally: ByteTally? = nil) {
    self.descriptor = descriptor
    self.closes = closes
    self.tally = tally
  }

  deinit {
    if closes { close(descriptor) }
  }

  override func seek(to offset: Int64, from whence: CInt) -> Int64? {
    // A descriptor that was handed to us may not stand at its file's start.
    guard closes else { return nil }
    let place = lseek(descriptor, Int(offset), whence)
    moved()
    return place < 0 ? nil : Int64(place)
  }

  override var fileSize: Int? {
    var status = stat()
    guard closes, unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return status.st_size
  }

  override func again(from offset: Int) -> ByteStream? {
    isPlainFile ? SecondLook(at: self, descriptor: descriptor, offset: offset) : nil
  }

  override func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    while true {
      let got = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if got >= 0 {
        tally?.bytes &+= got
        return got
      }
      if errno == EINTR { continue }
      failure = .system(systemErrorText(errno))
      return -1
    }
  }
}

/// The bytes of a file that another stream reads, from a place of its own.
private final class SecondLook: ByteStream {
  /// It closes the descriptor.
  private let owner: DescriptorStream
  private let descriptor: CInt
  private var offset: Int

  init(at owner: DescriptorStream, descriptor: CInt, offset: Int) {
    self.owner = owner
    self.descriptor = descriptor
    self.offset = offset
  }

  override func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    while true {
      // The buffer lives for the call, which writes no more than its count; `owner` keeps the descriptor open, and a file that
      // has shrunk meanwhile gives less or nothing.
      let got = unsafe pread(descriptor, buffer.baseAddress, buffer.count, offset)
      if got >= 0 {
        offset += got
        return got
      }
      if errno == EINTR { continue }
      failure = .system(systemErrorText(errno))
      return -1
    }
  }
}

/// The system's words for an error number.
func systemErrorText(_ number: CInt) -> String {
  // strerror's text is a C string that lives until the next call; it is copied here.
  unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
}
