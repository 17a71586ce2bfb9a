internal import ArgumentParser
internal import DKIM
internal import SMTPAnalysis

/// Whether DKIM signatures are checked, and with which keys.
struct DKIMOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "When to hold bodies against their DKIM signatures, which hashes them once more; auto: not in ndjson, which goes for speed.",
      valueName: "when"))
  var dkim = WhenOption.auto

  @Option(
    help: ArgumentHelp(
      "Check DKIM signatures with these keys: a line each, selector._domainkey.domain and the TXT record, or zone file lines.",
      valueName: "file"), completion: .file())
  var dkimKeys: String?

  mutating func validate() throws {
    if dkim == .never, dkimKeys != nil { throw ValidationError("--dkim-keys is of no use with --dkim never.") }
  }

  /// Tells the analysis; `unasked` is whether signatures are checked where nobody says anything.
  func apply(to options: inout AnalysisOptions, unasked: Bool) throws(Failure) {
    options.checksSignatures =
      switch dkim {
      case .always: true
      case .never: false
      case .auto: dkimKeys != nil || unasked
      }
    if let dkimKeys { options.keys = try KeyFile(path: dkimKeys) }
  }
}
