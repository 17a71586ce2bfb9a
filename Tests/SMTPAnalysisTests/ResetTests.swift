import SMTPAnalysis
import TestSupport
import Testing
import Wire

/// How a reset of the server differs from its other packets, whose time to live is 52.
struct ResetCase: CustomTestStringConvertible, Sendable {
  var testDescription: String
  var timeToLive: UInt8 = 52
  /// The time to live of one of its other packets.
  var another: UInt8 = 52
  var identification: UInt16?
  var dontFragment = true
  var ahead = 0
  /// Tenths of a millisecond until the client is reset too.
  var bothWithin: Int64?
  var isForeign: Bool
}

private let resets = [
  ResetCase(testDescription: "like the others", isForeign: false),
  ResetCase(testDescription: "from farther away", timeToLive: 47, isForeign: true),
  ResetCase(testDescription: "from nearer", timeToLive: 61, isForeign: true),
  ResetCase(testDescription: "one hop off", timeToLive: 53, isForeign: false),
  ResetCase(testDescription: "one hop off, and out of order", timeToLive: 53, identification: 7, isForeign: true),
  ResetCase(testDescription: "one hop off, and without DF", timeToLive: 51, dontFragment: false, isForeign: true),
  ResetCase(testDescription: "out of order alone", identification: 7, isForeign: false),
  ResetCase(testDescription: "identification zero, as stacks do", identification: 0, isForeign: false),
  ResetCase(testDescription: "another initial value, as far away", timeToLive: 243, isForeign: false),
  ResetCase(testDescription: "another initial value, elsewhere", timeToLive: 250, isForeign: true),
  ResetCase(testDescription: "within what the route varies", timeToLive: 50, another: 49, isForeign: false),
  ResetCase(testDescription: "beyond what was sent, and one hop off", timeToLive: 51, ahead: 1460, isForeign: true),
  ResetCase(testDescription: "beyond what was sent alone", ahead: 1460, isForeign: false),
  ResetCase(testDescription: "both at once", bothWithin: 5, isForeign: true),
  ResetCase(testDescription: "both, one after the other", bothWithin: 500, isForeign: false),
]

@Test(arguments: resets)
func `a reset is told to be the server's, or of something between`(example: ResetCase) {
  var scene = PathScenes.open(Dialogues.data)
  for index in scene.segments.indices where scene.segments[index].peer == .server {
    scene.segments[index].timeToLive = index == 3 ? example.another : 52
  }
  scene.add(.client, after: 1, payload: PathScenes.text(1000))
  scene.add(.server, [.rst, .ack], after: 5, at: scene.end(of: .server) + example.ahead, window: 0)
  let last = scene.segments.count - 1
  scene.segments[last].timeToLive = example.timeToLive
  scene.segments[last].dontFragment = example.dontFragment
  if let identification = example.identification { scene.segments[last].identification = identification }
  scene.segments[last - 1].timeToLive = 64
  if let within = example.bothWithin {
    scene.add(.client, [.rst, .ack], after: 0)
    scene.segments[last + 1].time = scene.segments[last].time + within * 100_000
  }
  #expect(
    scene.told() == [example.isForeign ? "connection-reset-by-middlebox error" : "connection-reset error", "lost"])
}

@Test func `a reset says who, in which phase, after how many bytes`() {
  let scene = PathScenes.open(Dialogues.text + "S!")
  #expect(scene.told() == ["connection-reset error", "lost"])
  #expect(scene.message(.connectionReset) == "The server reset the connection at DATA, 52 bytes into the message.")
}

@Test func `a server that has said 421 closes with a reset where it has not read everything`() {
  let farewell = Dialogues.text + "S: 421 4.3.0 Server shutting down\nC: more\nS!"
  #expect(PathScenes.open(farewell).told() == ["lost"])
  #expect(PathScenes.open(farewell).analyzed()?.transactions.first?.cause == .serverShuttingDown)
}

@Test func `resets that break nothing`() {
  #expect(PathScenes.open(Dialogues.hello + "C!").told() == [])
  #expect(PathScenes.open(Dialogues.delivered + "S!").told() == ["accepted"])
  #expect(PathScenes.open(Dialogues.hello + "C: NOOP\nC!").told() == ["connection-reset error"])
}
