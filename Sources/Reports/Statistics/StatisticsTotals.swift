import MailStatistics
import SMTPAnalysis
import Wire

/// The grand totals: a line each for sessions, mails, recipients, messages and names.
struct StatisticsTotals {
  let style: TextStyle

  private struct Part {
    var mark: Mark?
    var text: String
    var tone = Tone.plain
  }

  func lines(_ statistics: MailStatistics, _ summary: AnalysisSummary) -> [UInt8] {
    let whole = statistics.whole
    var rows: [(number: String, unit: String, parts: [Part])] = []
    rows.append(
      (
        Quantity.grouped(whole.sessions), whole.sessions == 1 ? "session" : "sessions",
        outcomes(statistics) + purposes(summary) + protection(statistics)
      ))
    rows.append((Quantity.grouped(whole.mails), whole.mails == 1 ? "mail" : "mails", mails(whole)))
    if whole.recipients > 0 {
      let unit = whole.recipients == 1 ? "recipient" : "recipients"
      rows.append((Quantity.grouped(whole.recipients), unit, recipients(whole)))
    }
    if whole.messages > 0 {
      let unit = whole.messages == 1 ? "message" : "messages"
      rows.append((Quantity.grouped(whole.messages), unit, sizes(statistics)))
    }
    rows += names(statistics)

    var canvas = TextCanvas(style: style)
    canvas.put("totals", .strong)
    canvas.newline()
    let width = rows.map { $0.number.count }.max() ?? 0
    let unitWidth = rows.map { $0.unit.count }.max() ?? 0
    for row in rows {
      canvas.blanks(2 + width - row.number.count)
      canvas.put(row.number, .strong)
      canvas.blanks(1)
      canvas.put(row.unit)
      let hanging = style.columns.map { $0 >= 60 } ?? true ? 2 + width + 1 + unitWidth + 2 : 4
      if !row.parts.isEmpty { canvas.move(to: 2 + width + 1 + unitWidth) }
      for (index, part) in row.parts.enumerated() {
        if index > 0 { canvas.flow(style.dot, .faint, hanging: hanging, spacing: 1) }
        let text = part.mark.map { "\($0.sign(style)) \(part.text)" } ?? part.text
        canvas.flow(
          text, part.mark?.tone ?? part.tone, hanging: hanging, spacing: index > 0 ? 1 : 2, isUnbroken: true)
      }
      canvas.newline()
    }
    return canvas.bytes
  }

  private func outcomes(_ statistics: MailStatistics) -> [Part] {
    Verdict.Outcome.listed.reversed().compactMap { outcome in
      guard let count = statistics.verdicts[outcome] else { return nil }
      return Part(mark: outcome.mark, text: "\(Quantity.grouped(count)) \(outcome.words)")
    }
  }

  private func purposes(_ summary: AnalysisSummary) -> [Part] {
    Session.Purpose.allCases.compactMap { purpose in
      guard let words = purpose.words, let count = summary.purposes[purpose], count > 0 else { return nil }
      return Part(text: Quantity.count(count, words))
    }
  }

  private func protection(_ statistics: MailStatistics) -> [Part] {
    var parts: [Part] = []
    let words: [(TLSUse.Outcome, String)] = [
      (.established, "with TLS"), (.refused, "refused TLS"), (.failed, "failed at TLS"), (.unknown, "with TLS unclear"),
    ]
    for (outcome, words) in words {
      if let count = statistics.tls[outcome] { parts.append(Part(text: "\(Quantity.grouped(count)) \(words)")) }
    }
    let accepted = statistics.authentications[.accepted] ?? 0
    let refused = statistics.authentications[.refused] ?? 0
    if accepted > 0 { parts.append(Part(text: "\(Quantity.count(accepted, "login"))")) }
    if refused > 0 { parts.append(Part(text: "\(Quantity.count(refused, "login")) refused", tone: .bad)) }
    return parts
  }

  private func mails(_ whole: Traffic) -> [Part] {
    Transaction.Outcome.allCases.compactMap { outcome in
      let count = whole[mails: outcome]
      guard count > 0 else { return nil }
      return Part(mark: outcome.mark, text: share(count, of: whole.mails, outcome.words))
    }
  }

  private func recipients(_ whole: Traffic) -> [Part] {
    Recipient.Outcome.listed.compactMap { outcome in
      let count = whole[recipients: outcome]
      guard count > 0 else { return nil }
      return Part(mark: outcome.mark, text: share(count, of: whole.recipients, outcome.words))
    }
  }

  /// `7 accepted (54 %)`
  private func share(_ part: Int, of whole: Int, _ words: String) -> String {
    guard part < whole else { return "\(Quantity.grouped(part)) \(words)" }
    let percent = Double(part) / Double(max(whole, 1)) * 100
    let text = percent < 1 ? "under 1" : percent > 99 ? "over 99" : String(Int(percent.rounded()))
    return "\(Quantity.grouped(part)) \(words) (\(text) %)"
  }

  private func sizes(_ statistics: MailStatistics) -> [Part] {
    var parts = [Part(text: "\(Quantity.size(statistics.whole.messageBytes)) in all")]
    let sizes = statistics.sizes
    if sizes.count > 1, let median = sizes.percentile(0.5), let most = sizes.percentile(0.95) {
      let isOfAll = sizes.count == statistics.whole.messages
      let which = isOfAll ? "" : "of \(Quantity.grouped(sizes.count)) whole ones "
      parts.append(Part(text: "\(which)half up to \(Quantity.size(median))"))
      parts.append(Part(text: "95 % up to \(Quantity.size(most))"))
      parts.append(Part(text: "largest \(Quantity.size(sizes.maximum))"))
    }
    return parts
  }

  private func names(_ statistics: MailStatistics) -> [(String, String, [Part])] {
    func count(_ distinct: Int?, _ held: Int, _ unit: String) -> Part {
      guard let distinct else { return Part(text: "more than \(Quantity.count(held, unit))") }
      return Part(text: Quantity.count(distinct, unit))
    }
    guard statistics.whole.sessions > 0, let servers = statistics.servers.distinct else {
      guard statistics.whole.sessions > 0 else { return [] }
      return [("", "", [count(nil, statistics.servers.entries.count, "server")])]
    }
    let parts = [
      count(statistics.clients.distinct, statistics.clients.entries.count, "client"),
      count(statistics.senderDomains.distinct, statistics.senderDomains.entries.count, "sender domain"),
      count(statistics.recipientDomains.distinct, statistics.recipientDomains.entries.count, "recipient domain"),
    ]
    return [(Quantity.grouped(servers), servers == 1 ? "server" : "servers", parts)]
  }
}
