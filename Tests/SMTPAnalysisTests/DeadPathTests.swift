import SMTPAnalysis
import TestSupport
import Testing
import Wire

private let rcpt = Dialogues.hello + "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\n"

/// RCPT, so many milliseconds after the reply to MAIL, and nothing comes back.
private func unanswered(after silence: Int64, waits: [Int64] = PathScenes.backoff) -> Conversation {
  var scene = PathScenes.open(rcpt, pauses: [9: silence])
  scene.sendAgain(scene.segments.count - 1, after: waits)
  return scene
}

@Test func `alive until a silence, dead after it`() {
  let scene = unanswered(after: 60_000)
  #expect(scene.told() == ["path-lost-after-idle error", "lost"])
  let message = scene.message(.pathLostAfterIdle)
  #expect(
    message.hasPrefix("After 60 s of silence RCPT was never acknowledged: 5 transmissions of a 15-byte segment"),
    "\(message)")
  #expect(scene.analyzed()?.verdict.cause == .pathLostAfterIdle)
}

@Test func `dead without a silence before`() {
  let scene = unanswered(after: 0)
  #expect(scene.told() == ["connection-silent error", "lost"])
  #expect(scene.message(.connectionSilent).hasPrefix("The path went dead at RCPT: the client went on for 3.0 s"))
  #expect(scene.analyzed()?.verdict.outcome == .failed)
}

@Test func `a longer silence was survived`() {
  var scene = PathScenes.open(rcpt, pauses: [7: 90_000, 9: 60_000])
  scene.sendAgain(scene.segments.count - 1, after: PathScenes.backoff)
  #expect(scene.told() == ["connection-silent error", "lost"])
}

@Test func `a silence that is survived after all`() {
  var scene = unanswered(after: 60_000)
  scene.add(.server, after: 100, payload: Array("250 ok\r\n".utf8))
  #expect(scene.told() == ["capture-ended info", "unknown"])
}

@Test func `a capture that ends in the middle says nothing of the path`() {
  #expect(unanswered(after: 60_000, waits: []).told() == ["capture-ended info", "unknown"])
}

@Test func `keep-alives that are answered are neither loss nor silence`() {
  var scene = PathScenes.open(Dialogues.envelope)
  for _ in 0..<8 {
    scene.add(.client, after: 75_000, at: scene.end(of: .client) - 1)
    scene.add(.server, after: 10)
  }
  scene.add(.client, after: 75_000, payload: Array("DATA\r\n".utf8))
  scene.add(.server, after: 10, payload: Array("354 go\r\n".utf8))
  #expect(scene.told() == ["capture-ended info", "unknown"])
}

@Test(arguments: [true, false])
func `the first word after a silence is answered by a reset that knows of nothing`(isStateless: Bool) {
  var scene = PathScenes.open(rcpt, pauses: [9: 60_000])
  scene.add(.server, isStateless ? .rst : [.rst, .ack], after: 10)
  // With ACK it may be the server's program that aborts.
  #expect(scene.told() == [isStateless ? "path-lost-after-idle error" : "connection-reset error", "lost"])
}

@Test func `the server keeps sending and hears nothing`() {
  var scene = PathScenes.open(Dialogues.envelope)
  scene.sendAgain(scene.segments.count - 1, after: PathScenes.backoff)
  #expect(scene.told() == ["connection-silent error", "lost"])
  #expect(scene.message(.connectionSilent).contains("the server went on for"))
}

// MARK: The end of the data

private func withoutReply(_ waits: [Int64]) -> Conversation {
  var scene = PathScenes.open(Dialogues.text + "C: .\n")
  let last = scene.segments.count - 1
  scene.add(.server, after: 5, acknowledging: scene.end(of: .client) - 3)
  scene.sendAgain(last, after: waits)
  return scene
}

@Test func `nothing comes back to the end of the data`() {
  let scene = withoutReply(PathScenes.backoff)
  #expect(scene.told() == ["reply-lost error", "lost"])
  #expect(scene.message(.replyLost).contains("neither acknowledged nor answered: 5 transmissions"))
  #expect(withoutReply([200, 400]).told() == ["capture-ended info", "unknown"])
}

@Test func `the client leaves before the reply to the end of the data`() {
  #expect(PathScenes.open(Dialogues.text + "C: .\nC.\nS.\n").told() == ["reply-lost error", "lost"])
  #expect(PathScenes.open(Dialogues.text + "C: .\nS!\n").told() == ["reply-lost error", "lost"])
}

@Test func `the server's last reply never gets to the client`() {
  var scene = PathScenes.open(Dialogues.text + "C: .\nS: 250 2.0.0 queued\n")
  let client = scene.segments.count - 2
  scene.sendAgain(scene.segments.count - 1, after: PathScenes.backoff)
  #expect(scene.told() == ["reply-lost error", "lost"])
  #expect(scene.analyzed()?.verdict.cause == .replyLost)
  #expect(scene.message(.replyLost).contains("the client never acknowledged the answer (5 transmissions of"))
  scene.sendAgain(client, after: [200])
  #expect(scene.told() == ["reply-lost error", "lost"])
}

@Test func `a lost 221 is no lost answer to the message`() {
  var scene = PathScenes.open(Dialogues.text + "C: .\\r\\nQUIT\nS: 250 2.0.0 queued\n")
  scene.add(.client, after: 5)
  scene.add(.server, after: 5, payload: Array("221 bye\r\n".utf8))
  scene.sendAgain(scene.segments.count - 1, after: PathScenes.backoff)
  #expect(scene.told().last == "accepted")
}

@Test func `a client that had left answers the reply with a reset; one that only closed its half hears it`() {
  var scene = PathScenes.open(Dialogues.text + "C: .\nC.\nS: 250 2.0.0 queued\n")
  #expect(scene.told() == ["accepted"])
  scene.add(.client, .rst, after: 1)
  #expect(scene.told() == ["reply-lost error", "lost"])
}

@Test func `QUIT and a reset behind the reply lose nothing`() {
  #expect(PathScenes.open(Dialogues.text + "C: .\nS: 250 ok\nC: QUIT\nC!").told() == ["accepted"])
}
