private import CLinux
private import Glibc
internal import TLSProtection
internal import Wire

/// Key logs that grow while a live run reads them (`--keylog`): what whoever talks appends is there for the sessions that begin.
///
/// The files are opened before privileges are given up and stay open. One that was cut is read from its beginning; one that was
/// moved away goes on where it is.
final class KeyLogFollowing {
  private let log: KeyLog
  private var files: [File] = []
  /// What was read stands here for a moment; it holds secrets, and is wiped.
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)

  private struct File {
    var descriptor: Int32
    var offset: Int
    var reader: KeyLogReader
  }

  /// How long what is said about a handshake may take to be in the file, in microseconds: packets wait so long before they are
  /// looked at. Whoever writes it does so while the handshake goes on.
  private static let patience: UInt32 = 50_000
  /// Bytes of a file that are taken at once: the rest comes with the next packets, which are not to wait for it.
  private static let mostBytes = 1 << 20

  /// Follows the files from where they stand behind what was read of them already; nil where there are none.
  init?(_ paths: [String], into log: KeyLog) {
    self.log = log
    for path in paths where path != "-" {
      // The path is a copy that ends with a zero, for the call.
      let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
      guard descriptor >= 0 else { continue }
      var status = stat()
      // fstat(2) fills in the structure during the call. What is no file cannot be read anew.
      guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        close(descriptor)
        continue
      }
      files.append(File(descriptor: descriptor, offset: 0, reader: KeyLogReader()))
    }
    if files.isEmpty { return nil }
  }

  deinit {
    for file in files { close(file.descriptor) }
  }

  /// Waits until what is said of the handshakes at hand should be there, and reads it.
  func catchUp() {
    usleep(Self.patience)
    readOn()
  }

  /// Reads what has come since.
  func readOn() {
    var most = 0
    for index in files.indices {
      var status = stat()
      // fstat(2) fills in the structure during the call.
      guard unsafe fstat(files[index].descriptor, &status) == 0 else { continue }
      if status.st_size < files[index].offset {
        files[index].offset = 0
        files[index].reader = KeyLogReader()
      }
      var left = Self.mostBytes
      while left > 0, files[index].offset < status.st_size, let count = read(files[index]) {
        files[index].reader.receive(buffer.span.extracting(first: count), into: log)
        files[index].offset += count
        left -= count
        most = max(most, count)
      }
    }
    for index in 0..<most { buffer[index] = 0 }
  }

  private func read(_ file: File) -> Int? {
    // pread(2) writes at most `count` bytes into the buffer during the call.
    let count = unsafe buffer.withUnsafeMutableBytes {
      unsafe pread(file.descriptor, $0.baseAddress, $0.count, file.offset)
    }
    return count > 0 ? count : nil
  }
}
