internal import ArgumentParser
internal import Reports
internal import SMTPAnalysis

/// `smtpscope stats CAPTURE…`: what log summarizers tell, from packets.
struct Stats: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "Count mail by server, client, domain, reply code and hour; tell the commonest refusals and the waits.",
    discussion: """
      A mail is a MAIL command and what came of it, also one that was refused. Hours are of packet time in UTC. Refusals \
      whose texts differ only in addresses, numbers and queue ids are one. A wait is what server and network had of the time.
      """)

  @Option(
    help: ArgumentHelp(
      "How to print: text for people, json as one document, csv a row for each name.", valueName: "format"))
  var format = Format.text

  @Option(
    help: ArgumentHelp(
      "Rows of each table, the rest together in one; 0 for all. 10 unless said, all in json and csv.", valueName: "n"))
  var top: Int?

  @Option(
    help: ArgumentHelp(
      "What comes first in the tables: \(StatisticsView.Order.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "order"))
  var sort = OrderOption(order: .mails)

  @Option(
    help: ArgumentHelp(
      """
      What to count by, separated by commas: \(SectionList.everything.description). All but sender and recipient unless said.
      """, valueName: "list"),
    transform: SectionList.init)
  var by = SectionList.standard

  @Option(help: ArgumentHelp("When to use colour; NO_COLOR is honoured.", valueName: "when"))
  var color = WhenOption.auto

  @OptionGroup
  var common: CommonOptions

  enum Format: String, ExpressibleByArgument {
    case text, json, csv
  }

  func validate() throws {
    if let top, top < 0 { throw ValidationError("--top needs a number from 0 on, not \(top).") }
  }

  func run() throws {
    var options = common.analysisOptions
    options.hashesMessages = false
    options.keepsTrace = false
    try common.signatures.apply(to: &options, unasked: false)
    let rows = top ?? (format == .text ? 10 : 0)
    let view = StatisticsView(sections: by.sections, order: sort.order, top: rows == 0 ? nil : rows)
    let form: StatisticsReport.Form =
      switch format {
      case .text: .text(Terminal.style(color))
      case .json: .json
      case .csv: .csv
      }
    try AnalysisRun(common, options).print(StatisticsReport(form, view: view), in: .ends)
  }
}

/// The order of rows by its word.
struct OrderOption: ExpressibleByArgument {
  var order: StatisticsView.Order

  init(order: StatisticsView.Order) {
    self.order = order
  }

  init?(argument: String) {
    guard let order = StatisticsView.Order(rawValue: argument) else { return nil }
    self.order = order
  }

  static var allValueStrings: [String] { StatisticsView.Order.allCases.map(\.rawValue) }
  var defaultValueDescription: String { order.rawValue }
}

/// What to count by, as it is typed: `server,refusal`.
struct SectionList: CustomStringConvertible {
  var sections: Set<StatisticsView.Section>

  static let everything = SectionList(sections: Set(StatisticsView.Section.allCases))
  static let standard = SectionList(sections: everything.sections.subtracting([.sender, .recipient]))

  init(sections: Set<StatisticsView.Section>) {
    self.sections = sections
  }

  init(_ text: String) throws {
    sections = try Set(
      text.split(separator: ",", omittingEmptySubsequences: false).map { word in
        guard let section = StatisticsView.Section(rawValue: String(word)) else {
          throw ValidationError("--by knows \(SectionList.everything.description); not \"\(word)\".")
        }
        return section
      })
  }

  var description: String {
    StatisticsView.Section.allCases.filter(sections.contains).map(\.rawValue).joined(separator: ", ")
  }
}
