internal import SMTPAnalysis
package import Wire

/// What makes two refusals the same one: what was refused, with which code, and the shape of the text.
package struct RefusalKind: Hashable, Sendable {
  package var stage: ReplyStage
  package var code: Int
  package var enhanced: EnhancedStatus?
  /// The text with `*` for all that differs from mail to mail.
  package var shape: [UInt8]
}

/// How often a refusal came, and where to look at one.
package struct RefusalCounts: NamedCounts {
  package var count = 0
  /// The first one's text; empty for several kinds together.
  package var example: [UInt8] = []
  package var session = 0
  package var frame = 0
  package var first = CaptureTime(nanoseconds: .max)
  package var last = CaptureTime(nanoseconds: .min)

  package init() {}

  package var weight: Int { count }

  mutating func add(_ reply: ReplyRecord, text: [UInt8], in session: Int) {
    if count == 0 {
      example = text
      self.session = session
      frame = reply.frame
    }
    count += 1
    first = min(first, reply.time)
    last = max(last, reply.time)
  }

  package mutating func merge(_ other: RefusalCounts) {
    count += other.count
    first = min(first, other.first)
    last = max(last, other.last)
  }
}
