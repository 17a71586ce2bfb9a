import Foundation
import Reports
import SMTPAnalysis
import Testing
import Wire

private func object(_ bytes: [UInt8]) throws -> [String: Any] {
  try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
}

private func record(_ session: Session, showsDialogue: Bool = false) throws -> [String: Any] {
  var output = OutputBuffer()
  var context = Samples.context
  context.showsDialogue = showsDialogue
  output.appendRecord(session, context: context)
  var bytes: [UInt8] = []
  output.drain { bytes.append($0) }
  return try object(bytes)
}

/// RFC 5321 section 4.2 gives each reply three digits; what begins without any has no code, and none is made up.
@Test func `a reply without digits has no code`() throws {
  var session = Samples.bounce
  let odd = Samples.reply(0, "SSH-2.0-OpenSSH_9.6", frame: 4, at: 0.1)
  session.greeting?.reply = odd
  session.transactions[0].mailReply = odd
  session.transactions[0].recipients[0].reply = odd
  let told = try record(session)
  #expect((told["greeting"] as? [String: Any])?["code"] is NSNull)
  let transaction = try #require((told["transactions"] as? [[String: Any]])?.first)
  #expect(transaction["mail_code"] is NSNull && transaction["mail_text"] as? String == "SSH-2.0-OpenSSH_9.6")
  #expect((transaction["recipients"] as? [[String: Any]])?.first?["code"] is NSNull)
  #expect(odd.words(TextStyle()) == "SSH-2.0-OpenSSH_9.6")
  #expect(Samples.reply(250, "ok", frame: 4, at: 0.1).words(TextStyle()) == "250 ok")
  let garbage = String(repeating: "a.b", count: 200)
  #expect(Samples.reply(0, garbage, frame: 4, at: 0.1).words(TextStyle()).count == 72)
  session.names = nil
  #expect(session.serverName(TextStyle()) == nil)
}

@Test func `a session's record says what the contract says`() throws {
  let session = try record(Samples.bounce)
  #expect(session["type"] as? String == "session")
  #expect(session["schema"] as? String == "smtpscope/1")
  #expect(session["start"] as? String == "2026-11-20T09:14:02.000000Z")
  #expect(session["duration_ms"] as? Double == 6600)
  #expect(session["client"] as? NSDictionary == ["ip": "192.0.2.7", "port": 49152, "name": NSNull()])
  #expect(session["capture"] as? NSDictionary == ["file": "bounce.pcap", "first_frame": 1, "last_frame": 60])
  #expect(session["tls"] is NSNull)
  #expect(session["dialogue"] == nil)
  let transaction = try #require((session["transactions"] as? [[String: Any]])?.first)
  #expect(transaction["mail_from"] as? String == "ann@kestrel.example")
  #expect(transaction["outcome"] as? String == "partially_accepted")
  #expect(transaction["data_code"] as? Int == 250)
  let recipients = try #require(transaction["recipients"] as? [[String: Any]])
  #expect(recipients.map { $0["outcome"] as? String } == ["accepted", "refused"])
  #expect(recipients[1]["text"] as? String == "5.1.1 User unknown in virtual mailbox table")
  #expect(recipients[1]["data_code"] == nil)
}

@Test func `times stand beside what they belong to`() throws {
  let session = try record(Samples.bounce)
  let transaction = try #require((session["transactions"] as? [[String: Any]])?.first)
  #expect(transaction["mail_reply_ms"] as? Double == 10)
  #expect(transaction["data_reply_ms"] as? Double == 10)
  #expect(transaction["end_reply_ms"] as? Double == 1200)
  let recipients = try #require(transaction["recipients"] as? [[String: Any]])
  #expect(recipients.map { $0["reply_ms"] as? Double } == [10, 20])
  let phases = try #require(session["phases"] as? [[String: Any]])
  #expect(phases.compactMap { $0["phase"] as? String }.prefix(4) == ["connect", "greeting", "ehlo", "sender"])
  #expect(
    phases[3] as NSDictionary == [
      "phase": "sender", "transaction": 1, "duration_ms": 10, "client_ms": 4, "server_ms": 6, "network_ms": 0,
    ])
}

@Test func `a summary has the servers' times`() throws {
  let bytes = written(JSONReport(), [Samples.bounce, Samples.delivered])
  let summary = try #require(try object(bytes)["summary"] as? [String: Any])
  let server = try #require((summary["servers"] as? [[String: Any]])?.first)
  #expect(server["server"] as? String == "203.0.113.25:25")
  #expect(server["name"] as? String == "mx1.harbour.example")
  #expect(server["sessions"] as? Int == 2)
  let phases = try #require(server["phases"] as? [String: [String: Double]])
  #expect(phases["end_of_data"]?["max_ms"] == 1200 && phases["end_of_data"]?["count"] == 2)
  #expect(phases["quit"] == nil && summary["other_servers"] == nil)
}

@Test func `bytes that are no text stand beside the repaired text`() throws {
  let session = try record(Samples.fullest, showsDialogue: true)
  let transaction = try #require((session["transactions"] as? [[String: Any]])?.first)
  #expect(transaction["mail_from"] as? String == "caf\u{fffd}")
  #expect(transaction["mail_from_base64"] as? String == Data(Samples.notText).base64EncodedString())
  let greeting = try #require(session["greeting"] as? [String: Any])
  #expect(greeting["text"] as? [String] == ["caf\u{fffd}", "ready"])
  #expect(
    greeting["text_base64"] as? [String]
      == [Samples.notText, Array("ready".utf8)].map { Data($0).base64EncodedString() })
  let clean = try record(Samples.bounce)
  #expect((clean["greeting"] as? [String: Any])?["text_base64"] == nil)
}

@Test(
  arguments: [
    (250, 354, .data, 250), (nil, 554, .data, 554), (nil, 354, .data, nil), (nil, 250, .data, 250),
    (nil, 250, .bdat, nil), (nil, 552, .bdat, 552), (nil, nil, nil, nil),
  ] as [(Int?, Int?, Transaction.Transfer?, Int?)])
func `the reply about the data is the one that decided`(
  end: Int?, data: Int?, transfer: Transaction.Transfer?, told: Int?
)
  throws
{
  var session = Samples.bounce
  session.transactions[0].transfer = transfer
  session.transactions[0].endReply = end.map { Samples.reply($0, "x", frame: 1, at: 1) }
  session.transactions[0].dataReply = data.map { Samples.reply($0, "x", frame: 1, at: 1) }
  let transaction = try #require((record(session)["transactions"] as? [[String: Any]])?.first)
  #expect(transaction["data_code"] as? Int == told)
}

@Test(arguments: [0, 1, 3])
func `a document holds its sessions and its summary`(count: Int) throws {
  let document = try object(written(JSONReport(), Array(repeating: Samples.bounce, count: count)))
  #expect((document["sessions"] as? [Any])?.count == count)
  #expect((document["summary"] as? [String: Any])?["sessions"] as? Int == count)
}

@Test func `ndjson is a record a line`() throws {
  var capture = CaptureSummary(file: "a\n\u{202e}.pcap")
  capture.error = "cut short"
  let bytes = written(NDJSONReport(), [Samples.bounce, Samples.delivered], captures: [capture])
  let lines = try bytes.split(separator: UInt8(ascii: "\n")).map { try object(Array($0)) }
  #expect(lines.map { $0["type"] as? String } == ["session", "session", "capture", "summary"])
  #expect(lines[2]["file"] as? String == "a\n\u{202e}.pcap")
  #expect((lines[3]["transactions"] as? [String: Int])?["partially_accepted"] == 1)
}
