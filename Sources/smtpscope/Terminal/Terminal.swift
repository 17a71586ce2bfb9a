private import Glibc
internal import Reports
internal import Wire

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
    return TextStyle(
      columns: shows ? columns(of: StandardOutput.descriptor) : nil, usesColor: usesColor, usesUnicode: localeIsUTF8)
  }

  static func columns(of descriptor: Int32) -> Int {
    var size = winsize()
    // TIOCGWINSZ fills the structure that it is given.
    if unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
      return Int(size.ws_col)
    }
    return variable("COLUMNS").flatMap { Int($0) } ?? 80
  }

  /// The first of the three that is set decides; nothing set is a bare pipe or container, where UTF-8 is the better guess.
  private static var localeIsUTF8: Bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(variable).first { !$0.isEmpty }
    guard let locale = locale?.lowercased() else { return true }
    // By its bytes: the search for a text in a text is set up at some cost, which a short run would feel.
    return Array(locale.utf8).span.holds("utf-8") || Array(locale.utf8).span.holds("utf8")
  }

  static func variable(_ name: String) -> String? {
    // The environment is not changed while the program runs; the string is copied at once.
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }
}
