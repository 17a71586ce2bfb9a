internal import SMTPDialogue
internal import Wire

/// What a command line had that a check asks for, noted as it passes: a session in which no command had any is told by a
/// glance.
public struct CommandTraits: OptionSet, Sendable {
  /// A bit for each trait.
  public var rawValue: UInt32

  /// From the bits of the traits.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// Sent before a reply that may be the greeting.
  static let early = CommandTraits(rawValue: 1 << 0)
  /// Sent before the reply to what came before it.
  static let ahead = CommandTraits(rawValue: 1 << 1)
  /// Sent right behind the end of the data, before the reply to that.
  static let behindEnd = CommandTraits(rawValue: 1 << 2)
  /// Sent while the reply to an EHLO was due, so that what is offered was not known.
  static let behindHello = CommandTraits(rawValue: 1 << 3)
  /// A verb of no standard.
  static let unknown = CommandTraits(rawValue: 1 << 4)
  /// It does not follow the grammar.
  static let malformed = CommandTraits(rawValue: 1 << 5)
  /// LF without CR at its end.
  static let bareLF = CommandTraits(rawValue: 1 << 6)
  /// CR that is not the line end's.
  static let bareCR = CommandTraits(rawValue: 1 << 7)
  /// Longer than a line may be with what was offered.
  static let long = CommandTraits(rawValue: 1 << 8)
  /// Long enough that its path may be too long.
  static let longPath = CommandTraits(rawValue: 1 << 9)
  /// Octets over 127.
  static let eightBit = CommandTraits(rawValue: 1 << 10)
  /// A parameter of an extension that was not offered.
  static let notOffered = CommandTraits(rawValue: 1 << 11)
  /// MAIL before any HELO.
  static let beforeHello = CommandTraits(rawValue: 1 << 12)
  /// BDAT.
  static let chunk = CommandTraits(rawValue: 1 << 13)
  /// It was refused for good.
  static let refused = CommandTraits(rawValue: 1 << 14)
  /// Sent between two lines of the greeting.
  static let withinGreeting = CommandTraits(rawValue: 1 << 15)
  /// A HELO whose argument is no full domain name and no address literal.
  static let oddName = CommandTraits(rawValue: 1 << 16)

  /// What the line itself shows.
  ///
  /// - Parameter offers: What the server offers; nil where that is not known.
  init(of command: Command, offers: ExtensionSet?) {
    self = []
    if command.ending == .lf { insert(.bareLF) }
    if command.ending == .repeatedCR || command.line.span.firstIndex(of: 0x0d) != nil { insert(.bareCR) }
    if command.length > 512, command.length > ExtensionSet.longestLine(command.verb, with: offers) {
      insert(.long)
    }
    switch command.verb {
    case .unknown:
      insert(.unknown)
      return
    case .bdat: insert(.chunk)
    case .helo, .ehlo, .lhlo:
      let name = HelloName(of: command.argument)
      if name != .domain, name != .addressLiteral { insert(.oddName) }
    case .mail, .rcpt:
      if command.line.count > CommandTraits.shortestLongPath { insert(.longPath) }
      if command.line.span.hasEightBit { insert(.eightBit) }
      if command.line.last != 0x3e, let offers, offers.firstNotOffered(in: command.line) != nil { insert(.notOffered) }
    default: break
    }
    if command.fault != nil { insert(.malformed) }
  }

  /// `RCPT TO:<` and a local part of 65 octets.
  private static let shortestLongPath = 9 + 64
}
