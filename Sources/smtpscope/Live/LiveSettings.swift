internal import CaptureReading
internal import PacketKeeping
internal import Reports
internal import SMTPAnalysis

/// What a live run is asked to do.
struct LiveSettings {
  var interfaces: [String] = []
  var capture = LiveOptions()
  var analysis = AnalysisOptions()
  var jobs = 1
  var filter: SessionFilter?
  var showsDialogue = false
  /// Where records are appended to; nil for standard output.
  var output: String?
  /// What the output begins with where nothing is in it yet.
  var outputHead: (@Sendable () -> [UInt8])?
  /// Where Zeek's logs are added to.
  var logs: (directory: String, form: ZeekForm)?
  /// Where messages are written to, and how.
  var messages: (directory: String, form: ExtractionForm)?
  /// Whether their attachments are written beside them.
  var savesAttachments = false
  /// Where packets are written to.
  var packets: (path: String, rules: RotationRules)?
  /// The database that sessions are written into.
  var store: StoreOptions?
  /// Whom to become where this is root.
  var user: String?
  var failOn: SeverityOption?
  var isQuiet = false
  var isVerbose = false
  /// Key logs that grow; nil where none were given.
  var keyLogs: KeyLogFollowing?

  /// The directories that are written to.
  var outputDirectories: [String] {
    [
      output.map(OutputPath.directory), logs?.directory, messages?.directory, (packets?.path).map(OutputPath.directory),
      store?.sqlite.map(OutputPath.directory),
    ].compactMap(\.self)
  }
}

/// Paths of files that are written.
enum OutputPath {
  /// The directory that a file is in.
  static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
