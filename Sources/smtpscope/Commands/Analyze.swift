internal import ArgumentParser
internal import Reports
internal import SMTPAnalysis

/// `smtpscope analyze CAPTURE…`: what happened to each mail.
struct Analyze: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read captures and print what happened to each mail and why.",
    discussion: """
      Several captures are one, in the order of their packets' times, and connections may run from file to file.
      """)

  @Option(
    help: ArgumentHelp(
      "How to print: text for people, json as one document, ndjson a record a line.", valueName: "format"))
  var format = Format.text

  @Flag(help: "The full dialogue of each session: every command and reply with its time and frame.")
  var dialogue = false

  @Flag(
    help: """
      Take the messages apart and list their attachments and the addresses (URLs) in their text; ndjson lists their \
      Received fields too, as json always does.
      """)
  var attachments = false

  @Flag(help: "Every session in detail, however many there are (text).")
  var all = false

  @Flag(help: "Show passwords and SASL responses, which are masked otherwise.")
  var revealSecrets = false

  @Flag(help: "Leave out message hashes.")
  var noHash = false

  @Option(help: ArgumentHelp("When to use colour; NO_COLOR is honoured.", valueName: "when"))
  var color = WhenOption.auto

  @OptionGroup
  var common: CommonOptions

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, ndjson
  }

  func run() throws {
    var options = common.analysisOptions
    options.keepsDialogue = dialogue
    options.revealsSecrets = revealSecrets
    options.hashesMessages = !noHash
    try common.signatures.apply(to: &options, unasked: format != .ndjson && !noHash)
    options.listsAttachments = attachments
    options.keepsTrace = attachments || format != .ndjson
    switch format {
    case .text:
      let report = TextReport(style: Terminal.style(color), showsAll: all)
      try AnalysisRun(common, options, showsDialogue: dialogue).print(report, in: .numbers)
    case .json:
      try AnalysisRun(common, options, showsDialogue: dialogue).print(records: JSONReport(), in: .numbers)
    case .ndjson:
      try AnalysisRun(common, options, showsDialogue: dialogue).print(records: NDJSONReport(), in: .ends)
    }
  }
}
