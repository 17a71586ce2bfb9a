import Foundation
import MailStatistics
import Reports
import SMTPAnalysis
import TCPStreams
import Testing
import Wire

private let schemaFile = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appendingPathComponent("../../docs/smtpscope-stats.schema.json")

private func schema() throws -> JSONSchema {
  JSONSchema(try #require(JSONSerialization.jsonObject(with: Data(contentsOf: schemaFile)) as? [String: Any]))
}

private let everything = StatisticsView(sections: Set(StatisticsView.Section.allCases), top: nil)

/// Sessions of two days, of several servers, one of which was only looked at.
private var sessions: [Session] {
  var later = Samples.delivered
  later.connection.server = Endpoint(address: IPAddress(ipv6High: 1 << 61, low: 7), port: 587)
  later.connection.firstFrame.time = Samples.time(90_000)
  later.transactions[0].start = Samples.time(90_000)
  later.transactions[0].reversePath = Samples.notText + Array("@\u{1b}[2J".utf8)
  var idle = Samples.session(.nothingSent, "Nothing was sent.", transactions: [])
  idle.connection.server.port = 2525
  idle.connection.firstFrame.time = Samples.time(8000)
  var bounce = Samples.bounce
  bounce.transactions[0].reversePath = []
  var nameless = Samples.delivered
  nameless.transactions[0].reversePath = nil
  nameless.transactions[0].recipients[0].address = Array("postmaster".utf8)
  return [Samples.bounce, later, idle, bounce, nameless, illegible]
}

/// One whose names and refusals are not UTF-8.
private var illegible: Session {
  var session = Samples.fullest
  session.connection.client.address = IPAddress(ipv4: 0xc000_0208)
  session.connection.server.port = 2526
  let odd = Samples.notText + Array(".example".utf8)
  session.greeting?.reply = ReplyRecord(
    code: 220, enhanced: nil, lines: [odd], frame: 4, time: Samples.start, delay: nil)
  session.transactions[0].reversePath = Array("a@".utf8) + odd
  session.transactions[0].recipients[1].reply = ReplyRecord(
    code: 550, enhanced: nil, lines: [odd], frame: 9, time: Samples.start, delay: nil)
  return session
}

private func text(_ view: StatisticsView, columns: Int? = nil, limits: StatisticsLimits = StatisticsLimits()) -> String
{
  let report = StatisticsReport(.text(TextStyle(columns: columns)), view: view, limits: limits)
  return String(decoding: written(report, sessions, captures: [Samples.capture()]), as: UTF8.self)
}

private func document(_ view: StatisticsView, limits: StatisticsLimits = StatisticsLimits()) throws -> [String: Any] {
  let bytes = written(
    StatisticsReport(.json, view: view, limits: limits), sessions, captures: [Samples.capture()])
  return try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
}

@Suite struct StatisticsReportTests {
  @Test(arguments: [nil, 0, 1] as [Int?])
  func `the document fits the published schema, and the schema has no key that is never written`(top: Int?) throws {
    var schema = try schema()
    var view = everything
    view.top = top
    var limits = StatisticsLimits()
    limits.hours = 1
    let misfits = schema.misfits(of: try document(view), definition: "document")
    #expect(misfits == [])
    view.top = 1
    let limited = schema.misfits(of: try document(view, limits: limits), definition: "document")
    #expect(limited == [])
    // Of hundreds of servers only, and tested with the summary, which has the same.
    let later: Set<String> = ["waits.other_servers", "document.waits.other_servers"]
    if top == nil { #expect(schema.allProperties.subtracting(schema.seen).subtracting(later).sorted() == []) }
  }

  @Test(arguments: [40, 60, 80, 100, 200])
  func `no line is wider than the terminal, and none ends with blanks`(columns: Int) {
    for line in text(everything, columns: columns).split(separator: "\n") {
      #expect(VisibleText.displayWidth(of: String(line)) <= columns, "\(line)")
      #expect(line.last != " ")
    }
  }

  @Test func `what came from the wire is inert in every form`() {
    for form in [.text(TextStyle()), .json, .csv] as [StatisticsReport.Form] {
      let bytes = written(StatisticsReport(form, view: everything), sessions)
      #expect(!bytes.contains(0x1b))
    }
  }

  @Test func `the sums of each table are those of the whole, however few rows it has`() throws {
    for top in [1, 2, 100] {
      var view = everything
      view.top = top
      let document = try document(view)
      for (key, others) in [
        ("servers", "other_servers"), ("clients", "other_clients"), ("sender_domains", "other_sender_domains"),
        ("senders", "other_senders"), ("hours", "other_hours"),
      ] {
        let rows = (document[key] as? [[String: Any]] ?? []) + [document[others] as? [String: Any] ?? [:]]
        #expect(rows.reduce(0) { $0 + ($1["mails"] as? Int ?? 0) } == 5, "\(key) \(top)")
      }
    }
  }

  @Test func `several days have a table of their own`() {
    let report = text(everything)
    #expect(report.contains("by day (UTC)"))
    #expect(report.contains("2026-11-21"))
    #expect(report.contains("by hour of the day (UTC), all days together"))
  }

  /// One server has many small mails, the other one that is large, was slow and was refused.
  private static var rivals: [Session] {
    var few = Samples.refusedData
    few.connection.server.port = 26
    few.transactions[0].message = Samples.message(bytes: 9_000_000)
    few.transactions[0].outcome = .refused
    few.transactions[0].recipients = [Samples.nobody]
    few.phases = [Samples.phase(.endOfData, of: few.transactions[0].id, server: 100)]
    var idle = few
    idle.transactions = []
    return [few, idle, idle, Samples.delivered, Samples.delivered]
  }

  @Test(
    arguments: [
      (.mails, 25), (.sessions, 26), (.recipients, 25), (.refused, 26), (.size, 26), (.wait, 26), (.name, 25),
    ] as [(StatisticsView.Order, UInt16)])
  func `rows come in the order that was asked for`(order: StatisticsView.Order, port: UInt16) throws {
    let view = StatisticsView(sections: [.server], order: order, top: 1)
    let bytes = written(StatisticsReport(.json, view: view), Self.rivals)
    let document = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    let servers = try #require(document["servers"] as? [[String: Any]])
    #expect(servers.map { $0["server"] as? String } == ["203.0.113.25:\(port)"])
  }

  @Test func `only the tables that were asked for are there`() throws {
    let view = StatisticsView(sections: [.refusal], top: 10)
    #expect(text(view).contains("commonest refusals"))
    #expect(!text(view).contains("by server"))
    #expect(Set(try document(view).keys) == ["type", "schema", "captures", "totals", "refusals", "other_refusals"])
  }

  @Test func `a table has as many cells in each row`() {
    let table = String(decoding: written(StatisticsReport(.csv, view: everything), sessions), as: UTF8.self)
    let rows = table.split(separator: "\r\n")
    let commas = rows.map { row in
      row.split(separator: "\"", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 0 }
        .reduce(0) { $0 + $1.element.filter { $0 == "," }.count }
    }
    #expect(Set(commas) == [22])
    #expect(rows.first?.hasPrefix("by,name,called,count,sessions,mails,accepted,") == true)
  }

  @Test func `names that there was no room for stand together, and it is said that there were more`() {
    var limits = StatisticsLimits()
    limits.names = 1
    let report = text(StatisticsView(sections: [.server, .senderDomain], top: 1), limits: limits)
    #expect(report.contains("more than"))
  }

  @Test func `nothing is said of a capture without mail`() {
    let report = String(
      decoding: written(StatisticsReport(.text(TextStyle()), view: everything), [], captures: [Samples.capture()]),
      as: UTF8.self)
    #expect(report.contains("0 sessions"))
    #expect(!report.contains("by "))
  }
}
