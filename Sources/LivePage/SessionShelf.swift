internal import Reports
internal import SMTPAnalysis

/// The sessions that can be looked at: the last ones, and the last ones that failed.
struct SessionShelf: Sendable {
  struct Entry: Sendable {
    let id: Int
    /// What a list says of it, as JSON.
    let listed: [UInt8]
    /// Its record as JSON; nil where that is too large.
    let record: [UInt8]?

    var byteCount: Int { listed.count + (record?.count ?? 0) }
  }

  private(set) var recent: [Entry] = []
  private(set) var failed: [Entry] = []
  private var bytes = 0
  private let limits: PageLimits

  init(limits: PageLimits) {
    self.limits = limits
  }

  mutating func add(_ entry: Entry, hasFailed: Bool) {
    bytes += entry.byteCount
    if hasFailed {
      failed.append(entry)
      if failed.count > limits.sessions { bytes -= failed.removeFirst().byteCount }
    } else {
      recent.append(entry)
      if recent.count > limits.sessions { bytes -= recent.removeFirst().byteCount }
    }
    while bytes > limits.recordBytes {
      // Whichever there are more of: neither kind pushes out the other.
      if recent.count >= failed.count, !recent.isEmpty {
        bytes -= recent.removeFirst().byteCount
      } else if !failed.isEmpty {
        bytes -= failed.removeFirst().byteCount
      } else {
        break
      }
    }
  }

  subscript(id: Int) -> Entry? {
    recent.last { $0.id == id } ?? failed.last { $0.id == id }
  }

  /// What a page shows when it opens, in the sessions' order.
  var listed: [Entry] {
    (recent.suffix(limits.listedAtOnce) + failed.suffix(limits.listedAtOnce)).sorted { $0.id < $1.id }
  }

  /// The record of a session: as NDJSON has it, with the dialogue where that was kept, at most the lines that one reads.
  static func record(of session: Session, context: ReportContext, limits: PageLimits) -> [UInt8]? {
    var context = context
    context.showsDialogue = !session.dialogue.isEmpty
    var session = session
    if session.dialogue.count > limits.dialogueLines {
      session.dialogue = Array(session.dialogue[..<limits.dialogueLines])
    }
    var output = OutputBuffer(capacity: 4096)
    output.appendRecord(session, context: context)
    return output.count <= limits.bytesOfRecord ? output.take() : nil
  }
}
