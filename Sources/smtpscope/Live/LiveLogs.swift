internal import Reports
internal import SMTPAnalysis
internal import Wire

/// Zeek's three logs of live traffic, in files of a directory that are added to.
final class LiveLogs {
  private var logs: [(report: ZeekReport, writer: RecordWriter)] = []

  init(directory: String, form: ZeekForm) throws(Failure) {
    try LogFiles.make(directory)
    for log in ZeekLog.allCases {
      let writer = try RecordWriter(path: LogFiles.path(of: log, in: directory)) {
        ZeekReport.head(of: log, form, at: LiveClock.wall)
      }
      logs.append((ZeekReport(log, form, hasHead: false), writer))
    }
  }

  func take(_ session: Session, _ context: ReportContext) {
    for index in logs.indices {
      var output = OutputBuffer(capacity: 4096)
      logs[index].report.session(session, context: context, into: &output)
      _ = logs[index].writer.put(&output, records: 1)
    }
  }

  func reopen() {
    for log in logs { log.writer.reopen() }
  }

  var droppedRecords: Int { logs.reduce(0) { $0 + $1.writer.droppedRecords } }

  /// Why one of them cannot be written any more; nil where all is well.
  var failure: Failure? { logs.lazy.compactMap(\.writer.failure).first }

  /// Waits until everything is written, but not for ever. Throws the first thing that went wrong.
  func finish(seconds: Int) throws(Failure) {
    var failure: Failure?
    for log in logs {
      do throws(Failure) { try log.writer.finish(seconds: seconds) } catch { failure = failure ?? error }
    }
    if let failure { throw failure }
  }
}

/// Prints nothing: what there is to say goes elsewhere.
struct SilentReport: Report {
  mutating func begin(into output: inout OutputBuffer) {}
  mutating func session(_ session: Session, context: ReportContext, into output: inout OutputBuffer) {}
  mutating func capture(_ capture: CaptureSummary, context: ReportContext, into output: inout OutputBuffer) {}
  mutating func end(
    _ summary: AnalysisSummary, captures: [CaptureSummary], context: ReportContext, into output: inout OutputBuffer
  ) {}
}
