internal import ArgumentParser
internal import Reports
internal import SMTPAnalysis

/// `smtpscope analyze CAPTURE…`: what happened to each mail.
struct Analyze: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analyze",
    abstract: "Read captures and print what happened to each mail and why.",
    discussion: """
      Several captures are one, in the order of their packets' times, and connections may run from file to file.
      """)

  @Option(
    help: ArgumentHelp(
      "How to print: text for people, json as one document, ndjson a record a line; for other programs csv, a row a recipient, Zeek's logs, Suricata's EVE, Elastic's ECS.",
      valueName: "format"))
  var format = OutputFormat.text

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

  @Option(
    help: ArgumentHelp(
      "Which sessions come first (text): in the order in which they began, or the worst outcomes first.",
      valueName: "order"))
  var sort = SortOption.session

  @Flag(help: "Show passwords and SASL responses, which are masked otherwise.")
  var revealSecrets = false

  @Flag(help: "Leave out message hashes.")
  var noHash = false

  @Option(help: ArgumentHelp("When to use colour; NO_COLOR is honoured.", valueName: "when"))
  var color = WhenOption.auto

  @OptionGroup
  var zeek: ZeekOptions

  @OptionGroup
  var store: StoreOptions

  @OptionGroup
  var common: CommonOptions

  func validate() throws {
    try zeek.check(format)
    try format.check(dialogue: dialogue)
    if sort != .session, format != .text {
      throw ValidationError("--sort is for text: whatever reads --format \(format.rawValue) can sort it itself.")
    }
  }

  func run() throws {
    var options = common.analysisOptions
    options.keepsDialogue = dialogue
    options.revealsSecrets = revealSecrets
    options.hashesMessages = !noHash
    try common.signatures.apply(to: &options, unasked: (format.checksSignatures || store.sqlite != nil) && !noHash)
    format.apply(to: &options, attachments: attachments)
    if store.sqlite != nil { options.keepsTrace = true }
    let run = AnalysisRun(
      common, options, showsDialogue: dialogue, store: try store.writer(command: "analyze", whenFull: .wait))
    switch format {
    case .text: try run.print(TextReport(style: Terminal.style(color), showsAll: all, order: sort.order), in: .numbers)
    case .json: try run.print(records: JSONReport(), in: .numbers)
    case .ndjson: try run.print(records: NDJSONReport(), in: .ends)
    case .csv: try run.print(records: CSVReport(), in: .ends)
    case .eve: try run.print(records: EVEReport(), in: .ends)
    case .ecs: try run.print(records: ECSReport(version: Smtpscope.version), in: .ends)
    case .zeek, .zeekJSON:
      guard let form = format.zeekForm else { return }
      if let directory = zeek.logs {
        try run.write(LogFiles(directory: directory, form: form))
      } else {
        try run.print(records: ZeekReport(zeek.log, form), in: .ends)
      }
    }
  }
}

/// What a text report is sorted by.
enum SortOption: String, ExpressibleByArgument, CaseIterable {
  case session, outcome

  var order: SessionOrder {
    switch self {
    case .session: .number
    case .outcome: .outcome
    }
  }
}
