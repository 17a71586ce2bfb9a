import Reports
import SMTPAnalysis
import TCPStreams
import Testing
import Wire

@Suite struct LiveReportTests {
  private func text(_ columns: Int? = nil, _ body: (inout LiveReport, inout OutputBuffer) -> Void) -> String {
    var report = LiveReport(style: TextStyle(columns: columns))
    var output = OutputBuffer()
    body(&report, &output)
    var bytes: [UInt8] = []
    output.drain { bytes.append($0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A session as it is told before it has ended.
  private func preview(_ session: Session) -> Session {
    var preview = session
    preview.id = 0
    return preview
  }

  @Test func `a transaction is told once, whether it ends before its session or with it`() {
    let session = Samples.bounce
    let both = text { report, output in
      report.transaction(preview(session), into: &output)
      report.session(session, context: Samples.context, into: &output)
    }
    let late = text { report, output in report.session(session, context: Samples.context, into: &output) }
    #expect(both == late)
    let lines = both.split(separator: "\n")
    #expect(lines.count == session.transactions.count)
    #expect(lines[0].contains("192.0.2.7 → mx1.harbour.example"))
    #expect(lines[0].contains("ann@kestrel.example → bob@harbour.example +1"))
    #expect(lines[0].contains("◐ 1 of 2 not: 550 5.1.1"))
  }

  @Test func `what a session finds out later is told with it`() {
    var session = Samples.delivered
    session.findings = []
    let before = preview(session)
    session.findings = [Finding(.noQUIT, severity: .warning, at: nil, message: "The client left without a word.")]
    let shown = text { report, output in
      report.transaction(before, into: &output)
      report.session(session, context: Samples.context, into: &output)
    }
    let lines = shown.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0].hasSuffix("✓"))
    #expect(lines[1].hasSuffix("The client left without a word. [no-quit]"))
  }

  @Test(arguments: [40, 80, 120, 200])
  func `lines keep to the terminal's width`(_ columns: Int) {
    let shown = text(columns) { report, output in
      for session in [Samples.bounce, Samples.delivered, Samples.lost, Samples.refusedData, Samples.fullest] {
        report.session(session, context: Samples.context, into: &output)
      }
    }
    for line in shown.split(separator: "\n") { #expect(line.count <= columns, "\(line)") }
  }

  @Test func `the sums say what was dropped`() {
    var capture = CaptureSummary(file: "eth0")
    capture.packets = 1000
    for (dropped, words) in [(0, "none dropped by the kernel"), (7, "7 dropped before they were read")] {
      capture.dropped = CaptureSummary.Drops(kernel: dropped, interface: 0)
      let shown = text { report, output in
        report.end(AnalysisSummary(), captures: [capture], context: Samples.context, into: &output)
      }
      #expect(shown.hasSuffix("1 000 packets read  \(words)\n"))
    }
  }
}
