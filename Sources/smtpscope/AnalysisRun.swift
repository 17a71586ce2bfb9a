private import CLinux
private import Glibc
internal import CaptureReading
internal import RecordStore
internal import Reports
internal import SMTPAnalysis
private import TCPStreams
internal import Wire

/// One pass over the captures of a command line: frames in, sessions out.
struct AnalysisRun {
  private let common: CommonOptions
  private let options: AnalysisOptions
  private let showsDialogue: Bool
  private let filter: SessionFilter?
  /// Where sessions are written besides being printed (`--sqlite`).
  private let store: StoreWriter?

  init(_ common: CommonOptions, _ options: AnalysisOptions, showsDialogue: Bool = false, store: StoreWriter? = nil) {
    self.common = common
    self.options = options
    self.showsDialogue = showsDialogue
    filter = common.selection.filter
    self.store = store
    let isSmall = (1...Self.smallCapture).contains(Self.size(of: common.captures))
    jobs = common.jobs ?? (isSmall ? 1 : Self.availableCores)
  }

  /// Prints a report of what is read. Throws at the end when an input could not be read to its end.
  func print(_ report: consuming some Report, in order: Order) throws(Failure) {
    let result = try write(report, in: order) { (output: inout OutputBuffer) throws(Failure) in
      try StandardOutput.write(&output)
    }
    try finish(result)
  }

  /// Hands `write` the pieces of a report of what is read.
  func write(
    _ report: consuming some Report, in order: Order, to write: (inout OutputBuffer) throws(Failure) -> Void
  ) throws(Failure) -> Result {
    var report = report
    var output = OutputBuffer()
    report.begin(into: &output)
    let result = try read(into: nil, order: order) { (session, context) throws(Failure) in
      report.session(session, context: context, into: &output)
      if output.count >= 1 << 16 { try write(&output) }
    }
    appendEnd(&report, with: result, &output)
    try finishingStore(result) { () throws(Failure) in try write(&output) }
    return result
  }

  /// The same for a report whose records are made in threads of their own, where there are more than two: two have enough to
  /// do, and a third one would only take their cores.
  func print(records report: consuming some RecordReport, in order: Order) throws(Failure) {
    guard jobs > 2 else { return try print(report, in: order) }
    var report = report
    try print(&report, in: order)
  }

  private func print<Format: RecordReport>(_ report: inout Format, in order: Order) throws(Failure) {
    var output = OutputBuffer()
    report.begin(into: &output)
    var threads = try RecordThreads(jobs: jobs, for: report)
    // What stands at the top goes with the first records: where a thread is missing nothing is written.
    let write: (inout OutputBuffer) throws(Failure) -> Void = { (ready: inout OutputBuffer) throws(Failure) in
      if output.count > 0 { try StandardOutput.write(&output) }
      try StandardOutput.write(&ready)
    }
    let result = try read(into: nil, order: order) { (session, context) throws(Failure) in
      try threads.add(session, context, write: write)
    }
    try finishingStore(result) { () throws(Failure) in try threads.finish(write: write) }
    if result.summary.sessions > 0 { report.noteRecords() }
    try end(&report, with: result, &output)
  }

  private func end(
    _ report: inout some Report, with result: Result, _ output: inout OutputBuffer
  ) throws(Failure) {
    appendEnd(&report, with: result, &output)
    try finishingStore(result) { () throws(Failure) in try StandardOutput.write(&output) }
    try finish(result)
  }

  /// Everything was read: the database is finished where what is printed cannot be.
  private func finishingStore(_ result: Result, _ write: () throws(Failure) -> Void) throws(Failure) {
    do throws(Failure) {
      try write()
    } catch {
      try store?.finish(runEnd(result))
      throw error
    }
  }

  /// What was printed or written elsewhere is whole: the last words, the database's turn, and the exit status. Throws what went
  /// wrong.
  func finish(_ result: Result) throws(Failure) {
    if filter != nil, result.summary.sessions == 0, result.sessionsRead > 0, !common.quiet {
      let count = Quantity.count(result.sessionsRead, "session")
      StandardError.say("smtpscope: nothing matches what was selected; \(count) left out.")
    }
    try store?.finish(runEnd(result))
    try result.throwIfIncomplete()
    try result.throwIfFound(common.failOn)
  }

  private func appendEnd(_ report: inout some Report, with result: Result, _ output: inout OutputBuffer) {
    for capture in result.captures { report.capture(capture, context: result.context, into: &output) }
    report.end(result.summary, captures: result.captures, context: result.context, into: &output)
  }

  /// How many threads there are to work.
  let jobs: Int
  /// Bytes of captures that are read before other threads would have begun.
  private static let smallCapture = 1 << 19

  /// What there is to say when everything has been read.
  struct Result {
    var summary: AnalysisSummary
    var captures: [CaptureSummary]
    var context: ReportContext
    var isIncomplete: Bool
    /// Sessions that the selection dropped among them.
    var sessionsRead: Int

    /// Throws where an input could not be read to its end; its own line was said already.
    func throwIfIncomplete() throws(Failure) {
      if isIncomplete { throw Failure(status: .inputIncomplete, message: "") }
    }

    /// Throws where a finding of the severity or above was reported (`--fail-on`).
    func throwIfFound(_ threshold: SeverityOption?) throws(Failure) {
      guard let threshold, let worst = summary.worstSeverity, worst >= threshold.severity else { return }
      throw Failure(status: .failOnMatched, message: "")
    }
  }

  /// The order in which sessions are handed over.
  enum Order {
    /// As they end.
    case ends
    /// By their numbers, as far as memory allows: for a document, and for people.
    case numbers
  }

  /// Reads everything, and hands over each session that the selection keeps.
  ///
  /// - Parameters:
  ///   - isOver: Whether to read no more; what was read is a capture that ends there.
  ///   - passed: Is shown each session behind that, whole, where there is a selection.
  func read(
    into messages: (@Sendable () -> any MessageOutput)?, order: Order = .ends, isOver: (() -> Bool)? = nil,
    passed: ((Session) -> Void)? = nil,
    each: (Session, ReportContext) throws(Failure) -> Void
  ) throws(Failure) -> Result {
    let secrets = try common.decryption.secrets(isVerbose: common.verbose)
    var options = options
    options.secrets = secrets.secrets
    var keyUses = KeyUses()
    var reader = try openCaptures(telling: secrets)
    var analyzer = try Analyzer(options, output: messages, jobs: jobs)
    var progress = Progress(common.progress, isQuiet: common.quiet, total: Self.size(of: common.captures))
    var told = Told()
    var waiting: NumberOrder? = order == .numbers ? NumberOrder() : nil
    var context = self.context(&reader)
    var packets = 0
    var sessionsRead = 0
    var spans = TimeSpans()
    var blockNumber = 0

    while reader.next() {
      let frame = reader.frame
      let place = reader.place
      if jobs > 1, reader.blockNumber != blockNumber {
        blockNumber = reader.blockNumber
        analyzer.lend(reader.block)
      }
      reader.withBytes { analyzer.receive($0, descriptor: frame, at: place) }
      spans.add(frame)
      packets += 1
      while analyzer.hasEndedSessions, let session = analyzer.nextSession() {
        sessionsRead += 1
        keyUses.count(session)
        // A capture of several in an archive is known by name when it has begun.
        let file = max(session.connection.firstFrame.file, session.connection.lastFrame.file)
        if file >= context.fileNames.count || told.summary.sessions == 0 { context = self.context(&reader) }
        if waiting == nil {
          try keep(session, context, &told, passed, each)
        } else {
          waiting?.add(session)
          while let session = waiting?.popFirst() { try keep(session, context, &told, passed, each) }
        }
      }
      if packets & 0xfff == 0 {
        progress.report(packets: packets, bytes: reader.bytesRead)
        if let isOver, isOver() { break }
      }
    }
    analyzer.finish()
    context = self.context(&reader)
    while let session = analyzer.nextSession() {
      sessionsRead += 1
      keyUses.count(session)
      if waiting == nil { try keep(session, context, &told, passed, each) } else { waiting?.add(session) }
    }
    while let session = waiting?.popLast() { try keep(session, context, &told, passed, each) }
    progress.end()

    let captures = summaries(of: reader.captures, spans, unknownLinks: analyzer.unknownLinks)
    if common.verbose {
      for notice in reader.notices { StandardError.say("smtpscope: \(notice.description)") }
      for line in keyUses.lines { StandardError.say("smtpscope: \(line)") }
    }
    told.summary.finish(analyzer.summary)
    if filter != nil { told.summary.leftOutSessions = sessionsRead - told.summary.sessions }
    if filter == nil { told.summary.notes = analyzer.notes }
    let result = Result(
      summary: told.summary, captures: captures, context: context,
      isIncomplete: captures.contains { $0.error != nil },
      sessionsRead: sessionsRead)
    if let failure = told.failure {
      try store?.finish(runEnd(result))
      throw failure
    }
    return result
  }

  private func openCaptures(telling secrets: CaptureSecrets) throws(Failure) -> CaptureReader {
    do {
      return try CaptureReader(paths: common.captures, filter: common.filter, secretsReceiver: secrets)
    } catch {
      throw Failure(status: .usage, message: error.description)
    }
  }

  /// What there is to say of each input; what keeps one from being read to its end is said at once.
  private func summaries(
    of captures: [CaptureInfo], _ spans: TimeSpans, unknownLinks: [(type: LinkType, frame: FrameDescriptor)]
  ) -> [CaptureSummary] {
    var summaries = captures.enumerated().map { CaptureSummary($1, from: spans.first(of: $0), to: spans.last(of: $0)) }
    for (type, frame) in unknownLinks where summaries.indices.contains(frame.file) {
      let file = String(visible: summaries[frame.file].file)
      let reason = "\(file): no reader for the link type \(type.name), first met in packet \(frame.number)."
      if summaries[frame.file].error == nil {
        summaries[frame.file].error = reason
      } else {
        StandardError.say("smtpscope: \(reason)")
      }
    }
    for summary in summaries {
      if let error = summary.error { StandardError.say("smtpscope: \(error)") }
    }
    return summaries
  }

  /// What was told so far.
  private struct Told {
    var summary = AnalysisSummary()
    /// Why nothing more can be printed, where the database goes on: whoever reads what is printed may leave sooner.
    var failure: Failure?
  }

  private func keep(
    _ session: Session, _ context: ReportContext, _ told: inout Told, _ passed: ((Session) -> Void)?,
    _ each: (Session, ReportContext) throws(Failure) -> Void
  ) throws(Failure) {
    guard let filter else { return try tell(session, context, &told, each) }
    if let wanted = filter.kept(of: session) { try tell(wanted, context, &told, each) }
    passed?(session)
  }

  private func tell(
    _ session: Session, _ context: ReportContext, _ told: inout Told,
    _ each: (Session, ReportContext) throws(Failure) -> Void
  ) throws(Failure) {
    told.summary.count(session)
    store?.put(session, context)
    guard told.failure == nil else { return }
    do throws(Failure) {
      try each(session, context)
    } catch {
      guard store != nil else { throw error }
      told.failure = error
    }
  }

  private func runEnd(_ result: Result) -> RunEnd {
    RunEnd(summary: result.summary, captures: result.captures, context: result.context, time: LiveClock.wall)
  }

  /// Takes the reader where it lies, although it changes nothing: to lend it, the loop would copy it for each frame.
  private func context(_ reader: inout CaptureReader) -> ReportContext {
    let captures = reader.captures
    return ReportContext(
      fileNames: captures.map(\.file), timeDecimals: captures.map(\.timestampDecimals).max() ?? 6,
      showsDialogue: showsDialogue)
  }

  /// The cores that this process may run on.
  private static var availableCores: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// Bytes of all inputs that are plain files; 0 where one is not.
  private static func size(of paths: [String]) -> Int {
    var total = 0
    for path in paths {
      // The path is handed over with a zero behind it for the call's time.
      let size = unsafe size_of_file(path)
      guard size >= 0 else { return 0 }
      total += Int(size)
    }
    return total
  }
}

/// The earliest and the latest time of each input's packets.
struct TimeSpans {
  private typealias TimeSpan = (first: CaptureTime, last: CaptureTime)

  private var spans: [TimeSpan] = []
  /// That of the input which the last packet came from, as the next one mostly does.
  private var current: TimeSpan = TimeSpans.none
  private var file = -1

  private static let none: TimeSpan = (CaptureTime(nanoseconds: .max), CaptureTime(nanoseconds: .min))

  mutating func add(_ frame: FrameDescriptor) {
    if frame.file != file { turn(to: frame.file) }
    if frame.time.nanoseconds < current.first.nanoseconds { current.first = frame.time }
    if current.last.nanoseconds < frame.time.nanoseconds { current.last = frame.time }
  }

  private mutating func turn(to next: Int) {
    if file >= 0 { spans[file] = current }
    while spans.count <= next { spans.append(TimeSpans.none) }
    file = next
    current = spans[next]
  }

  private func span(of input: Int) -> TimeSpan? {
    let span = input == file ? current : spans.indices.contains(input) ? spans[input] : TimeSpans.none
    return span.first <= span.last ? span : nil
  }

  func first(of file: Int) -> CaptureTime? { span(of: file)?.first }
  func last(of file: Int) -> CaptureTime? { span(of: file)?.last }
}

extension CaptureSummary {
  init(_ info: CaptureInfo, from start: CaptureTime?, to end: CaptureTime?) {
    self.init(file: info.file)
    packets = info.packets
    bytes = info.capturedBytes
    linkTypes = info.linkTypes.map(\.name)
    isTruncated = info.isTruncated
    error = info.error?.description
    self.start = start
    self.end = end
  }
}
