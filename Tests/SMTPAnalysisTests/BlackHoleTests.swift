import SMTPAnalysis
import TestSupport
import Testing
import Wire

/// DATA, then segments of 1460 bytes that nobody acknowledges; the server shows that it is there.
private func hole(count: Int = 3, waits: [Int64] = PathScenes.backoff, serverSpeaks: Bool = true) -> Conversation {
  var scene = PathScenes.open(Dialogues.data)
  let reply = scene.segments.count - 1
  for _ in 0..<count { scene.add(.client, after: 1, payload: PathScenes.text(1460)) }
  let first = reply + 1
  // Its last reply is acknowledged by the data alone, so it comes again.
  if serverSpeaks { scene.sendAgain(reply, after: [150]) }
  scene.sendAgain(first, after: waits)
  return scene
}

@Test func `full segments that are never acknowledged while small ones are: a black hole`() {
  #expect(hole().told() == ["path-mtu-blackhole error", "lost"])
  let message = hole().message(.pathMTUBlackhole)
  #expect(message.hasPrefix("DATA stalled for 3.2 s: 5 transmissions of a 1460-byte segment (#"), "\(message)")
  #expect(message.contains("no ICMP error came back") && message.contains("1500 bytes"), "\(message)")
  #expect(hole().analyzed()?.verdict.cause == .pathMTUBlackhole)
  #expect(hole().analyzed()?.verdict.outcome == .failed)
}

@Test func `a black hole in front of a server that has nothing to say`() {
  var scene = PathScenes.open(Dialogues.data)
  scene.add(.client, after: 1)  // acknowledges the 354
  scene.add(.client, after: 50, payload: PathScenes.text(1460))
  scene.sendAgain(scene.segments.count - 1, after: PathScenes.backoff)
  #expect(scene.told() == ["path-mtu-blackhole error", "lost"])
}

@Test func `two retransmissions prove nothing`() {
  #expect(hole(waits: [200, 400]).told() == ["capture-ended info", "unknown"])
}

@Test func `where a full segment was acknowledged before, it is not the size`() {
  var scene = PathScenes.open(Dialogues.data)
  scene.add(.client, after: 1, payload: PathScenes.text(1460))
  scene.add(.server, after: 10)
  scene.add(.client, after: 1, payload: PathScenes.text(1460))
  scene.sendAgain(scene.segments.count - 1, after: PathScenes.backoff)
  #expect(scene.told() == ["connection-silent error", "lost"])
}

@Test func `where a small segment gets no answer either, the path is dead`() {
  var scene = PathScenes.open(Dialogues.data)
  scene.add(.client, after: 1)
  scene.add(.client, after: 50, payload: PathScenes.text(1460))
  let first = scene.segments.count - 1
  scene.add(.client, after: 0, payload: PathScenes.text(200))
  scene.sendAgain(first + 1, after: [30])
  scene.sendAgain(first, after: PathScenes.backoff)
  #expect(scene.told() == ["connection-silent error", "lost"])
}

@Test func `where the server would have had to repeat itself, the path is dead`() {
  #expect(hole(serverSpeaks: false).told() == ["connection-silent error", "lost"])
}

@Test func `a segment that may be fragmented is not lost for its size`() {
  var scene = hole()
  for index in scene.segments.indices { scene.segments[index].dontFragment = false }
  #expect(scene.told() == ["connection-silent error", "lost"])
}

@Test func `other full segments arrived: it is not the size`() {
  var scene = hole(waits: [])
  let start = scene.end(of: .client) - 2920
  let first = scene.segments.count - 4
  // 1460 bytes behind the first that waits.
  let edges = [start, start + 1460].flatMap { (scene.clientStart &+ UInt32($0 + 1)).octets }
  for wait in PathScenes.backoff {
    scene.sendAgain(first, after: [wait])
    scene.add(.server, after: 10, acknowledging: start - 1460)
    scene.segments[scene.segments.count - 1].options = [1, 1, 5, 10] + edges
  }
  #expect(scene.told() == ["connection-silent error", "lost"])
  #expect(scene.message(.connectionSilent).contains("drops just these bytes"))
}

@Test func `a router's word names the next hop's MTU`() {
  let scene = hole()
  let first = scene.segments.count - 8
  let error = scene.error(about: first, type: 3, code: 4, rest: 1400)
  #expect(scene.told(errors: [error]) == ["path-mtu-blackhole error", "lost"])
  #expect(
    scene.message(.pathMTUBlackhole, errors: [error]).contains(
      "192.0.2.254 said that it takes packets of at most 1400 bytes"))
}

@Test func `a sender that obeys the router has no trouble`() {
  var scene = PathScenes.open(Dialogues.data)
  let start = scene.end(of: .client)
  for _ in 0..<4 { scene.add(.client, after: 0, payload: PathScenes.text(1460)) }
  let first = scene.segments.count - 4
  let error = scene.error(about: first, type: 3, code: 4, rest: 1200)
  let all = (0..<4).flatMap { _ in PathScenes.text(1460) }
  for offset in stride(from: 0, to: all.count, by: 1160) {
    scene.add(.client, after: 5, at: start + offset, payload: Array(all[offset..<min(offset + 1160, all.count)]))
    scene.add(.server, after: 5, acknowledging: start + min(offset + 1160, all.count))
  }
  scene.add(.client, after: 5, payload: Array(".\r\n".utf8))
  scene.add(.server, after: 5, payload: Array("250 ok\r\n".utf8))
  #expect(scene.told(errors: [error]) == ["capture-ended info", "accepted"])
}

@Test func `a sender that finds the size out by itself`() {
  var scene = hole(count: 1)
  let (start, end) = (scene.end(of: .client) - 1460, scene.end(of: .client))
  let text = PathScenes.text(1460)
  scene.add(.client, after: 3200, at: start, payload: Array(text[..<1000]))
  scene.add(.server, after: 10, acknowledging: start + 1000)
  scene.add(.client, after: 1, at: start + 1000, payload: Array(text[1000...]))
  scene.add(.server, after: 10, acknowledging: end)
  scene.add(.client, after: 5, payload: Array("\r\n.\r\n".utf8))
  scene.add(.server, after: 5, payload: Array("250 ok\r\n".utf8))
  #expect(scene.told() == ["path-mtu-blackhole warning", "capture-ended info", "accepted"])
  #expect(scene.message(.pathMTUBlackhole).contains("In segments of 1000 bytes it went through"))
}

@Test func `the receiving side sees that full segments were sent and never came`() {
  var scene = PathScenes.open(Dialogues.data)
  let reply = scene.segments.count - 1
  let start = scene.end(of: .client)
  for wait in [200, 400, 800, 3000] as [Int64] {
    scene.sendAgain(reply, after: [wait])
    scene.add(.client, after: 1, at: start + 14600)
  }
  #expect(scene.told() == ["path-mtu-blackhole error", "capture-ended info", "unknown"])
}

@Test func `what the capture lost is acknowledged, and no black hole`() {
  var scene = PathScenes.open(Dialogues.data)
  let start = scene.end(of: .client)
  scene.add(.client, after: 1, at: start + 14600)
  scene.add(.server, after: 10, acknowledging: start + 14600)
  scene.add(.client, after: 4000, at: start + 14600, payload: PathScenes.text(100))
  scene.add(.server, after: 10, acknowledging: start + 14700)
  #expect(scene.told() == ["capture-gap warning", "capture-ended info", "unknown"])
}
