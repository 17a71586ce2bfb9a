internal import ArgumentParser
internal import MessageExtraction
internal import Reports
internal import SMTPAnalysis
internal import Wire

/// `smtpscope extract CAPTURE… -o DIR`: the messages as files.
struct Extract: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the messages to files, byte for byte as they were sent.",
    discussion: """
      Each message becomes a file SESSION-TRANSACTION.eml: dot-stuffing undone, line ends as on the wire. One of which \
      bytes are missing is called SESSION-TRANSACTION.incomplete.eml. No file is overwritten.
      """)

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The directory to write to; it is made where it is missing.", valueName: "dir"))
  var output: String

  @OptionGroup
  var common: CommonOptions

  func run() throws {
    var options = common.analysisOptions
    options.hashesMessages = false
    let run = AnalysisRun(common, options)
    let files = ExtractedFiles(directory: output, writers: run.jobs)
    let directory = try files.openDirectory()
    defer { files.removeUnwanted(from: directory) }
    var count = 0
    var incomplete = 0
    let result = try run.read(into: files.writer) { (session, _) throws(Failure) in
      for transaction in session.transactions {
        guard let message = transaction.message, let key = message.outputKey else { continue }
        let name = "\(session.id)-\(transaction.id)\(message.isComplete ? "" : ".incomplete").eml"
        try files.finish(key, name: name, in: directory)
        count += 1
        if !message.isComplete { incomplete += 1 }
      }
      try files.throwIfFailed()
    }
    try files.throwIfFailed()
    if !common.quiet {
      let note = incomplete == 0 ? "" : ", \(incomplete) of them incomplete"
      StandardError.say(
        "smtpscope: \(count) message\(count == 1 ? "" : "s") written to \(String(visible: output))\(note).")
    }
    try result.throwIfIncomplete()
    try result.throwIfFound(common.failOn)
  }
}
