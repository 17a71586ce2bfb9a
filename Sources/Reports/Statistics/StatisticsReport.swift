package import MailStatistics
package import SMTPAnalysis
import Wire

/// Counts the sessions, and writes what they come to at the end, as `form` says.
package struct StatisticsReport: Report, Sendable {
  package enum Form: Sendable {
    case text(TextStyle)
    case json
    case csv
  }

  private let form: Form
  private let view: StatisticsView
  private var statistics: MailStatistics

  package init(_ form: Form, view: StatisticsView, limits: StatisticsLimits = StatisticsLimits()) {
    self.form = form
    self.view = view
    statistics = MailStatistics(limits: limits)
  }

  package mutating func begin(into output: inout OutputBuffer) {}

  package mutating func session(_ session: Session, context: ReportContext, into output: inout OutputBuffer) {
    statistics.count(session)
  }

  /// Nothing: the captures stand above the totals.
  package mutating func capture(_ capture: CaptureSummary, context: ReportContext, into output: inout OutputBuffer) {}

  package mutating func end(
    _ summary: AnalysisSummary, captures: [CaptureSummary], context: ReportContext, into output: inout OutputBuffer
  ) {
    switch form {
    case .text(let style): writeText(style, summary, captures, into: &output)
    case .json:
      output.appendStatistics(statistics, summary, view: view, captures: captures, context: context)
    case .csv: output.appendCSV(of: statistics, view: view)
    }
  }

  private func writeText(
    _ style: TextStyle, _ summary: AnalysisSummary, _ captures: [CaptureSummary], into output: inout OutputBuffer
  ) {
    let tables = StatisticsTables(style: style, view: view)
    var blocks = [
      CaptureLines(style: style, limit: TextReportLimits().captures).lines(captures),
      StatisticsTotals(style: style).lines(statistics, summary),
    ]
    func add(_ section: StatisticsView.Section, _ isEmpty: Bool, _ lines: () -> [UInt8]) {
      if view.shows(section), !isEmpty { blocks.append(lines()) }
    }
    let hasNoSessions = statistics.whole.sessions == 0
    add(.hour, hasNoSessions || statistics.orderedDays.count < 2) { tables.days(statistics) }
    add(.hour, hasNoSessions) { tables.hours(statistics) }
    add(.server, hasNoSessions) { tables.servers(statistics) }
    add(.client, hasNoSessions) { tables.clients(statistics) }
    add(.senderDomain, statistics.senderDomains.entries.isEmpty) {
      tables.names("by sender domain", statistics.senderDomains)
    }
    add(.recipientDomain, statistics.recipientDomains.entries.isEmpty) {
      tables.names("by recipient domain", statistics.recipientDomains)
    }
    add(.sender, statistics.senders.entries.isEmpty) { tables.names("by sender", statistics.senders) }
    add(.recipient, statistics.recipients.entries.isEmpty) { tables.names("by recipient", statistics.recipients) }
    add(.code, statistics.codes.entries.isEmpty) { tables.codes(statistics) }
    add(.refusal, statistics.refusals.entries.isEmpty) { tables.refusals(statistics) }
    add(.wait, summary.servers.isEmpty) { tables.waits(summary.servers) }
    add(.wait, summary.servers.isEmpty) { SlowestServers(style: style).lines(summary.servers) }
    for (index, block) in blocks.filter({ !$0.isEmpty }).enumerated() {
      if index > 0 { output.append("\n") }
      output.append(block.span)
    }
  }
}
