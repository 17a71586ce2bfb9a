internal import ArgumentParser
internal import MessageExtraction
internal import Reports
internal import SMTPAnalysis
internal import Wire

/// `smtpscope extract CAPTURE… -o DIR`: the messages as files.
struct Extract: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract",
    abstract: "Write the messages to files, byte for byte as they were sent.",
    discussion: """
      --as eml: each message becomes a file SESSION-TRANSACTION.eml, byte for byte: dot-stuffing undone, line ends as on \
      the wire. One of which bytes are missing is called SESSION-TRANSACTION.incomplete.eml.
      --as mbox: the mailbox file messages.mbox (mboxrd), incomplete ones in messages.incomplete.mbox. CRLF becomes LF, \
      lines of "From " are quoted.
      --as maildir: the directory is a Maildir, incomplete messages are in its folder .incomplete. CRLF becomes LF.

      --attachments: attachments/SESSION-TRANSACTION.PART.NAME for each decoded part, whatever the form; names are made \
      safe, the index keeps the sender's. Text that is no attachment becomes UTF-8.

      index.ndjson says of each message where it stands, from whom and to whom it was, what became of it for each \
      recipient, its hash, and where bytes are missing.

      A name is given when what it names is whole; no file is overwritten. What a killed run leaves behind are hidden \
      files .smtpscope-*.part, which may be removed.
      """)

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The directory to write to; it is made where it is missing.", valueName: "dir"),
    completion: .directory)
  var output: String

  @Option(name: .customLong("as"), help: ArgumentHelp("How messages are written.", valueName: "form"))
  var form = ExtractionForm.eml

  @Flag(help: "Also write the decoded parts of each message, into the folder attachments.")
  var attachments = false

  @Flag(help: "Leave out message hashes from the index.")
  var noHash = false

  @OptionGroup
  var common: CommonOptions

  func validate() throws {
    if output == "-" {
      throw ValidationError("extract writes many files: name a directory with -o, not - for standard output.")
    }
  }

  func run() throws {
    var options = common.analysisOptions
    options.hashesMessages = !noHash
    options.listsAttachments = attachments
    try common.signatures.apply(to: &options, unasked: !noHash)
    let run = AnalysisRun(common, options)
    let extraction = try Extraction(
      form, withAttachments: attachments, into: output, outputs: Analyzer.outputs(jobs: run.jobs))
    let result = try run.read(
      into: extraction.writer, isOver: { extraction.hasFailed }, passed: { extraction.remove($0) }
    ) { (session, context) in extraction.take(session, context) }
    try extraction.finish()
    if !common.quiet { StandardError.say("smtpscope: \(extraction.summary)") }
    try result.throwIfIncomplete()
    try result.throwIfFound(common.failOn)
  }
}
