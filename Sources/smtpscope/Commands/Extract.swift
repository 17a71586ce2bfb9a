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
    let files = try ExtractedFiles(directory: output)
    var options = common.analysisOptions
    options.hashesMessages = false
    var count = 0
    var incomplete = 0
    let result = try AnalysisRun(common, options).read(into: files) { (session, _) throws(Failure) in
      for transaction in session.transactions {
        guard let message = transaction.message, let key = message.outputKey else { continue }
        let name = "\(session.id)-\(transaction.id)\(message.isComplete ? "" : ".incomplete").eml"
        try files.finish(key, name: name)
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

/// The messages that are being written. A failure is kept until it can be thrown: the analysis knows no errors of disks.
final class ExtractedFiles: MessageOutput {
  private var directory: MessageDirectory
  private var failure: ExtractionError?
  private var last = 0

  init(directory: String) throws(Failure) {
    do {
      self.directory = try MessageDirectory(path: directory)
    } catch {
      throw Failure(status: .outputFailed, message: error.description)
    }
  }

  func beginMessage() -> Int {
    last += 1
    let key = last
    attempt { () throws(ExtractionError) in try directory.begin(key) }
    return key
  }

  func append(_ bytes: Span<UInt8>, toMessage key: Int) {
    guard failure == nil else { return }
    do throws(ExtractionError) { try directory.append(bytes, to: key) } catch { failure = error }
  }

  func endMessage(_ key: Int) {}

  /// Gives a message its name.
  func finish(_ key: Int, name: String) throws(Failure) {
    try throwIfFailed()
    do throws(ExtractionError) { _ = try directory.finish(key, name: name) } catch { failure = error }
    try throwIfFailed()
  }

  func throwIfFailed() throws(Failure) {
    if let failure { throw Failure(status: .outputFailed, message: failure.description) }
  }

  private func attempt(_ action: () throws(ExtractionError) -> Void) {
    guard failure == nil else { return }
    do throws(ExtractionError) { try action() } catch { failure = error }
  }
}
