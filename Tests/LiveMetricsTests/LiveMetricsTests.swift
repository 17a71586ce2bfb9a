import Foundation
import LiveMetrics
import OutputChecks
import Reports
import SMTPAnalysis
import Testing
import Wire

@Suite struct LiveMetricsTests {
  private static let start = CaptureTime(nanoseconds: 1_795_166_042_000_000_000)

  private static func capture() -> CaptureCounters {
    var capture = CaptureCounters(start: start, now: start.advanced(byNanoseconds: 61_500_000_000))
    capture.interfaces = [CaptureCounters.Interface("eth0"), CaptureCounters.Interface("lo")]
    capture.interfaces[0].packets = 1234
    capture.interfaces[0].bytes = 567_890
    capture.interfaces[0].droppedByKernel = 3
    capture.interfaces[1].droppedByInterface = 2
    capture.interfaces[1].isUp = false
    capture.openConnections = 17
    capture.residentBytes = 30 << 20
    return capture
  }

  private static func exposition(
    _ texts: [String], version: String = "1.2.3", capture: CaptureCounters? = nil
  ) throws -> ExpositionText {
    try ExpositionText(text(texts, version: version, capture: capture))
  }

  private static func text(
    _ texts: [String], version: String = "1.2.3", capture: CaptureCounters? = nil
  ) -> String {
    var metrics = LiveMetrics(version: version, capture: capture ?? Self.capture())
    for text in texts {
      for session in sessions(text) { metrics.count(session) }
    }
    return Self.text(of: metrics)
  }

  private static func text(of metrics: LiveMetrics) -> String {
    var output = OutputBuffer()
    metrics.write(into: &output)
    var text = ""
    output.drain { bytes in text = String(decoding: (0..<bytes.count).map { bytes[$0] }, as: UTF8.self) }
    return text
  }

  @Test func `What the capture tells is told`() throws {
    let metrics = try Self.exposition([])
    #expect(metrics["smtpscope_build_info", ["version": "1.2.3"]] == 1)
    #expect(metrics["smtpscope_uptime_seconds", [:]] == 61.5)
    #expect(metrics["process_start_time_seconds", [:]] == 1_795_166_042)
    #expect(metrics["process_resident_memory_bytes", [:]] == Double(30 << 20))
    #expect(metrics["smtpscope_open_connections", [:]] == 17)
    #expect(metrics["smtpscope_capture_packets_total", ["interface": "eth0"]] == 1234)
    #expect(metrics["smtpscope_capture_bytes_total", ["interface": "eth0"]] == 567_890)
    #expect(metrics["smtpscope_capture_dropped_packets_total", ["interface": "eth0", "by": "kernel"]] == 3)
    #expect(metrics["smtpscope_capture_dropped_packets_total", ["interface": "lo", "by": "interface"]] == 2)
    #expect(metrics["smtpscope_interface_up", ["interface": "lo"]] == 0)
  }

  @Test func `What nobody knows is left out`() throws {
    let metrics = try Self.exposition([], capture: CaptureCounters(start: Self.start, now: Self.start))
    #expect(!metrics.samples.contains { $0.name == "smtpscope_open_connections" })
    #expect(!metrics.samples.contains { $0.name == "process_resident_memory_bytes" })
  }

  @Test func `Mails, recipients and findings are counted`() throws {
    let metrics = try Self.exposition([Dialogue.delivered, Dialogue.partly, Dialogue.refused, Dialogue.refused])
    #expect(metrics["smtpscope_sessions_total", ["class": "mail"]] == 4)
    #expect(metrics["smtpscope_session_verdicts_total", ["verdict": "delivered"]] == 1)
    #expect(metrics["smtpscope_session_verdicts_total", ["verdict": "partial"]] == 1)
    #expect(metrics["smtpscope_session_verdicts_total", ["verdict": "refused"]] == 2)
    #expect(metrics["smtpscope_transactions_total", ["outcome": "accepted"]] == 1)
    #expect(metrics["smtpscope_transactions_total", ["outcome": "partially_accepted"]] == 1)
    #expect(metrics["smtpscope_transactions_total", ["outcome": "refused"]] == 2)
    #expect(metrics["smtpscope_transactions_total", ["outcome": "lost"]] == 0)
    #expect(metrics["smtpscope_recipients_total", ["code": "2xx"]] == 2)
    #expect(metrics["smtpscope_recipients_total", ["code": "4xx"]] == 1)
    #expect(metrics["smtpscope_recipients_total", ["code": "5xx"]] == 3)
    #expect(metrics["smtpscope_messages_total", [:]] == 2)
    #expect(metrics["smtpscope_message_bytes_total", [:]] == 2 * Double("Subject: figures\r\n\r\ntext\r\n".utf8.count))
    #expect(metrics["smtpscope_findings_total", ["id": "mailbox-unknown"]] == 3)
    #expect(metrics["smtpscope_findings_total", ["id": "greylisted"]] == 1)
    #expect(metrics["smtpscope_tls_sessions_total", ["method": "none", "outcome": "none"]] == 4)
    #expect((metrics["smtpscope_session_bytes_total", ["from": "client"]] ?? 0) > 300)
    #expect(metrics["smtpscope_session_duration_seconds_count", [:]] == 4)
  }

  @Test func `Phases are histograms`() throws {
    let metrics = try Self.exposition([Dialogue.delivered])
    for phase in ["greeting", "ehlo", "sender", "recipients", "end_of_data", "quit"] {
      #expect(metrics["smtpscope_phase_wait_seconds_count", ["phase": phase]] == 1, "\(phase)")
      // The test's server takes ten milliseconds for everything.
      #expect(metrics["smtpscope_phase_wait_seconds_bucket", ["phase": phase, "le": "0.001"]] == 0, "\(phase)")
      #expect(metrics["smtpscope_phase_wait_seconds_bucket", ["phase": phase, "le": "0.1"]] == 1, "\(phase)")
    }
    #expect(metrics["smtpscope_phase_wait_seconds_count", ["phase": "auth"]] == 0)
  }

  @Test(arguments: [
    ("Tests/smtpscopeTests/Captures/submission-inside-tls.pcap", "TLS 1.3"),
    ("samples/starttls-without-keys.pcap", "unknown"),
  ]) func `A version of TLS is counted`(capture: String, version: String) throws {
    // Both have microseconds, little end first, and Ethernet.
    let file = try [UInt8](Data(contentsOf: URL(filePath: Self.path(of: capture))))
    func number(at offset: Int) -> Int { (0..<4).reduce(0) { $0 | Int(file[offset + $1]) << (8 * $1) } }
    var analyzer = Analyzer(options: AnalysisOptions())
    var (offset, frames) = (24, 0)
    while offset + 16 <= file.count {
      let length = number(at: offset + 8)
      let time = number(at: offset) * 1_000_000_000 + number(at: offset + 4) * 1000
      frames += 1
      analyzer.receive(
        file[(offset + 16)..<(offset + 16 + length)].span,
        descriptor: FrameDescriptor(
          time: CaptureTime(nanoseconds: Int64(time)), number: frames, file: 0, linkType: .ethernet,
          originalLength: number(at: offset + 12)))
      offset += 16 + length
    }
    analyzer.finish()
    var metrics = LiveMetrics(version: "1.2.3", capture: Self.capture())
    while let session = analyzer.nextSession() { metrics.count(session) }
    let told = try ExpositionText(Self.text(of: metrics))
    for sample in told.samples where sample.name == "smtpscope_tls_versions_total" {
      #expect(sample.value == (sample.labels["version"] == version ? 1 : 0), "\(sample)")
    }
    #expect(told["smtpscope_tls_versions_total", ["version": version]] == 1)
  }

  private static func path(of file: String) -> String {
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/" + file
  }

  @Test func `Every finding and outcome has its place before it happens`() throws {
    let metrics = try Self.exposition([])
    for id in FindingID.allCases { #expect(metrics["smtpscope_findings_total", ["id": id.rawValue]] == 0) }
    for outcome in Transaction.Outcome.allCases {
      #expect(metrics["smtpscope_transactions_total", ["outcome": outcome.rawValue]] == 0)
    }
  }

  @Test func `Nothing from the wire becomes a name or a label`() throws {
    let hostile = """
      S: 220 mx"evil{le="1"} 5 ESMTP
      C: EHLO client"} 1
      S: 250 mx.example
      C: AUTH "X"},y{ abc
      S: 504 5.5.4 what
      C: MAIL FROM:<"a"@b.example>
      S: 250 2.1.0 Ok
      C: RCPT TO:<c"}@d.example>
      S: 999 no
      C: QUIT
      S: 221 bye

      """
    let quiet = try Self.exposition([])
    let noisy = try Self.exposition([hostile, Dialogue.refused])
    #expect(noisy.samples.map(\.name) == quiet.samples.map(\.name))
    #expect(noisy.samples.map(\.labels) == quiet.samples.map(\.labels))
  }

  @Test func `A name that needs escapes gets them`() throws {
    var capture = Self.capture()
    capture.interfaces[0].name = "a\"b\\c\nd"
    let metrics = try Self.exposition([], capture: capture)
    #expect(metrics["smtpscope_capture_packets_total", ["interface": "a\"b\\c\nd"]] == 1234)
  }

  @Test(arguments: [
    "a 1", "# HELP a_total x\n# TYPE a_total gauge\na_total 1\n", "# HELP a x\n# TYPE a gauge\na{b=c} 1\n",
    "# HELP a x\n# TYPE a gauge\na 1\na 2\n", "# HELP a x\n# TYPE a gauge\nb 1\n",
    "# HELP a x\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n",
    "# HELP a_total x\n# TYPE a_total counter\na_total -1\n",
  ]) func `The reader that the others rely on is strict`(text: String) {
    #expect(throws: ExpositionText.Problem.self) { try ExpositionText(text) }
  }
}

@Suite struct LatencyHistogramTests {
  @Test func `A bound belongs to what lies below it`() {
    var histogram = LatencyHistogram()
    for duration in [-5, 0, 1_000_000, 1_000_001, 600_000_000_000, 600_000_000_001] { histogram.add(Int64(duration)) }
    #expect(histogram.counts.first == 3)
    #expect(histogram.counts[1] == 1)
    #expect(histogram.counts.suffix(2) == [1, 1])
    #expect(histogram.count == 6)
    #expect(histogram.sum == 1_200_002_000_002)
  }
}

@Suite struct RateHistoryTests {
  private static let start = CaptureTime(nanoseconds: 1_795_166_042_000_000_000)

  private static func capture(after seconds: Int, packets: Int = 0, dropped: Int = 0) -> CaptureCounters {
    var capture = CaptureCounters(
      start: start, now: start.advanced(byNanoseconds: Int64(seconds) * 1_000_000_000))
    var interface = CaptureCounters.Interface("eth0")
    interface.packets = packets
    interface.bytes = 100 * packets
    interface.droppedByKernel = dropped
    capture.interfaces = [interface]
    return capture
  }

  @Test func `A second holds what passed in it`() throws {
    var history = RateHistory(Self.capture(after: 0))
    for text in [Dialogue.delivered, Dialogue.refused] { sessions(text).forEach { history.count($0) } }
    history.tick(Self.capture(after: 1, packets: 40))
    history.tick(Self.capture(after: 2, packets: 50, dropped: 3))
    let first = try #require(history.recent.first)
    #expect(first.start == Self.start)
    #expect((first.sessions, first.accepted, first.failed, first.deferred) == (2, 1, 1, 0))
    #expect((first.packets, first.bytes, first.dropped) == (40, 4000, 0))
    #expect(try #require(first.medianWait) > 1_000_000)
    let second = history.recent[1]
    #expect((second.sessions, second.packets, second.dropped) == (0, 10, 3))
    #expect(second.medianWait == nil)
  }

  @Test func `Each mail is counted as what became of it`() throws {
    var history = RateHistory(Self.capture(after: 0))
    let abandoned = Dialogue.envelope + "C: QUIT\nS: 221 bye\n"
    for text in [Dialogue.delivered, Dialogue.partly, abandoned, Dialogue.refused] {
      sessions(text).forEach { history.count($0) }
    }
    history.tick(Self.capture(after: 1))
    let point = try #require(history.recent.first)
    #expect((point.accepted, point.partial, point.aborted, point.failed, point.deferred) == (1, 1, 1, 1, 0))
  }

  @Test func `Counts that begin anew are no negative rates`() {
    var history = RateHistory(Self.capture(after: 0, packets: 1000, dropped: 5))
    history.tick(Self.capture(after: 1, packets: 10))
    #expect(history.recent.map(\.packets) == [0])
    #expect(history.recent.map(\.dropped) == [0])
  }

  @Test func `It remembers five minutes and a day, however long it runs`() {
    var history = RateHistory(Self.capture(after: 0))
    for second in 1...(RateHistory.stride * (RateHistory.strides + 2)) {
      history.tick(Self.capture(after: second, packets: second))
    }
    #expect(history.recent.count == RateHistory.seconds)
    #expect(history.long.count == RateHistory.strides)
    #expect(history.long.allSatisfy { $0.packets == RateHistory.stride })
  }

  @Test func `Phases are forgotten after five minutes`() {
    var waits = PhaseWaits()
    sessions(Dialogue.delivered).forEach { waits.count($0) }
    #expect(waits[.greeting].count == 1)
    for _ in 0..<240 { waits.tick() }
    #expect(waits[.greeting].count == 1)
    for _ in 0..<60 { waits.tick() }
    #expect(waits[.greeting].isEmpty)
  }
}
