/// A dot alone between two line ends in message text of which at least one is not CRLF: a strict reader reads on, a lenient
/// one takes it for the end of the data (SMTP smuggling: CVE-2023-51764, -51765, -51766).
public struct LoneDot: Hashable, Sendable {
  /// The line end, perhaps with a NUL, right before the dot.
  public var start: Start
  /// The line end right behind it.
  public var end: End

  /// What stands before the dot.
  public enum Start: String, Hashable, Sendable {
    case crlf = "<CR><LF>"
    case bareLF = "<LF>"
    case bareCR = "<CR>"
    /// Readers that drop NULs see the dot at the beginning of the line.
    case crlfNUL = "<CR><LF><NUL>"
  }

  /// What stands behind it.
  public enum End: String, Hashable, Sendable {
    case crlf = "<CR><LF>"
    case bareLF = "<LF>"
    case bareCR = "<CR>"

    var bytes: [UInt8] {
      switch self {
      case .crlf: [0x0d, 0x0a]
      case .bareLF: [0x0a]
      case .bareCR: [0x0d]
      }
    }
  }

  /// `<LF>.<CR><LF>`
  public var name: String { "\(start.rawValue).\(end.rawValue)" }

  /// What became of it.
  public enum Fate: Hashable, Sendable {
    /// The server's replies prove that it took it for the end.
    case end
    /// They prove that it did not.
    case text
    /// They fit both; the strict reading is followed.
    case unknown
  }
}
