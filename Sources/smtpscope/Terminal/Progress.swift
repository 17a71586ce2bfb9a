private import CLinux
private import Glibc
internal import Reports

/// A line on standard error that tells how far the reading is, for a person who waits.
struct Progress {
  private let isShown: Bool
  private var reading: ReadingProgress
  /// When the line is to be written next.
  private var due: Int64

  /// Who waits less is not told anything, and nobody reads faster.
  private static let patience: Int64 = 500_000_000
  private static let step: Int64 = 250_000_000

  /// - Parameter total: Bytes of all inputs; 0 where that is not known.
  init(_ when: WhenOption, isQuiet: Bool, total: Int) {
    isShown =
      switch when {
      case .always: true
      case .never: false
      case .auto: !isQuiet && Terminal.isTerminal(2) && !Self.isPipe(StandardOutput.descriptor)
      }
    let now = Self.now
    reading = ReadingProgress(total: total > 0 ? total : nil, start: now)
    due = now + Self.patience
  }

  /// So many packets and bytes of the inputs were read.
  mutating func report(packets: Int, bytes: Int) {
    guard isShown else { return }
    let now = Self.now
    guard now >= due else { return }
    due = now + Self.step
    let line = "smtpscope: " + reading.line(packets: packets, bytes: bytes, at: now)
    StandardError.showPassing(String(line.prefix(Terminal.columns(of: 2) - 1)))
  }

  /// Clears the line.
  func end() {
    StandardError.clearPassing()
  }

  /// What reads a pipe may be a pager, whose screen this is then.
  private static func isPipe(_ descriptor: Int32) -> Bool {
    var status = stat()
    // fstat(2) fills the structure that it is given.
    return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
  }

  private static var now: Int64 {
    var time = timespec()
    // clock_gettime(2) fills the structure that it is given.
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
