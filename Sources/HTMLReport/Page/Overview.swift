internal import Reports
internal import SMTPAnalysis
internal import Wire

/// The answer, which stands on top: what was read, what became of the mails, what went wrong most.
struct Overview {
  private let summary: AnalysisSummary
  private let captures: [CaptureSummary]
  private let tally: OutcomeTally
  private let kept: KeptSessions
  private let limits: HTMLReportLimits

  /// Bytes of a sentence: a peer chooses how long its replies are.
  private static let sentenceBytes = 1500
  /// Causes that are shown at once.
  private static let shown = 10

  init(
    _ summary: AnalysisSummary, _ captures: [CaptureSummary], tally: OutcomeTally, kept: KeptSessions,
    limits: HTMLReportLimits
  ) {
    self.summary = summary
    self.captures = captures
    self.tally = tally
    self.kept = kept
    self.limits = limits
  }

  var fields: Fields {
    let inFull = kept.idsInFull
    // Many sentences are summed up by what caused them. What has no session says all with its sum.
    let headlines =
      summary.sessions == 0
      ? []
      : tally.untold > 0 ? kept.problems.map { fields($0, inFull) } : tally.answer(summary).map { fields($0, inFull) }
    return [
      "title": title, "captures": captures.prefix(limits.captures).map(fields),
      "moreCaptures": captures.count > limits.captures
        ? Quantity.count(captures.count - limits.captures, "more file") : nil,
      "sum": sum, "figures": figures,
      "headlines": Array(headlines.prefix(Overview.shown)),
      "furtherHeadlines": Array(headlines.dropFirst(Overview.shown)),
      "hasMoreHeadlines": headlines.count > Overview.shown,
      "moreHeadlines": "and \(Quantity.count(headlines.count - Overview.shown, "more cause"))",
      "refusals": refusals(inFull), "hasRefusals": !tally.commonestRefusals.isEmpty,
      "notes": summary.notes.isEmpty
        ? nil
        : summary.notes.map {
          ["message": ShownText.sentence($0.message, limit: Overview.sentenceBytes), "id": $0.finding.rawValue]
            as Fields
        },
      "counts": tally.counts(summary).joined(separator: " · "), "holding": holding,
    ]
  }

  private var title: String {
    guard let first = captures.first else { return "smtpscope report" }
    let name = ShownText.wire(first.file, limit: 200)
    return captures.count > 1 ? "\(name) and \(Quantity.count(captures.count - 1, "more file"))" : name
  }

  private func fields(_ capture: CaptureSummary) -> Fields {
    var words = "\(Quantity.count(capture.packets, "packet")), \(Quantity.size(capture.bytes))"
    if let start = capture.start, let end = capture.end {
      let isSameDay = Quantity.date(start) == Quantity.date(end)
      words += ", \(Quantity.moment(start)) – \(isSameDay ? Quantity.timeOfDay(end) : Quantity.moment(end)) UTC"
    }
    return [
      "file": captures.count > 1 ? ShownText.wire(capture.file, limit: 300) : nil, "words": words,
      "isTruncated": capture.isTruncated,
      "error": capture.error.map { ShownText.wire($0, limit: Overview.sentenceBytes) },
    ]
  }

  /// `3 mails in 2 sessions: 2 accepted, 1 refused.`
  private var sum: String {
    let mails = summary.transactions.values.reduce(0, +)
    let sessions = Quantity.count(summary.sessions, "session")
    guard summary.sessions > 0 else {
      guard summary.leftOutSessions > 0 else { return wordsOfNone }
      return "Nothing matches what was selected; \(Quantity.count(summary.leftOutSessions, "session")) left out."
    }
    guard mails > 0 else { return "\(sessions), and no mail in any of them." }
    let parts = Transaction.Outcome.allCases.compactMap { outcome -> String? in
      guard let count = summary.transactions[outcome], count > 0 else { return nil }
      return "\(Quantity.grouped(count)) \(outcome.words)"
    }
    return "\(Quantity.count(mails, "mail")) in \(sessions): \(parts.joined(separator: ", "))."
  }

  private var wordsOfNone: String {
    guard captures.allSatisfy({ $0.packets == 0 }) else { return "There is no mail traffic in it." }
    let isUnread = !captures.isEmpty && captures.allSatisfy { $0.error != nil }
    return isUnread ? "Nothing of it could be read." : "There are no packets in it."
  }

  /// What became of the sessions, as figures.
  private var figures: [Fields] {
    Verdict.Outcome.listed.reversed().compactMap { outcome in
      guard let count = tally.outcomes[outcome], count > 0 else { return nil }
      var fields = OutcomeLook(outcome).fields
      fields["count"] = Quantity.grouped(count)
      return fields
    }
  }

  private func fields(_ headline: OutcomeTally.Headline, _ inFull: Set<Int>) -> Fields {
    let look = OutcomeLook(headline.mark)
    return [
      "symbol": look.symbol, "tone": look.tone, "settlement": headline.settlement,
      "message": ShownText.sentence(headline.message, limit: Overview.sentenceBytes), "isStrong": headline.isStrong,
      "cause": headline.cause?.rawValue, "place": headline.place,
      "session": headline.place == nil ? nil : headline.session.flatMap { inFull.contains($0) ? $0 : nil },
    ]
  }

  private func fields(_ problem: CauseTally.Problem, _ inFull: Set<Int>) -> Fields {
    let isSettled = problem.settled == problem.count
    let look =
      isSettled
      ? OutcomeLook(Mark.remark) : OutcomeLook(problem.outcome == .delivered ? .failed : problem.outcome)
    let title = problem.cause?.entry.title ?? problem.outcome.words
    let settled =
      switch problem.settled {
      case 0: ""
      case problem.count: problem.count == 1 ? "delivered later; " : "all of them delivered later; "
      default: "\(Quantity.grouped(problem.settled)) of them delivered later; "
      }
    return [
      "symbol": look.symbol, "tone": look.tone, "isStrong": !isSettled,
      "message": "\(Quantity.count(problem.count, "session")): \(title)", "cause": problem.cause?.rawValue,
      "place": "\(settled)the first: session \(problem.session)",
      "session": inFull.contains(problem.session) ? problem.session : nil, "example": problem.example,
    ]
  }

  private func refusals(_ inFull: Set<Int>) -> [Fields]? {
    let refusals = tally.commonestRefusals
    guard !refusals.isEmpty else { return nil }
    return refusals.map {
      [
        "count": Quantity.grouped($0.count), "example": $0.example, "session": $0.session,
        "isLink": inFull.contains($0.session),
      ]
    }
  }

  /// What the page holds, where that is not everything.
  private var holding: String? {
    let all = kept.failureCount + kept.otherCount
    let isWhole =
      kept.failuresInFull == kept.failureCount && kept.othersInFull == kept.otherCount
    guard !isWhole else { return nil }
    var sentences: [String] = []
    if kept.failureCount > 0 {
      if kept.failuresInFull == kept.failureCount {
        sentences.append("all \(Quantity.grouped(kept.failureCount)) in which something went wrong")
      } else {
        var words =
          "\(Quantity.grouped(kept.failuresInFull)) of the \(Quantity.grouped(kept.failureCount)) in which something went wrong"
        if kept.shownFailures > kept.failuresInFull {
          words += " (and \(Quantity.grouped(kept.shownFailures - kept.failuresInFull)) more as a line of the table)"
        }
        sentences.append(words)
      }
    }
    if kept.otherCount > 0 {
      sentences.append(
        kept.othersInFull == kept.otherCount
          ? "all \(Quantity.grouped(kept.otherCount)) others"
          : "a sample of \(Quantity.grouped(kept.othersInFull)) of the \(Quantity.grouped(kept.otherCount)) others")
    }
    return
      "This page has room for a part of the \(Quantity.grouped(all)) sessions in full: \(sentences.joined(separator: ", and ")). The answer, the timeline and the servers’ times are of all of them."
  }

  /// What the catalogue says of each finding that was reported, the worst and commonest first.
  var explained: [Fields]? {
    guard !summary.findings.isEmpty else { return nil }
    let ordered = FindingID.allCases.compactMap { id in summary.findings[id].map { (id: id, count: $0) } }.sorted {
      $0.id.entry.severity != $1.id.entry.severity
        ? $0.id.entry.severity > $1.id.entry.severity : $0.count > $1.count
    }
    return ordered.map { id, count in
      let entry = id.entry
      return [
        "id": id.rawValue, "count": Quantity.grouped(count), "title": entry.title, "tone": entry.severity.tone,
        "symbol": entry.severity.symbol, "severity": entry.severity.words, "explanation": entry.explanation,
        "seenWhen": entry.seenWhen, "whatToDo": entry.whatToDo, "see": entry.references.joined(separator: " · "),
      ]
    }
  }
}
