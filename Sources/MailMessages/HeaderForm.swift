/// What the form of a header section shows (RFC 5322 sections 2.1.1, 2.2 and 3.6).
public struct HeaderForm: OptionSet, Sendable {
  /// A bit for each thing that was seen.
  public var rawValue: UInt8

  /// From the bits of what was seen.
  @inlinable
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// It was seen whole: up to the blank line, or to the end of a message that has none.
  @inlinable public static var whole: HeaderForm { HeaderForm(rawValue: 1) }
  /// A blank line ends it.
  @inlinable public static var endsInBlankLine: HeaderForm { HeaderForm(rawValue: 2) }
  /// Octets over 127.
  @inlinable public static var eightBit: HeaderForm { HeaderForm(rawValue: 4) }
  /// A line that is neither a field nor the continuation of one.
  @inlinable public static var noField: HeaderForm { HeaderForm(rawValue: 8) }
  /// Blanks between a field's name and its colon, which is obsolete (section 4.5).
  @inlinable public static var blankBeforeColon: HeaderForm { HeaderForm(rawValue: 16) }
  /// A line of more than 998 octets.
  @inlinable public static var longLine: HeaderForm { HeaderForm(rawValue: 32) }
  /// A field of any name.
  @inlinable public static var hasFields: HeaderForm { HeaderForm(rawValue: 64) }
}

/// The fields that may stand in a message once at most (RFC 5322 section 3.6).
public struct SingleFields: OptionSet, Sendable {
  /// A bit for each field.
  public var rawValue: UInt16

  /// From the bits of the fields.
  @inlinable
  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// Date, one of the two that every message has (section 3.6.1).
  @inlinable public static var date: SingleFields { SingleFields(rawValue: 1 << 0) }
  /// From, the other one: the mailboxes of the authors (section 3.6.2).
  @inlinable public static var from: SingleFields { SingleFields(rawValue: 1 << 1) }
  /// Sender, due where there are several authors (section 3.6.2).
  @inlinable public static var sender: SingleFields { SingleFields(rawValue: 1 << 2) }
  /// Reply-To: where answers are to go (section 3.6.2).
  @inlinable public static var replyTo: SingleFields { SingleFields(rawValue: 1 << 3) }
  /// To: the primary recipients (section 3.6.3).
  @inlinable public static var to: SingleFields { SingleFields(rawValue: 1 << 4) }
  /// Cc: further recipients (section 3.6.3).
  @inlinable public static var cc: SingleFields { SingleFields(rawValue: 1 << 5) }
  /// Bcc: recipients that the others are not to see (section 3.6.3).
  @inlinable public static var bcc: SingleFields { SingleFields(rawValue: 1 << 6) }
  /// Message-ID (section 3.6.4).
  @inlinable public static var messageID: SingleFields { SingleFields(rawValue: 1 << 7) }
  /// In-Reply-To: the messages that this one answers (section 3.6.4).
  @inlinable public static var inReplyTo: SingleFields { SingleFields(rawValue: 1 << 8) }
  /// References: the thread that it belongs to (section 3.6.4).
  @inlinable public static var references: SingleFields { SingleFields(rawValue: 1 << 9) }
  /// Subject (section 3.6.5).
  @inlinable public static var subject: SingleFields { SingleFields(rawValue: 1 << 10) }

  /// Their names, as they are written by custom.
  public var names: [String] {
    let all: [(SingleFields, String)] = [
      (.date, "Date"), (.from, "From"), (.sender, "Sender"), (.replyTo, "Reply-To"), (.to, "To"), (.cc, "Cc"),
      (.bcc, "Bcc"), (.messageID, "Message-ID"), (.inReplyTo, "In-Reply-To"), (.references, "References"),
      (.subject, "Subject"),
    ]
    return all.filter { contains($0.0) }.map(\.1)
  }

  /// The field of this name, in any case of letters; empty for any other.
  init(named name: Span<UInt8>) {
    var letters: UInt64 = 0
    guard name.count >= 2, name.count <= 11 else {
      self = []
      return
    }
    for index in 0..<min(8, name.count) { letters = letters << 8 | UInt64(lowercased(name[index])) }
    // The first eight letters and the length tell these from each other; the rest of a longer one is compared.
    switch (name.count, letters) {
    case (2, 0x746f): self = .to
    case (2, 0x6363): self = .cc
    case (3, 0x62_6363): self = .bcc
    case (4, 0x6461_7465): self = .date
    case (4, 0x6672_6f6d): self = .from
    case (6, 0x7365_6e64_6572): self = .sender
    case (7, 0x73_7562_6a65_6374): self = .subject
    case (8, 0x7265_706c_792d_746f): self = .replyTo
    case (10, 0x6d65_7373_6167_652d): self = Self.ends(name, with: "id") ? .messageID : []
    case (10, 0x7265_6665_7265_6e63): self = Self.ends(name, with: "es") ? .references : []
    case (11, 0x696e_2d72_6570_6c79): self = Self.ends(name, with: "-to") ? .inReplyTo : []
    default: self = []
    }
  }

  private static func ends(_ name: Span<UInt8>, with word: String) -> Bool {
    var index = 8
    for byte in word.utf8 {
      guard index < name.count, lowercased(name[index]) == byte else { return false }
      index += 1
    }
    return index == name.count
  }
}
