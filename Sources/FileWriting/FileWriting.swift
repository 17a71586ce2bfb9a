// FileWriting: bytes to a file that is open, for the targets at the edges that write.

private import Glibc

/// Why an open file did not take all that was to be written.
package struct FileWritingError: Error, Equatable {
  /// What the system left in errno.
  package let code: Int32

  /// The error that the system calls by this number.
  package init(code: Int32) {
    self.code = code
  }

  /// The system's words for it.
  package var words: String {
    // A string that strerror(3) keeps until the thread's next call, copied at once.
    unsafe String(cString: strerror(code))
  }
}

extension Span where Element == UInt8 {
  /// Writes all the bytes to an open file, in as many calls of write(2) as it takes.
  package func write(to file: Int32) throws(FileWritingError) {
    var written = 0
    try write(to: file, written: &written)
  }

  /// The same with what is left behind the first `written`, which counts on, also where it throws.
  package func write(to file: Int32, written: inout Int) throws(FileWritingError) {
    while written < count {
      let rest = extracting(written..<count)
      // write(2) reads the buffer during the call.
      let taken = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
      if taken > 0 {
        written += taken
      } else if taken == 0 || errno != EINTR {
        // A file that takes nothing and says nothing would be asked for ever.
        throw FileWritingError(code: taken == 0 ? EIO : errno)
      }
    }
  }
}
