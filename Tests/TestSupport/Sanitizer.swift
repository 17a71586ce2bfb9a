private import Glibc

/// What the tests and the program are built with by `make test-sanitized`, which says it in SMTPSCOPE_SANITIZER.
package enum Sanitizer: String, Sendable {
  case address
  case thread
  /// Traps in C, and costs next to nothing.
  case undefined

  package static let current: Sanitizer? = value(of: "SMTPSCOPE_SANITIZER").flatMap(Sanitizer.init)

  /// How many times longer than usual a test may wait, and how many times the memory it may see used: what is watched takes
  /// its time, and that memory has a shadow.
  package static let patience: Int =
    switch current {
    case .address: 5
    case .thread: 20
    case .undefined, nil: 1
    }

  /// Whether a shadow of terabytes leaves address space to be limited: with one no process begins below `ulimit -v`.
  package static let leavesAddressSpace = current != .address && current != .thread

  /// Whether files' sizes can be limited: the thread sanitizer begins with one of its own, and ends with a signal where that one
  /// may not grow (`ulimit -f`).
  package static let leavesFileSizes = current != .thread

  /// The sanitizers' options, for programs that are run with an environment of their own.
  package static let options: [String: String] = ["ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS"].reduce(into: [:]) {
    $0[$1] = value(of: $1)
  }

  private static func value(of name: String) -> String? {
    // What getenv(3) gives is copied at once, and nothing here changes the environment.
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }
}
