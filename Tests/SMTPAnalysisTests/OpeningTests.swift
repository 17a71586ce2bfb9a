import SMTPAnalysis
import TestSupport
import Testing
import Wire

/// SYNs that wait one second, two, four …
private func calls(_ count: Int) -> Conversation {
  var scene = PathScenes.open("C: \\")
  scene.segments.removeLast(scene.segments.count - 1)
  for index in 1..<max(count, 1) where count > 1 {
    scene.add(.client, .syn, after: 1000 << Int64(index - 1), at: -1)
  }
  return scene
}

@Test func `nobody answers`() {
  #expect(calls(3).told() == ["connection-unanswered error"])
  #expect(calls(3).message(.connectionUnanswered).contains("3 SYNs in 3.0 s"))
  // It may still be answered.
  #expect(calls(1).told() == ["capture-ended info"])
}

@Test func `a reset answers the call`() {
  var scene = calls(1)
  scene.add(.server, [.rst, .ack], after: 12, at: 0, acknowledging: 0)
  #expect(scene.told() == ["connection-refused error"])
  #expect(scene.message(.connectionRefused).contains("with a reset after 12 ms"))
}

/// An ICMP error that answers the call, and what it means.
struct CallErrorCase: CustomTestStringConvertible, Sendable {
  var type: UInt8
  var code: UInt8
  var told: [String]
  var testDescription: String { "type \(type), code \(code)" }
}

@Test(arguments: [
  CallErrorCase(type: 3, code: 13, told: ["connection-blocked error"]),
  CallErrorCase(type: 3, code: 1, told: ["connection-blocked error"]),
  CallErrorCase(type: 11, code: 0, told: ["connection-blocked error"]),
  CallErrorCase(type: 3, code: 3, told: ["connection-refused error"]),
  CallErrorCase(type: 4, code: 0, told: ["connection-unanswered error"]),
])
func `an ICMP error answers the call`(example: CallErrorCase) {
  let scene = calls(3)
  let error = scene.error(about: 0, type: example.type, code: example.code)
  #expect(scene.told(errors: [error]) == example.told)
  if example.told == ["connection-blocked error"] {
    #expect(scene.message(.connectionBlocked, errors: [error]).contains("192.0.2.254 answered the SYN"))
  }
}

@Test func `an ICMP error is an answer to the only SYN`() {
  let scene = calls(1)
  for (code, told) in [
    (13, "connection-blocked error"), (1, "connection-blocked error"), (3, "connection-refused error"),
  ]
    as [(UInt8, String)]
  {
    let error = scene.error(about: 0, type: 3, code: code)
    #expect(scene.told(errors: [error]) == [told])
    #expect(scene.analyzed(errors: [error])?.verdict.outcome == .failed)
  }
}

@Test func `an ICMP error that quotes another number is not believed`() {
  let scene = calls(3)
  var other = scene
  other.clientStart &+= 77
  #expect(scene.told(errors: [other.error(about: 0, type: 3, code: 13)]) == ["connection-unanswered error"])
}

@Test func `an ICMP error does not undo a connection that is made after all`() {
  let scene = PathScenes.open(Dialogues.delivered + "C.\nS.")
  #expect(scene.told(errors: [scene.error(about: 0, type: 3, code: 1, after: 0)]) == ["accepted"])
}

@Test func `ICMP that belongs to a mail connection is mail`() {
  let scene = calls(3)
  let error = scene.error(about: 0, type: 3, code: 13)
  var stranger = scene
  stranger.client.port += 1
  let frames = (scene.frames + [error, stranger.error(about: 0, type: 3, code: 13)]).sorted { $0.time < $1.time }
  #expect(Analysis(frames).summary.packetsNotSMTP == 1)
}

@Test func `the server's answers to the call do not get back`() {
  var scene = calls(1)
  for wait in [10, 1000, 2000, 4000] as [Int64] {
    scene.add(.server, [.syn, .ack], after: wait, at: -1, acknowledging: 0)
  }
  #expect(scene.told() == ["connection-unanswered error"])
  scene.add(.client, after: 10)
  #expect(scene.told() == ["capture-ended info"])
}

@Test(arguments: [
  ("C.\nS.", ["greeting-missing error"]), ("S.\nC.", ["greeting-missing error"]), ("C!", ["greeting-missing error"]),
])
func `the server never greets`(end: String, told: [String]) {
  #expect(PathScenes.open(end, pauses: [0: 20_000]).told() == told)
}

@Test func `a look whether the port is open waits for no greeting`() {
  #expect(PathScenes.open("C.\nS.").told() == [])
  #expect(PathScenes.open("C!").told() == [])
}

@Test func `no greeting within five minutes, and within less`() {
  for (minutes, told) in [(6, ["greeting-missing error"]), (4, ["capture-ended info"])] as [(Int64, [String])] {
    var scene = PathScenes.open("C: \\")
    for _ in 0..<minutes {
      scene.add(.client, after: 60_000, at: -1 + 0)
      scene.add(.server, after: 1)
    }
    #expect(scene.told() == told)
  }
}
