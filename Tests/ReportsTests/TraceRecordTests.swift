import Foundation
import Reports
import SMTPAnalysis
import Testing

@Suite struct TraceRecordTests {
  private func message(_ session: Session) throws -> [String: Any] {
    let bytes = written(NDJSONReport(), [session])
    let line = try #require(
      bytes.split(separator: UInt8(ascii: "\n")).first { $0.starts(with: Array(#"{"type":"session""#.utf8)) })
    let record = try #require(JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
    let transactions = try #require(record["transactions"] as? [[String: Any]])
    return try #require(transactions.first?["message"] as? [String: Any])
  }

  @Test func `hops are listed with their delays`() throws {
    let message = try message(
      Samples.traced(
        "Received: from a (b [192.0.2.1]) by c with ESMTP id 1 for <d@e>; Fri, 20 Nov 2026 09:14:00 +0000",
        "Received: by f; Fri, 20 Nov 2026 10:13:30.25 +0100", "User-Agent: Mutt/2.2"))
    let hops = try #require(message["received"] as? [[String: Any]])
    #expect(hops.count == 2)
    #expect(hops[0]["from"] as? String == "a" && hops[0]["from_ip"] as? String == "192.0.2.1")
    #expect(
      hops[0]["by"] as? String == "c" && hops[0]["with"] as? String == "ESMTP" && hops[0]["for"] as? String == "d@e")
    #expect(hops[0]["id"] as? String == "1" && hops[0]["date"] as? String == "2026-11-20T09:14:00Z")
    #expect(hops[0]["delay_ms"] as? Double == 29_750 && hops[1]["delay_ms"] is NSNull)
    #expect(hops[1]["date"] as? String == "2026-11-20T09:13:30.250Z" && hops[1]["from"] is NSNull)
    #expect(message["transit_ms"] as? Double == 2400)
    #expect(message["software"] as? String == "Mutt/2.2" && message["software_from"] as? String == "user_agent")
    #expect(message["further_received"] == nil)
  }

  @Test func `where the header says nothing there is nothing`() throws {
    let message = try message(Samples.traced("Subject: a"))
    #expect(
      ["received", "further_received", "transit_ms", "software", "software_from"].allSatisfy { message[$0] == nil })
  }

  @Test func `signatures that are not looked at are counted`() throws {
    let field = Array("v=1; a=rsa-sha256; d=b.example; s=s1; h=from; bh=; b=AAAA".utf8)
    #expect(try message(Samples.signed(Array(repeating: field, count: 20)))["further_signatures"] as? Int == 4)
    #expect(try message(Samples.signed([field]))["further_signatures"] == nil)
  }

  private func date(_ minutesBefore: Int) -> String {
    let minute = 9 * 60 + 14 - minutesBefore
    let day = 20 + (minute < 0 ? (minute - 1439) / 1440 : 0)
    let ofDay = (minute % 1440 + 1440) % 1440
    return "\(day) Nov 2026 \(ofDay / 60):\(ofDay % 60) +0000"
  }

  @Test(
    arguments: [
      ([0, 4], nil), ([0, 6], "6 min 0 s from m1 to m0"),
      ([4, 5, 30], "25 min 0 s from m2 to m1"),
      ([6], "6 min 2 s at m0 before it was sent on here"), ([6, 30], "24 min 0 s from m1 to m0"),
      // Clocks that differ, and mail that is old.
      ([0, -30], nil), ([-30], nil), ([11_000], nil), ([0, 11_000], nil), ([1440], "1 d 0 h at m0"),
    ] as [([Int], String?)])
  func `a hop that took long has a line`(_ minutes: [Int], _ words: String?) {
    var session = Samples.traced()
    let header = minutes.enumerated().map { "Received: by m\($0.offset); \(date($0.element))\r\n" }.joined()
    session.transactions[0].message?.header = Samples.header(header)
    let report = String(decoding: written(TextReport(style: TextStyle()), [session]), as: UTF8.self)
    #expect(report.contains("its header says") == (words != nil))
    if let words { #expect(report.contains("its header says: \(words)"), "\(report)") }
  }

  @Test func `names of hosts are shown without harm`() {
    let session = Samples.traced("Received: by \u{1b}[2J; \(date(6))")
    let report = String(decoding: written(TextReport(style: TextStyle()), [session]), as: UTF8.self)
    #expect(report.contains(#"\x1b[2J"#) && !report.contains("\u{1b}"))
  }
}
