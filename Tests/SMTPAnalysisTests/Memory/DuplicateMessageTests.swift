import SMTPAnalysis
import TestSupport
import Testing

private let lost = Sessions.envelope() + Sessions.text()

@Test func `sent again after a lost reply`() throws {
  let analysis = Analysis(together: [connection(lost + "C!"), connection(Sessions.delivered(), at: 60)])
  let said = analysis.said(.duplicateMessage)
  #expect(said[0] == nil)
  #expect(
    said[1]?.hasPrefix(
      "The same message (Message-ID <1@b>, the same contents) was sent whole in session 1, where its reply was lost, so the client sent it again 60 s later"
    ) == true)
  #expect(said[1]?.hasSuffix("c@d may have it twice.") == true)
  #expect(analysis.sessions[1].finding(.duplicateMessage)?.severity == .info)
  #expect(analysis.sessions[1].hindsight.map(\.kind) == [.deliveredAgain])
}

@Test func `taken twice`() {
  let analysis = Analysis(together: [connection(Sessions.delivered()), connection(Sessions.delivered(), at: 60)])
  #expect(
    analysis.said(.duplicateMessage)[1]?.contains("had been taken in session 1, 60 s before: c@d has it twice.") == true
  )
}

@Test func `taken twice, in two files and without hashes`() {
  var options = AnalysisOptions()
  options.hashesMessages = false
  let analysis = Analysis(
    files: [connection(Sessions.delivered()), connection(Sessions.delivered(), at: 60)], options: options)
  #expect(analysis.said(.duplicateMessage)[1]?.hasPrefix("The same message (Message-ID <1@b>) had been taken") == true)
}

@Test func `the same contents without a Message-ID`() {
  let mail = Sessions.delivered(id: nil)
  let analysis = Analysis(together: [connection(mail), connection(mail, at: 60)])
  #expect(analysis.said(.duplicateMessage)[1]?.hasPrefix("The same message (the same contents)") == true)
}

/// The first session's script, the second's, and what is unlike in the second.
struct NoDuplicate: CustomTestStringConvertible, Sendable {
  var testDescription: String
  var first = Sessions.delivered()
  var second = Sessions.delivered()
  var client = "192.0.2.7"
  var server = "203.0.113.25"
  var port: UInt16 = 25
  var seconds = 60.0
}

@Test(
  arguments: [
    NoDuplicate(testDescription: "another Message-ID", second: Sessions.delivered(id: "2@b")),
    NoDuplicate(testDescription: "another recipient", second: Sessions.delivered(to: "e@d")),
    NoDuplicate(
      testDescription: "other contents, no Message-ID", first: Sessions.delivered(id: nil),
      second: Sessions.delivered(id: nil, body: "ho")),
    NoDuplicate(testDescription: "a retry after a deferral", first: Sessions.deferred()),
    NoDuplicate(
      testDescription: "deferred after its data",
      first: Sessions.envelope() + Sessions.text() + "S: 451 later\n" + Sessions.quit),
    NoDuplicate(
      testDescription: "refused after its data the second time",
      second: Sessions.envelope() + Sessions.text() + "S: 550 no\n" + Sessions.quit),
    NoDuplicate(
      testDescription: "the next hop: the server is the client now", client: "203.0.113.25", server: "198.51.100.9"),
    NoDuplicate(
      testDescription: "the next hop by another address: the client has the server's name",
      second: Sessions.delivered(
        "S: 220 inner.example ESMTP\nC: EHLO mx.example\nS: 250 inner.example\n"), client: "10.0.0.1",
      server: "10.0.0.2"),
    NoDuplicate(
      testDescription: "a content filter beside the server", client: "127.0.0.1", server: "127.0.0.1", port: 10024),
    NoDuplicate(
      testDescription: "handed back with XFORWARD",
      second: Sessions.delivered(
        Sessions.hello + "C: XFORWARD NAME=client.example ADDR=192.0.2.7\nS: 250 2.0.0 Ok\n"), port: 10025),
    NoDuplicate(
      testDescription: "delivered by LMTP",
      second: Sessions.delivered(
        "S: 220 store.example LMTP\nC: LHLO client.example\nS: 250 store.example\n"), server: "10.0.0.3", port: 24),
    NoDuplicate(
      testDescription: "somebody else's, elsewhere",
      second: Sessions.delivered("S: 220 other.example ESMTP\nC: EHLO list.example\nS: 250 other.example\n"),
      client: "198.51.100.8", server: "198.51.100.9"),
    NoDuplicate(testDescription: "two sides of a NAT at the same time", client: "198.51.100.1", seconds: 0.001),
    NoDuplicate(testDescription: "after the queues have given up", seconds: 6 * 86_400),
  ])
func `is no duplicate`(_ pair: NoDuplicate) {
  let analysis = Analysis(together: [
    connection(pair.first),
    connection(
      pair.second, at: pair.seconds, from: pair.client, port: 50000, to: pair.server, serverPort: pair.port),
  ])
  #expect(analysis.sessions.count == 2)
  #expect(analysis.said(.duplicateMessage) == [nil, nil])
}

@Test func `twice in one session is the client's way of sending`() {
  let twice =
    Sessions.envelope() + Sessions.text() + "S: 250 ok\n"
    + Sessions.envelope("") + Sessions.text() + "S: 250 ok\n" + Sessions.quit
  let analysis = Analysis(together: [connection(twice)])
  #expect(analysis.sessions.first?.transactions.count == 2)
  #expect(analysis.said(.duplicateMessage) == [nil])
}

@Test func `messages are forgotten, the oldest first`() {
  var options = AnalysisOptions()
  options.memory.messages = 2
  let mails = (0..<3).map { Sessions.delivered(id: "\($0)@b") }
  let analysis = Analysis(
    together: mails.enumerated().map { connection($1, at: Double($0)) }
      + mails.enumerated().map { connection($1, at: Double(102 - $0)) }, options: options)
  #expect(analysis.sessions.suffix(3).map { $0.finding(.duplicateMessage) != nil } == [true, true, false])
}

/// More frames than sessions wait for each other's order.
private let bustle = connection(
  Sessions.hello + String(repeating: "C: NOOP\nS: 250 ok\n", count: 1000) + Sessions.quit, at: 100,
  from: "198.51.100.99")

/// After it what has been silent since the beginning is given up.
private let idle = connection(Sessions.hello + Sessions.quit, at: 5000, from: "198.51.100.99")

@Test func `sent again on another connection while the first one lingers`() throws {
  // The first falls silent behind the end of its data; by the time it is given up, its mail was sent again.
  let silent = connection(lost, closes: false)
  let analysis = Analysis(together: [silent, connection(Sessions.delivered(), at: 60), bustle, idle])
  #expect(analysis.sessions.first?.id == 2)
  let first = try #require(analysis.sessions.first { $0.id == 1 })
  let message = try #require(first.finding(.duplicateMessage)?.message)
  #expect(message.contains("was sent again in session 2, 60 s later, and taken there: c@d may have it twice."))
  #expect(first.hindsight.map(\.kind) == [.deliveredAgain])
  #expect(first.hindsight.first?.session == 1 && first.hindsight.first?.by == 2)
  #expect(analysis.sessions.filter { $0.id != 1 }.allSatisfy { $0.finding(.duplicateMessage) == nil })
}

@Test func `lost in its data and lingering, then delivered`() {
  let silent = connection(
    Sessions.envelope() + "S: 250 ok\nC: DATA\nS: 354 go\nC: Message-ID: <1@b>\nC:\nC: hi", closes: false)
  let analysis = Analysis(together: [silent, connection(Sessions.delivered(), at: 60), bustle, idle])
  let first = analysis.sessions.first { $0.id == 1 }
  #expect(first?.finding(.duplicateMessage) == nil)
  #expect(first?.hindsight.map(\.kind) == [.deliveredAfterLoss])
}
