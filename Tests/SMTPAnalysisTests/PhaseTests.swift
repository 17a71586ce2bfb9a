import SMTPAnalysis
import TestSupport
import Testing
import Wire

/// `recipients[1] 10/9010/40`: milliseconds of the client, the server and the network.
private func shown(_ phase: Phase) -> String {
  let mail = phase.transaction.map { "[\($0)]" } ?? ""
  let times = [phase.times.client, phase.times.server, phase.times.network].map { time in
    String(time / 1_000_000)
  }
  return "\(phase.kind.rawValue)\(mail) \(times.joined(separator: "/"))"
}

private func phases(_ conversation: Conversation, from first: Int = 0) throws -> [String] {
  Array(try #require(Analysis(conversation).sessions.first).phases.map(shown).dropFirst(first))
}

extension Conversation {
  /// The same where the ways to the sides and back take so many milliseconds more.
  fileprivate func away(client: Int64 = 0, server: Int64 = 0) -> Conversation {
    var result = self
    var later: Int64 = 0
    var speaker = Peer.client
    for index in result.segments.indices {
      let peer = result.segments[index].peer
      if peer != speaker { later += (peer == .server ? server : client) * 1_000_000 }
      speaker = peer
      result.segments[index].time += later
    }
    return result
  }
}

/// What `Dialogues.delivered` takes where every step takes ten milliseconds.
private let plain = [
  "connect 0/0/0", "greeting 0/10/0", "ehlo 10/50/0", "sender[1] 10/10/0", "recipients[1] 10/10/0", "data[1] 20/10/50",
  "end_of_data[1] 0/10/0", "quit 10/10/0",
]

private func plain(but changes: [Int: String]) -> [String] {
  plain.enumerated().map { changes[$0] ?? $1 }
}

@Suite struct PhaseTests {
  @Test(
    arguments: [
      ([:], plain),
      ([0: 20_000], plain(but: [1: "greeting 0/20010/0"])),
      ([6: 300], plain(but: [2: "ehlo 10/350/0"])),
      ([7: 5000], plain(but: [3: "sender[1] 5010/10/0"])),
      ([10: 9000], plain(but: [4: "recipients[1] 10/9010/0"])),
      ([12: 7, 13: 100, 15: 2000], plain(but: [5: "data[1] 120/17/2050"])),
      ([19: 31_000], plain(but: [6: "end_of_data[1] 0/31010/0"])),
    ] as [([Int: Int64], [String])])
  func `each pause is that of the side whose turn it is`(pauses: [Int: Int64], expected: [String]) throws {
    let told = try phases(Conversation(Dialogues.delivered, pauses: pauses))
    #expect(told == expected)
  }

  @Test func `the ways from the capture point to the sides are the network's`() throws {
    let conversation = Conversation(Dialogues.delivered)
    #expect(
      try phases(conversation.away(server: 40)) == [
        "connect 0/0/40", "greeting 0/10/40", "ehlo 10/50/40", "sender[1] 10/10/40", "recipients[1] 10/10/40",
        "data[1] 20/10/90", "end_of_data[1] 0/10/40", "quit 10/10/40",
      ])
    #expect(
      try phases(conversation.away(client: 40)) == [
        "connect 0/0/40", "greeting 0/10/0", "ehlo 10/50/40", "sender[1] 10/10/40", "recipients[1] 10/10/40",
        "data[1] 20/10/130", "end_of_data[1] 0/10/0", "quit 10/10/40",
      ])
  }

  @Test func `a SYN that had to be sent again does not make the way longer`() throws {
    var conversation = Conversation(Dialogues.delivered).away(server: 40)
    var again = conversation.segments[0]
    for index in conversation.segments.indices where index > 0 { conversation.segments[index].time += 3_000_000_000 }
    again.time += 3_000_000_000
    again.identification += 7
    conversation.segments.insert(again, at: 1)
    #expect(try phases(conversation).prefix(3) == ["connect 0/0/3040", "greeting 0/10/40", "ehlo 10/50/40"])
  }

  @Test func `of commands sent together the first has the time, the others what they take themselves`() throws {
    let commands = #"C: MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\nDATA"#
    let atOnce = Conversation(
      Dialogues.hello + "\(commands)\nS: 250 ok\\r\\n250 ok\\r\\n250 ok\\r\\n354 go\nC: .\nS: 250 ok\n",
      pauses: [8: 3000])
    let together = try phases(atOnce, from: 3)
    #expect(
      together == [
        "sender[1] 10/3010/0", "recipients[1] 0/0/0", "data[1] 10/0/0", "end_of_data[1] 0/10/0",
      ])
    let oneByOne = Conversation(
      Dialogues.hello + "\(commands)\nS: 250 ok\nS: 250 ok\nS: 250 ok\nS: 354 go\nC: .\nS: 250 ok\n",
      pauses: [9: 2000, 10: 2000])
    let apart = try phases(oneByOne.away(server: 40), from: 3)
    #expect(
      apart == [
        "sender[1] 10/10/40", "recipients[1] 0/4020/0", "data[1] 10/10/0", "end_of_data[1] 0/10/40",
      ])
  }

  @Test func `each mail of a session has its own`() throws {
    let mail = "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nS: 250 ok\nC: DATA\nS: 354 go\nC: x\nC: .\nS: 250 ok\n"
    let one = ["sender[1] 10/10/0", "recipients[1] 10/10/0", "data[1] 20/10/10", "end_of_data[1] 0/10/0"]
    let other = ["sender[2] 10/10/0", "recipients[2] 10/10/0", "data[2] 20/10/10", "end_of_data[2] 0/10/0"]
    let told = try phases(Conversation(Dialogues.hello + mail + "C: RSET\nS: 250 ok\n" + mail), from: 3)
    #expect(told == one + ["other 10/10/0"] + other)
  }

  @Test func `chunks are transfer, the reply to the last one is the end of the data`() throws {
    let conversation = Conversation(
      Dialogues.envelope + #"C: BDAT 4\r\nabcd\"# + "\nS: 250 ok\n" + #"C: BDAT 4 LAST\r\nab\"# + "\n" + #"C: cd\"#
        + "\nS: 250 ok\n", pauses: [12: 500, 14: 1000, 15: 700])
    #expect(
      try phases(conversation, from: 5) == ["data[1] 20/510/1010", "end_of_data[1] 0/710/0"])
  }

  @Test func `while a SASL response is due, the client has the turn`() throws {
    let conversation = Conversation(
      Dialogues.hello + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: YQ==\nS: 334 UGFzc3dvcmQ6\nC: Yg==\nS: 235 ok\n",
      pauses: [9: 4000, 11: 6000, 12: 300])
    let told = try phases(conversation, from: 3)
    #expect(told == ["auth 10030/330/0"])
  }

  @Test(
    arguments: [
      ("", "10/30020/0"), ("C: QUIT\n", "10/30030/0"), ("S: 334 VXNlcjo=\nC: YW5u\n", "20/30030/0"),
      // Where a client idles to the end of a session it is in no phase.
      ("S: 334 VXNlcjo=\n", "10/10/0"),
    ])
  func `the server has the turn where a login ends without a reply, unless it had asked`(
    exchange: String, expected: String
  ) throws {
    let script = Dialogues.hello + "C: AUTH LOGIN\n" + exchange + "C.\nS."
    let pause = exchange == "C: QUIT\n" ? 8 : 8 + exchange.split(separator: "\n").count
    let told = try phases(Conversation(script, pauses: [pause: 30_000]), from: 3)
    #expect(told == ["auth \(expected)"])
  }

  @Test func `the TLS handshake is one phase with STARTTLS`() throws {
    let conversation = Conversation(
      Dialogues.hello + "C: STARTTLS\nS: 220 go\n" + #"C: \x16\x03\x01\x00\x02aa\"# + "\n"
        + #"S: \x16\x03\x03\x00\x02aa\x17\x03\x03\x00\x02aa\"# + "\n" + #"C: \x17\x03\x03\x00\x02aa\"# + "\n"
        + #"C: \x17\x03\x03\x00\x02aa\"# + "\n" + #"S: \x17\x03\x03\x00\x02aa\"# + "\n",
      pauses: [9: 100, 10: 2000, 11: 300, 12: 50_000, 13: 60_000])
    let told = try phases(conversation, from: 3)
    #expect(told == ["tls 430/2020/0"])
  }

  @Test func `implicit TLS begins behind the TCP handshake`() throws {
    let conversation = Conversation(
      #"C: \x16\x03\x01\x00\x02aa\"# + "\n" + #"S: \x16\x03\x03\x00\x02aa\"# + "\n" + #"C: \x17\x03\x03\x00\x02aa\"#,
      server: Endpoint(address: IPAddress(ipv4: 0xcb00_7119), port: 465), pauses: [1: 200])
    #expect(try phases(conversation.away(server: 40)) == ["connect 0/0/40", "tls 20/210/40"])
  }

  @Test(
    arguments: [
      (Dialogues.hello + "C: MAIL FROM:<a@b>\nC. \nS. \n", [8: 60_000], "sender[1] 10/60020/0"),
      (Dialogues.hello + "C: MAIL FROM:<a@b>\nC. \n", [8: 60_000], "sender[1] 10/0/60010"),
      (Dialogues.envelope + "S: 421 4.4.2 timeout\nS. \n", [11: 300_000], "recipients[1] 300020/10/0"),
      (Dialogues.text + "S: 421 4.4.2 timeout\nS. \n", [18: 300_000], "data[1] 300030/10/40"),
      (Dialogues.text + "C. \nS. \n", [18: 300_000], "data[1] 300040/10/40"),
      (Dialogues.text + "C. \n", [18: 300_000], "data[1] 20/10/300050"),
      (Dialogues.data + "C. \nS. \n", [13: 8000], "data[1] 8030/10/0"),
      ("S: 220 mx\nC: EHLO c\nS: 250-mx\nC. \nS. \n", [3: 10_000], "ehlo 10/10030/0"),
      ("C. \nS. \n", [0: 90_000], "greeting 0/90020/0"),
    ] as [(String, [Int: Int64], String)])
  func `what stays open lasts to the end`(script: String, pauses: [Int: Int64], last: String) throws {
    let told = try phases(Conversation(script, closes: false, pauses: pauses))
    #expect(told.last == last)
  }

  @Test func `what was sent again after a silence, the other side was waiting for`() throws {
    for (peer, reply, expected) in [
      (Peer.client, 10, "recipients[1] 10/109/3000"), (.server, 11, "data[1] 119/10/3050"),
    ] {
      // The command that the reply waits for is sent twice, the second time 100 ms before the reply.
      var conversation = Conversation(Dialogues.delivered, pauses: [reply: 3100])
      let position = try #require(
        conversation.segments.lastIndex { $0.peer == peer && !$0.payload.isEmpty && $0.time < 500_000_000 })
      var again = conversation.segments[position]
      again.time = conversation.segments[position + 1].time - 110_000_000
      again.identification += 500
      conversation.segments.insert(again, at: position + 1)
      let told = try phases(conversation)
      #expect(told.contains(expected))
    }
  }

  @Test func `what may have been said in a hole is nobody's time`() throws {
    let script = Dialogues.hello + "C: MAIL FROM:<a@b>\nS? 8\nC: RCPT TO:<c@d>\nS: 250 2.1.5 Ok\nC: QUIT\nS: 221 bye\n"
    let told = try phases(Conversation(script, pauses: [9: 70_000, 10: 50]))
    #expect(told == ["connect 0/0/0", "greeting 0/10/0", "ehlo 10/50/0", "quit 10/10/0"])
  }

  @Test func `a connection that never stood is all the network's`() throws {
    var conversation = Conversation("", closes: false)
    conversation.segments.removeLast(2)
    var again = conversation.segments[0]
    again.time = 3_000_000_000
    again.identification += 1
    conversation.segments.append(again)
    #expect(try phases(conversation) == ["connect 0/0/3000"])
  }

  @Test func `times that no clock has add up to no nonsense`() throws {
    var conversation = Conversation(Dialogues.delivered)
    for index in conversation.segments.indices {
      conversation.segments[index].time = index % 2 == 0 ? .min : .max
    }
    for phase in Analysis(conversation).sessions.flatMap(\.phases) {
      #expect(phase.times.client >= 0 && phase.times.server >= 0 && phase.times.network >= 0 && phase.duration >= 0)
    }
  }

  @Test func `the delay of the greeting begins where the handshake ends`() throws {
    let session = try #require(
      Analysis(Conversation(Dialogues.delivered, pauses: [0: 400]).away(client: 30, server: 40)).sessions.first)
    #expect(session.greeting?.delay.map { $0 / 1_000_000 } == 450)
  }
}
