internal import SMTPDialogue
internal import Wire

enum ReplySlow: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard !evidence.slowReplies.isEmpty else { return }
    let slow = evidence.slowReplies.filter {
      evidence.exchanges.indices.contains($0.exchange) && evidence.exchanges[$0.exchange].step != .greeting
    }
    guard let first = slow.first else { return }
    if slow.count > 1, let pattern = WaitPattern(slow, evidence) {
      // One cause: it is told once, however many mails it delayed.
      let sentence = "\(slow.count) replies each took \(spoken(first.wait)): \(pattern.words)"
      add(first, sentence, isOverMinimum: slow.contains { isOverMinimum($0, evidence) }, evidence, &findings)
      return
    }
    var told: Set<Int?> = []
    for reply in slow {
      let transaction = evidence.exchanges[reply.exchange].transaction
      guard told.insert(transaction).inserted else { continue }
      let others = slow.filter { evidence.exchanges[$0.exchange].transaction == transaction }
      guard let slowest = others.max(by: { $0.wait < $1.wait }) else { continue }
      let isOverMinimum = isOverMinimum(slowest, evidence)
      var sentence = sentence(slowest, evidence)
      if isOverMinimum {
        sentence += "; a client need not wait longer than \(spoken(minimum(evidence.exchanges[slowest.exchange].step)))"
      }
      if others.count > 1 { sentence += " (and \(others.count - 1) more replies took over 5 s)" }
      add(slowest, sentence, isOverMinimum: isOverMinimum, evidence, &findings)
    }
  }

  private static func sentence(_ slow: SlowReply, _ evidence: borrowing SessionEvidence) -> String {
    let exchange = evidence.exchanges[slow.exchange]
    // RFC 2920 section 3.2 lets a server keep its replies back until it has worked through the whole group.
    let together =
      slow.together > 1
      ? "; \(slow.together) commands had been sent together and were answered all at once, so that their delays add up"
      : ""
    let timer = UsualTimer(slow.wait).map { ": \($0.words(for: exchange.step))" } ?? ""
    return "The server took \(spoken(slow.wait)) to answer \(exchange.asked)\(together)\(timer)"
  }

  private static func add(
    _ slow: SlowReply, _ sentence: String, isOverMinimum: Bool, _ evidence: borrowing SessionEvidence,
    _ findings: inout FindingCollector
  ) {
    let exchange = evidence.exchanges[slow.exchange]
    findings.add(
      Finding(
        .replySlow, severity: isOverMinimum ? .warning : .info, transaction: exchange.transaction, at: exchange.place,
        message: sentence + ".", evidence: exchange.line.isEmpty ? nil : exchange.line))
  }

  private static func isOverMinimum(_ slow: SlowReply, _ evidence: borrowing SessionEvidence) -> Bool {
    slow.wait > minimum(evidence.exchanges[slow.exchange].step)
  }

  /// RFC 5321 section 4.5.3.2: how long a client must be ready to wait.
  private static func minimum(_ step: Exchange.Step) -> Int64 {
    switch step {
    case .endOfData, .chunk(isLast: true): 600_000_000_000
    case .command(.data): 120_000_000_000
    default: 300_000_000_000
    }
  }
}

/// What several slow replies of one session have in common.
private enum WaitPattern {
  /// Only what refuses is slow.
  case refusals
  /// Slow from a certain recipient on.
  case recipients(from: Int)
  /// All took the same time.
  case constant

  /// nil where they differ: work takes this long today and that long tomorrow, a timer does not.
  init?(_ slow: [SlowReply], _ evidence: borrowing SessionEvidence) {
    let waits = slow.map(\.wait)
    guard let least = waits.min(), let most = waits.max(), most - least <= 250_000_000 else { return nil }
    let places = Set(slow.map(\.exchange))
    let exchanges = evidence.exchanges
    let commands = exchanges.indices.filter { exchanges[$0].isCommand }
    let isRefusal = { (place: Int) in exchanges[place].reply?.isNegative ?? false }
    if slow.allSatisfy({ isRefusal($0.exchange) }), commands.contains(where: { !isRefusal($0) && !places.contains($0) })
    {
      self = .refusals
      return
    }
    let recipients = commands.filter { exchanges[$0].verb == .rcpt }
    if places.isSubset(of: recipients), let first = recipients.firstIndex(where: places.contains), first > 0,
      recipients[first...].allSatisfy(places.contains)
    {
      self = .recipients(from: first + 1)
    } else {
      self = .constant
    }
  }

  var words: String {
    switch self {
    case .refusals: "only those that refuse, which is a tarpit (a pause on purpose for clients that make errors)"
    case .recipients(let number): "each from recipient \(number) on, which is a tarpit (a pause on purpose)"
    case .constant: "the same time each, so it is a timer and not work (a tarpit, or a look-up that nobody answers)"
    }
  }
}

extension CatalogueEntry {
  static let replySlow = CatalogueEntry(
    .replySlow, .info, "a reply took long",
    explanation: """
      The server needed long to answer. At RCPT that is often a callout or a look-up, at the end of the data a content \
      filter, at round numbers of seconds a deliberate delay. Over the minima that clients must wait this is a \
      warning: the client may have left, and mail may come twice.
      """,
    seenWhen: """
      more than 5 seconds between a command (or the end of the data) and the end of its reply, less the way from the \
      capture point to the server and back; of commands sent together each counts from the reply before its own
      """,
    whatToDo: """
      look at what the server does at this step; answer first and filter later for long scans; set timeouts on \
      look-ups
      """,
    references: ["RFC 5321 section 4.5.3.2", "RFC 1047"])
}
