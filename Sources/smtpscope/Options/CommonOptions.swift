internal import ArgumentParser
internal import SMTPAnalysis
internal import Wire

/// What analyze and extract have in common.
struct CommonOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Captures: pcap or pcapng, also compressed or in an archive; - is standard input.", valueName: "capture"),
    completion: .file())
  var captures: [String]

  @Option(help: ArgumentHelp("Read only packets that match this libpcap filter.", valueName: "bpf"))
  var filter: String?

  @Option(
    help: ArgumentHelp(
      "Server ports taken for mail without looking, separated by commas.", valueName: "list"),
    transform: PortList.init)
  var port = PortList.standard

  @Option(help: ArgumentHelp("Recognise mail on other ports by what is said there.", valueName: "true|false"))
  var anyPort = true

  @Option(
    help: ArgumentHelp(
      "Worker threads; as many as there are cores unless said, for a small capture one.", valueName: "n"))
  var jobs: Int?

  @OptionGroup
  var decryption: SecretOptions

  @OptionGroup
  var signatures: DKIMOptions

  @OptionGroup(title: "Selection (several values of one option: or; several options: and)")
  var selection: SelectionOptions

  @Option(
    help: ArgumentHelp(
      "Exit with status 1 when a finding of this severity or above was reported.", valueName: "severity"))
  var failOn: SeverityOption?

  @Option(
    help: ArgumentHelp(
      "When to show how far the reading is, on standard error; auto: on a terminal.", valueName: "when"))
  var progress = WhenOption.auto

  @Flag(name: .shortAndLong, help: "Say nothing on standard error but errors.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Say more on standard error: skipped archive members, limits that were met.")
  var verbose = false

  mutating func validate() throws {
    if captures.isEmpty { throw ValidationError("Name a capture, or - for standard input.") }
    if let jobs, jobs < 1 { throw ValidationError("--jobs needs a number from 1 on, not \(jobs).") }
  }

  /// The analysis that these ask for.
  var analysisOptions: AnalysisOptions {
    var options = AnalysisOptions()
    options.mailPorts = port.ports
    options.recognizesAnyPort = anyPort
    return options
  }
}

/// `auto`, `always` or `never`.
enum WhenOption: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never
}

/// Ports as they are typed: `25,587`.
struct PortList: CustomStringConvertible {
  var ports: [UInt16]

  static let standard = PortList(ports: AnalysisOptions().mailPorts)

  init(ports: [UInt16]) {
    self.ports = ports
  }

  init(_ text: String) throws {
    ports = try text.split(separator: ",", omittingEmptySubsequences: false).map { word in
      guard let port = UInt16(word), port > 0 else {
        throw ValidationError("--port needs numbers from 1 to 65535 separated by commas; \"\(word)\" is none.")
      }
      return port
    }
  }

  var description: String { ports.map(String.init).joined(separator: ",") }
}

/// Which sessions and transactions are kept.
struct SelectionOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Only the session of this number.", valueName: "n"))
  var session: [Int] = []

  @Option(
    help: ArgumentHelp(
      "Only sessions from this client: address, address:port, or name where DNS answers tell it.", valueName: "address")
  )
  var client: [String] = []

  @Option(
    help: ArgumentHelp(
      "Only sessions with this server: address, address:port, or a part of its name or greeting.", valueName: "server"))
  var server: [String] = []

  @Option(
    help: ArgumentHelp("Only mails whose envelope sender contains this; <> is the null sender.", valueName: "address"))
  var from: [String] = []

  @Option(help: ArgumentHelp("Only mails with an envelope recipient that contains this.", valueName: "address"))
  var to: [String] = []

  @Option(help: ArgumentHelp("Only mails whose subject contains this.", valueName: "text"))
  var subject: [String] = []

  @Option(help: ArgumentHelp("Only mails whose Message-ID contains this.", valueName: "id"))
  var messageID: [String] = []

  @Option(help: ArgumentHelp("Only mails with this outcome.", valueName: "outcome"))
  var outcome: [OutcomeOption] = []

  @Option(
    help: ArgumentHelp("Only sessions and mails with this finding; smtpscope explain lists them.", valueName: "id"),
    completion: .list(FindingID.allCases.map(\.rawValue)), transform: FindingOption.init)
  var finding: [FindingOption] = []

  /// The filter that these make; nil where nothing is asked for.
  var filter: SessionFilter? {
    let filter = SessionFilter(
      sessions: session, clients: client, servers: server, senders: from, recipients: to, subjects: subject,
      messageIDs: messageID, outcomes: outcome.map(\.outcome), findings: finding.map(\.id))
    return filter.keepsEverything ? nil : filter
  }
}

/// The outcomes by the contract's words.
struct OutcomeOption: ExpressibleByArgument {
  var outcome: Transaction.Outcome

  init?(argument: String) {
    guard let outcome = Transaction.Outcome.allCases.first(where: { $0.rawValue == argument }) else { return nil }
    self.outcome = outcome
  }

  static var allValueStrings: [String] { Transaction.Outcome.allCases.map(\.rawValue) }
  static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}

/// `info`, `warning` or `error`.
struct SeverityOption: ExpressibleByArgument {
  var severity: Severity

  init?(argument: String) {
    guard let severity = Severity(rawValue: argument) else { return nil }
    self.severity = severity
  }

  static var allValueStrings: [String] { Severity.allCases.map(\.rawValue) }
  static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
}

/// A finding by its id.
struct FindingOption {
  var id: FindingID

  /// Throws a usage error that suggests what may have been meant.
  init(_ name: String) throws {
    guard let id = FindingID(named: name) else {
      let suggestions = FindingID.suggestions(for: name).map(\.rawValue)
      let hint =
        suggestions.isEmpty ? "" : " Did you mean \(suggestions.formatted)?"
      throw ValidationError(
        "There is no finding \"\(String(visible: name))\".\(hint) `smtpscope explain` lists them all.")
    }
    self.id = id
  }
}

extension [String] {
  /// `one, two or three`.
  fileprivate var formatted: String {
    count < 2 ? joined() : dropLast().joined(separator: ", ") + " or " + (last ?? "")
  }
}
