import Foundation
import MailMessages
import SMTPAnalysis
import TCPStreams
import TestSupport
import Testing
import Wire

@testable import Reports

/// A session of which the pipelines' fields are filled too.
private func traced(_ lines: String...) -> Session {
  var session = Samples.delivered
  session.transactions[0].message?.header = Samples.header(lines.map { $0 + "\r\n" }.joined() + "\r\n")
  return session
}

private func text(_ report: some Report, _ sessions: [Session]) -> String {
  String(decoding: written(report, sessions), as: UTF8.self)
}

private func objects(_ report: some Report, _ sessions: [Session]) throws -> [[String: Any]] {
  try written(report, sessions).split(separator: 0x0a).map { line in
    try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
  }
}

@Suite struct CSVReportTests {
  /// Rows of fields, as RFC 4180 section 2 defines them.
  private func rows(_ text: String) -> [[String]] {
    var rows: [[String]] = [[""]]
    var isQuoted = false
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      let last = rows.count - 1
      let field = rows[last].count - 1
      switch byte {
      case UInt8(ascii: "\"") where isQuoted && rest.first == UInt8(ascii: "\""):
        rest.removeFirst()
        rows[last][field] += "\""
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: ",") where !isQuoted: rows[last].append("")
      case 0x0d where !isQuoted: break
      case 0x0a where !isQuoted: rows.append([""])
      default: rows[last][field] += String(decoding: [byte], as: UTF8.self)
      }
    }
    return rows.dropLast()
  }

  private func column(_ name: String, of session: Session) throws -> [String] {
    let rows = rows(text(CSVReport(), [session]))
    let index = try #require(rows[0].firstIndex(of: name))
    return rows.dropFirst().map { $0[index] }
  }

  @Test func `a recipient is a row, and so is what has none`() throws {
    var silent = Samples.session(id: 2, .nothingSent, "Nothing was sent.", transactions: [])
    silent.transactions = []
    var refused = Samples.session(id: 3, .refused, "The sender was refused.", transactions: [])
    refused.transactions = [Samples.transaction(.refused, recipients: [])]
    let rows = rows(text(CSVReport(), [Samples.bounce, silent, refused]))
    #expect(rows.count == 5)
    #expect(rows.allSatisfy { $0.count == rows[0].count })
    #expect(rows.map { $0[16] } == ["recipient", "bob@harbour.example", "nobody@harbour.example", "", ""])
    #expect(rows.map { $0[0] } == ["session", "1", "1", "2", "3"])
    #expect(rows.map { $0[18] } == ["code", "250", "550", "", "250"])
  }

  @Test(
    arguments: [
      ("plain", "plain"), ("a,b", "a,b"), ("say \"hi\"", "say \"hi\""), ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"),
      ("@SUM(A1)", "'@SUM(A1)"), ("\tx", "'\\x09x"), ("\rx", "'\\x0dx"), ("a\r\nb", "a\\x0d\\x0ab"), ("a=1", "a=1"),
      ("=\"a\",1", "'=\"a\",1"), ("\u{202e}x", "\\u{202e}x"), ("", ""),
    ])
  func `text is quoted, and no formula`(subject: String, field: String) throws {
    var session = Samples.delivered
    session.transactions[0].message?.header.subject = subject
    #expect(try column("subject", of: session) == [field])
  }

  @Test func `the reply to the data is told of whom it is about`() throws {
    #expect(try column("data_code", of: Samples.bounce) == ["250", ""])
    var session = Samples.bounce
    session.kind = .lmtp
    session.transactions[0].recipients[0].dataReply = Samples.reply(552, "5.2.2 full", frame: 60, at: 6)
    #expect(try column("data_code", of: session) == ["552", ""])
    session.transactions[0].recipients[0].dataReply = nil
    #expect(try column("data_code", of: session) == ["", ""])
  }

  @Test func `the null sender is no unknown one`() throws {
    var session = Samples.delivered
    session.transactions[0].reversePath = []
    #expect(try column("mail_from", of: session) == ["<>"])
    session.transactions[0].reversePath = nil
    #expect(try column("mail_from", of: session) == [""])
  }
}

@Suite struct ZeekReportTests {
  /// The value of a column in a log's first line.
  private func value(_ name: String, _ session: Session, _ log: ZeekLog = .smtp) throws -> String {
    let lines = text(ZeekReport(log, .tsv), [session]).split(separator: "\n")
    let names = try #require(lines.first { $0.hasPrefix("#fields\t") }).split(separator: "\t").dropFirst()
    let index = try #require(Array(names).firstIndex { $0 == name })
    let line = try #require(lines.first { !$0.hasPrefix("#") })
    return String(line.split(separator: "\t", omittingEmptySubsequences: false)[index])
  }

  @Test(arguments: ZeekLog.allCases)
  func `lines have the columns of the head, and JSON their names`(log: ZeekLog) throws {
    var session = Samples.fullest
    session.connection.flow = FlowFacts(
      client: FlowFacts.Side(), server: FlowFacts.Side(), history: Array("Sh".utf8), end: Samples.time(3))
    let lines = text(ZeekReport(log, .tsv), [session, Samples.delivered]).split(separator: "\n")
    let heads = lines.filter { $0.hasPrefix("#fields") || $0.hasPrefix("#types") }
    #expect(heads.count == 2)
    let widths = Set(
      lines.filter { !$0.hasPrefix("#") }.map { $0.split(separator: "\t", omittingEmptySubsequences: false).count })
    #expect(widths == [log.columns.count])
    #expect(Set(log.columns.map(\.name)).count == log.columns.count)
    for object in try objects(ZeekReport(log, .json), [session, Samples.delivered]) {
      #expect(Set(object.keys).subtracting(log.columns.map(\.name)) == [])
    }
  }

  @Test(
    arguments: [
      ("plain", "plain"), ("a\tb", #"a\x09b"#), ("a\\b", #"a\\b"#), ("-", #"\x2d"#), ("(empty)", #"\x28empty)"#),
      ("--", "--"), ("a,b", "a,b"), ("", "(empty)"), ("Grüße", "Grüße"), ("\u{7f}", #"\x7f"#),
      ("\u{1b}[2J", #"\x1b[2J"#), ("\u{202e}", #"\xe2\x80\xae"#),
    ])
  func `values are escaped as Zeek escapes them`(subject: String, field: String) throws {
    var session = Samples.delivered
    session.transactions[0].message?.header.subject = subject
    #expect(try value("subject", session) == field)
    session.transactions[0].message?.header.subject = nil
    #expect(try value("subject", session) == "-")
  }

  @Test func `sets are between commas, and bytes that are no UTF-8 stay what they are`() throws {
    var session = Samples.bounce
    session.transactions[0].recipients[0].address = [0x61, 0x2c, 0xff, 0x62]
    #expect(try value("rcptto", session) == #"a\x2c\xffb"#)
    #expect(try value("smtpscope.rcptto_refused", session) == "nobody@harbour.example")
    let object = try #require(try objects(ZeekReport(.smtp, .json), [session]).first)
    #expect(object["rcptto"] as? [String] == [#"a,\xffb"#])
    #expect(object["cc"] == nil)
    session.transactions[0].recipients = []
    #expect(try value("rcptto", session) == "-")
  }

  @Test func `headers give the fields that Zeek reads`() throws {
    let session = traced(
      "Received: from b (b [192.0.2.2]) by c; x", "Received: from a (a [192.0.2.1])", "\tby b; y",
      "To: \"Porter, Ann\" <a@b>, c@d", "Cc: e@f", "Reply-To: g@h", "In-Reply-To: <1@b>", "X-Mailer: swaks",
      "X-Originating-IP: [192.0.2.9]")
    #expect(try value("to", session) == #""Porter\x2c Ann" <a@b>,c@d"#)
    #expect(try value("cc", session) == "e@f")
    #expect(try value("reply_to", session) == "g@h")
    #expect(try value("in_reply_to", session) == "<1@b>")
    #expect(try value("user_agent", session) == "swaks")
    #expect(try value("x_originating_ip", session) == "192.0.2.9")
    #expect(try value("first_received", session) == #"from a (a [192.0.2.1])\x09by b; y"#)
    #expect(try value("second_received", session) == "from b (b [192.0.2.2]) by c; x")
    #expect(try value("path", session) == "203.0.113.25,192.0.2.7,192.0.2.2,192.0.2.1")
  }

  @Test(
    arguments: [
      (.asking, .silent, "S", "S0"), (.established, .established, "ShA", "S1"), (.closed, .closed, "ShAFf", "SF"),
      (.asking, .reset(afterClosing: false), "Sr", "REJ"), (.closed, .established, "ShAF", "S2"),
      (.established, .closed, "ShAf", "S3"), (.reset(afterClosing: false), .established, "ShAR", "RSTO"),
      (.established, .reset(afterClosing: true), "ShAfr", "RSTR"),
      (.reset(afterClosing: false), .silent, "SR", "RSTOS0"),
      (.reset(afterClosing: false), .silent, "DR", "OTH"), (.silent, .reset(afterClosing: false), "hr", "RSTRH"),
      (.closed, .silent, "SF", "SH"), (.silent, .closed, "hf", "SHR"), (.midstream, .midstream, "Dd", "OTH"),
    ] as [(FlowFacts.State, FlowFacts.State, String, String)])
  func `how a connection went has Zeek's word`(
    client: FlowFacts.State, server: FlowFacts.State, history: String, word: String
  ) throws {
    var session = Samples.delivered
    var sides = (FlowFacts.Side(), FlowFacts.Side())
    sides.0.state = client
    sides.1.state = server
    session.connection.flow = FlowFacts(
      client: sides.0, server: sides.1, history: Array(history.utf8), end: Samples.time(3))
    #expect(try value("conn_state", session, .conn) == word)
    #expect(try value("history", session, .conn) == history)
    session.connection.flow = nil
    #expect(try value("conn_state", session, .conn) == "-")
  }

  @Test func `a connection has the same name wherever it stands, and another one another`() throws {
    var session = Samples.delivered
    let uid = try value("uid", session)
    #expect(uid.count == 18 && uid.hasPrefix("C"))
    session.id = 7
    #expect(try value("uid", session) == uid)
    session.connection.client.port += 1
    #expect(try value("uid", session) != uid)
  }
}

@Suite struct EVEAndECSReportTests {
  @Test func `a transaction is an event, and a flow follows`() throws {
    let events = try objects(EVEReport(), [Samples.bounce])
    #expect(events.map { $0["event_type"] as? String } == ["smtp", "flow"])
    let smtp = try #require(events[0]["smtp"] as? [String: Any])
    #expect(smtp["mail_from"] as? String == "<ann@kestrel.example>")
    #expect(smtp["rcpt_to"] as? [String] == ["<bob@harbour.example>"])
    #expect(events[0]["tx_id"] as? Int == 0)
    #expect(events[0]["timestamp"] as? String == "2026-11-20T09:14:08.500000+0000")
    #expect((events[0]["email"] as? [String: Any])?["status"] as? String == "PARSE_DONE")
    #expect(Set(events.map { $0["flow_id"] as? Int }).count == 1)
  }

  @Test func `violations are anomalies, outcomes are none`() throws {
    var session = Samples.bounce
    session.findings = [
      Finding(.bareLF, transaction: 1, at: (40, Samples.time(5)), message: "a lone LF"),
      Finding(.commandTooLong, at: (3, Samples.time(0.2)), message: "long"),
      Finding(.mailboxUnknown, transaction: 1, at: (31, Samples.time(1)), message: "unknown"),
      Finding(.badChecksum, at: nil, message: "sums"),
    ]
    let anomalies = try objects(EVEReport(), [session]).compactMap { $0["anomaly"] as? [String: Any] }
    #expect(
      anomalies.map { $0["event"] as? String } == ["MAX_COMMAND_LINE_LEN_EXCEEDED", "BARE_LF", "BAD_CHECKSUM"])
    #expect(anomalies.map { $0["type"] as? String } == ["applayer", "applayer", "stream"])
  }

  @Test func `a part is a file, and TLS is told`() throws {
    let events = try objects(EVEReport(), [Samples.fullest])
    let files = events.compactMap { $0["fileinfo"] as? [String: Any] }
    #expect(files.count == 3)
    #expect(files[0]["size"] as? Int == 207_438)
    #expect(files[0]["state"] as? String == "TRUNCATED")
    let tls = try #require(events.compactMap { $0["tls"] as? [String: Any] }.first)
    #expect((tls["fingerprint"] as? String)?.count == 59)
    #expect(tls["from_proto"] as? String == "smtp")
  }

  @Test func `IPv6 has all its digits in EVE`() throws {
    var session = Samples.delivered
    session.connection.client.address = IPAddress(ipv6High: 0xfd77 << 48, low: 2)
    let event = try #require(try objects(EVEReport(), [session]).first)
    #expect(event["src_ip"] as? String == "fd77:0000:0000:0000:0000:0000:0000:0002")
  }

  @Test func `a transaction is a document of the schema`() throws {
    var session = traced(
      "From: Ann <ann@kestrel.example>", "To: a@b, Carol <c@d>", "Date: Fri, 20 Nov 2026 09:14:00 +0000",
      "Message-ID: <1@b>", "X-Mailer: swaks")
    session.transactions[0].message?.contents = Samples.contents
    let document = try #require(try objects(ECSReport(version: "1.2"), [session]).first)
    let email = try #require(document["email"] as? [String: Any])
    #expect((email["to"] as? [String: Any])?["address"] as? [String] == ["a@b", "c@d"])
    #expect((email["from"] as? [String: Any])?["address"] as? [String] == ["ann@kestrel.example"])
    #expect(email["message_id"] as? String == "1@b")
    #expect(email["x_mailer"] as? String == "swaks")
    #expect(email["origination_timestamp"] as? String == "2026-11-20T09:14:00Z")
    #expect((email["attachments"] as? [Any])?.count == 2)
    let event = try #require(document["event"] as? [String: Any])
    #expect(event["outcome"] as? String == "success")
    #expect(event["action"] as? String == "mail-accepted")
    #expect(document["error"] == nil)
  }

  @Test func `a connection's traffic is told once`() throws {
    var session = Samples.delivered
    session.connection.flow = FlowFacts(
      client: FlowFacts.Side(), server: FlowFacts.Side(), history: [], end: Samples.time(3))
    session.transactions.append(Samples.transaction(id: 2, recipients: [Samples.bob]))
    let documents = try objects(ECSReport(version: "1"), [session])
    #expect(documents.map { ($0["network"] as? [String: Any])?["bytes"] as? Int } == [0, nil])
    #expect(documents.map { ($0["source"] as? [String: Any])?["packets"] as? Int } == [0, nil])
  }

  @Test func `what failed has an error, and a session without a mail is a document`() throws {
    let silent = Samples.session(id: 2, .failed, "The connection failed.", transactions: [])
    let documents = try objects(ECSReport(version: "1"), [Samples.bounce, silent])
    #expect(documents.count == 2)
    let error = try #require(documents[0]["error"] as? [String: Any])
    #expect(error["code"] as? String == "550")
    #expect((documents[1]["error"] as? [String: Any])?["message"] as? String == "The connection failed.")
    #expect((documents[1]["event"] as? [String: Any])?["dataset"] as? String == "smtpscope.session")
  }
}
