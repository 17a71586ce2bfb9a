private import Glibc
internal import CaptureReading
internal import RecordStore
internal import Reports
internal import SMTPAnalysis
internal import Wire

/// Live traffic, from opening the interfaces to the summary.
///
/// One thread captures and analyzes (with `--jobs` more of them analyze), another one writes records. Packets' times drive the
/// analysis; where none come, the wall clock does, so that what falls silent ends too.
struct LiveRun {
  private let settings: LiveSettings
  private let observers: [any LiveObserver]

  init(_ settings: LiveSettings, observers: [any LiveObserver] = []) {
    self.settings = settings
    self.observers = observers
  }

  /// Packets that are read in one go before anything else is looked after.
  private static let packetsOfRound = 4096
  /// How long what has ended may wait to be told, in nanoseconds.
  private static let settling: Int64 = 100_000_000
  /// The wall clock is this much ahead of the packets that are handed over: they come in batches.
  private static let handOverDelay = Int64(LiveOptions.batchTime) * 1_000_000 + 150_000_000
  /// How long the end may take, for whoever reads the output, in seconds.
  private static let endPatience = 5

  /// Captures until a signal says to stop. Throws where something could not be written.
  func run(_ report: consuming some Report) throws(Failure) {
    var report = report
    var signals = LiveSignals()
    var reader = try open()
    try giveUpPrivileges()
    let outputs = try LiveOutputs(settings)
    let manager = ServiceManager()
    var analyzer = try Analyzer(settings.analysis, output: outputs.messageOutput, jobs: settings.jobs)
    var tally = LiveTally(settings, observers, outputs)
    var context = ReportContext(
      fileNames: settings.interfaces, timeDecimals: 9, showsDialogue: settings.showsDialogue)
    for observer in observers { try observer.begin(context) }
    report.begin(into: &tally.output)
    manager.tell(.ready)

    let begin = LiveClock.steady
    var settle = Interval(nanoseconds: Self.settling, from: begin)
    var second = Interval(nanoseconds: 1_000_000_000, from: begin)
    var watchdog = manager.watchdogInterval.map { Interval(nanoseconds: $0, from: begin) }
    var isStopping = false
    var isBehind = false
    while !isStopping {
      let before = LiveClock.steady
      reader.wait(
        milliseconds: min(settle.wait(from: before), second.wait(from: before)), beside: [signals.descriptor])
      while let signal = signals.next() {
        switch signal {
        case .stop: isStopping = true
        case .reopen: outputs.reopen()
        case .statistics: tally.showStatistics(reader.statistics, analyzer.load)
        }
      }
      // Packets that had to wait are old enough.
      if isBehind { settings.keyLogs?.readOn() } else { settings.keyLogs?.catchUp() }
      let time = LiveClock.wall
      var read = 0
      while read < Self.packetsOfRound, reader.next() {
        // One that has come since: whoever writes the log has written the secrets before what is sent under them.
        if !isBehind { settings.keyLogs?.readOn() }
        let frame = reader.frame
        reader.withBytes {
          analyzer.receive($0, descriptor: frame)
          outputs.packets?.receive($0, frame)
        }
        read += 1
      }
      isBehind = read == Self.packetsOfRound
      let now = LiveClock.steady
      if settle.isDue(at: now) {
        // While packets may still wait to be read, theirs is the only clock: what looks lost may be among them.
        analyzer.settle(at: isBehind ? reader.frame.time : time.advanced(byNanoseconds: -Self.handOverDelay))
        tell(&analyzer, &report, &tally, context)
      }
      if second.isDue(at: now) {
        for notice in reader.look() { LogLine.say(notice.description, .warning) }
        tally.tick(reader.statistics, analyzer.load, at: now)
      }
      if watchdog?.isDue(at: now) == true { manager.tell(.alive) }
      if outputs.failure != nil { isStopping = true }
    }

    manager.tell(.stopping)
    signals.release()
    // What the kernel has in hand: two batches at most, and no more than comes while it is read.
    reader.wait(milliseconds: LiveOptions.batchTime + 50)
    settings.keyLogs?.catchUp()
    var left = Self.packetsOfRound * 64
    while left > 0, reader.next() {
      let frame = reader.frame
      reader.withBytes {
        analyzer.receive($0, descriptor: frame)
        outputs.packets?.receive($0, frame)
      }
      left -= 1
    }
    let statistics = reader.statistics
    analyzer.finish()
    tell(&analyzer, &report, &tally, context)
    context.fileNames = settings.interfaces
    let captures = zip(reader.captures, statistics).map { CaptureSummary($0, dropped: $1) }
    var summary = tally.summary(analyzer.summary, notes: analyzer.notes, statistics)
    for capture in captures { report.capture(capture, context: context, into: &tally.output) }
    summary.losses = tally.losses
    report.end(summary, captures: captures, context: context, into: &tally.output)
    tally.end(statistics, analyzer.load)
    let end = RunEnd(summary: summary, captures: captures, context: context, time: LiveClock.wall)
    try outputs.finish(&tally.output, end, seconds: Self.endPatience)
    if let threshold = settings.failOn, let worst = summary.worstSeverity, worst >= threshold.severity {
      throw Failure(status: .failOnMatched, message: "")
    }
  }

  private func tell(
    _ analyzer: inout Analyzer, _ report: inout some Report, _ tally: inout LiveTally, _ context: ReportContext
  ) {
    while let preview = analyzer.nextTransaction() {
      guard let wanted = settings.filter.map({ $0.kept(of: preview) }) ?? preview else { continue }
      report.transaction(wanted, into: &tally.output)
    }
    while let session = analyzer.nextSession() {
      if let wanted = tally.keep(session, context) {
        report.session(wanted, context: context, into: &tally.output)
        tally.records += 1
      }
      tally.write(ifOver: 1 << 16)
    }
    tally.write()
  }

  private func open() throws(Failure) -> LiveReader {
    do throws(LiveError) {
      return try LiveReader(interfaces: settings.interfaces, options: settings.capture)
    } catch {
      let program = CommandLine.arguments.first ?? "smtpscope"
      let hint: String
      if case .notPermitted = error {
        hint = " Run as root, or: sudo setcap cap_net_raw+ep \(String(visible: Self.path(of: program)))"
      } else {
        hint = ""
      }
      throw Failure(status: .usage, message: error.description + hint)
    }
  }

  /// Where the program lies, as far as the system tells.
  private static func path(of program: String) -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    // readlink(2) fills in as many bytes as it says.
    let count = unsafe buffer.withUnsafeMutableBytes { buffer in
      guard let start = buffer.baseAddress else { return 0 }
      return unsafe readlink("/proc/self/exe", start.assumingMemoryBound(to: CChar.self), buffer.count)
    }
    return count > 0 ? String(decoding: buffer.prefix(count), as: UTF8.self) : program
  }

  /// Becomes nobody in particular, and writes from now on where it was told to and nowhere else.
  private func giveUpPrivileges() throws(Failure) {
    let user = try Privileges.drop(to: settings.user)
    for directory in settings.outputDirectories { LiveOutputs.make(directory) }
    let excuse = Confinement.restrict(to: settings.outputDirectories)
    if let excuse, settings.isVerbose {
      LogLine.say("not confined to the output directories: \(excuse).", .notice)
    }
    guard !settings.isQuiet else { return }
    let ports = settings.analysis.mailPorts.map(String.init).joined(separator: ", ")
    let filter = settings.capture.filter.map { String(visible: $0) } ?? "tcp port \(ports)"
    let names = settings.interfaces.map { String(visible: $0) }.joined(separator: ", ")
    let identity = user.map { ", as \(String(visible: $0))" } ?? ""
    LogLine.say("listening on \(names) (\(filter))\(identity); times are UTC", .info)
  }
}

extension CaptureSummary {
  init(_ info: CaptureInfo, dropped: LiveStatistics) {
    self.init(info, from: nil, to: nil)
    self.dropped = Drops(kernel: dropped.kernelDropped, interface: dropped.interfaceDropped)
  }
}
