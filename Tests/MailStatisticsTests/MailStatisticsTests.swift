import MailStatistics
import SMTPAnalysis
import TestSupport
import Testing
import Wire

/// What the sessions of these dialogues come to, an hour apart.
private func statistics(
  _ dialogues: String..., limits: StatisticsLimits = StatisticsLimits(), port: UInt16 = 25
) -> MailStatistics {
  var statistics = MailStatistics(limits: limits)
  for (index, text) in dialogues.enumerated() {
    var conversation = Conversation(text)
    conversation.server.port = port
    conversation.start = conversation.start.advanced(byNanoseconds: Int64(index) * 3_600_000_000_000)
    var analyzer = Analyzer(options: AnalysisOptions())
    for (number, frame) in conversation.frames.enumerated() {
      analyzer.receive(
        frame.bytes.span,
        descriptor: FrameDescriptor(
          time: frame.time, number: number + 1, file: 0, linkType: .ethernet, originalLength: frame.bytes.count))
    }
    analyzer.finish()
    while let session = analyzer.nextSession() { statistics.count(session) }
  }
  return statistics
}

private let hello = """
  S: 220 mx.example ESMTP
  C: EHLO client.example
  S: 250 mx.example

  """

private let partly =
  hello + """
    C: MAIL FROM:<Ann@Kestrel.Example>
    S: 250 2.1.0 Ok
    C: RCPT TO:<bob@harbour.example>
    S: 250 2.1.5 Ok
    C: RCPT TO:<eve@harbour.example>
    S: 550 5.1.1 <eve@harbour.example>: User unknown
    C: RCPT TO:<max@other.example>
    S: 450 4.2.0 Greylisted
    C: DATA
    S: 354 go
    C: Subject: figures
    C:
    C: text
    C: .
    S: 250 2.0.0 queued as 1
    C: QUIT
    S: 221 bye

    """

private let bounce =
  hello + """
    C: MAIL FROM:<>
    S: 250 2.1.0 Ok
    C: RCPT TO:<postmaster>
    S: 550-5.1.1 <postmaster>:
    S: 550 5.1.1 User unknown
    C: QUIT
    S: 221 bye

    """

private func name(_ text: String) -> MailName { .name(Array(text.utf8)) }

extension NameTable where Counts == Traffic {
  fileprivate subscript(name: Name) -> Traffic? { entries.first { $0.name == name }?.counts }
}

@Suite struct MailStatisticsTests {
  @Test func `a mail counts once in the whole, and each recipient by what became of it`() {
    let whole = statistics(partly, bounce).whole
    #expect(whole.sessions == 2)
    #expect(whole.mails == 2)
    #expect(whole[mails: .partiallyAccepted] == 1)
    #expect(whole[mails: .refused] == 1)
    #expect(whole[recipients: .accepted] == 1)
    #expect(whole[recipients: .refused] == 2)
    #expect(whole[recipients: .deferred] == 1)
    #expect(whole.messages == 1)
    #expect(whole.messageBytes == 26)
  }

  @Test func `a mail counts once for each domain that it was meant for`() {
    let domains = statistics(partly, bounce).recipientDomains
    #expect(domains[name("harbour.example")]?.mails == 1)
    #expect(domains[name("harbour.example")]?.recipients == 2)
    #expect(domains[name("other.example")]?.messageBytes == 26)
    #expect(domains[.local]?[recipients: .refused] == 1)
    #expect(domains.distinct == 3)
  }

  @Test func `domains are the same however they are written, and bounces have none`() {
    let counted = statistics(partly, bounce)
    #expect(counted.senderDomains[name("kestrel.example")]?.mails == 1)
    #expect(counted.senders[name("Ann@kestrel.example")]?.mails == 1)
    #expect(counted.senderDomains[.null]?.mails == 1)
  }

  @Test func `servers and clients bear the names that they give themselves`() {
    let counted = statistics(partly, bounce)
    #expect(counted.servers.entries.map(\.counts.name) == [Array("mx.example".utf8)])
    #expect(counted.clients.entries.map(\.counts.name) == [Array("client.example".utf8)])
    #expect(counted.servers.entries.first?.counts.waits.count == 2)
  }

  @Test func `each hour has what began in it`() {
    let hours = statistics(partly, bounce).hours.entries.sorted { $0.name < $1.name }
    #expect(hours.map(\.counts.mails) == [1, 1])
    #expect(hours.last.map { $0.name - hours[0].name } == 1)
    #expect(hours.first?.name == 1_795_166_042 / 3600)
  }

  @Test func `codes are counted by what they answered`() {
    let codes = statistics(partly, bounce).codes.entries
    let ok = codes.first { $0.name == 250 }?.counts
    #expect(ok?[.mail] == 2)
    #expect(ok?[.recipient] == 1)
    #expect(ok?[.endOfData] == 1)
    #expect(codes.first { $0.name == 550 }?.counts[.recipient] == 2)
    #expect(codes.first { $0.name == 220 }?.counts[.greeting] == 2)
    #expect(codes.first { $0.name == 221 }?.counts[.quit] == 2)
  }

  @Test func `refusals that differ in the address are one, with an example and its place`() {
    let refusals = statistics(partly, bounce, partly).refusals.entries
    #expect(refusals.map { String(decoding: $0.name.shape, as: UTF8.self) } == ["<*>: User unknown", "Greylisted"])
    #expect(refusals.map(\.counts.count) == [3, 2])
    let first = refusals.first
    #expect(first.map { String(decoding: $0.counts.example, as: UTF8.self) } == "<eve@harbour.example>: User unknown")
    #expect(first?.name.enhanced == EnhancedStatus("5.1.1"))
    #expect(first?.counts.frame == 12)
    #expect(first.map { $0.counts.last.nanoseconds - $0.counts.first.nanoseconds > 7_199_000_000_000 } == true)
  }

  @Test func `in LMTP each recipient's own reply counts, and the last one not twice`() {
    let counted = statistics(
      """
      S: 220 mx.example LMTP
      C: LHLO client.example
      S: 250 mx.example
      C: MAIL FROM:<a@b.example>
      S: 250 Ok
      C: RCPT TO:<c@d.example>
      S: 250 Ok
      C: RCPT TO:<e@d.example>
      S: 250 Ok
      C: DATA
      S: 354 go
      C: text
      C: .
      S: 250 kept
      S: 552 5.2.2 <e@d.example> over quota
      C: QUIT
      S: 221 bye
      """, port: 24)
    #expect(counted.codes.entries.first { $0.name == 552 }?.counts[.endOfData] == 1)
    #expect(counted.refusals.entries.map(\.counts.count) == [1])
    #expect(counted.recipientDomains[name("d.example")]?[recipients: .refused] == 1)
  }

  @Test func `what a peer makes up is cut, and takes no more than the bound`() {
    var limits = StatisticsLimits()
    limits.names = 5
    limits.nameBytes = 20
    limits.refusalBytes = 30
    var text = hello
    for index in 0..<40 {
      text += "C: MAIL FROM:<a@\(index)\(String(repeating: "x", count: 50)).example>\n"
      text +=
        "S: 550 refusal \(Unicode.Scalar(UInt8(97 + index % 26)))\(String(repeating: "y", count: 1 + index)) \(text.count)\n"
    }
    let counted = statistics(text, limits: limits)
    #expect(counted.senderDomains.entries.count <= 10)
    #expect(counted.senderDomains.forgotten > 0)
    #expect(counted.senderDomains.entries.reduce(counted.senderDomains.others.mails) { $0 + $1.counts.mails } == 40)
    #expect(counted.refusals.entries.allSatisfy { $0.name.shape.count <= 60 && $0.counts.example.count <= 30 })
    #expect(counted.refusals.entries.reduce(counted.refusals.others.count) { $0 + $1.counts.count } == 40)
    for entry in counted.senderDomains.entries {
      guard case .name(let domain) = entry.name else { continue }
      #expect(domain.count <= 20)
    }
  }
}
