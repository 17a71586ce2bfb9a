package import SMTPAnalysis
import TCPStreams
package import Wire

/// `--format zeek` and `zeek-json`: one of the logs that Zeek writes, with its columns in its order and ours behind them.
package struct ZeekReport: RecordReport {
  private let log: ZeekLog
  private let form: ZeekForm
  private let hasHead: Bool
  private var isFirst = true

  /// - Parameter hasHead: Whether the lines that describe the columns come first; a file that is added to has them already.
  package init(_ log: ZeekLog, _ form: ZeekForm, hasHead: Bool = true) {
    self.log = log
    self.form = form
    self.hasHead = hasHead
  }

  /// Nothing: the head has a time, and the first packet's is the only one that is the same in every run.
  package mutating func begin(into output: inout OutputBuffer) {}

  package mutating func session(_ session: Session, context: ReportContext, into output: inout OutputBuffer) {
    append(session, isFirst: isFirst, context: context, into: &output)
    isFirst = false
  }

  package func append(_ session: Session, isFirst: Bool, context: ReportContext, into output: inout OutputBuffer) {
    if isFirst { appendHead(at: session.connection.firstFrame.time, into: &output) }
    switch log {
    case .smtp: output.appendSMTPLog(of: session, form)
    case .conn: output.appendConnLog(of: session, form)
    case .files: output.appendFilesLog(of: session, form)
    }
  }

  package mutating func noteRecords() {
    isFirst = false
  }

  package mutating func capture(_ capture: CaptureSummary, context: ReportContext, into output: inout OutputBuffer) {}

  package mutating func end(
    _ summary: AnalysisSummary, captures: [CaptureSummary], context: ReportContext, into output: inout OutputBuffer
  ) {
    if isFirst, let start = captures.compactMap(\.start).min() { appendHead(at: start, into: &output) }
    guard form == .tsv, hasHead, let end = captures.compactMap(\.end).max() else { return }
    output.append(literal: "#close\t")
    output.appendZeekClock(end)
    output.append(literal: "\n")
  }

  private func appendHead(at time: CaptureTime, into output: inout OutputBuffer) {
    if hasHead { output.append(ZeekReport.head(of: log, form, at: time).span) }
  }

  /// What stands in front of the first line of a log; nothing in JSON.
  package static func head(of log: ZeekLog, _ form: ZeekForm, at time: CaptureTime) -> [UInt8] {
    guard form == .tsv else { return [] }
    var head = OutputBuffer(capacity: 2048)
    head.append(literal: "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t")
    head.append(log.rawValue)
    head.append(literal: "\n#open\t")
    head.appendZeekClock(time)
    head.append(literal: "\n#fields")
    for (name, _) in log.columns {
      head.append(literal: "\t")
      head.append(name)
    }
    head.append(literal: "\n#types")
    for (_, type) in log.columns {
      head.append(literal: "\t")
      head.append(type)
    }
    head.append(literal: "\n")
    return Array(head.bytes)
  }
}

/// The logs.
package enum ZeekLog: String, CaseIterable, Sendable {
  case smtp
  case conn
  case files

  /// The columns with their types.
  var columns: [(name: String, type: String)] {
    switch self {
    case .smtp: Self.smtpColumns
    case .conn: Self.connColumns
    case .files: Self.filesColumns
    }
  }

  static let connectionColumns = [
    ("uid", "string"), ("id.orig_h", "addr"), ("id.orig_p", "port"), ("id.resp_h", "addr"), ("id.resp_p", "port"),
  ]
}

/// How they are written.
package enum ZeekForm: Sendable {
  /// Columns between tabs.
  case tsv
  /// An object a line.
  case json
}
