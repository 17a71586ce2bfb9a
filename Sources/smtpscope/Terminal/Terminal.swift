private import Glibc
internal import Reports

/// What is known of the terminal, if there is one.
struct Terminal {
  /// Whether the stream is shown to a person.
  static func isTerminal(_ descriptor: Int32) -> Bool {
    isatty(descriptor) == 1
  }

  /// The style that standard output can show.
  static func style(_ color: WhenOption) -> TextStyle {
    let shows = isTerminal(StandardOutput.descriptor)
    let usesColor =
      switch color {
      case .always: true
      case .never: false
      // https://no-color.org: set to anything but nothing.
      case .auto: shows && (variable("NO_COLOR") ?? "").isEmpty && variable("TERM") != "dumb"
      }
    return TextStyle(columns: shows ? columns : nil, usesColor: usesColor, usesUnicode: localeIsUTF8)
  }

  private static var columns: Int {
    var size = winsize()
    // TIOCGWINSZ fills the structure that it is given.
    if unsafe ioctl(StandardOutput.descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
      return Int(size.ws_col)
    }
    return variable("COLUMNS").flatMap { Int($0) } ?? 80
  }

  /// The first of the three that is set decides; nothing set is a bare pipe or container, where UTF-8 is the better guess.
  private static var localeIsUTF8: Bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(variable).first { !$0.isEmpty }
    guard let locale = locale?.lowercased() else { return true }
    return locale.contains("utf-8") || locale.contains("utf8")
  }

  static func variable(_ name: String) -> String? {
    // The environment is not changed while the program runs; the string is copied at once.
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }
}

/// A line on standard error that tells how far the reading is, for a person who waits.
struct Progress {
  private let isShown: Bool
  private let total: Int
  private var next = 0
  private var hasShown = false

  /// - Parameter total: Bytes of all inputs; 0 where that is not known.
  init(_ when: WhenOption, isQuiet: Bool, total: Int) {
    isShown =
      switch when {
      case .always: true
      case .never: false
      case .auto: !isQuiet && Terminal.isTerminal(2) && !Terminal.isTerminal(StandardOutput.descriptor)
      }
    self.total = total
    next = Progress.step
  }

  private static let step = 64 << 20

  /// So many packets and captured bytes were read.
  mutating func report(packets: Int, bytes: Int) {
    guard isShown, bytes >= next else { return }
    next = bytes + Progress.step
    hasShown = true
    let share = total > 0 ? ", \(min(99, bytes / max(1, total / 100))) %" : ""
    StandardError.show("\r\u{1b}[Ksmtpscope: \(packets) packets, \(bytes >> 20) MiB\(share)")
  }

  /// Clears the line.
  func end() {
    if hasShown { StandardError.show("\r\u{1b}[K") }
  }
}
