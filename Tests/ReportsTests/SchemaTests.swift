import Foundation
import Reports
import SMTPAnalysis
import TCPStreams
import Testing
import Wire

private let schemaFile = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .appendingPathComponent("../../docs/smtpscope.schema.json")

private func schema() throws -> JSONSchema {
  JSONSchema(try #require(JSONSerialization.jsonObject(with: Data(contentsOf: schemaFile)) as? [String: Any]))
}

private func records(_ sessions: [Session], showsDialogue: Bool = true) throws -> [[String: Any]] {
  var context = ReportContext(fileNames: ["a.pcap", "b.pcap"], showsDialogue: showsDialogue)
  context.timeDecimals = 9
  var interface = CaptureSummary(file: "eth0")
  interface.dropped = CaptureSummary.Drops(kernel: 2, interface: 0)
  let bytes = written(
    NDJSONReport(), sessions, context: context, captures: [Samples.capture(), CaptureSummary(file: "-"), interface],
    notes: [AnalysisSummary.Note(.greylisted, "Never taken.")],
    losses: showsDialogue ? AnalysisSummary.Losses(records: 1, heldPackets: 3) : nil)
  return try bytes.split(separator: UInt8(ascii: "\n")).map {
    try #require(JSONSerialization.jsonObject(with: Data($0)) as? [String: Any])
  }
}

/// Every shape a session's record can take.
private var shapes: [Session] {
  var bare = Session(
    id: 1,
    connection: ConnectionFacts(
      client: Endpoint(address: IPAddress(ipv6High: 1 << 61, low: 1), port: 0),
      server: Endpoint(address: IPAddress(ipv6High: 0, low: 0xffff_c000_0207), port: 65535), opening: .unanswered,
      firstFrame: FrameDescriptor(
        time: CaptureTime(nanoseconds: .min), number: 1, file: 99, linkType: .null, originalLength: 0)),
    kind: .unknown, verdict: Verdict(outcome: .nothingSent, message: ""))
  var all = [Samples.bounce, Samples.delivered, Samples.refusedData, Samples.lost, Samples.fullest, bare]
  bare.tls = TLSUse(method: .implicit, outcome: .failed, isReadable: false, details: Samples.handshake)
  bare.dialogue = [DialogueLine(from: .server, content: .handshake("TLS 1.3"), time: Samples.start, frame: 3)]
  all.append(bare)
  bare.transactions = [Transaction(id: 1, reversePath: nil, firstFrame: 1, start: Samples.start)]
  bare.proxy = ProxyPreamble(kind: .httpConnect)
  for closing in [
    .finished(by: .client), .finished(by: .server), .reset(by: .client), .reset(by: .server), .timeout, .captureEnd,
  ]
    as [ConnectionFacts.Closing]
  {
    bare.connection.closing = closing
    all.append(bare)
  }
  for (type, code, limit) in [(3, 4, 1400), (3, 3, nil), (3, 13, nil), (3, 1, nil), (11, 0, nil), (4, 0, nil)]
    as [(UInt8, UInt8, Int?)]
  {
    bare.connection.errors.append(
      PathError(
        about: code == 1 ? .server : .client, reporter: IPAddress(ipv4: 0xc000_02fe), isICMPv6: false, type: type,
        code: code, nextHopMTU: limit, frame: bare.connection.firstFrame))
  }
  all.append(bare)
  let tags = Array("v=1; a=rsa-sha256; c=relaxed; d=b.example; s=s1; h=from; bh=; b=AAAA; t=1; x=2; l=3".utf8)
  all.append(Samples.signed([tags, Array("nonsense".utf8)]))
  all.append(Samples.signed(Array(repeating: tags, count: 17)))
  all.append(Samples.signed([Array("d=".utf8) + [0xff] + Array("; a=".utf8) + [0xff] + Array("; s=".utf8) + [0xff]]))
  for session in Samples.traces { all.append(session) }
  for outcome in Transaction.Outcome.allCases {
    bare.transactions[0].outcome = outcome
    all.append(bare)
  }
  for outcome in [.partial, .deferred, .failed, .unknown] as [Verdict.Outcome] {
    bare.verdict.outcome = outcome
    all.append(bare)
  }
  return all
}

@Test(arguments: [true, false])
func `every record fits the published schema`(showsDialogue: Bool) throws {
  var schema = try schema()
  for record in try records(shapes, showsDialogue: showsDialogue) {
    let misfits = schema.misfits(of: record, definition: record["type"] as? String ?? "")
    #expect(misfits == [])
  }
}

@Test func `the document fits the published schema`() throws {
  var schema = try schema()
  let bytes = written(JSONReport(), shapes, captures: [Samples.capture()])
  let document = try JSONSerialization.jsonObject(with: Data(bytes))
  let misfits = schema.misfits(of: document, definition: "document")
  #expect(misfits == [])
}

/// A line of the index for each transaction with a message.
private func indexLines(_ sessions: [Session]) throws -> [[String: Any]] {
  var lines: [[String: Any]] = []
  for session in sessions {
    for transaction in session.transactions where transaction.message != nil {
      let extracted = ExtractedMessage(file: "messages.mbox", place: (offset: 40, byteCount: 900), holes: [7900])
      let bytes = index(extracted, of: transaction, in: session)
      lines.append(try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]))
    }
  }
  return lines
}

@Test func `every line of the index fits the published schema`() throws {
  var schema = try schema()
  for line in try indexLines(shapes) {
    let misfits = schema.misfits(of: line, definition: "extracted")
    #expect(misfits == [])
  }
}

@Test func `the schema has no key that is never written`() throws {
  var schema = try schema()
  for line in try indexLines(shapes) { _ = schema.misfits(of: line, definition: "extracted") }
  for record in try records(shapes) { _ = schema.misfits(of: record, definition: record["type"] as? String ?? "") }
  _ = schema.misfits(
    of: try JSONSerialization.jsonObject(with: Data(written(JSONReport(), []))), definition: "document")
  let crowd = (1...101 as ClosedRange<UInt16>).map { port in
    var session = Samples.delivered
    session.connection.server.port = port
    session.greeting?.reply = ReplyRecord(
      code: 220, enhanced: nil, lines: [Samples.notText + Array(".example".utf8)], frame: 4, time: Samples.start,
      delay: nil)
    return session
  }
  let summary = try #require(records(crowd).last)
  let misfits = schema.misfits(of: summary, definition: "summary")
  #expect(misfits == [])
  // What only a session has whose records were opened, or that has more than is kept, stands in tests of its own.
  let later: Set<String> = [
    "tls.refused_records", "summary.limited.omitted_transactions", "summary.limited.omitted_recipients",
    "summary.limited.omitted_dialogue_lines", "summary.limited.omitted_logins",
  ]
  #expect(schema.allProperties.subtracting(schema.seen).subtracting(later).sorted() == [])
}

@Test(arguments: ["type", "verdict", "community_id", "tcp"])
func `the schema catches a key that is missing, new or of another kind`(key: String) throws {
  var schema = try schema()
  let record = try #require(records([Samples.bounce]).first)
  var missing = record
  missing[key] = nil
  var other = record
  other[key] = 7
  var more = record
  more[key + "_new"] = 7
  for changed in [missing, other, more] {
    let misfits = schema.misfits(of: changed, definition: "session")
    #expect(misfits.count == 1)
  }
}

/// `SMTPSCOPE_RECORD=1 swift test` writes the ids into the schema.
@Test func `the schema lists the catalogue's findings`() throws {
  let text = try String(contentsOf: schemaFile, encoding: .utf8)
  let ids = FindingID.allCases.map { "        \"\($0.rawValue)\"" }.joined(separator: ",\n")
  let expected = "\"finding_id\": {\n      \"type\": \"string\",\n      \"enum\": [\n\(ids)\n      ]"
  if ProcessInfo.processInfo.environment["SMTPSCOPE_RECORD"] == "1" {
    let start = try #require(text.range(of: "\"finding_id\": {"))
    let end = try #require(text.range(of: "]", range: start.upperBound..<text.endIndex))
    try text.replacingCharacters(in: start.lowerBound..<end.upperBound, with: expected)
      .write(to: schemaFile, atomically: true, encoding: .utf8)
  } else {
    #expect(text.contains(expected), "record it again: SMTPSCOPE_RECORD=1 swift test --filter SchemaTests")
  }
}

@Test func `the schema knows a finding by its id only`() throws {
  var schema = try schema()
  var record = try #require(records([Samples.fullest]).first)
  var findings = try #require(record["findings"] as? [[String: Any]])
  findings[0]["id"] = "no-such-finding"
  record["findings"] = findings
  record["verdict"] = ["outcome": "failed", "cause": "no-such-cause", "message": ""]
  let misfits = schema.misfits(of: record, definition: "session")
  #expect(misfits.count == 2)
  var summary = try #require(records([Samples.fullest]).last)
  summary["findings"] = ["no-such-finding": 1, "no-quit": 0]
  let summaryMisfits = schema.misfits(of: summary, definition: "summary")
  #expect(summaryMisfits.count == 2)
}
