package import SMTPAnalysis
import Wire

/// Counts over all sessions, and the sentences about those that failed.
package struct OutcomeTally: Sendable {
  private let style: TextStyle
  private let limits: TextReportLimits
  package private(set) var sessions = 0
  package private(set) var outcomes: [Verdict.Outcome: Int] = [:]
  private var sentences: [Sentence: Occurrences] = [:]
  private var refusalCounts: [Refusal: Occurrences] = [:]
  /// What is said when there is one session only.
  private var firstVerdict: Verdict?
  /// What is said of every session so far; nil where that differs.
  private var calmMessage: String?
  private var findings = FindingTally()
  /// The sentences of the newest failed sessions, which a later session may make good.
  private var followed: [Int: Sentence] = [:]
  private var followedOrder = Queue<Int>()
  private var madeGood = 0
  /// What was said of sessions that are still to come: they are told by their numbers, and one with a higher number may have
  /// ended before.
  private var foretold: [Int: Hindsight] = [:]

  private struct Sentence: Hashable {
    var outcome: Verdict.Outcome
    var message: String
    var cause: FindingID?
  }

  private struct Refusal: Hashable {
    var code: Int
    var enhanced: EnhancedStatus?
  }

  private struct Occurrences {
    var count = 0
    /// When it was first met: among equals, what came first is listed first.
    var rank: Int
    var firstSession: Int
    var example = ""
    /// How many of them were made good since, and how the one that took longest.
    var settled = 0
    var settlement: Hindsight?
    /// Whether more than one session did so.
    var hasSeveralSettlers = false

    var open: Int { count - settled }

    static func areInOrder(_ left: Occurrences, _ right: Occurrences) -> Bool {
      left.open != right.open ? left.open > right.open : left.rank < right.rank
    }
  }

  /// Sessions that something went wrong in.
  private var failures = 0

  package init(style: TextStyle, limits: TextReportLimits) {
    self.style = style
    self.limits = limits
  }

  package mutating func add(_ session: Session) {
    sessions += 1
    findings.add(session)
    defer { for hindsight in session.hindsight where hindsight.kind.words != nil { settle(hindsight, by: session.id) } }
    if sessions == 1 {
      firstVerdict = session.verdict
      calmMessage = session.verdict.message
    } else if calmMessage != session.verdict.message {
      calmMessage = nil
    }
    outcomes[session.verdict.outcome, default: 0] += 1
    guard session.verdict.needsAttention else { return }
    failures += 1
    let message = VisibleText.truncated(
      style.sentence(session.verdict.message), columns: limits.sentenceColumns, ellipsis: style.ellipsis)
    let sentence = Sentence(outcome: session.verdict.outcome, message: message, cause: session.verdict.cause)
    if sentences[sentence] != nil || sentences.count < limits.sentences {
      let new = Occurrences(rank: sentences.count, firstSession: session.id)
      sentences[sentence, default: new].count += 1
      follow(session.id, sentence)
      if let hindsight = foretold.removeValue(forKey: session.id) { settle(hindsight, by: session.id) }
    }
    for transaction in session.transactions { count(transaction, in: session.id) }
  }

  /// Entries of the queue, those of sessions that were made good among them.
  var followedSessions: Int { followedOrder.count }

  private mutating func follow(_ session: Int, _ sentence: Sentence) {
    followed[session] = sentence
    followedOrder.append(session)
    // Those that were made good since count too, or they would stay in the queue for ever.
    while followedOrder.count > limits.followed, let first = followedOrder.popFirst() { followed[first] = nil }
  }

  private mutating func settle(_ hindsight: Hindsight, by teller: Int) {
    guard let sentence = followed.removeValue(forKey: hindsight.session) else {
      if hindsight.session > teller, foretold.count < limits.followed { foretold[hindsight.session] = hindsight }
      return
    }
    madeGood += 1
    sentences[sentence]?.settled += 1
    if let known = sentences[sentence]?.settlement {
      if known.by != hindsight.by { sentences[sentence]?.hasSeveralSettlers = true }
      if known.elapsed > hindsight.elapsed { return }
    }
    sentences[sentence]?.settlement = hindsight
  }

  private mutating func count(_ transaction: Transaction, in session: Int) {
    count(transaction.mailReply, in: session)
    // LMTP's replies to the data are the recipients'.
    if transaction.recipients.allSatisfy({ $0.dataReply == nil }) { count(transaction.dataOutcomeReply, in: session) }
    for recipient in transaction.recipients where recipient.outcome != .accepted {
      count(recipient.reply, in: session)
      count(recipient.dataReply, in: session)
    }
  }

  private mutating func count(_ reply: ReplyRecord?, in session: Int) {
    guard let reply, reply.refuses else { return }
    let refusal = Refusal(code: reply.code, enhanced: reply.enhanced)
    if refusalCounts[refusal] == nil {
      guard refusalCounts.count < limits.refusals else { return }
      let example = VisibleText.truncated(reply.words(style), columns: 200, ellipsis: style.ellipsis)
      refusalCounts[refusal] = Occurrences(rank: refusalCounts.count, firstSession: session, example: example)
    }
    refusalCounts[refusal]?.count += 1
  }

  /// A sentence for what went wrong, the commonest first; one sentence when nothing did.
  ///
  /// - Parameter isEmpty: Whether there was not a packet.
  func headlines(_ summary: AnalysisSummary, isEmpty: Bool) -> [UInt8] {
    var canvas = TextCanvas(style: style)
    if isEmpty {
      write(Headline(mark: .unclear, message: "no packets in it"), into: &canvas)
      return canvas.bytes
    }
    for headline in answer(summary) { write(headline, into: &canvas) }
    let untold = self.untold
    if untold > 0 {
      let more = Quantity.count(untold, "more session")
      canvas.flow("  and \(more) in which not everything was delivered", hanging: 2)
      canvas.newline()
    }
    return canvas.bytes
  }

  private func write(_ headline: Headline, into canvas: inout TextCanvas) {
    canvas.put(headline.mark)
    if let settlement = headline.settlement { canvas.flow(settlement, hanging: 2, spacing: 1) }
    canvas.flow(headline.message, headline.isStrong ? .strong : .plain, hanging: 2, spacing: 1)
    if let cause = headline.cause {
      canvas.flow("[\(cause.rawValue)]", .faint, hanging: 2, spacing: 1, isUnbroken: true)
    }
    if let place = headline.place { canvas.flow("(\(place))", .faint, hanging: 2, spacing: 1, isUnbroken: true) }
    canvas.newline()
  }

  /// One sentence of the answer.
  package struct Headline: Sendable {
    package var mark: Mark
    /// How it was made good since, said before it.
    package var settlement: String?
    package var message: String
    package var isStrong = false
    package var cause: FindingID?
    /// How often it was met and where first; nil where there is one session only.
    package var place: String?
    /// The first session that it is about.
    package var session: Int?
  }

  /// What went wrong, the commonest first; one sentence when nothing did.
  package func answer(_ summary: AnalysisSummary) -> [Headline] {
    guard failures > 0 else {
      guard let (mark, text) = calmHeadline(summary) else { return [] }
      return [Headline(mark: mark, message: text, cause: sessions == 1 ? firstVerdict?.cause : nil)]
    }
    var headlines: [Headline] = []
    if failures == madeGood {
      headlines.append(Headline(mark: .good, message: "everything was delivered in the end", isStrong: true))
    }
    for (sentence, occurrences) in listed {
      let settlement = occurrences.open == 0 ? words(ofSettlement: occurrences) : nil
      let mark = sentence.outcome.mark == .good ? .bad : sentence.outcome.mark
      headlines.append(
        Headline(
          mark: settlement == nil ? mark : .remark, settlement: settlement, message: sentence.message,
          isStrong: settlement == nil, cause: sentence.cause,
          place: sessions > 1 ? place(of: occurrences) : nil, session: occurrences.firstSession))
    }
    return headlines
  }

  /// Sessions that went wrong and that the answer does not tell of.
  package var untold: Int { failures - listed.reduce(0) { $0 + $1.value.count } }

  private var listed: ArraySlice<(key: Sentence, value: Occurrences)> {
    sentences.sorted { Occurrences.areInOrder($0.value, $1.value) }.prefix(limits.headlines)
  }

  /// `put off by greylisting, and delivered 5.2 s later, in session 3:`; nil where nothing made them good.
  private func words(ofSettlement occurrences: Occurrences) -> String? {
    guard let settlement = occurrences.settlement else { return nil }
    let within = occurrences.count > 1 ? "within " : ""
    let later = occurrences.count > 1 ? "" : " later"
    let place = occurrences.hasSeveralSettlers ? "" : ", in session \(settlement.by)"
    return "\(settlement.kind.words ?? "") \(within)\(Quantity.duration(settlement.elapsed))\(later)\(place):"
  }

  /// `2 sessions, the first: 1; 1 of them delivered later`
  private func place(of occurrences: Occurrences) -> String {
    let first =
      occurrences.count == 1
      ? "session \(occurrences.firstSession)"
      : "\(Quantity.count(occurrences.count, "session")), the first: \(occurrences.firstSession)"
    let isMixed = occurrences.settled > 0 && occurrences.open > 0
    return "\(first)\(isMixed ? "; \(Quantity.grouped(occurrences.settled)) of them delivered later" : "")"
  }

  private func calmHeadline(_ summary: AnalysisSummary) -> (Mark, String)? {
    guard let firstVerdict else { return (.unclear, summary.wordsOfNone) }
    if sessions == 1 { return (firstVerdict.outcome.mark, style.sentence(firstVerdict.message)) }
    let delivered = outcomes[.delivered] ?? 0
    let others = (summary.purposes[.healthCheck] ?? 0) + (summary.purposes[.callout] ?? 0)
    if delivered > 0, delivered == sessions - others {
      return (.good, "everything was delivered: \(Quantity.count(summary.messages, "message"))")
    }
    guard delivered > 0 else {
      let all = sessions == 2 ? "both sessions" : "all \(Quantity.grouped(sessions)) sessions"
      return (.unclear, calmMessage.map { "\(all): \($0)" } ?? "no mail seen to be delivered, and none to fail")
    }
    return (.good, "nothing failed: \(Quantity.count(delivered, "session")) delivered everything")
  }

  /// How many sessions ended in each way.
  func outcomeLines() -> [UInt8] {
    var canvas = TextCanvas(style: style)
    let listed = Verdict.Outcome.listed.filter { outcomes[$0] != nil }
    let width = listed.map { Quantity.grouped(outcomes[$0] ?? 0).count }.max() ?? 0
    canvas.put("sessions by outcome", .strong)
    canvas.newline()
    for outcome in listed {
      let number = Quantity.grouped(outcomes[outcome] ?? 0)
      canvas.move(to: 2)
      canvas.put(outcome.mark)
      canvas.blanks(1 + width - number.count)
      canvas.put(number)
      canvas.blanks(2)
      canvas.put(outcome.words)
      canvas.newline()
    }
    return canvas.bytes
  }

  /// A refusal and how often it was met.
  package struct CommonRefusal: Sendable {
    package var count: Int
    package var example: String
    package var session: Int
  }

  /// The commonest refusals of sessions that failed, with an example each.
  package var commonestRefusals: [CommonRefusal] {
    refusalCounts.values.sorted(by: Occurrences.areInOrder).prefix(limits.headlines).map {
      CommonRefusal(count: $0.count, example: $0.example, session: $0.firstSession)
    }
  }

  func refusalLines() -> [UInt8] {
    let listed = commonestRefusals
    guard !listed.isEmpty else { return [] }
    let width = listed.map { Quantity.grouped($0.count).count }.max() ?? 0
    var canvas = TextCanvas(style: style)
    canvas.put("commonest refusals", .strong)
    canvas.newline()
    for refusal in listed {
      let number = Quantity.grouped(refusal.count)
      canvas.blanks(2 + width - number.count)
      canvas.put(number)
      canvas.flow(refusal.example, hanging: 6 + width, spacing: 2)
      canvas.flow("(session \(refusal.session))", .faint, hanging: 6 + width, spacing: 2, isUnbroken: true)
      canvas.newline()
    }
    return canvas.bytes
  }

  /// `1 session · 1 message · 1 partly accepted`
  func writeCounts(_ summary: AnalysisSummary, into canvas: inout TextCanvas) {
    for (index, count) in counts(summary).enumerated() {
      if index > 0 { canvas.flow(style.dot, .faint, hanging: 2, spacing: 1) }
      canvas.flow(count, hanging: 2, spacing: index > 0 ? 1 : 0, isUnbroken: true)
    }
    if let id = findings.worthExplaining {
      canvas.flow("smtpscope explain \(id.rawValue)", hanging: 2, spacing: 5, isUnbroken: true)
      canvas.flow("tells more", .faint, hanging: 2, spacing: 3, isUnbroken: true)
    }
    canvas.newline()
  }

  /// What was counted, in its words: `1 session`, `1 message`, `1 partly accepted`.
  package func counts(_ summary: AnalysisSummary) -> [String] {
    var counts = [Quantity.count(summary.sessions, "session")]
    // Not each has a message: then what follows adds up to this.
    let transactions = summary.transactions.values.reduce(0, +)
    if transactions > max(summary.messages, 1) { counts.append(Quantity.count(transactions, "mail transaction")) }
    counts.append(Quantity.count(summary.messages, "message"))
    for outcome in Transaction.Outcome.allCases {
      guard let number = summary.transactions[outcome], number > 0 else { continue }
      counts.append("\(Quantity.grouped(number)) \(outcome.words)")
    }
    for purpose in Session.Purpose.allCases {
      guard let words = purpose.words, let number = summary.purposes[purpose], number > 0 else { continue }
      counts.append(Quantity.count(number, words))
    }
    counts += findings.counts
    if summary.packetsNotSMTP > 0 {
      counts.append("\(Quantity.count(summary.packetsNotSMTP, "packet")) not mail")
    }
    if summary.limited.evictedConnections > 0 {
      counts.append("\(Quantity.count(summary.limited.evictedConnections, "connection")) given up for memory")
    }
    if summary.limited.droppedBytes > 0 {
      counts.append("\(Quantity.size(summary.limited.droppedBytes)) dropped for memory")
    }
    if summary.limited.forgottenNames > 0 {
      counts.append("\(Quantity.count(summary.limited.forgottenNames, "DNS answer")) forgotten for memory")
    }
    let omitted = summary.limited.omitted
    for (number, word) in [
      (omitted.transactions, "mail"), (omitted.recipients, "recipient"), (omitted.dialogueLines, "line"),
      (omitted.logins, "login"),
    ] where number > 0 {
      counts.append("\(Quantity.count(number, word)) over the limit left out")
    }
    return counts
  }
}

extension AnalysisSummary {
  /// Why there is no session to tell of.
  package var wordsOfNone: String {
    switch leftOutSessions {
    case ...0: "no mail traffic in it"
    case 1: "the one session in it does not match what was selected"
    default: "none of the \(Quantity.grouped(leftOutSessions)) sessions in it matches what was selected"
    }
  }
}
