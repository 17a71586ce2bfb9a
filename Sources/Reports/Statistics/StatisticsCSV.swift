import MailStatistics
import SMTPAnalysis
import Wire

extension OutputBuffer {
  /// Appends the statistics as a table (RFC 4180): what is counted by in the first column, then the name, then the counts.
  mutating func appendCSV(of statistics: MailStatistics, view: StatisticsView) {
    appendLine(
      ["by", "name", "called", "count", "sessions", "mails"] + Transaction.Outcome.allCases.map(\.rawValue)
        + ["recipients"] + Recipient.Outcome.listed.map { "recipients_\($0.rawValue)" }
        + ["messages", "message_bytes", "wait_p50_ms", "wait_p95_ms", "wait_max_ms"])
    appendLine("total", "", nil, statistics.whole)
    if view.shows(.hour) {
      for entry in statistics.orderedHours {
        var start = OutputBuffer(capacity: 32)
        start.append(CaptureTime(nanoseconds: Int64(entry.name) &* 3_600_000_000_000), decimals: 0)
        appendLine("hour", String(decoding: start.bytes, as: UTF8.self), nil, entry.counts)
      }
    }
    if view.shows(.server) {
      let listed = view.listed(statistics.servers) { left, right in
        left.address != right.address ? left.address < right.address : left.port < right.port
      }
      appendLines("server", listed) { ($0.description, $1.name) }
    }
    if view.shows(.client) {
      appendLines("client", view.listed(statistics.clients, by: <)) { ($0.description, $1.name) }
    }
    let tables: [(StatisticsView.Section, NameTable<MailName, Traffic>)] = [
      (.senderDomain, statistics.senderDomains), (.recipientDomain, statistics.recipientDomains),
      (.sender, statistics.senders), (.recipient, statistics.recipients),
    ]
    for (section, table) in tables where view.shows(section) {
      appendLines(section.rawValue, view.listed(table, by: MailName.areInOrder)) { name, _ in (name.cell, nil) }
    }
    if view.shows(.code) {
      for entry in statistics.codes.entries.sorted(by: { $0.name < $1.name }) {
        appendLine("code", String(entry.name), entry.counts.weight)
      }
    }
    if view.shows(.refusal) {
      let (rows, others) = statistics.listedRefusals(view.top)
      for row in rows {
        let code = "\(row.name.code)\(row.name.enhanced.map { " \($0)" } ?? "")"
        appendLine("refusal", "\(code) \(String(visible: row.name.shape.span))", row.counts.count)
      }
      if others.count > 0 { appendLine("refusal", "(others)", others.count) }
    }
  }

  private mutating func appendLines<Name>(
    _ section: String, _ listed: ListedTraffic<Name>, _ name: (Name, Traffic) -> (String, [UInt8]?)
  ) {
    for row in listed.rows {
      let (text, called) = name(row.name, row.counts)
      appendLine(section, text, called, row.counts)
    }
    if let others = listed.others { appendLine(section, "(others)", nil, others) }
  }

  private mutating func appendLine(_ section: String, _ name: String, _ count: Int) {
    appendLine([section, name, "", String(count)] + [String](repeating: "", count: 19))
  }

  private mutating func appendLine(_ section: String, _ name: String, _ called: [UInt8]?, _ traffic: Traffic) {
    var cells = [section, name, called.map { String(visible: $0.span) } ?? "", ""]
    cells += [String(traffic.sessions), String(traffic.mails)]
    cells += Transaction.Outcome.allCases.map { String(traffic[mails: $0]) }
    cells.append(String(traffic.recipients))
    cells += Recipient.Outcome.listed.map { String(traffic[recipients: $0]) }
    cells += [String(traffic.messages), String(traffic.messageBytes)]
    let longest = traffic.waits.isEmpty ? nil : traffic.waits.maximum
    for wait in [traffic.waits.percentile(0.5), traffic.waits.percentile(0.95), longest] {
      cells.append(wait.map(OutputBuffer.milliseconds) ?? "")
    }
    appendLine(cells)
  }

  private static func milliseconds(_ nanoseconds: Int64) -> String {
    var text = OutputBuffer(capacity: 32)
    text.append(milliseconds: nanoseconds)
    return String(decoding: text.bytes, as: UTF8.self)
  }

  private mutating func appendLine(_ cells: [String]) {
    for (index, cell) in cells.enumerated() {
      if index > 0 { append(byte: UInt8(ascii: ",")) }
      // What spreadsheets take for a formula is text; numbers have no sign.
      let cell = cell.utf8.first.map(OutputBuffer.beginsFormula) == true ? "'" + cell : cell
      guard cell.utf8.contains(where: { $0 == 0x22 || $0 == 0x2c || $0 == 0x0a || $0 == 0x0d }) else {
        append(cell)
        continue
      }
      append(byte: UInt8(ascii: "\""))
      append(cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))
      append(byte: UInt8(ascii: "\""))
    }
    append(literal: "\r\n")
  }
}

extension MailName {
  fileprivate var cell: String {
    switch self {
    case .name(let text): String(visible: text.span)
    case .null: "<>"
    case .local: "(no domain)"
    case .unknown: "(not captured)"
    }
  }
}
