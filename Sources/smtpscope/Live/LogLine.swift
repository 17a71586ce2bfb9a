internal import CLinux

/// What a live run says besides results: to standard error, with a priority in front where that is the journal
/// (sd-daemon(3)).
enum LogLine {
  enum Level: Int {
    case error = 3
    case warning = 4
    case notice = 5
    case info = 6
  }

  static func say(_ text: String, _ level: Level) {
    for line in text.split(separator: "\n") {
      StandardError.say(goesToJournal ? "<\(level.rawValue)>\(line)" : "smtpscope: \(line)")
    }
  }

  /// Whether standard error is the stream that `JOURNAL_STREAM` names by its device and inode (systemd.exec(5)).
  private static let goesToJournal: Bool = {
    guard let stream = Terminal.variable("JOURNAL_STREAM") else { return false }
    var (device, inode): (UInt64, UInt64) = (0, 0)
    // The call fills the two numbers that it is given.
    guard unsafe identity_of_file(2, &device, &inode) == 0 else { return false }
    return stream == "\(device):\(inode)"
  }()
}
