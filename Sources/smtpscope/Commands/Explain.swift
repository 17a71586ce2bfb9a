internal import ArgumentParser
internal import Reports
internal import SMTPAnalysis

/// `smtpscope explain [FINDING]`: what a finding means and what to do about it.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say what a finding means, how it is seen and what to do; without a name, list them all.")

  @Argument(
    help: ArgumentHelp("A finding by its id, as the report names it.", valueName: "finding"),
    completion: .list(FindingID.allCases.map(\.rawValue)))
  var finding: String?

  @Option(help: ArgumentHelp("When to use colour; NO_COLOR is honoured.", valueName: "when"))
  var color = WhenOption.auto

  mutating func validate() throws {
    if let finding { _ = try FindingOption(finding) }
  }

  func run() throws {
    let style = Terminal.style(color)
    var output = OutputBuffer()
    if let finding {
      output.appendExplanation(of: try FindingOption(finding).id, style: style)
    } else {
      output.appendCatalogue(style: style)
    }
    try StandardOutput.write(&output)
  }
}
