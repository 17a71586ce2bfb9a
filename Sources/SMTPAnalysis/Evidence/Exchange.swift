public import SMTPDialogue
public import Wire

/// A command (or what else awaits a reply) and what answered it: what most checks look at.
///
/// A class, for every check goes through all of them: as a structure each would be copied, reference by reference.
public final class Exchange: Sendable {
  /// What awaits a reply, by its place in the dialogue.
  public enum Step: Equatable, Sendable {
    case greeting
    case command(Verb)
    case chunk(isLast: Bool)
    case endOfData
    /// Client bytes that the capture does not have.
    case unseen
  }

  /// What awaited the reply.
  public let step: Step
  /// How its command was sent.
  private let command: SentCommand
  /// nil where it was not answered, or the answer is missing from the capture.
  public let reply: ReplyRecord?
  /// What is wrong with the form of the reply; empty where there is none.
  public let oddities: Reply.Oddities
  /// The transaction it belongs to, by its id.
  public let transaction: Int?

  /// Octets kept of a line: evidence, not an archive.
  public static let lineLimit = 600

  init(
    _ step: Step, _ command: consuming SentCommand, reply: consuming ReplyRecord?, oddities: Reply.Oddities,
    transaction: Int?
  ) {
    self.step = step
    self.command = command
    self.reply = reply
    self.oddities = oddities
    self.transaction = transaction
  }

  /// The command line with its secret masked, cut at `lineLimit`; empty where it is none.
  public var line: [UInt8] { command.line }
  /// Octets of the line with its end.
  public var lineLength: Int { command.lineLength }
  /// How the line ended; nil where it did not, or it is no line.
  public var lineEnding: LineEnding? { command.lineEnding }
  /// Whether bytes of the line are missing from the capture.
  public var isClipped: Bool { command.isClipped }
  /// When its last byte was sent; nil for the greeting.
  public var sent: Moment? { command.sent }
  /// The verb of the command before it, where that had not been answered when this one was sent.
  public var sentBehind: Verb? { command.sentBehind }
  /// What the server had offered by then; nil where that is not known.
  public var offers: ExtensionSet? { command.offers }
  /// What the line had that checks ask for.
  public var traits: CommandTraits { command.traits }
  /// Whether bytes of either side were missing between it and its reply.
  public var hasHole: Bool { command.hasHole }

  /// The verb of a command; that of BDAT for a chunk.
  public var verb: Verb? {
    switch step {
    case .command(let verb): verb
    case .chunk: .bdat
    case .greeting, .endOfData, .unseen: nil
    }
  }

  /// Where it can be found: the reply's frame, else its own.
  public var place: (frame: Int, time: CaptureTime)? {
    reply.map { ($0.frame, $0.time) } ?? sent.map { ($0.frame, $0.time) }
  }

  /// The command's own frame.
  public var commandPlace: (frame: Int, time: CaptureTime)? { sent.map { ($0.frame, $0.time) } }
}

/// What is known of a command when it was sent.
struct SentCommand: Sendable {
  var verb: Verb?
  var line: [UInt8] = []
  var lineLength = 0
  var lineEnding: LineEnding?
  var isClipped = false
  var sent: Moment?
  var sentBehind: Verb?
  var offers: ExtensionSet?
  var traits: CommandTraits = []
  /// Bytes of either side were missing since.
  var hasHole = false
}
