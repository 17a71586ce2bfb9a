internal import ArgumentParser
internal import HTMLReport
internal import MessageExtraction
internal import Reports
internal import SMTPAnalysis

/// `smtpscope report CAPTURE… -o FILE`: a page to look at and to send on.
struct ReportPage: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write what happened as one HTML page that needs nothing else: to look at, to send on, to print.",
    discussion: """
      The page has the answer on top, a timeline, a table to search and, for each session, its dialogue with what TCP had to do \
      with it. It stays below 10 MB: of very many sessions it holds those that failed and a sample of the rest, and says so.
      """)

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file to write; one that is there is replaced. - is standard output.", valueName: "file"),
    completion: .file())
  var output: String

  @Flag(inversion: .prefixedNo, help: "Take the messages apart and list their attachments.")
  var attachments = true

  @Flag(help: "Show passwords and SASL responses, which are masked otherwise.")
  var revealSecrets = false

  @Flag(help: "Leave out message hashes.")
  var noHash = false

  @OptionGroup
  var common: CommonOptions

  func run() throws {
    var options = common.analysisOptions
    options.keepsDialogue = true
    options.revealsSecrets = revealSecrets
    options.hashesMessages = !noHash
    options.listsAttachments = attachments
    try common.signatures.apply(to: &options, unasked: !noHash)
    let run = AnalysisRun(common, options, showsDialogue: true)
    let report = HTMLReport(version: Smtpscope.version)
    if output == "-" { return try run.print(report, in: .numbers) }
    // Made before anything is read: whoever cannot write should not wait.
    var file = try Self.writing { () throws(ExtractionError) in try ReplacedFile(path: output) }
    let result = try run.write(report, in: .numbers) { (page: inout OutputBuffer) throws(Failure) in
      try Self.writing { () throws(ExtractionError) in
        try page.drain { (bytes: Span<UInt8>) throws(ExtractionError) in try file.append(bytes) }
      }
    }
    try Self.writing { () throws(ExtractionError) in try file.finish() }
    try run.finish(result)
  }

  private static func writing<Value: ~Copyable>(_ work: () throws(ExtractionError) -> Value) throws(Failure) -> Value {
    do {
      return try work()
    } catch {
      throw Failure(status: .outputFailed, message: error.description)
    }
  }
}
