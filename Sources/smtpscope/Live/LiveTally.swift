private import Glibc
internal import CaptureReading
internal import Reports
internal import SMTPAnalysis
internal import Wire

/// What a live run counts, and says of it.
struct LiveTally: ~Copyable {
  /// Records that wait to be handed to the writer, and how many they are.
  var output = OutputBuffer()
  var records = 0
  private let settings: LiveSettings
  private let observers: [any LiveObserver]
  private let outputs: LiveOutputs
  private var kept = AnalysisSummary()
  private var counters = LiveCounters()
  /// What was told of losses, and when.
  private var told = Losses()
  private var lastTold: Int64?

  private struct Losses: Equatable {
    var packets: [Int] = []
    var records = 0
    var heldPackets = 0
  }

  /// Lines about losses are at least so far apart, in nanoseconds.
  private static let lossSilence: Int64 = 10_000_000_000

  init(_ settings: LiveSettings, _ observers: [any LiveObserver], _ outputs: LiveOutputs) {
    self.settings = settings
    self.observers = observers
    self.outputs = outputs
    counters.start = LiveClock.wall
    told.packets = settings.interfaces.map { _ in 0 }
  }

  /// Counts a session that has ended; gives it as far as the selection keeps it.
  mutating func keep(_ session: Session, _ context: ReportContext) -> Session? {
    let wanted = settings.filter.map { $0.kept(of: session) } ?? session
    counters.sessions += 1
    if let wanted { kept.count(wanted) }
    outputs.take(session, kept: wanted, context)
    for observer in observers { observer.session(session, isKept: wanted != nil, context: context) }
    return wanted
  }

  /// Hands what waits to the writer.
  mutating func write(ifOver size: Int = 0) {
    guard output.count > size else { return }
    _ = outputs.records.put(&output, records: max(records, 1))
    records = 0
  }

  /// A second has passed.
  mutating func tick(_ statistics: [LiveStatistics], _ load: AnalysisLoad?, at now: Int64) {
    update(statistics, load)
    outputs.packets?.flush()
    for observer in observers { observer.tick(counters) }
    tellLosses(at: now)
  }

  /// The capture is over.
  mutating func end(_ statistics: [LiveStatistics], _ load: AnalysisLoad?) {
    update(statistics, load)
    tellLosses(at: .max)
    for observer in observers { observer.end(counters) }
  }

  private mutating func update(_ statistics: [LiveStatistics], _ load: AnalysisLoad?) {
    counters.time = LiveClock.wall
    counters.interfaces = statistics.map(LiveCounters.Interface.init)
    counters.droppedRecords = outputs.droppedRecords
    counters.droppedHeldPackets = outputs.packets?.droppedPackets ?? 0
    counters.heldPacketBytes = outputs.packets?.heldBytes ?? 0
    counters.openConnections = load?.openConnections
    counters.heldBytes = load?.heldBytes
    counters.limited = load?.limited
    counters.memory = Self.residentMemory
  }

  /// Says what was lost since that was last said, not too often.
  private mutating func tellLosses(at now: Int64) {
    let losses = Losses(
      packets: counters.interfaces.map { $0.kernelDropped + $0.interfaceDropped }, records: counters.droppedRecords,
      heldPackets: counters.droppedHeldPackets)
    guard losses != told else { return }
    if let lastTold, now &- lastTold < Self.lossSilence { return }
    for (index, interface) in counters.interfaces.enumerated() where losses.packets[index] > told.packets[index] {
      let lost = Quantity.count(losses.packets[index] - told.packets[index], "packet")
      LogLine.say(
        "\(String(visible: interface.name)): \(lost) dropped before they were read (\(Quantity.grouped(losses.packets[index])) in all); connections may show gaps that are not theirs [capture-dropped]",
        .warning)
    }
    if losses.records > told.records {
      let lost = Quantity.count(losses.records - told.records, "record")
      LogLine.say(
        "\(lost) dropped: the output is read too slowly (\(Quantity.grouped(losses.records)) in all)", .warning)
    }
    if losses.heldPackets > told.heldPackets {
      let lost = Quantity.count(losses.heldPackets - told.heldPackets, "packet")
      LogLine.say(
        "\(lost) of unfinished handshakes not kept for --write (\(Quantity.grouped(losses.heldPackets)) in all)",
        .warning)
    }
    told = losses
    lastTold = now
  }

  /// `SIGUSR1`: everything that is counted.
  mutating func showStatistics(_ statistics: [LiveStatistics], _ load: AnalysisLoad?) {
    update(statistics, load)
    let elapsed = Quantity.duration(counters.time.nanoseconds(since: counters.start))
    var lines = [
      "statistics after \(elapsed): \(Quantity.count(counters.sessions, "session")) ended, \(words(of: kept))"
    ]
    for interface in counters.interfaces {
      lines.append(
        "  \(String(visible: interface.name)): \(Quantity.count(interface.packets, "packet")), \(Quantity.size(interface.bytes)); dropped by the kernel \(Quantity.grouped(interface.kernelDropped)), by the interface \(Quantity.grouped(interface.interfaceDropped))\(interface.isUp ? "" : "; down")"
      )
    }
    if let open = counters.openConnections, let held = counters.heldBytes {
      var line = "  \(Quantity.count(open, "connection")) open, \(Quantity.size(held)) waiting out of order"
      if let evicted = counters.limited?.evictedConnections, evicted > 0 {
        line += ", \(Quantity.grouped(evicted)) given up for memory"
      }
      lines.append(line)
    }
    if let packets = outputs.packets {
      let early = packets.writtenEarly
      let note = early > 0 ? "; \(Quantity.count(early, "connection")) too long to wait and written as they came" : ""
      lines.append("  \(Quantity.size(packets.heldBytes)) of packets held for --write\(note)")
    }
    if let store = outputs.store { lines.append("  \(store.statistics)") }
    if counters.droppedRecords > 0 { lines.append("  \(Quantity.count(counters.droppedRecords, "record")) dropped") }
    if let memory = counters.memory { lines.append("  \(Quantity.size(memory)) of memory") }
    LogLine.say(lines.joined(separator: "\n"), .info)
  }

  private func words(of summary: AnalysisSummary) -> String {
    let outcomes = Transaction.Outcome.allCases.compactMap { outcome in
      summary.transactions[outcome].map { "\(Quantity.grouped($0)) \(outcome.rawValue.replacing("_", with: " "))" }
    }
    let mails = Quantity.count(summary.messages, "message")
    return outcomes.isEmpty ? mails : "\(mails): \(outcomes.joined(separator: ", "))"
  }

  /// The counts over everything.
  func summary(
    _ whole: AnalysisSummary, notes: [AnalysisSummary.Note], _ statistics: [LiveStatistics]
  ) -> AnalysisSummary {
    var summary = kept
    summary.finish(whole)
    if settings.filter == nil { summary.notes = notes }
    for interface in statistics {
      let (kernel, device) = (interface.kernelDropped, interface.interfaceDropped)
      guard kernel + device > 0 else { continue }
      summary.notes.append(
        AnalysisSummary.Note(
          .captureDropped,
          "\(String(visible: interface.name)): \(Quantity.count(kernel, "packet")) dropped by the kernel and \(Quantity.grouped(device)) by the interface; connections may show gaps that are not theirs"
        ))
      summary.findings[.captureDropped, default: 0] += 1
      summary.worstSeverity = max(summary.worstSeverity ?? .warning, .warning)
    }
    return summary
  }

  var losses: AnalysisSummary.Losses {
    AnalysisSummary.Losses(
      records: outputs.droppedRecords, heldPackets: outputs.packets?.droppedPackets ?? 0)
  }

  /// The second number of `/proc/self/statm`, in pages (proc(5)).
  private static var residentMemory: Int? {
    let file = unsafe open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 128)
    // read(2) fills in as many bytes as it says.
    let count = unsafe read(file, &buffer, buffer.count)
    guard count > 0 else { return nil }
    let numbers = String(decoding: buffer.prefix(count), as: UTF8.self).split(separator: " ")
    guard numbers.count > 1, let pages = Int(numbers[1]) else { return nil }
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }
}

extension LiveCounters.Interface {
  init(_ statistics: LiveStatistics) {
    self.init(
      name: statistics.name, packets: statistics.packets, bytes: statistics.bytes,
      kernelDropped: statistics.kernelDropped, interfaceDropped: statistics.interfaceDropped, isUp: statistics.isUp)
  }
}
