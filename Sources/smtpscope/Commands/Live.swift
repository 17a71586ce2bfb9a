internal import ArgumentParser
internal import CaptureReading
private import LivePage
internal import PacketKeeping
internal import Reports
internal import SMTPAnalysis
internal import TLSHandshake

/// `smtpscope live -i IFACE`: what happens to each mail, as it happens.
struct Live: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "live",
    abstract: "Tell of live traffic what happens to each mail and why, as it happens.",
    discussion: """
      Text has a line as each transaction ends, ndjson a record as each session ends. It goes on until SIGINT or SIGTERM, \
      which end it with the sums. SIGUSR1 prints statistics, SIGHUP opens the output files anew.

      Capturing needs root or CAP_NET_RAW. When the interfaces are open, root becomes --user, and all capabilities are given \
      up; files are written as that user, and nothing can be written but beneath the directories of the outputs.

      Records wait for a slow reader within bounds and are dropped whole behind them: no packet is lost for it. What the \
      kernel, the interface or this program drops is counted and told (smtpscope explain capture-dropped).
      """)

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("An interface; \"any\" for all of them. May be given several times.", valueName: "interface"),
    completion: .custom { _, _, _ in LiveReader.interfaces })
  var interface: [String] = []

  @Option(
    help: ArgumentHelp(
      "Take only packets that match this libpcap filter; unless given: the mail ports, IP fragments and ICMP errors, in VLANs too.",
      valueName: "bpf"))
  var filter: String?

  @Option(help: ArgumentHelp("The most bytes that are taken of a packet; K may follow the number.", valueName: "bytes"))
  var snaplen = ByteCount(LiveOptions().snapLength)

  @Option(
    help: ArgumentHelp("The kernel's buffer of each interface; K, M and G may follow the number.", valueName: "bytes"))
  var bufferSize = ByteCount(LiveOptions().bufferSize)

  @Flag(help: "Take each packet as it comes instead of in batches of a tenth of a second; costs more for each.")
  var immediate = false

  @Flag(
    name: [.customShort("p"), .customLong("no-promiscuous-mode")],
    help: "Take only what the interface receives for this host, sends, or takes anyway.")
  var noPromiscuousMode = false

  @Option(
    help: ArgumentHelp(
      "How to print: text for people, ndjson a record a line, json one document; for other programs as analyze does.",
      valueName: "format"))
  var format = OutputFormat.text

  @OptionGroup
  var zeek: ZeekOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Append the output to this file instead of printing it; SIGHUP opens it anew.", valueName: "file"),
    completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp("Write the messages into this directory, as extract does.", valueName: "dir"),
    completion: .directory)
  var save: String?

  @Flag(help: "Take the messages apart and list their attachments; with --save write these too.")
  var attachments = false

  @Option(name: .customLong("as"), help: ArgumentHelp("How --save writes messages.", valueName: "form"))
  var form = ExtractionForm.eml

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Write the packets of mail connections into this pcapng file; with a selection those of the sessions that it keeps, each when it has ended. A file that is there is added to; SIGHUP opens it anew.",
      valueName: "file"), completion: .file())
  var write: String?

  @Option(
    help: ArgumentHelp(
      "Begin another file when one has this size; K, M or G may follow the number. Files are called NAME_00001_TIME.EXTENSION then.",
      valueName: "bytes"))
  var rotateSize: ByteCount?

  @Option(
    help: ArgumentHelp("Begin another file after this time: seconds, or with s, m, h or d behind.", valueName: "time"))
  var rotateTime: TimeSpan?

  @Option(help: ArgumentHelp("Keep so many files, and remove the oldest.", valueName: "n"))
  var rotateCount: Int?

  @Option(
    help: ArgumentHelp("Whom root becomes when the interfaces are open; nobody unless said.", valueName: "name"),
    completion: .shellCommand("cut -d: -f1 /etc/passwd"))
  var user: String?

  @Flag(help: "The full dialogue of each session as it ends.")
  var dialogue = false

  @Flag(help: "Show passwords and SASL responses, which are masked otherwise.")
  var revealSecrets = false

  @Flag(help: "Leave out message hashes.")
  var noHash = false

  @Option(help: ArgumentHelp("When to use colour; NO_COLOR is honoured.", valueName: "when"))
  var color = WhenOption.auto

  @Option(
    help: ArgumentHelp("Server ports taken for mail without looking, separated by commas.", valueName: "list"),
    transform: PortList.init)
  var port = PortList.standard

  @Option(
    help: ArgumentHelp(
      "Recognise mail on other ports that --filter takes, by what is said there.", valueName: "true|false"))
  var anyPort = true

  @Option(help: ArgumentHelp("Worker threads; one, unless said, is enough for some Gbit/s.", valueName: "n"))
  var jobs = 1

  @OptionGroup
  var store: StoreOptions

  @OptionGroup
  var decryption: SecretOptions

  @OptionGroup(title: "Metrics and a page to watch")
  var page: PageOptions

  @OptionGroup(title: "Selection (several values of one option: or; several options: and)")
  var selection: SelectionOptions

  @Option(
    help: ArgumentHelp(
      "Exit with status 1 when a finding of this severity or above was reported.", valueName: "severity"))
  var failOn: SeverityOption?

  @Flag(name: .shortAndLong, help: "Say nothing on standard error but what is lost and what went wrong.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Say more on standard error.")
  var verbose = false

  func validate() throws {
    if interface.isEmpty {
      throw ValidationError("Name an interface: -i. There are: \(LiveReader.interfaces.joined(separator: ", ")).")
    }
    try zeek.check(format)
    try format.check(dialogue: dialogue)
    if output != nil, zeek.logs != nil { throw ValidationError("--output is one file, --logs a directory: give one.") }
    let rotates = rotateSize != nil || rotateTime != nil
    if write == nil, rotates || rotateCount != nil {
      throw ValidationError("--rotate-size, --rotate-time and --rotate-count are about --write: name a file.")
    }
    if let rotateCount {
      guard rotates else { throw ValidationError("--rotate-count needs --rotate-size or --rotate-time.") }
      guard rotateCount > 0 else { throw ValidationError("--rotate-count needs a number from 1 on.") }
    }
    if jobs < 1 { throw ValidationError("--jobs needs a number from 1 on, not \(jobs).") }
  }

  func run() throws {
    var settings = settings
    // Read while this may still be root.
    let secrets = try decryption.secrets(isVerbose: verbose, mayGrow: true).secrets
    settings.analysis.secrets = secrets
    settings.keyLogs = KeyLogFollowing(decryption.keylog, into: secrets.keyLog)
    let observers = page.metrics.map { [PageObserver($0.address, access: page.access, isQuiet: quiet)] } ?? []
    let run = LiveRun(settings, observers: observers)
    switch format {
    case .text:
      let style = output == nil ? Terminal.style(color) : TextStyle(usesColor: color == .always)
      try run.run(LiveReport(style: style))
    case .json: try run.run(JSONReport())
    case .ndjson: try run.run(NDJSONReport())
    case .csv: try run.run(CSVReport(hasHead: false))
    case .eve: try run.run(EVEReport())
    case .ecs: try run.run(ECSReport(version: Smtpscope.version))
    case .zeek, .zeekJSON:
      guard let form = format.zeekForm else { return }
      if zeek.logs == nil {
        try run.run(ZeekReport(zeek.log, form, hasHead: false))
      } else {
        try run.run(SilentReport())
      }
    }
  }

  private var settings: LiveSettings {
    var settings = LiveSettings()
    settings.interfaces = interface
    settings.capture.filter = filter
    settings.capture.mailPorts = port.ports
    settings.capture.snapLength = snaplen.bytes
    settings.capture.bufferSize = bufferSize.bytes
    settings.capture.isImmediate = immediate
    settings.capture.isPromiscuous = !noPromiscuousMode
    settings.analysis.mailPorts = port.ports
    settings.analysis.recognizesAnyPort = anyPort
    settings.analysis.keepsDialogue = dialogue || page.metrics != nil
    // One more than the page shows, so that it can tell that there are more.
    if !dialogue, page.metrics != nil { settings.analysis.limits.dialogueLines = PageLimits().dialogueLines + 1 }
    settings.analysis.revealsSecrets = revealSecrets
    settings.analysis.hashesMessages = !noHash
    format.apply(to: &settings.analysis, attachments: attachments)
    settings.analysis.keepsTrace = true
    settings.analysis.checksSignatures = (format.checksSignatures || store.sqlite != nil) && !noHash
    settings.savesAttachments = attachments
    settings.analysis.tellsTransactions = format == .text
    // A record is to be told while it is of use: it does not wait for what a silent connection turns out to be.
    settings.analysis.limits.numberingPatience = 1_000_000_000
    settings.jobs = jobs
    settings.filter = selection.filter
    settings.showsDialogue = dialogue
    settings.output = output
    if let form = format.zeekForm {
      let log = zeek.log
      settings.logs = zeek.logs.map { ($0, form) }
      if zeek.logs == nil { settings.outputHead = { ZeekReport.head(of: log, form, at: LiveClock.wall) } }
    }
    if format == .csv { settings.outputHead = { Array(CSVReport.head.utf8) } }
    settings.messages = save.map { ($0, form) }
    settings.packets = write.map { path in
      (path, RotationRules(size: rotateSize?.bytes, time: rotateTime?.nanoseconds, count: rotateCount))
    }
    settings.store = store
    settings.user = user
    settings.failOn = failOn
    settings.isQuiet = quiet
    settings.isVerbose = verbose
    return settings
  }
}

/// A number of bytes as it is typed: `65536`, `64K`, `32M`, `1G`.
struct ByteCount: ExpressibleByArgument, CustomStringConvertible {
  var bytes: Int

  init(_ bytes: Int) {
    self.bytes = bytes
  }

  init?(argument: String) {
    var digits = argument[...]
    var shift = 0
    switch digits.last {
    case "k", "K": shift = 10
    case "m", "M": shift = 20
    case "g", "G": shift = 30
    default: break
    }
    if shift > 0 { digits = digits.dropLast() }
    guard let number = Int(digits), number > 0, number <= Int(Int32.max) >> shift else { return nil }
    bytes = number << shift
  }

  var description: String {
    for (shift, sign) in [(30, "G"), (20, "M"), (10, "K")] where bytes.trailingZeroBitCount >= shift {
      return "\(bytes >> shift)\(sign)"
    }
    return String(bytes)
  }

  var defaultValueDescription: String { description }
}

/// A time as it is typed: `90`, `90s`, `15m`, `1h`, `1d`.
struct TimeSpan: ExpressibleByArgument {
  var nanoseconds: Int64

  init?(argument: String) {
    var digits = argument[...]
    var unit: Int64 = 1
    switch digits.last {
    case "s": digits.removeLast()
    case "m": (unit, digits) = (60, digits.dropLast())
    case "h": (unit, digits) = (3600, digits.dropLast())
    case "d": (unit, digits) = (86_400, digits.dropLast())
    default: break
    }
    guard let number = Int64(digits), number > 0, number <= 1_000_000_000 / unit else { return nil }
    nanoseconds = number * unit * 1_000_000_000
  }
}
