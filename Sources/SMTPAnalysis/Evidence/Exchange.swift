package import SMTPDialogue
package import Wire

/// A command (or what else awaits a reply) and what answered it: what most checks look at.
package struct Exchange: Sendable {
  package enum Step: Equatable, Sendable {
    case greeting
    case command(Verb)
    case chunk(isLast: Bool)
    case endOfData
    /// Client bytes that the capture does not have.
    case unseen
  }

  package var step: Step
  /// The command line with its secret masked, cut at `lineLimit`; empty where it is none.
  package var line: [UInt8] = []
  /// Octets of the line with its end.
  package var lineLength = 0
  package var lineEnding: LineEnding?
  /// Whether bytes of the line are missing from the capture.
  package var isClipped = false
  /// When its last byte was sent; nil for the greeting.
  package var sent: Moment?
  /// nil where it was not answered, or the answer is missing from the capture.
  package var reply: ReplyRecord?
  package var oddities = Reply.Oddities()
  /// The transaction it belongs to, by its id.
  package var transaction: Int?
  /// The verb of the command before it, where that had not been answered when this one was sent.
  package var sentBehind: Verb?
  /// Whether it was sent before the greeting.
  package var precedesGreeting = false
  /// Whether the server had offered the extension PIPELINING by then.
  package var mayPipeline = false
  /// Whether bytes of either side were missing between it and its reply.
  package var hasHole = false

  /// Octets kept of a line: evidence, not an archive.
  package static let lineLimit = 600

  package init(_ step: Step) {
    self.step = step
  }

  /// The verb of a command; that of BDAT for a chunk.
  package var verb: Verb? {
    switch step {
    case .command(let verb): verb
    case .chunk: .bdat
    case .greeting, .endOfData, .unseen: nil
    }
  }

  /// Where it can be found: the reply's frame, else its own.
  package var place: (frame: Int, time: CaptureTime)? {
    reply.map { ($0.frame, $0.time) } ?? sent.map { ($0.frame, $0.time) }
  }

  /// The command's own frame.
  package var commandPlace: (frame: Int, time: CaptureTime)? { sent.map { ($0.frame, $0.time) } }
}
