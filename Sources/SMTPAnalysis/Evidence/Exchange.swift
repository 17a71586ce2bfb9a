internal import SMTPDialogue
internal import Wire

/// A command (or what else awaits a reply) and what answered it: what most checks look at.
///
/// A class, for every check goes through all of them: as a structure each would be copied, reference by reference. It is made
/// when the command is sent and completed by its reply; no two sessions share one.
final class Exchange {
  /// What awaits a reply, by its place in the dialogue.
  enum Step: Equatable, Sendable {
    case greeting
    case command(Verb)
    case chunk(isLast: Bool)
    case endOfData
    /// Client bytes that the capture does not have.
    case unseen
  }

  /// What awaited the reply.
  private(set) var step: Step
  /// The command line with its secret masked, cut at `lineLimit`; empty where it is none.
  let line: [UInt8]
  /// Octets of the line with its end.
  let lineLength: Int
  /// How the line ended; nil where it did not, or it is no line.
  let lineEnding: LineEnding?
  /// Whether bytes of the line are missing from the capture.
  let isClipped: Bool
  /// When its last byte was sent; nil for the greeting.
  let sent: Moment?
  /// When the last octet of a chunk was sent.
  private var chunkSent: Moment?
  /// The verb of the command before it, where that had not been answered when this one was sent.
  let sentBehind: Verb?
  /// What the server had offered by then; nil where that is not known.
  let offers: ExtensionSet?
  /// What the line had that checks ask for.
  var traits: CommandTraits
  /// Whether bytes of either side were missing between it and its reply.
  var hasHole = false
  /// nil where it was not answered, or the answer is missing from the capture.
  private(set) var reply: ReplyRecord?
  /// What is wrong with the form of the reply; empty where there is none.
  private(set) var oddities = Reply.Oddities()
  /// The transaction it belongs to, by its id.
  private(set) var transaction: Int?

  /// Octets kept of a line: evidence, not an archive.
  static let lineLimit = 600

  /// What awaits a reply and is no command.
  init(_ step: Step, sent: Moment? = nil) {
    self.step = step
    line = []
    lineLength = 0
    lineEnding = nil
    isClipped = false
    self.sent = sent
    sentBehind = nil
    offers = nil
    traits = []
  }

  /// A command that was sent just now.
  ///
  /// - Parameter line: As much of its line as is kept, its secret masked.
  init(
    _ command: Command, line: consuming [UInt8], sentBehind: Verb?, offers: ExtensionSet?, traits: CommandTraits
  ) {
    step = .command(command.verb)
    self.line = line
    lineLength = command.length
    lineEnding = command.ending
    isClipped = command.isClipped
    sent = command.moment
    self.sentBehind = sentBehind
    self.offers = offers
    self.traits = traits
  }

  /// It is a chunk, of which the octets were sent too, the last of them then.
  func becomeChunk(isLast: Bool, sent moment: Moment) {
    step = .chunk(isLast: isLast)
    chunkSent = moment
  }

  /// When the last of a message was sent, where this is its end.
  var wholeSent: Moment? {
    switch step {
    case .endOfData: sent
    case .chunk(isLast: true): chunkSent
    case .chunk(isLast: false), .command, .greeting, .unseen: nil
    }
  }

  /// Its reply came, or will not come any more.
  func answer(with reply: consuming ReplyRecord?, oddities: Reply.Oddities, transaction: Int?) {
    self.reply = reply
    self.oddities = oddities
    self.transaction = transaction
  }

  /// When a command was sent that is answered at once and by one reply.
  var commandSent: Moment? {
    switch verb {
    case .helo, .ehlo, .lhlo, .mail, .rcpt, .rset: sent
    default: nil
    }
  }

  /// The verb of a command; that of BDAT for a chunk.
  var verb: Verb? {
    switch step {
    case .command(let verb): verb
    case .chunk: .bdat
    case .greeting, .endOfData, .unseen: nil
    }
  }

  /// Where it can be found: the reply's frame, else its own.
  var place: (frame: Int, time: CaptureTime)? {
    reply.map { ($0.frame, $0.time) } ?? sent.map { ($0.frame, $0.time) }
  }

  /// The command's own frame.
  var commandPlace: (frame: Int, time: CaptureTime)? { sent.map { ($0.frame, $0.time) } }
}
