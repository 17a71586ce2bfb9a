package import SMTPAnalysis

/// `--format ndjson`: a record a line, as each session ends.
package struct NDJSONReport: Report, Sendable {
  package init() {}

  package mutating func begin(into output: inout OutputBuffer) {}

  package mutating func session(_ session: Session, context: ReportContext, into output: inout OutputBuffer) {
    output.appendRecord(session, context: context)
    output.append(literal: "\n")
  }

  package mutating func capture(_ capture: CaptureSummary, context: ReportContext, into output: inout OutputBuffer) {
    output.appendRecord(capture, context: context)
    output.append(literal: "\n")
  }

  package mutating func end(
    _ summary: AnalysisSummary, captures: [CaptureSummary], context: ReportContext, into output: inout OutputBuffer
  ) {
    output.appendRecord(summary, captures: captures, context: context)
    output.append(literal: "\n")
  }
}

/// `--format json`: one document, written piece by piece, a session a line.
package struct JSONReport: Report, Sendable {
  private var isFirst = true

  package init() {}

  package mutating func begin(into output: inout OutputBuffer) {
    output.append(literal: "{\"schema\":\"")
    output.append(recordSchema)
    output.append(literal: "\",\"sessions\":[")
  }

  package mutating func session(_ session: Session, context: ReportContext, into output: inout OutputBuffer) {
    output.append(isFirst ? "\n" : ",\n")
    isFirst = false
    output.appendRecord(session, context: context)
  }

  /// Nothing: the document has the captures in its summary.
  package mutating func capture(_ capture: CaptureSummary, context: ReportContext, into output: inout OutputBuffer) {}

  package mutating func end(
    _ summary: AnalysisSummary, captures: [CaptureSummary], context: ReportContext, into output: inout OutputBuffer
  ) {
    output.append(isFirst ? "],\n\"summary\":" : "\n],\n\"summary\":")
    output.appendRecord(summary, captures: captures, context: context)
    output.append(literal: "}\n")
  }
}
