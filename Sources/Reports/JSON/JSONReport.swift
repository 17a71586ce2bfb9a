package import SMTPAnalysis

/// `--format ndjson`: a record a line, as each session ends.
package struct NDJSONReport: RecordReport {
  package init() {}

  package mutating func begin(into output: inout OutputBuffer) {}

  package mutating func session(_ session: Session, context: ReportContext, into output: inout OutputBuffer) {
    append(session, isFirst: false, context: context, into: &output)
  }

  package func append(
    _ session: Session, isFirst: Bool, context: ReportContext, into output: inout OutputBuffer
  ) {
    output.appendRecord(session, context: context)
    output.append(literal: "\n")
  }

  package mutating func noteRecords() {}

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
package struct JSONReport: RecordReport {
  private var isFirst = true

  package init() {}

  package mutating func begin(into output: inout OutputBuffer) {
    output.append(literal: "{\"schema\":\"")
    output.append(recordSchema)
    output.append(literal: "\",\"sessions\":[")
  }

  package mutating func session(_ session: Session, context: ReportContext, into output: inout OutputBuffer) {
    append(session, isFirst: isFirst, context: context, into: &output)
    isFirst = false
  }

  package func append(
    _ session: Session, isFirst: Bool, context: ReportContext, into output: inout OutputBuffer
  ) {
    output.append(isFirst ? "\n" : ",\n")
    output.appendRecord(session, context: context)
  }

  package mutating func noteRecords() {
    isFirst = false
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
