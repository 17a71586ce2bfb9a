import SMTPAnalysis
import TestSupport
import Testing
import Wire

/// What both sides say, what stands between them in milliseconds, and what is to be told.
struct TransferCase: CustomTestStringConvertible, Sendable {
  var testDescription: String
  var script: String
  var pauses: [Int: Int64] = [:]
  var told: [String]
}

private let steps = Script(Dialogues.text).steps.count
private let asked = Script(Dialogues.envelope).steps.count

private let transfers = [
  TransferCase(
    testDescription: "the client closes inside the message", script: Dialogues.text + "C.\nS.",
    told: ["transfer-incomplete error", "aborted"]),
  TransferCase(
    testDescription: "the server closes inside the message", script: Dialogues.text + "S.\nC.",
    told: ["transfer-incomplete error", "lost"]),
  TransferCase(
    testDescription: "the message came to its end", script: Dialogues.text + "C: .\nS: 250 ok\nC.\nS.",
    told: ["accepted"]),
  TransferCase(
    testDescription: "no line end before the dot",
    script: Dialogues.data + "C: text.\nS: 421 4.4.2 timeout exceeded\nS.\nC.",
    pauses: [asked + 3: 300_000], told: ["end-of-data-missing error", "lost"]),
  TransferCase(
    testDescription: "no line end behind the dot, and the client gives up",
    script: Dialogues.data + "C: text\\r\\n.\\\nC.\nS.", pauses: [asked + 3: 60_000],
    told: ["end-of-data-missing error", "aborted"]),
  TransferCase(
    testDescription: "a client that stops in a line", script: Dialogues.data + "C: text and\\\nC.\nS.",
    pauses: [asked + 3: 60_000], told: ["transfer-incomplete error", "aborted"]),
  TransferCase(
    testDescription: "the server waited for a command",
    script: Dialogues.envelope + "S: 421 4.4.2 idle too long\nS.\nC.",
    pauses: [asked: 300_000], told: ["server-timeout error", "lost"]),
  TransferCase(
    testDescription: "the server waited and hangs up without a word", script: Dialogues.envelope + "S.\nC.",
    pauses: [asked: 300_000], told: ["server-timeout error", "lost"]),
  TransferCase(
    testDescription: "the server hangs up at once", script: Dialogues.envelope + "S.\nC.", told: ["lost"]),
  TransferCase(
    testDescription: "the client leaves too soon", script: Dialogues.envelope + "C: DATA\nC.\nS.",
    pauses: [asked + 1: 30_000], told: ["client-gave-up error", "aborted"]),
  TransferCase(
    testDescription: "the client waited as long as it has to", script: Dialogues.envelope + "C: DATA\nC.\nS.",
    pauses: [asked + 1: 130_000], told: ["server-timeout error", "aborted"]),
  TransferCase(
    testDescription: "QUIT need not be answered", script: Dialogues.hello + "C: QUIT\nC.\nS.", told: []),
]

@Test(arguments: transfers)
func `how a transfer ends`(example: TransferCase) {
  #expect(PathScenes.open(example.script, pauses: example.pauses).told() == example.told)
}

@Test func `a server's timer has its name`() {
  let scene = PathScenes.open(Dialogues.envelope + "S: 421 4.4.2 idle too long\nS.\nC.", pauses: [asked: 300_000])
  #expect(scene.message(.serverTimeout).contains("5 min at the step behind RCPT (five minutes"))
}

// MARK: The window

/// The server's window closes for so long, is probed, and opens again or does not.
private func closedWindow(for seconds: Int64, opens: Bool, probes: Bool = true) -> Conversation {
  var scene = PathScenes.open(Dialogues.data)
  scene.add(.client, after: 1, payload: PathScenes.text(1440))
  scene.add(.server, after: 10, window: 0)
  for _ in 0..<seconds {
    if probes { scene.add(.client, after: 990, at: scene.end(of: .client) - 1) }
    scene.add(.server, after: probes ? 10 : 1000, window: 0)
  }
  if opens {
    scene.add(.server, after: 10, window: 4000)
    scene.add(.client, after: 10, payload: Array(".\r\n".utf8))
    scene.add(.server, after: 10, payload: Array("250 ok\r\n".utf8))
  }
  return scene
}

@Test func `a window that stays closed`() {
  let scene = closedWindow(for: 15, opens: false)
  #expect(scene.told() == ["receiver-stalled error", "capture-ended info", "unknown"])
  #expect(scene.message(.receiverStalled).contains("was zero for 15 s"))
  #expect(scene.message(.receiverStalled).contains("answers the probes (15 times)"))
  #expect(scene.analyzed()?.verdict.cause == .receiverStalled)
}

@Test func `a window that opens again, late and soon`() {
  #expect(closedWindow(for: 15, opens: true).told() == ["receiver-stalled warning", "capture-ended info", "accepted"])
  #expect(closedWindow(for: 1, opens: true).told() == ["capture-ended info", "accepted"])
}

@Test func `a closed window that nobody wants to send into`() {
  #expect(closedWindow(for: 15, opens: true, probes: false).told() == ["capture-ended info", "accepted"])
}

@Test func `options that one side only has are named where a stall follows`() {
  var scene = closedWindow(for: 15, opens: false)
  scene.segments[1].options = [2, 4, 5, 180]
  #expect(scene.message(.receiverStalled).contains("The SYN offered window scaling and SACK and the SYN-ACK has none"))
  scene.segments[0].options = [2, 4, 5, 180]
  scene.segments[1].options = [2, 4, 5, 180, 1, 3, 3, 7]
  #expect(scene.message(.receiverStalled).contains("which the SYN did not offer"))
  scene.segments[1].options = [2, 4, 5, 180]
  #expect(scene.message(.receiverStalled).hasSuffix("does not read."))
}

// MARK: Loss

/// A message of which each tenth segment, so many in all, is sent twice.
private func lossy(_ lost: Int, duplicates: Bool = false) -> Conversation {
  var scene = PathScenes.open(Dialogues.data)
  for index in 0..<50 {
    scene.add(.client, after: 1, payload: PathScenes.text(1440))
    let sent = scene.segments.count - 1
    if index % 10 == 0, index / 10 < lost { scene.sendAgain(sent, after: [300]) }
    scene.add(.server, after: 10)
    if duplicates, index % 10 == 0, index / 10 < lost {
      let end = scene.clientStart &+ UInt32(scene.end(of: .client) + 1)
      scene.segments[scene.segments.count - 1].options = [1, 1, 5, 10] + (end &- 1440).octets + end.octets
    }
  }
  scene.add(.client, after: 1, payload: Array(".\r\n".utf8))
  scene.add(.server, after: 10, payload: Array("250 ok\r\n".utf8))
  return scene
}

@Test func `heavy loss says the direction and the time that it took`() {
  #expect(lossy(5).told() == ["heavy-loss warning", "capture-ended info", "accepted"])
  let message = lossy(5).message(.heavyLoss)
  #expect(message.hasPrefix("From client to server packets were lost: 7200 of "), "\(message)")
  #expect(message.contains("in 5 segments, and waited 1.5 s for it"), "\(message)")
}

@Test func `a few lost segments are no heavy loss`() {
  #expect(lossy(4).told() == ["capture-ended info", "accepted"])
}

@Test func `what the receiver has twice was not lost`() {
  #expect(lossy(5, duplicates: true).told() == ["capture-ended info", "accepted"])
}
