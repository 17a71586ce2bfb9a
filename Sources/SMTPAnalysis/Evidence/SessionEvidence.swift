internal import SMTPDialogue
internal import TCPStreams
internal import Wire

/// Everything that the checks of one session may look at. A hundred of them do, and it is large: it is lent, never copied.
struct SessionEvidence: ~Copyable {
  var session: Session
  let exchanges: [Exchange]
  /// What any of the commands had.
  let traits: CommandTraits
  let unsolicited: [(reply: ReplyRecord, oddities: Reply.Oddities, behind: Int)]
  /// What is wrong with the form of any reply.
  let oddities: Reply.Oddities
  let drafts: [TransactionDraft]
  /// What any of them had.
  let marks: MailMarks
  /// A BDAT of which not all octets came.
  let unfinishedChunk: Exchange?
  /// Lone dots between odd line ends in the messages.
  let loneDots: [LoneDotRecord]
  /// The first place where the client did not wait for the reply to DATA or AUTH.
  let sentAhead: (behind: Verb, moment: Moment)?
  /// Clear text behind STARTTLS that came before its reply, with where it stood.
  let injected: (bytes: [UInt8], moment: Moment)?
  /// Clear text behind the 220 to STARTTLS where TLS was due, with where it stood.
  let clearBehindTLS: ClearText?
  /// What the client sent first, where it is no SMTP.
  let firstClientBytes: [UInt8]
  let firstServerBytes: [UInt8]
  let gaps: Gaps
  /// What the message text ended with that never came to its end.
  let unfinishedTail: [UInt8]
  /// Reads what replies say of why. By a protocol, so that the compiler keeps the evidence in memory and hands over where it
  /// lies: of a structure of plain fields it copies parts for whoever looks at them.
  let reader: any ReplyInterpreting
  /// What the server refused, in the order of the dialogue.
  var refusals = SessionRefusals()

  /// Clear text where TLS was due.
  struct ClearText {
    var bytes: [UInt8]
    var from: Peer
    var moment: Moment
    /// Whether the other side had begun its handshake by then.
    var isBehindTLS: Bool
  }
  /// Replies that took long, the greeting too.
  let slowReplies: [SlowReply]
  /// When the client was last heard.
  let lastClientBytes: Moment?
  /// When the server last asked for a SASL response.
  let lastChallenge: CaptureTime?
  /// When each side closed its direction.
  let clientLeft: Moment?
  let serverLeft: Moment?
  /// From where on nobody heard what the server said.
  let unheardSince: Moment?

  struct Gaps {
    var client = 0
    var server = 0
    var first: Moment?
    /// The end of a message is missing, and maybe commands behind it.
    var coversEnd = false
  }

  var facts: ConnectionFacts {
    _read { yield session.connection }
  }

  /// Gives the session away: it is much to copy.
  mutating func takeSession() -> Session {
    let ends = session.connection
    var taken = Session(
      id: 0,
      connection: ConnectionFacts(
        client: ends.client, server: ends.server, opening: ends.opening, firstFrame: ends.firstFrame),
      kind: .unknown, verdict: Verdict(outcome: .unknown, message: ""))
    swap(&session, &taken)
    return taken
  }

  // Asked of all the evidence: of what is changed in the end, the session would be copied.

  /// The finding that explains best why not everything was delivered.
  var bestCause: Finding? { SessionFindings.cause(of: session, among: session.findings) }

  /// The finding that explains best what became of one mail.
  func cause(ofTransactionAt index: Int) -> Finding? {
    session.transactions.span.lend(index) { SessionFindings.cause(of: $0, in: session, among: session.findings) }
  }

  /// What became of one mail, without the findings.
  func sentence(ofTransactionAt index: Int, farewell: ReplyRecord?) -> String {
    Finding.bounded(session.transactions.span.lend(index) { SessionVerdict.sentence(of: $0, farewell: farewell) })
  }

  /// What the records of TLS show.
  var tls: TLSDetails? { session.tls?.details }

  /// One direction only was captured: nothing that is absent proves anything.
  var isOneSided: Bool { facts.isOneSided }

  /// Bytes are missing somewhere: what was not seen may have been said.
  var hasHoles: Bool {
    gaps.client > 0 || gaps.server > 0 || facts.opening == .midstream || isOneSided || hasHolesInside
  }

  /// Records are missing of a TLS that is read: what was said in them first, before any other, is no gap of the dialogue.
  private var hasHolesInside: Bool { session.tls?.isReadable == true && tls?.hasHoles == true }

  var isClipped: Bool { facts.clientToServer.clippedSegments + facts.serverToClient.clippedSegments > 0 }

  /// The transaction of this id, of which the outcome was decided by the reply to this exchange.
  func transactionDecided(by exchange: Exchange) -> Transaction? {
    guard let reply = exchange.reply, reply.isNegative, let id = exchange.transaction, drafts.indices.contains(id - 1)
    else { return nil }
    let transaction = drafts[id - 1].transaction
    guard transaction.outcome == .refused || transaction.outcome == .deferred else { return nil }
    let isDecisive: Bool =
      switch exchange.step {
      case .command(.mail): transaction.mailReply?.frame == reply.frame && transaction.mailReply?.code == reply.code
      case .command(.rcpt): drafts[id - 1].hasRefusedAllRecipients
      case .command(.data): transaction.dataReply?.frame == reply.frame
      case .chunk, .endOfData: true
      default: false
      }
    return isDecisive ? transaction : nil
  }

  /// The reply that refused a message, where its words say why.
  func refusal(of draft: TransactionDraft, saying why: (Span<UInt8>) -> Bool) -> ReplyRecord? {
    guard let reply = draft.transaction.endReply, reply.isNegative else { return nil }
    return why(reply.smallLetters.span) ? reply : nil
  }

  /// The reply with which the server refused for how the client minds its turns.
  var refusalOfProtocol: ReplyRecord? {
    let replies = exchanges.lazy.compactMap(\.reply) + unsolicited.lazy.map(\.reply)
    return replies.last { reply in
      guard reply.isNegative else { return false }
      let words = reply.smallLetters
      let phrases: [StaticString] = [
        "protocol error", "pipelin", "synchroni", "before greeting", "before smtp greeting", "before the greeting",
        "before banner", "before the banner", "without waiting", "pregreet",
      ]
      return phrases.contains { words.span.holds($0) }
    }
  }

  /// Where the session ended.
  var end: (frame: Int, time: CaptureTime) { (facts.lastFrame.number, facts.lastFrame.time) }

  /// Where it began.
  var start: (frame: Int, time: CaptureTime) { (facts.firstFrame.number, facts.firstFrame.time) }

  /// The service extensions that the server offered.
  var offered: OfferedExtensions { OfferedExtensions(lines: session.extensions) }

  /// Whether the mail passed where anybody can read it.
  var isInClear: Bool { session.tls.map { $0.outcome != .established } ?? true }

  /// What a negative reply means as the answer to such a step.
  func meaning(of reply: ReplyRecord, to step: ReplyMeaning.Step) -> ReplyMeaning {
    reader.reading(of: reply, to: step).meaning
  }

  /// A transaction by its id.
  func transaction(_ id: Int) -> Transaction? {
    guard id >= 1, id <= drafts.count else { return nil }
    return drafts[id - 1].transaction
  }

  func exchange(_ verb: Verb) -> Exchange? { exchanges.first { $0.verb == verb } }

  /// The exchange after which the client was silent or gone: the last that was sent.
  var last: Exchange? { exchanges.last }
}

extension ConnectionFacts {
  /// One direction only was captured.
  var isOneSided: Bool { clientToServer.packets == 0 || serverToClient.packets == 0 }
}

/// The service extensions of an EHLO reply (RFC 5321 section 4.1.1.1), looked up where they stand.
struct OfferedExtensions {
  let lines: TextLines

  /// Whether a line begins with the keyword, in any case of letters; what follows a blank or `=` are its parameters.
  func contains(_ keyword: StaticString) -> Bool {
    let length = keyword.utf8CodeUnitCount
    return lines.hasLine { bytes in
      guard bytes.hasBytesIgnoringCase(keyword) else { return false }
      return bytes.count == length || bytes[length] == 0x20 || bytes[length] == 0x3d
    }
  }
}

/// Gathers findings, of each id one for a place: one cause, one finding.
struct FindingCollector {
  private(set) var findings: [Finding] = []
  /// Findings kept of one session: a hostile peer must not fill the report.
  static let limit = 200

  mutating func add(_ finding: Finding) {
    guard findings.count < FindingCollector.limit else { return }
    guard !holds(where: { $0 == finding.id && $1 == finding.transaction }) else { return }
    findings.append(finding)
  }

  /// Takes back what a check before said of a reply: another one found what stands behind it. One cause, one finding.
  mutating func withdraw(_ ids: Set<FindingID>, at frame: Int, of transaction: Int?) {
    findings.removeAll { ids.contains($0.id) && $0.frame == frame && $0.transaction == transaction }
  }

  /// Takes back what only follows from what another check found.
  mutating func withdraw(_ id: FindingID) { findings.removeAll { $0.id == id } }

  func contains(_ id: FindingID, of transaction: Int) -> Bool {
    holds { $0 == id && $1 == transaction }
  }

  func holdsError(_ id: FindingID) -> Bool { findings.contains { $0.id == id && $0.severity == .error } }

  func contains(_ ids: FindingID...) -> Bool { holds { id, _ in ids.contains(id) } }

  /// Whether `predicate` holds for the kind and the transaction of any: they are read where they lie.
  private func holds(where predicate: (FindingID, Int?) -> Bool) -> Bool {
    let all = findings.span
    for index in all.indices where predicate(all[index].id, all[index].transaction) { return true }
    return false
  }
}

/// Bytes as they may stand in a sentence.
func visible(_ bytes: some Collection<UInt8>) -> String {
  let array = Array(bytes)
  return String(visible: array.span)
}

extension Exchange {
  /// Whether the server did what it asked for.
  var wasTaken: Bool { reply.map { !$0.isNegative } ?? false }

  /// `: 501 no`, where the server refused it.
  var answer: String { reply.map { $0.isNegative ? ": \($0.quoted)" : "" } ?? "" }

  /// Whether something stands behind the path of a MAIL or RCPT (RFC 5321 section 4.1.2).
  var hasParameters: Bool {
    guard let sent else { return false }
    return !Command(line: line, moment: sent).path.parameters.isEmpty
  }

  /// What is wrong with its form; nil where that cannot be told any more.
  var fault: CommandFault? {
    guard line.count < Exchange.lineLimit, !isClipped, let sent else { return nil }
    return Command(line: line, moment: sent).fault
  }
}

extension ReplyRecord {
  /// Code and words, as a sentence quotes them.
  var quoted: String {
    var text = Sentence()
    text.append(self)
    return text.text
  }

  /// The words of all its lines, a blank between two lines.
  var smallLetters: [UInt8] {
    lines.joined.map { $0 == 0x0a ? 0x20 : (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
  }

  /// Whether it came while the client was there to hear it.
  func isHeard(before moment: Moment?) -> Bool { moment.map { isBefore(place, $0.place) } ?? true }

  var isNegative: Bool { code >= 400 }
  var isPermanent: Bool { code >= 500 }
  var place: (frame: Int, time: CaptureTime) { (frame, time) }
}

/// A duration as a sentence says it.
func spoken(_ nanoseconds: Int64) -> String {
  let seconds = Double(nanoseconds) / 1e9
  if seconds < 0.001 { return "less than 1 ms" }
  if seconds < 0.05 { return "\(Int((seconds * 1000).rounded())) ms" }
  if seconds < 10 { return "\((seconds * 10).rounded() / 10) s" }
  if seconds < 120 { return "\(Int(seconds.rounded())) s" }
  return "\(Int((seconds / 60).rounded())) min"
}
