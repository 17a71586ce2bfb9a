import MailStatistics
import SMTPAnalysis
import Wire

extension OutputBuffer {
  /// Appends the statistics as one JSON document; `docs/smtpscope-stats.schema.json` tells its keys.
  mutating func appendStatistics(
    _ statistics: MailStatistics, _ summary: AnalysisSummary, view: StatisticsView, captures: [CaptureSummary],
    context: ReportContext
  ) {
    append(literal: "{\"type\":\"stats\",\"schema\":\"")
    append(recordSchema)
    append(literal: "\",\"captures\":")
    appendArray(captures) { $0.appendCapture($1, before: "{", context: context) }
    appendTotals(statistics, summary)
    if view.shows(.hour) {
      appendTimes("days", statistics.orderedDays) { $0.appendDate(CivilTime($1.start(of: 86_400_000_000_000))) }
      appendTimes("hours", statistics.orderedHours) { $0.append($1.start(of: 3_600_000_000_000), decimals: 0) }
      appendOthers("other_hours", statistics.hours.others.weight > 0 ? statistics.hours.others : nil)
    }
    if view.shows(.server) {
      let listed = view.listed(statistics.servers) { left, right in
        left.address != right.address ? left.address < right.address : left.port < right.port
      }
      appendHosts("servers", "server", listed) { $0.description }
      appendOthers("other_servers", listed.others)
    }
    if view.shows(.client) {
      let listed = view.listed(statistics.clients, by: <)
      appendHosts("clients", "client", listed) { $0.description }
      appendOthers("other_clients", listed.others)
    }
    appendNames("sender_domains", "other_sender_domains", "domain", .senderDomain, statistics.senderDomains, view)
    appendNames(
      "recipient_domains", "other_recipient_domains", "domain", .recipientDomain, statistics.recipientDomains, view)
    appendNames("senders", "other_senders", "address", .sender, statistics.senders, view)
    appendNames("recipients", "other_recipients", "address", .recipient, statistics.recipients, view)
    if view.shows(.code) { appendCodes(statistics) }
    if view.shows(.refusal) { appendRefusals(statistics, view, context) }
    if view.shows(.wait) { appendWaits(summary.servers) }
    append(literal: "}\n")
  }

  private mutating func appendTotals(_ statistics: MailStatistics, _ summary: AnalysisSummary) {
    append(literal: ",\n\"totals\":{\"sessions\":")
    append(statistics.whole.sessions)
    append(literal: ",\"verdicts\":{")
    for (index, outcome) in Verdict.Outcome.listed.reversed().enumerated() {
      appendCount(outcome.rawValue, statistics.verdicts[outcome] ?? 0, isFirst: index == 0)
    }
    append(literal: "},\"classes\":{")
    for (index, purpose) in Session.Purpose.allCases.enumerated() {
      appendCount(purpose.rawValue, summary.purposes[purpose] ?? 0, isFirst: index == 0)
    }
    append(literal: "},\"tls\":{\"none\":")
    append(statistics.sessionsWithoutTLS)
    for outcome in [.established, .refused, .failed, .unknown] as [TLSUse.Outcome] {
      appendCount(outcome.rawValue, statistics.tls[outcome] ?? 0)
    }
    append(literal: "},\"authentications\":{")
    for (index, outcome) in ([.accepted, .refused, .cancelled, .unanswered] as [Authentication.Outcome]).enumerated() {
      appendCount(outcome.rawValue, statistics.authentications[outcome] ?? 0, isFirst: index == 0)
    }
    append(literal: "}")
    appendTraffic(statistics.whole, hasSessions: false)
    let sizes = statistics.sizes
    append(literal: ",\"complete_messages\":{\"count\":")
    append(sizes.count)
    for (key, share) in [("p50_bytes", 0.5), ("p90_bytes", 0.9), ("p95_bytes", 0.95), ("p99_bytes", 0.99)] {
      if let size = sizes.percentile(share) { appendCount(key, size) }
    }
    if sizes.count > 0 { field("max_bytes", sizes.maximum) }
    append(literal: "}")
    // Where names were forgotten, how many there were is not known.
    field("servers", statistics.servers.distinct)
    field("clients", statistics.clients.distinct)
    field("sender_domains", statistics.senderDomains.distinct)
    field("recipient_domains", statistics.recipientDomains.distinct)
    field("senders", statistics.senders.distinct)
    field("recipient_addresses", statistics.recipients.distinct)
    field("packets_not_smtp", summary.packetsNotSMTP)
    field("duration_ms", milliseconds: summary.duration)
    append(literal: ",\"forgotten_names\":{\"servers\":")
    append(statistics.servers.forgotten)
    field("clients", statistics.clients.forgotten)
    field("sender_domains", statistics.senderDomains.forgotten)
    field("recipient_domains", statistics.recipientDomains.forgotten)
    field("senders", statistics.senders.forgotten)
    field("recipients", statistics.recipients.forgotten)
    field("refusals", statistics.refusals.forgotten)
    append(literal: "}}")
  }

  private mutating func appendCount(_ key: String, _ count: Int, isFirst: Bool = false) {
    append(isFirst ? "\"" : ",\"")
    append(key)
    append(literal: "\":")
    append(count)
  }

  /// Appends the members of a row's object behind the first one.
  private mutating func appendTraffic(_ traffic: Traffic, hasSessions: Bool = false, isBehindMails: Bool = false) {
    if hasSessions { field("sessions", traffic.sessions) }
    if !isBehindMails { field("mails", traffic.mails) }
    append(literal: ",\"transactions\":{")
    for (index, outcome) in Transaction.Outcome.allCases.enumerated() {
      appendCount(outcome.rawValue, traffic[mails: outcome], isFirst: index == 0)
    }
    append(literal: "},\"recipients\":{")
    for (index, outcome) in Recipient.Outcome.listed.enumerated() {
      appendCount(outcome.rawValue, traffic[recipients: outcome], isFirst: index == 0)
    }
    append(literal: "}")
    field("messages", traffic.messages)
    field("message_bytes", traffic.messageBytes)
    guard !traffic.waits.isEmpty else { return }
    key("wait")
    appendSketch(traffic.waits)
  }

  private mutating func appendSketch(_ sketch: DurationSketch) {
    append(literal: "{\"count\":")
    append(sketch.count)
    field("p50_ms", milliseconds: sketch.percentile(0.5))
    field("p90_ms", milliseconds: sketch.percentile(0.9))
    field("p95_ms", milliseconds: sketch.percentile(0.95))
    field("p99_ms", milliseconds: sketch.percentile(0.99))
    field("max_ms", milliseconds: sketch.maximum)
    append(literal: "}")
  }

  /// Appends `,"days":[{"start":"…",…}]`.
  private mutating func appendTimes(
    _ key: StaticString, _ rows: [(name: Int, counts: Traffic)], _ appendStart: (inout OutputBuffer, Int) -> Void
  ) {
    append(literal: ",\n\"", key, "\":")
    appendArray(rows) { output, row in
      output.append(literal: "\n{\"start\":\"")
      appendStart(&output, row.name)
      output.append(literal: "\"")
      output.appendTraffic(row.counts, hasSessions: true)
      output.append(literal: "}")
    }
  }

  private mutating func appendHosts<Name>(
    _ key: StaticString, _ member: StaticString, _ listed: ListedTraffic<Name>, _ text: (Name) -> String
  ) {
    append(literal: ",\n\"", key, "\":")
    appendArray(listed.rows) { output, row in
      output.append(literal: "\n{\"", member, "\":\"")
      output.append(text(row.name))
      output.append(literal: "\"")
      output.field("name", text: row.counts.name)
      output.appendTraffic(row.counts, hasSessions: true)
      output.append(literal: "}")
    }
  }

  private mutating func appendNames(
    _ key: StaticString, _ othersKey: StaticString, _ member: StaticString, _ section: StatisticsView.Section,
    _ table: NameTable<MailName, Traffic>, _ view: StatisticsView
  ) {
    guard view.shows(section) else { return }
    let listed = view.listed(table, by: MailName.areInOrder)
    append(literal: ",\n\"", key, "\":")
    appendArray(listed.rows) { output, row in
      output.append(literal: "\n{\"mails\":")
      output.append(row.counts.mails)
      switch row.name {
      case .name(let text): output.field(member, text: text)
      case .null: output.field(member, string: "")
      case .local: output.field("without_domain", true)
      case .unknown: output.field(member, string: nil)
      }
      output.appendTraffic(row.counts, isBehindMails: true)
      output.append(literal: "}")
    }
    appendOthers(othersKey, listed.others, hasSessions: false)
  }

  private mutating func appendOthers(_ key: StaticString, _ others: Traffic?, hasSessions: Bool = true) {
    guard let others else { return }
    append(literal: ",\"", key, "\":{\"mails\":")
    append(others.mails)
    if hasSessions { field("sessions", others.sessions) }
    appendTraffic(others, isBehindMails: true)
    append(literal: "}")
  }

  private mutating func appendCodes(_ statistics: MailStatistics) {
    append(literal: ",\n\"codes\":")
    appendArray(statistics.codes.entries.sorted { $0.name < $1.name }) { output, entry in
      output.append(literal: "\n{\"code\":")
      output.append(entry.name)
      output.field("count", entry.counts.weight)
      for stage in ReplyStage.allCases { output.appendCount(stage.rawValue, entry.counts[stage]) }
      output.append(literal: "}")
    }
  }

  private mutating func appendRefusals(_ statistics: MailStatistics, _ view: StatisticsView, _ context: ReportContext) {
    let (rows, others) = statistics.listedRefusals(view.top)
    append(literal: ",\n\"refusals\":")
    appendArray(rows) { output, row in
      output.append(literal: "\n{\"count\":")
      output.append(row.counts.count)
      output.field("answered", word: row.name.stage.rawValue)
      output.field("code", row.name.code)
      output.field("enhanced", status: row.name.enhanced)
      output.field("shape", text: row.name.shape)
      output.field("example", text: row.counts.example)
      output.field("session", row.counts.session)
      output.field("frame", row.counts.frame)
      output.field("first", time: row.counts.first, decimals: context.timeDecimals)
      output.field("last", time: row.counts.last, decimals: context.timeDecimals)
      output.append(literal: "}")
    }
    field("other_refusals", others.count)
  }

  private mutating func appendWaits(_ times: ServerTimes) {
    append(literal: ",\n\"waits\":{\"phases\":{")
    if let all = times.listed(limit: 0).others {
      for (index, kind) in Phase.Kind.allCases.filter({ !all[$0].isEmpty }).enumerated() {
        append(index > 0 ? ",\"" : "\"")
        append(kind.rawValue)
        append(literal: "\":")
        appendSketch(all[kind])
      }
    }
    append(literal: "}")
    appendServers(times)
    append(literal: "}")
  }
}

extension Int {
  /// When the hour or day of this number begins.
  fileprivate func start(of length: Int64) -> CaptureTime { CaptureTime(nanoseconds: Int64(self) &* length) }
}
