internal import ArgumentParser
internal import CaptureReading
internal import CaptureSharing
internal import CaptureWriting
internal import MailMessages
internal import MessageExtraction
internal import Reports
internal import SMTPAnalysis
internal import TCPStreams
internal import Wire

/// `smtpscope share CAPTURE… -o FILE`: a capture that can be shown to others.
struct Share: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "share",
    abstract: "Write the same capture without what is private, fit to be posted.",
    discussion: """
      Passwords and SASL responses, mail addresses, subjects, names and the text of messages are replaced, byte for byte: \
      lengths, line ends, times and the TCP dialogue stay, checksums are right. One address stays one address, wherever it \
      is named, and so does one domain; a person's and a domain's new names are drawn anew for each capture. Everything but \
      the mail connections is left out.

      What stays: IP and link addresses, ports, dates, the server's own words and names that belong to no address of the \
      mails, and TLS as it passed. The captures are read more than once, so they cannot come through a pipe. The result is \
      analyzed in the end and held against the original. Where the capture went on behind its mail, a last frame of no \
      bytes says for how long.
      """)

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The capture to write, in the pcapng format; no file is overwritten.", valueName: "file"),
    completion: .file())
  var output: String

  @OptionGroup
  var common: CommonOptions

  func validate() throws {
    if common.captures.contains("-") {
      throw ValidationError("share reads its captures more than once: name files, not - for standard input.")
    }
  }

  func run() throws {
    var verdicts: [SharedVerdict] = []
    var clients: [FrameNumber: Endpoint] = [:]
    var vocabulary = Vocabulary()
    // Not only behind hours of reading, which were in vain.
    _ = try beginFile()
    let original = try AnalysisRun(common, analysis).read(into: nil, order: .numbers) { (session, _) in
      verdicts.append(SharedVerdict(of: session))
      let first = session.connection.firstFrame
      clients[FrameNumber(file: first.file, number: first.number)] = session.connection.client
      vocabulary.add(namesOf: session)
    }
    guard !verdicts.isEmpty else {
      // What could not be read is told instead.
      try original.throwIfIncomplete()
      throw Failure(status: .outputFailed, message: "there is no such session; nothing was written.")
    }
    let written = try write(clients, vocabulary, CapturePasses(packets: original.captures.map(\.packets)))
    if !common.quiet {
      let count = verdicts.count
      StandardError.say(
        "smtpscope: \(count) session\(count == 1 ? "" : "s") in \(written.frames) frames written to \(String(visible: output))."
      )
      if written.fragments > 0 {
        StandardError.say(
          "smtpscope: \(written.fragments) segments that had been cut into IP fragments are left out: they cannot be rewritten."
        )
      }
    }
    try compare(with: verdicts)
    try original.throwIfIncomplete()
    try original.throwIfFound(common.failOn)
  }

  private var analysis: AnalysisOptions {
    var options = common.analysisOptions
    options.hashesMessages = false
    options.checksSignatures = false
    return options
  }

  /// Reads the captures twice more: once for what stands in the streams, once to rewrite the frames.
  private func write(
    _ clients: [FrameNumber: Endpoint], _ vocabulary: Vocabulary, _ passes: consuming CapturePasses
  ) throws -> (frames: Int, fragments: Int) {
    var passes = passes
    var random = SystemRandomNumberGenerator()
    let key = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    let mask = LineMask(pseudonyms: Pseudonyms(key: key), vocabulary: vocabulary)
    var planner = SharingPlanner(chosen: clients, mask: mask)
    var reader = try open()
    while reader.next() {
      let frame = reader.frame
      reader.withBytes { if passes.has(frame, captured: $0.count) { planner.receive($0, descriptor: frame) } }
    }
    if let changed = passes.end(reader.captures) { throw Self.failure(reader.captures, changed) }
    let decimals = reader.captures.map(\.timestampDecimals).max() ?? 6
    var plan = planner.finish()

    reader = try open()
    var file = try beginFile()
    do {
      var blocks = PcapNGBlocks(application: "smtpscope share", timeDecimals: decimals)
      var frames = 0
      var last: FrameDescriptor?
      var lastWritten = CaptureTime(nanoseconds: .min)
      while reader.next() {
        let frame = reader.frame
        guard reader.withBytes({ passes.has(frame, captured: $0.count) }) else { continue }
        if frame.time > last?.time ?? CaptureTime(nanoseconds: .min) { last = frame }
        guard let bytes = reader.withBytes({ plan.shared($0, descriptor: frame) }) else { continue }
        lastWritten = max(lastWritten, frame.time)
        last = nil
        blocks.append(bytes.span, of: frame)
        frames += 1
        if blocks.bytes.count >= 1 << 16 {
          try file.append(blocks.bytes.span)
          blocks.bytes.removeAll(keepingCapacity: true)
        }
      }
      // A file that was not finished is gone when this is left.
      if let changed = passes.end(reader.captures) { throw Self.failure(reader.captures, changed) }
      // How long nothing more came from a connection is told by the traffic that is left out: a frame of no bytes keeps
      // the time.
      if let last, frames > 0, last.time > lastWritten { blocks.append(Span(), of: last) }
      try file.append(blocks.bytes.span)
      file.endRecord()
      try file.finish()
      return (frames, plan.omissions.fragments)
    } catch let error as ExtractionError {
      throw Failure(status: .outputFailed, message: error.description)
    }
  }

  /// What there is to say of an input that is not what it was when it was read before.
  private static func failure(_ captures: [CaptureInfo], _ index: Int) -> Failure {
    let file = captures.indices.contains(index) ? captures[index].file : "a capture"
    let error = CaptureError(file: file, offset: nil, reason: .changed)
    return Failure(
      status: .inputIncomplete,
      message: "\(error.description) Nothing was written: share reads its captures three times. Share a copy of it.")
  }

  /// Analyzes what was written, and says where it comes to something else.
  private func compare(with verdicts: [SharedVerdict]) throws {
    var shared = common
    shared.captures = [output]
    shared.filter = nil
    shared.selection = try SelectionOptions.parse([])
    shared.progress = .never
    var others: [SharedVerdict] = []
    _ = try AnalysisRun(shared, analysis).read(into: nil, order: .numbers) { (session, _) in
      others.append(SharedVerdict(of: session))
    }
    let differing = verdicts.indices.filter { !others.indices.contains($0) || !others[$0].agrees(with: verdicts[$0]) }
    if verdicts.count == others.count, differing.isEmpty {
      if !common.quiet { StandardError.say("smtpscope: it analyzes to the same verdicts.") }
      return
    }
    for index in differing.prefix(10) {
      let other = others.indices.contains(index) ? others[index].description : "nothing"
      StandardError.say(
        "smtpscope: session \(verdicts[index].session) was \(verdicts[index].description); the shared capture says \(other)."
      )
    }
    if differing.count > 10 { StandardError.say("smtpscope: \(differing.count - 10) more sessions differ.") }
  }

  /// The file to write, which is gone again when it is not finished.
  private func beginFile() throws(Failure) -> RecordFile {
    let (directory, name) = Self.split(output)
    do throws(ExtractionError) {
      let file = try RecordFile(name, in: directory)
      guard file.expectedName == name else {
        throw ExtractionError(.nameNotFree(other: file.expectedName), path: output)
      }
      return file
    } catch {
      throw Failure(status: .outputFailed, message: error.description)
    }
  }

  private func open() throws(Failure) -> CaptureReader {
    do {
      return try CaptureReader(paths: common.captures, filter: common.filter)
    } catch {
      throw Failure(status: .usage, message: error.description)
    }
  }

  /// A path as its directory and the name in it.
  private static func split(_ path: String) -> (directory: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    return (slash == path.startIndex ? "/" : String(path[..<slash]), String(path[path.index(after: slash)...]))
  }
}

/// What a session came to, as far as a shared capture must come to the same.
private struct SharedVerdict: CustomStringConvertible {
  let session: Int
  private let client: Endpoint
  private let outcome: String
  private let cause: FindingID?
  private let transactions: [Transaction.Outcome]

  init(of session: Session) {
    self.session = session.id
    client = session.connection.client
    outcome = session.verdict.outcome.rawValue
    cause = session.verdict.cause
    transactions = session.transactions.map(\.outcome)
  }

  func agrees(with other: SharedVerdict) -> Bool {
    client == other.client && outcome == other.outcome && cause == other.cause && transactions == other.transactions
  }

  var description: String { cause.map { "\(outcome) (\($0.rawValue))" } ?? outcome }
}

extension Vocabulary {
  /// The names that a session's mails bear, and that its client goes by.
  fileprivate mutating func add(namesOf session: Session) {
    if let helo = session.helo { add(host: helo.argument) }
    for transaction in session.transactions {
      if let sender = transaction.reversePath { add(address: sender) }
      for recipient in transaction.recipients { add(address: recipient.address) }
      if let header = transaction.message?.header {
        for text in [header.from, header.to] { add(addressesIn: Array((text ?? "").utf8)) }
      }
    }
  }
}
