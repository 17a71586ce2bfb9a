import CaptureComparing
import Foundation
import Reports
import SMTPAnalysis
import TCPStreams
import Testing
import Wire

private let schemaFile = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appendingPathComponent("../../docs/smtpscope-compare.schema.json")

private let wide = CaptureTime(nanoseconds: 0)...CaptureTime(nanoseconds: .max)

/// A session with this greeting, seen from a client at this address.
private func session(
  _ id: Int, greeting: String, host: UInt32, handshake: Int64, wait: Double
) -> ComparedSession {
  var session = Samples.delivered
  session.id = id
  session.connection.client.address = IPAddress(ipv4: host)
  session.connection.serverRoundTrip = handshake
  session.connection.clientRoundTrip = 1_000_000
  session.dialogue = [
    Samples.line(.server, greeting, 4, 0.1), Samples.line(.client, "EHLO kestrel.example", 6, 0.2),
    Samples.line(.server, "250 mx1.harbour.example", 8, 0.2 + wait),
    Samples.line(.client, "MAIL FROM:<ann@kestrel.example>", 9, 1.0),
    Samples.line(.server, "250 2.1.0 Ok", 10, 1.0 + 20 * wait),
  ]
  return ComparedSession(session, digests: nil, limits: ComparisonLimits())
}

private var comparison: CaptureComparison {
  var lone = session(2, greeting: "220 b.example", host: 7, handshake: 1, wait: 0.01)
  lone.client.port = 9
  lone.lines = []
  lone.mails = []
  return CaptureComparison(
    [session(1, greeting: "220 \u{1b}[2J*", host: 0xc000_0207, handshake: 9_000_000, wait: 0.012), lone], during: wide,
    [session(1, greeting: "220 mx1.harbour.example", host: 0xc633_6409, handshake: 1_000_000, wait: 0.004)],
    during: wide)
}

private func text(_ columns: Int?) -> String {
  let lines = ComparisonText(style: TextStyle(columns: columns)).lines(
    comparison, captures: (Samples.capture("a.pcap"), Samples.capture("b.pcap")), heldBack: 3)
  return String(decoding: lines, as: UTF8.self)
}

@Suite struct ComparisonReportTests {
  @Test func `the document fits the published schema, and the schema has no key that is never written`() throws {
    var schema = JSONSchema(
      try #require(JSONSerialization.jsonObject(with: Data(contentsOf: schemaFile)) as? [String: Any]))
    var output = OutputBuffer()
    output.appendComparison(
      comparison, captures: (Samples.capture(), Samples.capture()), heldBack: 0, timeDecimals: 6)
    var bytes: [UInt8] = []
    output.drain { bytes.append($0) }
    let document = try JSONSerialization.jsonObject(with: Data(bytes))
    let misfits = schema.misfits(of: document, definition: "document")
    #expect(misfits == [])
    #expect(schema.allProperties.subtracting(schema.seen).sorted() == [])
    #expect(!bytes.contains(0x1b))
  }

  @Test func `the schema lists every kind of change`() throws {
    let schema = try String(contentsOf: schemaFile, encoding: .utf8)
    for kind in Change.Kind.allCases { #expect(schema.contains("\"\(kind.rawValue)\"")) }
  }

  @Test(arguments: [40, 60, 100])
  func `no line is wider than the terminal, and none ends with blanks`(columns: Int) {
    for line in text(columns).split(separator: "\n") {
      #expect(VisibleText.displayWidth(of: String(line)) <= columns, "\(line)")
      #expect(line.last != " ")
    }
  }

  @Test func `the answer comes first, then what changed, where the time arose and who is alone`() {
    let report = text(nil)
    let parts = [
      "the session that is in both captures differs", "A is nearer to the clients", "3 sessions beyond the bound",
      "what happened between A and B", "where the time arose", "held longest between them", "only in A",
    ]
    var rest = report[...]
    for part in parts {
      let place = rest.range(of: part)
      #expect(place != nil, "\(part)")
      if let place { rest = rest[place.upperBound...] }
    }
    #expect(!report.contains("\u{1b}"))
  }
}
