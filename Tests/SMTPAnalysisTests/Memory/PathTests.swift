import SMTPAnalysis
import TCPStreams
import TestSupport
import Testing
import Wire

private func host(_ number: UInt64) -> IPAddress { IPAddress(ipv6High: 0x2001_0db8_0000_0000, low: number) }

private func byIPv6(
  _ script: String, at seconds: Double = 0, from client: UInt64 = 7, to server: UInt64 = 25, port: UInt16 = 30000
) -> Conversation {
  var conversation = connection(script, at: seconds)
  conversation.client = Endpoint(address: host(client), port: port + UInt16(seconds))
  conversation.server = Endpoint(address: host(server), port: 25)
  return conversation
}

/// Three SYNs in three seconds, and no answer.
private func dead(at seconds: Double = 0, from client: UInt64 = 7, to server: UInt64 = 25) -> Conversation {
  var conversation = byIPv6("", at: seconds, from: client, to: server, port: 31000)
  let syn = conversation.segments.prefix(1)
  conversation.segments = (0..<3).flatMap { round in
    syn.map { segment in
      var again = segment
      again.time = Int64(round) * 1_000_000_000
      again.identification += UInt16(round)
      return again
    }
  }
  return conversation
}

@Test func `IPv6 is dead, IPv4 delivers`() throws {
  let analysis = Analysis(together: [dead(), connection(Sessions.delivered(), at: 30)])
  let (first, last) = (try #require(analysis.sessions.first), try #require(analysis.sessions.last))
  #expect(first.finding(.connectionUnanswered)?.severity == .error)
  let finding = try #require(last.finding(.connectionUnanswered))
  #expect(finding.severity == .info)
  #expect(
    finding.message
      == "The client had tried IPv6 first, in vain (session 1: 2001:db8::7 to [2001:db8::19]:25), and came by IPv4 30 s later."
  )
  #expect(last.hindsight.map(\.kind) == [.deliveredByIPv4] && last.hindsight.first?.session == 1)
}

@Test func `IPv4 had delivered when IPv6 was given up`() throws {
  // The silent attempt is let go after two minutes, when the other session is long over.
  let bustle = connection(
    Sessions.hello + String(repeating: "C: NOOP\nS: 250 ok\n", count: 1000) + Sessions.quit, at: 60)
  let analysis = Analysis(together: [dead(), connection(Sessions.delivered(), at: 30), bustle])
  let first = try #require(analysis.sessions.first { $0.id == 1 })
  #expect(analysis.sessions.first?.id == 2)
  #expect(
    first.finding(.connectionUnanswered)?.message.hasSuffix(
      "30 s after its first SYN the client came by IPv4, to 203.0.113.25:25 (session 2).") == true)
  #expect(first.hindsight.first?.by == 2)
}

@Test func `names tell which of several clients and servers it was`() {
  // Both hosts had met by IPv6 before, and another client is about.
  let analysis = Analysis(together: [
    byIPv6(Sessions.hello + Sessions.quit, at: 0), dead(at: 100),
    connection(
      Sessions.delivered("S: 220 mx.example\nC: EHLO other.example\nS: 250 mx.example\n"), at: 120,
      from: "198.51.100.7"),
    connection(
      Sessions.delivered("S: 220 else.example\nC: EHLO client.example\nS: 250 else.example\n", id: "2@b"), at: 125,
      to: "198.51.100.25"),
    connection(Sessions.delivered(id: "3@b"), at: 130),
  ])
  #expect(
    analysis.sessions.map { $0.connection.opening == .handshake && $0.finding(.connectionUnanswered) != nil } == [
      false, false, false, false, true,
    ])
}

@Test(
  arguments: [
    ("another client is about", [connection(Sessions.hello + Sessions.quit, from: "198.51.100.7")], 30.0),
    ("another server is about", [connection(Sessions.hello + Sessions.quit, to: "198.51.100.25")], 30),
    ("long after", [], 300), ("before", [], -30),
  ] as [(String, [Conversation], Double)])
func `what came by IPv4 may be another's`(name: String, others: [Conversation], seconds: Double) {
  let analysis = Analysis(together: others + [dead(), connection(Sessions.delivered(), at: seconds)])
  #expect(
    !analysis.sessions.contains { $0.connection.opening == .handshake && $0.finding(.connectionUnanswered) != nil })
  #expect(analysis.sessions.allSatisfy { $0.hindsight.isEmpty })
}
