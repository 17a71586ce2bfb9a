package import FuzzSupport
internal import HTMLReport
internal import Reports
package import SMTPAnalysis
internal import Wire

/// The ways to report sessions, and what must hold of each. One costs as much as the analysis before it, all of them ten
/// times that: an input is reported in one.
package enum ReportForm: UInt8, CaseIterable {
  case text, colours, ndjson, json, csv, eve, ecs
  case zeekMail, zeekConnections, zeekFiles
  case zeekMailJSON, zeekConnectionsJSON, zeekFilesJSON
  case page

  /// The form that a byte of an input stands for.
  package init(number: UInt8) {
    self = ReportForm(rawValue: number % UInt8(ReportForm.allCases.count)) ?? .text
  }

  package func check(_ sessions: [Session]) throws(Broken) {
    switch self {
    case .text, .colours:
      let style = TextStyle(usesColor: self == .colours)
      let text = written(TextReport(style: style, showsAll: true), sessions)
      try InertText.check(text.span, allowing: self == .colours ? [10, 27] : [10])
    case .ndjson: try Self.checkLines(written(NDJSONReport(), sessions))
    case .eve: try Self.checkLines(written(EVEReport(), sessions))
    case .ecs: try Self.checkLines(written(ECSReport(version: "0"), sessions))
    case .json:
      var reader = JSONReader(written(JSONReport(), sessions))
      try reader.document()
    case .csv:
      let csv = written(CSVReport(), sessions)
      try InertText.check(csv.span, allowing: [10, 13])
      try demand(csv.count { $0 == UInt8(ascii: "\"") } % 2 == 0, "a quotation mark without another in CSV")
    case .zeekMail: try Self.checkTable(written(ZeekReport(.smtp, .tsv), sessions))
    case .zeekConnections: try Self.checkTable(written(ZeekReport(.conn, .tsv), sessions))
    case .zeekFiles: try Self.checkTable(written(ZeekReport(.files, .tsv), sessions))
    case .zeekMailJSON: try Self.checkLines(written(ZeekReport(.smtp, .json), sessions))
    case .zeekConnectionsJSON: try Self.checkLines(written(ZeekReport(.conn, .json), sessions))
    case .zeekFilesJSON: try Self.checkLines(written(ZeekReport(.files, .json), sessions))
    case .page:
      let page = written(HTMLReport(version: "0"), sessions)
      try InertText.check(page.span, allowing: [10])
      var reader = MarkupReader(page)
      try reader.page()
    }
  }

  private static func checkLines(_ bytes: [UInt8]) throws(Broken) {
    for line in bytes.split(separator: 10) {
      var reader = JSONReader(Array(line))
      try reader.document()
    }
  }

  /// Zeek's TSV: each line has the columns that the head names.
  private static func checkTable(_ bytes: [UInt8]) throws(Broken) {
    try InertText.check(bytes.span, allowing: [9, 10])
    var columns: Int?
    for line in bytes.split(separator: 10) {
      let count = line.count { $0 == 9 }
      if line.starts(with: "#fields".utf8) {
        columns = count - 1
      } else if line.first != UInt8(ascii: "#") {
        try demand(columns == count, "\(count + 1) columns in TSV")
      }
    }
  }

  private func written(_ report: consuming some Report, _ sessions: [Session]) -> [UInt8] {
    let context = ReportContext(fileNames: ["input"], showsDialogue: true)
    var report = report
    var output = OutputBuffer(capacity: 4096)
    report.begin(into: &output)
    for session in sessions { report.session(session, context: context, into: &output) }
    report.end(AnalysisSummary(), captures: [], context: context, into: &output)
    var bytes: [UInt8] = []
    output.drain { bytes.append($0) }
    return bytes
  }
}
