internal import ArgumentParser
internal import DKIM
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
      "How to print: text for people, json as one document, ndjson a record a line.", valueName: "text|json|ndjson"))
  var format = Format.text

  @Flag(help: "The full dialogue of each session: every command and reply with its time and frame.")
  var dialogue = false

  @Flag(help: "Take the messages apart and list their attachments and the addresses (URLs) in their text.")
  var attachments = false

  @Flag(help: "Every session in detail, however many there are (text).")
  var all = false

  @Flag(help: "Show passwords and SASL responses, which are masked otherwise.")
  var revealSecrets = false

  @Flag(help: "Leave out message hashes.")
  var noHash = false

  @Option(
    help: ArgumentHelp(
      "When to hold bodies against their DKIM signatures, which hashes them once more; auto: not in ndjson, which goes for speed.",
      valueName: "auto|always|never"))
  var dkim = WhenOption.auto

  @Option(
    help: ArgumentHelp(
      "Check DKIM signatures with these keys: a line each, selector._domainkey.domain and the TXT record, or zone file lines.",
      valueName: "file"))
  var dkimKeys: String?

  @Option(help: ArgumentHelp("When to use colour; NO_COLOR is honoured.", valueName: "auto|always|never"))
  var color = WhenOption.auto

  @OptionGroup
  var common: CommonOptions

  enum Format: String, ExpressibleByArgument {
    case text, json, ndjson
  }

  func validate() throws {
    if dkim == .never, dkimKeys != nil { throw ValidationError("--dkim-keys is of no use with --dkim never.") }
  }

  func run() throws {
    var options = common.analysisOptions
    options.keepsDialogue = dialogue
    options.revealsSecrets = revealSecrets
    options.hashesMessages = !noHash
    options.checksSignatures =
      switch dkim {
      case .always: true
      case .never: false
      case .auto: dkimKeys != nil || format != .ndjson && !noHash
      }
    if let dkimKeys { options.keys = try KeyFile(path: dkimKeys) }
    options.listsAttachments = attachments
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
