internal import ArgumentParser
internal import CaptureComparing
internal import CaptureReading
internal import Reports
internal import SMTPAnalysis
internal import Wire

/// `smtpscope compare A B`: what happened between two places.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract:
      "Hold two captures of the same traffic at two places against each other: what the middle changed, lost or made up.",
    discussion: """
      Sessions are known for one by their addresses or sequence numbers, and behind a NAT or a proxy by what was said. \
      Which capture is nearer to the clients, and how far the clocks differ, is found out. Each capture is read twice, so \
      neither can come through a pipe. The selection keeps sessions that match in either capture.
      """)

  @Option(help: ArgumentHelp("How to print: text for people, json as one document.", valueName: "format"))
  var format = Format.text

  @Option(help: ArgumentHelp("When to use colour; NO_COLOR is honoured.", valueName: "when"))
  var color = WhenOption.auto

  @OptionGroup
  var common: CommonOptions

  enum Format: String, ExpressibleByArgument {
    case text, json
  }

  func validate() throws {
    if common.captures.count != 2 {
      throw ValidationError("compare needs two captures, not \(common.captures.count).")
    }
    if common.captures.contains("-") {
      throw ValidationError("compare reads its captures more than once: name files, not - for standard input.")
    }
  }

  /// What was read of one capture.
  private struct Side {
    var sessions: [ComparedSession]
    var heldBack: Int
    var result: AnalysisRun.Result
    var summary: CaptureSummary

    var span: ClosedRange<CaptureTime> {
      guard let start = summary.start, let end = summary.end, start <= end else {
        return CaptureTime(nanoseconds: 0)...CaptureTime(nanoseconds: 0)
      }
      return start...end
    }
  }

  func run() throws {
    let a = try read(common.captures[0])
    let b = try read(common.captures[1])
    let comparison = CaptureComparison(a.sessions, during: a.span, b.sessions, during: b.span)
    var output = OutputBuffer()
    let (captures, heldBack) = ((a: a.summary, b: b.summary), a.heldBack + b.heldBack)
    switch format {
    case .text:
      let lines = ComparisonText(style: Terminal.style(color)).lines(
        comparison, captures: captures, heldBack: heldBack)
      output.append(lines.span)
    case .json:
      output.appendComparison(
        comparison, captures: captures, heldBack: heldBack,
        timeDecimals: max(a.result.context.timeDecimals, b.result.context.timeDecimals))
    }
    try StandardOutput.write(&output)
    for side in [a, b] { try side.result.throwIfIncomplete() }
    for side in [a, b] { try side.result.throwIfFound(common.failOn) }
  }

  /// Reads a capture twice: for its sessions, then for their segments.
  private func read(_ path: String) throws -> Side {
    var one = common
    one.captures = [path]
    one.selection = try SelectionOptions.parse([])
    var options = common.analysisOptions
    options.keepsDialogue = true
    try common.signatures.apply(to: &options, unasked: false)
    let limits = ComparisonLimits()
    let digests = MessageDigests(limits: limits)
    let filter = common.selection.filter
    var sessions: [ComparedSession] = []
    var bytes = 0
    var heldBack = 0
    let result = try AnalysisRun(one, options).read(into: { digests.output() }, order: .numbers) { (session, _) in
      let compared = ComparedSession(session, digests: digests, limits: limits)
      guard sessions.count < limits.sessions, bytes < limits.dialogueBytes else {
        heldBack += 1
        return
      }
      bytes += compared.dialogueBytes
      sessions.append(compared)
      if let filter { sessions[sessions.count - 1].isSelected = filter.kept(of: session) != nil }
    }
    var reader: CaptureReader
    do {
      reader = try CaptureReader(paths: [path], filter: common.filter)
    } catch {
      throw Failure(status: .usage, message: error.description)
    }
    var collector = TraceCollector(sessions, limits: limits)
    while reader.next() {
      let frame = reader.frame
      reader.withBytes { collector.receive($0, descriptor: frame) }
    }
    return Side(
      sessions: collector.finish(), heldBack: heldBack, result: result,
      summary: result.captures.first ?? CaptureSummary(file: path))
  }
}
