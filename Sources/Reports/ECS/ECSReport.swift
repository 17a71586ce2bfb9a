package import SMTPAnalysis
import TCPStreams
import Wire

/// `--format ecs`: documents of the Elastic Common Schema, one a line: one a transaction, and one a session that had none.
/// What the schema has no field for stands beneath `smtpscope`.
package struct ECSReport: RecordReport {
  private let version: String

  /// - Parameter version: That of this program.
  package init(version: String) {
    self.version = version
  }

  package mutating func begin(into output: inout OutputBuffer) {}

  package mutating func session(_ session: Session, context: ReportContext, into output: inout OutputBuffer) {
    append(session, isFirst: false, context: context, into: &output)
  }

  package func append(_ session: Session, isFirst: Bool, context: ReportContext, into output: inout OutputBuffer) {
    let document = ECSDocument(session, version: version, context)
    if session.transactions.isEmpty { document.append(nil, into: &output) }
    for transaction in session.transactions { document.append(transaction, into: &output) }
  }

  package mutating func noteRecords() {}

  package mutating func capture(_ capture: CaptureSummary, context: ReportContext, into output: inout OutputBuffer) {}

  package mutating func end(
    _ summary: AnalysisSummary, captures: [CaptureSummary], context: ReportContext, into output: inout OutputBuffer
  ) {}
}
