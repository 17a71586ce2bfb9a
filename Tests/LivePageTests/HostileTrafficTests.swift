import Foundation
import LiveMetrics
import OutputChecks
import Reports
import SMTPAnalysis
import TestSupport
import Testing
import Wire

@testable import LivePage

/// Strings of strangers, everywhere at once, through what a live run shows: its lines, its page and its metrics.
@Suite struct HostileTrafficTests {
  /// What a live run is told of a capture: transactions as they end, then sessions.
  private struct Traffic {
    var told: [(session: Session, isWhole: Bool)] = []
    let count: Int

    init(_ strings: [[UInt8]]) {
      let capture = HostileCapture(strings)
      count = capture.sessions
      var options = AnalysisOptions()
      options.keepsDialogue = true
      options.tellsTransactions = true
      var analyzer = Analyzer(options: options)
      for (index, frame) in capture.frames.enumerated() {
        analyzer.receive(
          frame.bytes.span,
          descriptor: FrameDescriptor(
            time: frame.time, number: index + 1, file: 0, linkType: .ethernet, originalLength: frame.bytes.count))
        while let preview = analyzer.nextTransaction() { told.append((preview, false)) }
        while let session = analyzer.nextSession() { told.append((session, true)) }
      }
      analyzer.finish()
      while let session = analyzer.nextSession() { told.append((session, true)) }
    }

    var sessions: [Session] { told.filter(\.isWhole).map(\.session) }
  }

  private static let hostile = Traffic(HostileString.all.map(\.bytes))
  private static let calm = Traffic(HostileString.all.indices.map { Array("calm\($0)".utf8) })

  private func expectNone(_ problems: [String], _ what: some Any) {
    #expect(problems.isEmpty, "\(what): \(problems.count) problems, first \(problems.prefix(3))")
  }

  // MARK: Lines

  private func lines(_ traffic: Traffic, _ style: TextStyle) -> Data {
    var report = LiveReport(style: style)
    var output = OutputBuffer()
    for (session, isWhole) in traffic.told {
      if isWhole {
        report.session(session, context: Scene.context, into: &output)
      } else {
        report.transaction(session, into: &output)
      }
    }
    report.end(AnalysisSummary(), captures: [], context: Scene.context, into: &output)
    return Data(output.take())
  }

  @Test(arguments: [nil, 40, 120] as [Int?]) func `a line is a line`(columns: Int?) {
    let text = lines(Self.hostile, TextStyle(columns: columns))
    expectNone(InertOutput.text(text), "lines")
    let count = { (data: Data) in data.count { $0 == 10 } }
    // What breaks a rule has a finding that is told with its session, and so a line more.
    let calm = lines(Self.calm, TextStyle(columns: columns))
    #expect(count(text) >= HostileString.all.count && count(text) <= 2 * count(calm))
    if let columns {
      for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
        #expect(line.count <= columns, "\(line)")
      }
    }
    expectNone(InertOutput.text(lines(Self.hostile, TextStyle(usesColor: true)), colour: true), "colour")
  }

  // MARK: The page

  private func page(_ traffic: Traffic) -> PageState {
    var limits = PageLimits()
    limits.recordsPerSecond = 10_000
    limits.listedPerSecond = 10_000
    limits.sessions = 10_000
    limits.listedAtOnce = 10_000
    var state = PageState(version: "1.2.3", capture: Scene.capture(after: 0), limits: limits)
    for session in traffic.sessions { state.take(session, context: Scene.context) }
    state.tick(Scene.capture(after: 1))
    return state
  }

  @Test func `what a page is told is one object with as many sessions`() throws {
    for (traffic, name) in [(Self.hostile, "hostile"), (Self.calm, "calm")] {
      var state = page(traffic)
      let news = state.news
      state.forgetFresh()
      for bytes in [state.opening, news] {
        // An event of a stream is a line (HTML, section 9.2.6): one that another could stand in would forge events.
        expectNone(InertOutput.text(Data(bytes), allowing: []), name)
        let document = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        let sessions = try #require(document["sessions"] as? [[String: Any]])
        #expect(sessions.count == traffic.count)
        #expect(Set(sessions.compactMap { $0["id"] as? Int }) == Set(1...traffic.count))
      }
    }
  }

  @Test func `each record is one object`() throws {
    let state = page(Self.hostile)
    let calm = page(Self.calm)
    for id in 1...Self.hostile.count {
      let record = try #require(state.shelf[id]?.record)
      expectNone(InertOutput.text(Data(record)), id)
      let object = try #require(JSONSerialization.jsonObject(with: Data(record)) as? [String: Any])
      let same = try #require(calm.shelf[id]?.record)
      let other = try #require(JSONSerialization.jsonObject(with: Data(same)) as? [String: Any])
      #expect(object["id"] as? Int == id)
      #expect((object["transactions"] as? [Any])?.count == (other["transactions"] as? [Any])?.count)
    }
  }

  // MARK: Metrics

  @Test func `no metric has a name or a label of a stranger's`() throws {
    let (hostile, calm) = (page(Self.hostile).metrics, page(Self.calm).metrics)
    let texts = [hostile, calm].map { metrics in
      var output = OutputBuffer()
      metrics.write(into: &output)
      return Data(output.take())
    }
    for text in texts { expectNone(InertOutput.text(text), "metrics") }
    let (found, expected) = try (
      ExpositionText(String(decoding: texts[0], as: UTF8.self)),
      ExpositionText(String(decoding: texts[1], as: UTF8.self))
    )
    #expect(found.samples.map(\.name) == expected.samples.map(\.name))
    #expect(found.samples.map(\.labels) == expected.samples.map(\.labels))
    #expect(
      found["smtpscope_sessions_total", ["class": "mail"]] == expected["smtpscope_sessions_total", ["class": "mail"]])
  }
}
