import Foundation
import MailMessages
import Reports
import SMTPAnalysis
import Testing
import Wire

/// A message's line of the index.
func index(
  _ extracted: ExtractedMessage, of transaction: Transaction, in session: Session,
  context: ReportContext = Samples.context
) -> [UInt8] {
  var output = OutputBuffer()
  output.appendRecord(extracted, of: transaction, in: session, context: context)
  var bytes: [UInt8] = []
  output.drain { bytes.append($0) }
  return bytes
}

private func record(_ extracted: ExtractedMessage, in session: Session) throws -> [String: Any] {
  let transaction = try #require(session.transactions.first)
  let bytes = index(extracted, of: transaction, in: session)
  return try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
}

@Test func `the index tells the envelope, the fates and the message`() throws {
  let record = try record(ExtractedMessage(file: "1-1.eml"), in: Samples.bounce)
  #expect(record["type"] as? String == "extracted")
  #expect(record["file"] as? String == "1-1.eml")
  #expect(record["file_offset"] == nil)
  #expect(record["session"] as? Int == 1)
  #expect(record["transaction"] as? Int == 1)
  #expect(record["first_frame"] as? Int == 25)
  #expect(record["last_frame"] as? Int == 56)
  #expect(record["mail_from"] as? String == "ann@kestrel.example")
  let recipients = try #require(record["recipients"] as? [[String: Any]])
  #expect(recipients.map { $0["outcome"] as? String } == ["accepted", "refused"])
  #expect(recipients.map { $0["code"] as? Int } == [250, 550])
  #expect(record["outcome"] as? String == "partially_accepted")
  let message = try #require(record["message"] as? [String: Any])
  #expect(message["sha256"] as? String == String(repeating: "0f", count: 32))
  #expect(message["subject"] as? String == "Quarterly figures")
  #expect(message["holes"] == nil)
}

@Test func `holes are told where they are in the message and in the file`() throws {
  let extracted = ExtractedMessage(
    file: "messages.incomplete.mbox", place: (offset: 100, byteCount: 18_000), holes: [8050])
  let record = try record(extracted, in: Samples.lost)
  #expect(record["file_offset"] as? Int == 100)
  #expect(record["file_bytes"] as? Int == 18_000)
  #expect(record["last_frame"] as? Int == 33)  // the reply to DATA: none came to its end
  let message = try #require(record["message"] as? [String: Any])
  #expect(message["holes"] as? [[String: Int]] == [["offset": 8000, "bytes": 1400, "file_offset": 8050]])
  #expect(message["further_holes"] as? Int == 1)
}

@Test(
  arguments: [
    ("ann@kestrel.example", 1_795_166_042_000_000_000, "From ann@kestrel.example Fri Nov 20 09:14:02 2026\n"),
    ("", 951_782_400_000_000_000, "From MAILER-DAEMON Tue Feb 29 00:00:00 2000\n"),
    (nil, 0, "From - Thu Jan  1 00:00:00 1970\n"),
    ("\"a b\"@x.example", 1_704_067_199_999_999_999, "From \"a-b\"@x.example Sun Dec 31 23:59:59 2023\n"),
    ("x\r\nFrom y\u{e9}", -1, "From x--From-y-- Wed Dec 31 23:59:59 1969\n"),
  ] as [(String?, Int64, String)])
func `a From line has the sender and the time in UTC`(sender: String?, time: Int64, line: String) {
  let moment = CaptureTime(nanoseconds: time)
  var transaction = Transaction(id: 1, reversePath: sender.map { Array($0.utf8) }, firstFrame: 1, start: moment)
  transaction.end = moment
  var output = OutputBuffer()
  output.appendFromLine(of: transaction)
  var bytes: [UInt8] = []
  output.drain { bytes.append($0) }
  #expect(String(decoding: bytes, as: UTF8.self) == line)
}
