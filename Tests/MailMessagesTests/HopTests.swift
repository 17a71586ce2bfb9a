import MailMessages
import TestSupport
import Testing
import Wire

/// A Received field's body and what it says.
private struct Field: Sendable, CustomTestStringConvertible {
  var name: String
  var body: String
  var from: String?
  var ip: String?
  var by: String?
  var with: String?
  var id: String?
  var recipient: String?
  var hasDate = true

  var testDescription: String { name }
}

/// 20 Nov 2026 09:14:02 +0000.
private let moment = CaptureTime(nanoseconds: 1_795_166_042_000_000_000)
private let date = "Fri, 20 Nov 2026 09:14:02 +0000"

private let fields: [Field] = [
  Field(
    name: "Postfix",
    body: """
      from kestrel.example (unknown [192.0.2.7])
      \t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)
      \t key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256)
      \t(No client certificate requested)
      \tby mx.harbour.example (Postfix) with ESMTPS id 4XyZ12
      \tfor <bob@harbour.example>; \(date) (UTC)
      """, from: "kestrel.example", ip: "192.0.2.7", by: "mx.harbour.example", with: "ESMTPS", id: "4XyZ12",
    recipient: "bob@harbour.example"),
  Field(
    name: "Postfix, IPv6, an address literal said",
    body: "from [10.0.0.5] (relay.example [IPv6:2001:db8::7])\n\tby mx (Postfix) with ESMTP id 1;\n\t\(date)",
    from: "[10.0.0.5]", ip: "2001:db8::7", by: "mx", with: "ESMTP", id: "1"),
  Field(name: "Postfix, handed in", body: "by mx (Postfix, from userid 1000)\n\tid AB1; \(date)", by: "mx", id: "AB1"),
  Field(
    name: "Exim",
    body: """
      from relay.example ([192.0.2.7] helo=kestrel.example)
      \tby mx.example with esmtps  (TLS1.3) tls TLS_AES_256_GCM_SHA384
      \t(Exim 4.96)
      \t(envelope-from <ann@kestrel.example>)
      \tid 1r4xAb-0001Zz-2C
      \tfor bob@harbour.example;
      \t\(date)
      """, from: "relay.example", ip: "192.0.2.7", by: "mx.example", with: "esmtps", id: "1r4xAb-0001Zz-2C",
    recipient: "bob@harbour.example"),
  Field(
    name: "Exim, a host without a name",
    body: "from [192.0.2.7] (port=40404 helo=[10.0.0.5])\n by mx with esmtp (Exim 4.94)\n id 1a-b-c; \(date)",
    from: "[10.0.0.5]", ip: "192.0.2.7", by: "mx", with: "esmtp", id: "1a-b-c"),
  Field(
    name: "Exim, a port behind the address",
    body: "from [2001:db8::7]:40404 (helo=kestrel.example) by mx with esmtp id 1; \(date)", from: "kestrel.example",
    ip: "2001:db8::7", by: "mx", with: "esmtp", id: "1"),
  Field(
    name: "Exim, handed in",
    body:
      "from root by out.example with local (Exim 4.96)\n\t(envelope-from <ann@b.example>)\n\tid 1x-y-0I;\n\t\(date)",
    from: "root", by: "out.example", with: "local", id: "1x-y-0I"),
  Field(
    name: "sendmail",
    body: """
      from kestrel.example (kestrel.example [192.0.2.7] (may be forged))
      \tby mx.example (8.17.1/8.17.1/Debian-2) with ESMTPS id 2AK9E2bc004711
      \t(version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 bits=256 verify=NO)
      \tfor <bob@mx.example>; \(date)
      """, from: "kestrel.example", ip: "192.0.2.7", by: "mx.example", with: "ESMTPS", id: "2AK9E2bc004711",
    recipient: "bob@mx.example"),
  Field(
    name: "sendmail, handed in",
    body: "(from ann@localhost)\n\tby mx (8.17.1/8.17.1/Submit) id 2AK9;\n\t\(date)", by: "mx", id: "2AK9"),
  Field(
    name: "Exchange",
    body: """
      from AM0.prod.example (2603:10a6:208::23) by
       DB8.prod.example (2603:10a6:10::7) with Microsoft SMTP Server
       (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id
       15.20.7181.16; \(date)
      """, from: "AM0.prod.example", ip: "2603:10a6:208::23", by: "DB8.prod.example", with: "Microsoft SMTP Server",
    id: "15.20.7181.16"),
  Field(
    name: "Exchange, a mailbox",
    body:
      "from EX1.example ([fe80::f936:ca4b:b8b2:23c3]) by EX2.example\n ([fe80::c4c:e335:b1d8:973c%15]) with mapi id\n 14.02.0318.004; \(date)",
    from: "EX1.example", ip: "fe80::f936:ca4b:b8b2:23c3", by: "EX2.example", with: "mapi", id: "14.02.0318.004"),
  Field(
    name: "Exchange, via",
    body: "from A (192.0.2.7) by B (192.0.2.8) with Microsoft SMTP Server id 15.2 via Frontend Transport; \(date)",
    from: "A", ip: "192.0.2.7", by: "B", with: "Microsoft SMTP Server", id: "15.2"),
  Field(
    name: "Gmail",
    body: """
      from mail-sor-f41.google.com (mail-sor-f41.google.com. [209.85.220.41])
              by mx.google.com with SMTPS id a1sor2abc
              for <bob@harbour.example>
              (Google Transport Security);
              Fri, 20 Nov 2026 01:14:02 -0800 (PST)
      """, from: "mail-sor-f41.google.com", ip: "209.85.220.41", by: "mx.google.com", with: "SMTPS", id: "a1sor2abc",
    recipient: "bob@harbour.example"),
  Field(
    name: "Gmail, inside", body: "by 2002:a05:6a10:1a2b with SMTP id x9csp1;\n        \(date)",
    by: "2002:a05:6a10:1a2b", with: "SMTP", id: "x9csp1"),
  Field(
    name: "qmail",
    body: "from unknown (HELO kestrel.example) (192.0.2.7)\n  by mx.example with SMTP; 20 Nov 2026 09:14:02 -0000",
    from: "kestrel.example", ip: "192.0.2.7", by: "mx.example", with: "SMTP"),
  Field(
    name: "qmail, a literal and a user",
    body: "from r.example (HELO [10.0.0.5]) (ann@192.0.2.7) by mx with ESMTPA; \(date)",
    from: "r.example", ip: "192.0.2.7", by: "mx", with: "ESMTPA"),
  Field(name: "qmail, from the network", body: "(qmail 4711 invoked from network); 20 Nov 2026 09:14:02 -0000"),
  Field(name: "qmail, without parentheses", body: "qmail 4711 invoked by uid 99; 20 Nov 2026 09:14:02 -0000"),
  Field(
    name: "Courier",
    body:
      "from kestrel.example ([::ffff:192.0.2.7])\n  (AUTH: LOGIN ann, TLS: TLS1.3,256bits,AES)\n  by mx with ESMTPSA\n  id 00000000000A.1; \(date)",
    from: "kestrel.example", ip: "::ffff:192.0.2.7", by: "mx", with: "ESMTPSA", id: "00000000000A.1"),
  Field(
    name: "zmailer",
    body:
      "from r.example ([192.0.2.7]:57008 \"EHLO\n        kestrel.example\" rhost-flags-OK-OK) by v.example\n        with ESMTP id S2377 (ORCPT\n        <rfc822;list@v.example>); Fri, 20 Nov 2026 04:14:02 -0500",
    from: "r.example", ip: "192.0.2.7", by: "v.example", with: "ESMTP", id: "S2377"),
  Field(
    name: "amavis",
    body:
      "from mx.example ([127.0.0.1])\n by localhost (mx.example [127.0.0.1]) (amavisd-new, port 10024)\n with ESMTP id a-b for <bob@b.example>;\n \(date)",
    from: "mx.example", ip: "127.0.0.1", by: "localhost", with: "ESMTP", id: "a-b", recipient: "bob@b.example"),
  Field(
    name: "fetchmail",
    body:
      "from imap.example [192.0.2.7]\n\tby localhost with IMAP (fetchmail-6.4.2)\n\tfor <ann@localhost> (single-drop); \(date)",
    from: "imap.example", ip: "192.0.2.7", by: "localhost", with: "IMAP", recipient: "ann@localhost"),
  Field(
    name: "capital keywords", body: "FROM a BY b WITH c ID d FOR <e>, <f>; \(date)", from: "a", by: "b", with: "c",
    id: "d", recipient: "e"),
  Field(name: "no client", body: "from (unknown [192.0.2.7]) by b; \(date)", ip: "192.0.2.7", by: "b"),
  Field(name: "no date", body: "from a by b (x; y)", from: "a", by: "b", hasDate: false),
  Field(name: "a date that is none", body: "from a by b; yesterday", from: "a", by: "b", hasDate: false),
  Field(name: "a semicolon in a comment of the date", body: "by b; \(date) (a; b)", by: "b"),
  Field(
    name: "a comment in a comment", body: "from a (b (c [10.0.0.1]) \\) [192.0.2.7]) by d; \(date)", from: "a",
    ip: "10.0.0.1", by: "d"),
  Field(name: "a comment that never closes", body: "by b (from a (x; \(date)", by: "b"),
  Field(name: "a quotation mark that never closes", body: "from \"a by b; \(date)", from: "\"a", by: "b"),
  Field(name: "nothing", body: "", hasDate: false), Field(name: "a semicolon", body: ";", hasDate: false),
]

private func trace(_ header: String) -> MessageTrace {
  MessageTrace(HeaderSummary(parsing: Array(header.utf8).span))
}

private func hop(_ body: String) throws -> Hop {
  try #require(trace("Received: \(body)\r\n").hops.first)
}

private func text(_ value: [UInt8]?) -> String? {
  value.map { String(decoding: $0, as: UTF8.self) }
}

@Suite struct HopTests {
  @Test(arguments: fields, ["\n", "\r\n"])
  private func `what servers write is read`(_ field: Field, lineEnd: String) throws {
    let hop = try hop(field.body.replacing("\n", with: lineEnd))
    #expect(text(hop.from) == field.from)
    #expect(hop.address?.description == field.ip)
    #expect(text(hop.by) == field.by)
    #expect(text(hop.with) == field.with)
    #expect(text(hop.id) == field.id)
    #expect(text(hop.recipient) == field.recipient)
    #expect(hop.date == (field.hasDate ? moment : nil))
  }

  @Test(arguments: [
    "Fri, 20 Nov 2026 09:14:02 +0000", "20 Nov 2026 09:14:02 GMT", "Fri,20 Nov 26 09:14:02 UT",
    "FRI, 20 NOV 126 09:14:02 Z", "Fri Nov 20 09:14:02 2026 +0000", "Fri Nov 20 09:14:02 UTC 2026",
    "Friday, 20 November 2026 04:14:02 EST", "20 Nov 2026 10:14:02 +0100 (CET)",
    "(a) 20 (b (c)) Nov 2026 09:14:02 +0000",
    "Thu, 19 Nov 2026 23:44:02 -0930", "  Fri,  20  Nov  2026  09:14:02.000  -0000 ",
  ])
  func `a date is read`(_ written: String) throws {
    #expect(try hop("by b; \(written)").date == moment)
  }

  @Test func `dates at the edges`() throws {
    for (written, seconds) in [
      ("1 Jan 1970 00:00:00 +0000", 0), ("29 Feb 2024 23:59:60 +0000", 1_709_251_200),
      ("1 Mar 2100 00:00 +0000", 4_107_542_400),
      ("31 Dec 69 23:00:00 +0000", nil), ("29 Feb 2023 00:00:00 +0000", nil), ("29 Feb 2100 00:00:00 +0000", nil),
      ("31 Apr 2026 00:00:00 +0000", nil), ("0 Apr 2026 00:00:00 +0000", nil), ("1 Apr 2026 24:00:00 +0000", nil),
      ("1 Apr 2026 00:60:00 +0000", nil), ("1 Apr 2026 00:00:61 +0000", nil), ("1 Apr 2026 00:00:00 +2400", nil),
      ("1 Apr 2026 00:00:00 +0060", nil), ("1 Apr 2026 00:00:00", nil), ("1 Apr 2026 00:00:00 CEST", nil),
      ("1 Apr 2026 000:00:00 +0000", nil), ("1 Apr 2026 00:00: +0000", nil), ("1 Apr 2026 00 +0000", nil),
      ("1 Apr 2026 0:0:0:0 +0000", nil), ("1 Foo 2026 00:00:00 +0000", nil), ("1 Apr 99999999999 00:00:00 +0000", nil),
      ("2026-04-01T00:00:00Z", nil), (":", nil), ("+", nil), (",,,", nil),
    ] as [(String, Int64?)] {
      #expect(try hop("by b; \(written)").date?.nanoseconds == seconds.map { $0 * 1_000_000_000 }, "\(written)")
    }
    #expect(try hop("by b; 1 Jan 1970 00:00:00.123456789012 +0000").date?.nanoseconds == 123_456_789)
  }
}

@Suite struct MessageTraceTests {
  private func received(_ minute: Int?) -> String {
    "Received: by m\(minute ?? 0)" + (minute.map { ";\r\n Fri, 20 Nov 2026 09:\($0):00 +0000" } ?? "") + "\r\n"
  }

  @Test func `delays are to the hop below, and may be negative`() {
    let trace = trace(received(30) + "Subject: a\r\n" + received(20) + received(25) + received(nil) + received(10))
    #expect(trace.hops.count == 5)
    #expect(trace.hops.indices.map { trace.delay(of: $0).map { $0 / 60_000_000_000 } } == [10, -5, nil, nil, nil])
    #expect(trace.delay(of: -1) == nil && trace.delay(of: 5) == nil)
    #expect(trace.transit(until: moment) == -958_000_000_000)
  }

  @Test func `only fields of that name are hops`() {
    let header =
      "Received-SPF: pass\r\n by a\r\nX-Received: by b\r\nSubject: a\r\n by c\r\nreceived : by d\r\n\tid 1\r\n\r\nReceived: by e\r\n"
    #expect(trace(header).hops.map { text($0.by) } == ["d"])
    #expect(text(trace(header).hops.first?.id) == "1")
    #expect(trace("Subject: a\r\n").hops.isEmpty && trace("Subject: a\r\n").software == nil)
  }

  @Test(
    arguments: [
      ("User-Agent: Mutt/2.2\r\nX-Mailer: b\r\n", "Mutt/2.2", .userAgent), ("X-MAILER:\r\n  a b \r\n", "a b", .mailer),
      ("X-Mailer:  \r\n", nil, nil), ("X-Mailers: a\r\nUser_Agent: b\r\n", nil, nil),
      ("Message-ID: <1.2.JavaMail.ann@b>\r\n", "JavaMail", .messageID),
      ("Message-ID: <alpine.DEB.1@b>\r\n", "Alpine", .messageID),
      ("Message-ID: <Pine.LNX.1@b>\r\n", "Pine", .messageID), ("Message-ID: <1@b>\r\n", nil, nil),
      ("Received: by b (Postfix, from userid 0) id 1; x\r\n", "Postfix", .received),
      ("Received: (qmail 1 invoked by uid 1)\r\n", "qmail", .received),
      ("Received: (qmail 1 invoked from network)\r\n", nil, nil),
      ("Received: from a by b with local (Exim 4.96)\r\n", "Exim 4.96", .received),
      ("Received: from a by b with esmtp (Exim 4.96)\r\n", nil, nil),
      ("Received: from a by b (Postfix) with ESMTP\r\n", nil, nil),
      // The oldest hop alone tells where the message came from.
      ("Received: by b (Postfix, from userid 0)\r\nReceived: from a by b\r\n", nil, nil),
    ] as [(String, String?, MessageTrace.Source?)])
  func `software is what says its name`(_ header: String, _ name: String?, _ source: MessageTrace.Source?) {
    #expect(text(trace(header).software?.name) == name)
    #expect(trace(header).software?.source == source)
  }

  @Test func `there are bounds`() {
    let many = trace(String(repeating: "Received: by a\r\n", count: 5000))
    #expect(many.hops.count == 100 && many.furtherHops == 4900)
    let long = trace(
      "Received: by \(String(repeating: "a", count: 100_000))\r\n id b\r\nX-Mailer: \(String(repeating: "x", count: 9000))\r\n"
    )
    #expect(long.hops.first?.by?.count == 255 && long.hops.first?.id == nil && long.software?.name.count == 255)
    let all = trace(String(repeating: "Received: by a\(String(repeating: " \r\n x", count: 2000))\r\n", count: 90))
    #expect(all.hops.count + all.furtherHops == 90 && all.furtherHops > 60)
  }

  @Test(arguments: [
    "(", ")", "\"", "\\", ";", "[", "a(", "(\\", "\"\\", "[]", "(helo=", "from ", "from (helo ", "by by ", ",", "<",
    "from (@", "from [:",
  ])
  func `a field of strange form is no harm`(_ piece: String) {
    let body = String(repeating: piece, count: 4096 / piece.utf8.count)
    for body in [body, body + "; " + body, "from a (" + body, "; " + String(repeating: "1:", count: 2000)] {
      #expect(trace("Received: \(body)\r\n").hops.count == 1)
    }
  }

  @Test(arguments: 0..<100) func `octets at random trap nothing`(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    for field in fields where field.body.utf8.count > 4 {
      var header = Array("Received: \(field.body)\r\nX-Mailer: a\r\n".utf8)
      for _ in 0..<4 {
        let place = Int.random(in: 10..<header.count - 15, using: &random)
        header[place] = Array("()\"\\;:[]%@ \r\n\u{0}+-,9a".utf8).randomElement(using: &random) ?? 0
      }
      let trace = MessageTrace(HeaderSummary(parsing: header.span))
      #expect(trace.hops.count <= 2)
    }
  }
}
