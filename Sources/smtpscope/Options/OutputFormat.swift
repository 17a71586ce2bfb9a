internal import ArgumentParser
internal import Reports
internal import SMTPAnalysis

/// How analyze and live print.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json, ndjson, csv, zeek
  case zeekJSON = "zeek-json"
  case eve, ecs

  /// What a format has that others have not.
  func apply(to options: inout AnalysisOptions, attachments: Bool) {
    options.listsAttachments = attachments
    switch self {
    case .text, .json: options.keepsTrace = true
    case .ndjson, .csv: options.keepsTrace = attachments
    case .zeek, .zeekJSON, .eve, .ecs:
      options.keepsTrace = true
      options.keepsFurtherFields = true
      options.keepsFlows = true
    }
    if zeekForm != nil {
      // Zeek always takes messages apart, and knows no attachments but parts.
      options.listsAttachments = true
      options.listsAllParts = true
    }
  }

  func check(dialogue: Bool) throws {
    switch self {
    case .text, .json, .ndjson: break
    case .csv, .zeek, .zeekJSON, .eve, .ecs:
      if dialogue {
        throw ValidationError("--dialogue is for text, json and ndjson: --format \(rawValue) has no place for it.")
      }
    }
  }

  /// Whether DKIM signatures are checked where nobody says anything: what is for pipelines stays as fast as it can.
  var checksSignatures: Bool { self == .text || self == .json }

  /// nil for all but Zeek's logs.
  var zeekForm: ZeekForm? {
    switch self {
    case .zeek: .tsv
    case .zeekJSON: .json
    case .text, .json, .ndjson, .csv, .eve, .ecs: nil
    }
  }
}

/// Which of Zeek's logs go where.
struct ZeekOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "With --format zeek and zeek-json: which log is printed; smtp unless said.", valueName: "smtp|conn|files"))
  var zeekLog: ZeekLogOption?

  @Option(
    help: ArgumentHelp(
      "With --format zeek and zeek-json: write smtp.log, conn.log and files.log into this directory instead of printing one; it is made where it is missing.",
      valueName: "dir"))
  var logs: String?

  func check(_ format: OutputFormat) throws {
    if format.zeekForm == nil, zeekLog != nil || logs != nil {
      throw ValidationError("--zeek-log and --logs are about --format zeek and zeek-json.")
    }
    if zeekLog != nil, logs != nil {
      throw ValidationError("--logs writes all three logs, --zeek-log prints one: give one of them.")
    }
  }

  var log: ZeekLog { zeekLog?.log ?? .smtp }
}

/// A log by its name.
struct ZeekLogOption: ExpressibleByArgument {
  var log: ZeekLog

  init?(argument: String) {
    guard let log = ZeekLog(rawValue: argument) else { return nil }
    self.log = log
  }

  static var allValueStrings: [String] { ZeekLog.allCases.map(\.rawValue) }
}
