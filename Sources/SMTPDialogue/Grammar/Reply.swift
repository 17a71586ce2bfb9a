public import Wire

/// A reply of the server, all its lines (RFC 5321 section 4.2).
public struct Reply: Sendable {
  /// The code of the last line, which is the one a client goes by (section 4.2.1); 0 where the first line has none.
  public var code: Int
  /// The text of each line behind code and separator, without its line end.
  public var lines: TextLines
  /// When its first byte was sent.
  public var begin: Moment
  /// When its last byte was sent.
  public var end: Moment
  /// False where the last line never came or bytes of it are missing.
  public var isComplete: Bool
  /// What is wrong with its form.
  public var oddities = Oddities()

  /// What can be wrong with the form of a reply (RFC 5321 sections 4.2 and 4.2.1).
  public struct Oddities: OptionSet, Hashable, Sendable {
    /// A bit for each fault.
    public var rawValue: UInt8

    /// From the bits of the faults.
    @inlinable
    public init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    /// Nothing is wrong.
    @inlinable
    public init() {
      rawValue = 0
    }

    /// A line without three digits and a blank or a hyphen behind them.
    @inlinable public static var malformed: Oddities { Oddities(rawValue: 1) }
    /// Its lines have different codes.
    @inlinable public static var codeChanged: Oddities { Oddities(rawValue: 2) }
    /// The last line was announced and never came.
    @inlinable public static var unfinished: Oddities { Oddities(rawValue: 4) }
    /// A line of more than 512 octets (section 4.5.3.1.5).
    @inlinable public static var tooLong: Oddities { Oddities(rawValue: 8) }
    /// A line that ended without CR.
    @inlinable public static var bareLF: Oddities { Oddities(rawValue: 16) }
    /// A line without any end.
    @inlinable public static var noLineEnd: Oddities { Oddities(rawValue: 32) }
  }

  /// 2xx: what was asked for is done (section 4.2.1).
  public var isPositive: Bool { code >= 200 && code < 300 }
  /// 4xx: the client may try again (section 4.2.1).
  public var isTransientNegative: Bool { code >= 400 && code < 500 }
  /// 5xx.
  public var isPermanentNegative: Bool { code >= 500 && code < 600 }

  /// The enhanced status code at the head of the first line that has one (RFC 2034 section 4, RFC 3463 section 2).
  public var enhancedStatus: EnhancedStatus? {
    for index in lines.indices {
      if let status = EnhancedStatus(atHeadOf: lines.joined.span.extracting(lines.octets(of: index))) { return status }
    }
    return nil
  }
}

extension Reply {
  /// A reply of these lines, in whose form nothing is wrong yet.
  public init(code: Int, lines: TextLines, begin: Moment, end: Moment, isComplete: Bool = true) {
    self.init(code: code, lines: lines, begin: begin, end: end, isComplete: isComplete, oddities: Oddities())
  }
}
