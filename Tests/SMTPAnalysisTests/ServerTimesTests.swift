import SMTPAnalysis
import TCPStreams
import TestSupport
import Testing
import Wire

private func sketch(_ durations: some Sequence<Int64>) -> DurationSketch {
  var sketch = DurationSketch()
  for duration in durations { sketch.add(duration) }
  return sketch
}

@Suite struct DurationSketchTests {
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `percentiles are near the true ones`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    // From a microsecond to a day, each size as likely as any other.
    let durations = (0..<1000).map { _ in
      Int64(1) << Int64.random(in: 10...46, using: &random) + Int64.random(in: 0..<1 << 40, using: &random) >> 8
    }
    let sorted = durations.sorted()
    let sketch = sketch(durations)
    for (share, rank) in [(0.01, 9), (0.5, 499), (0.9, 899), (0.95, 949)] {
      let told = try #require(sketch.percentile(share))
      #expect(abs(Double(told - sorted[rank])) <= max(1024, Double(sorted[rank]) / 50))
    }
    #expect(sketch.percentile(1) == sorted.last && sketch.maximum == sorted.last)
  }

  @Test(arguments: [5, 6] as [UInt64])
  func `any order and any parts make the same sketch`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let durations = (0..<500).map { _ in Int64.random(in: 0..<1 << 40, using: &random) }
    let whole = sketch(durations)
    #expect(sketch(durations.shuffled(using: &random)) == whole)
    var one = sketch(durations[..<100])
    let other = sketch(durations[100...])
    var reverse = other
    reverse.merge(one)
    one.merge(other)
    #expect(one == whole && reverse == whole)
  }

  @Test func `what lies elsewhere makes another sketch`() {
    // As many, the same shortest and longest: in another octave, in another part of it, in one more.
    let one = sketch([0, 0, 5 << 20, 1 << 40])
    for others in [[0, 0, 40 << 20, 1 << 40], [0, 0, 6 << 20, 1 << 40], [0, 5 << 20, 5 << 20, 1 << 40]] as [[Int64]] {
      #expect(sketch(others) != one && one != sketch(others))
    }
    #expect(sketch([5 << 20, 1 << 40, 0, 0]) == one)
  }

  @Test func `nothing has no percentiles, one has itself`() {
    #expect(DurationSketch().percentile(0.5) == nil)
    for duration in [0, 1, 1023, 1024, 31 << 10, 32 << 10, 1_000_000_000, .max] as [Int64] {
      #expect(sketch([duration]).percentile(0.5) == duration)
    }
    #expect(sketch([-5]).maximum == 0)
    let wide = sketch([0, .max, .max])
    #expect(wide.percentile(0.5).map { $0 > Int64.max / 50 * 49 } == true)
  }
}

private func session(server: UInt32, name: String = "mx.example", greeting: Int64 = 1_000_000_000) -> Session {
  let address = IPAddress(ipv4: 0xc000_0207)
  let time = CaptureTime(nanoseconds: 0)
  let frame = FrameDescriptor(time: time, number: 1, file: 0, linkType: .ethernet, originalLength: 60)
  var session = Session(
    id: 1,
    connection: ConnectionFacts(
      client: Endpoint(address: address, port: 4242), server: Endpoint(address: IPAddress(ipv4: server), port: 25),
      opening: .handshake, firstFrame: frame),
    kind: .smtp, verdict: Verdict(outcome: .delivered, message: ""))
  let reply = ReplyRecord(
    code: 220, enhanced: nil, lines: [Array("\(name) ESMTP".utf8)], frame: 1, time: time, delay: nil)
  session.greeting = Greeting(reply: reply, delay: greeting)
  session.phases = [
    Phase(.greeting, start: time, times: TurnTimes(server: greeting, network: 1)),
    Phase(.sender, transaction: 1, start: time, times: TurnTimes(client: 9_000_000_000)),
  ]
  return session
}

@Suite struct ServerTimesTests {
  @Test func `a server's phases are what it and the network took`() throws {
    var times = ServerTimes()
    for seconds in 1...100 { times.count(session(server: 1, greeting: Int64(seconds) * 1_000_000_000)) }
    let (servers, others) = times.listed(limit: 10)
    let server = try #require(servers.first)
    #expect(servers.count == 1 && others == nil && server.sessions == 100)
    #expect(server[.greeting].count == 100 && server[.greeting].maximum == 100_000_000_001)
    let middle = try #require(server[.greeting].percentile(0.5))
    #expect((49_000_000_000...51_000_000_000).contains(middle))
    // The client's own time is nothing of the server's.
    #expect(server[.sender].isEmpty && server[.quit].isEmpty)
  }

  @Test func `those of the most sessions come first, the rest together`() throws {
    var times = ServerTimes()
    for server in 1...5 as ClosedRange<UInt32> {
      for _ in 0..<server { times.count(session(server: server)) }
    }
    times.count(session(server: 9))
    let (servers, others) = times.listed(limit: 3)
    #expect(servers.map(\.sessions) == [5, 4, 3])
    #expect(others?.sessions == 4 && others?.endpoint == nil && others?.name == nil)
    #expect(others?[.greeting].count == 4)
  }

  @Test func `parts of a run make the same whole in any order`() {
    let sessions = (0..<300).map { session(server: UInt32($0 % 7), name: "mx\($0 % 3).example", greeting: Int64($0)) }
    var whole = ServerTimes()
    for session in sessions { whole.count(session) }
    var parts = [ServerTimes](repeating: ServerTimes(), count: 3)
    for (index, session) in sessions.enumerated() { parts[index % 3].count(session) }
    for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
      var merged = ServerTimes()
      for part in order { merged.merge(parts[part]) }
      #expect(merged == whole)
    }
  }

  @Test func `so many servers are told apart, and no session is lost`() {
    var times = ServerTimes()
    for server in 0..<UInt32(ServerTimes.limit + 50) { times.count(session(server: server)) }
    var other = ServerTimes()
    for server in 0..<10 as Range<UInt32> { other.count(session(server: 1_000_000 + server)) }
    times.merge(other)
    let (servers, others) = times.listed(limit: .max)
    #expect(servers.count == ServerTimes.limit && others?.sessions == 60)
    #expect(times.listed(limit: 1).others?.sessions == ServerTimes.limit + 59)
  }

  @Test(arguments: [("mx.example", "mx.example"), ("ready", nil), ("", nil)] as [(String, String?)])
  func `a name is a name`(greeting: String, name: String?) {
    var times = ServerTimes()
    times.count(session(server: 1, name: greeting))
    #expect(times.listed(limit: 1).servers.first?.name.map { String(decoding: $0, as: UTF8.self) } == name)
  }
}
