internal import ArgumentParser

/// `smtpscope CAPTURE…` as most people type it, without the parser.
///
/// The parser finds out what its declarations are by casts, and each kind of declaration costs a look through everything in the
/// program that conforms to anything: together that takes longer than a small capture. A command line of captures alone asks
/// nothing of it. Whatever else stands there is parsed.
extension Analyze {
  /// nil where the parser is needed.
  ///
  /// - Parameter words: What follows the command's name: captures, before them perhaps `--format` and a format.
  init?(plain words: ArraySlice<String>) {
    var format = OutputFormat.text
    var captures = words
    if captures.first == "--format" {
      guard let named = captures.dropFirst().first.flatMap(OutputFormat.init(rawValue:)) else { return nil }
      format = named
      captures = captures.dropFirst(2)
    }
    guard !captures.isEmpty, captures.allSatisfy({ $0 == "-" || !$0.hasPrefix("-") }) else { return nil }
    self.init()
    self.format = format
    dialogue = false
    attachments = false
    all = false
    sort = .session
    revealSecrets = false
    noHash = false
    color = .auto
    zeek = ZeekOptions(zeekLog: nil)
    store = StoreOptions(sqlite: nil)
    common = CommonOptions(captures: Array(captures))
  }
}

// The initialisers below give every option the value that it has where nobody says anything.

extension CommonOptions {
  fileprivate init(captures: [String]) {
    self.init()
    self.captures = captures
    filter = nil
    port = .standard
    anyPort = true
    jobs = nil
    decryption = SecretOptions(keylog: [])
    signatures = DKIMOptions(dkim: .auto)
    selection = SelectionOptions(session: [])
    failOn = nil
    progress = .auto
    quiet = false
    verbose = false
  }
}

extension SelectionOptions {
  fileprivate init(session: [Int]) {
    self.init()
    self.session = session
    client = []
    server = []
    from = []
    to = []
    subject = []
    messageID = []
    outcome = []
    finding = []
  }
}

extension SecretOptions {
  fileprivate init(keylog: [String]) {
    self.init()
    self.keylog = keylog
    privateKey = []
  }
}

extension DKIMOptions {
  fileprivate init(dkim: WhenOption) {
    self.init()
    self.dkim = dkim
    dkimKeys = nil
  }
}

extension ZeekOptions {
  fileprivate init(zeekLog: ZeekLogOption?) {
    self.init()
    self.zeekLog = zeekLog
    logs = nil
  }
}

extension StoreOptions {
  fileprivate init(sqlite: String?) {
    self.init()
    self.sqlite = sqlite
  }
}
