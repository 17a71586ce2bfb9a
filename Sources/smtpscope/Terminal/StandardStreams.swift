private import FileWriting
private import Glibc
internal import Reports
private import Synchronization
internal import Wire

/// Standard output, written with write(2) so that every failure is seen.
enum StandardOutput {
  static let descriptor: Int32 = 1

  /// Writes everything that is ready.
  static func write(_ output: inout OutputBuffer) throws(Failure) {
    try output.drain { (bytes: Span<UInt8>) throws(Failure) in
      try write(bytes)
    }
  }

  private static func write(_ bytes: Span<UInt8>) throws(Failure) {
    // Both may be the same terminal.
    StandardError.clearPassing()
    do throws(FileWritingError) {
      try bytes.write(to: descriptor)
    } catch {
      // A reader who has seen enough (head, a pager) need not be told that there was more.
      if error.code == EPIPE { throw Failure(status: .outputFailed, message: "") }
      throw Failure(
        status: .outputFailed, message: "standard output: \(error.words); what was not written is lost.")
    }
  }

  /// Writes text of which a failure does not matter: help, version.
  static func sayAndForget(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    try? write(bytes.span)
  }
}

/// Standard error, for everything that is not a result.
enum StandardError {
  /// Whether a line stands there that the next one takes the place of.
  private static let hasPassingLine = Atomic<Bool>(false)

  static func say(_ line: String) {
    guard !line.isEmpty else { return }
    clearPassing()
    show(line + "\n")
  }

  /// Shows a line in the place of the last one that was shown so.
  static func showPassing(_ line: String) {
    hasPassingLine.store(true, ordering: .relaxed)
    show("\r\u{1b}[K" + line)
  }

  /// Takes such a line away.
  static func clearPassing() {
    if hasPassingLine.exchange(false, ordering: .relaxed) { show("\r\u{1b}[K") }
  }

  private static func show(_ text: String) {
    let bytes = Array(text.utf8)
    // A line that cannot be shown is no reason to stop.
    _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(2, $0.baseAddress, $0.count) }
  }
}
