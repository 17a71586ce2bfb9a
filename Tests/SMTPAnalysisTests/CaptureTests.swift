import SMTPAnalysis
import TestSupport
import Testing
import Wire

private let delivered = Dialogues.delivered + "C.\nS."

@Test func `the same bytes again, and other bytes in their place`() {
  var scene = PathScenes.open(delivered)
  let mail = scene.segments.firstIndex { $0.payload.starts(with: "MAIL".utf8) } ?? 0
  var again = scene.segments[mail]
  again.time += 20_000
  again.identification = 999
  scene.segments.insert(again, at: mail + 1)
  #expect(scene.told() == ["accepted"])
  scene.segments[mail + 1].payload[12] ^= 2
  #expect(scene.told() == ["inconsistent-retransmission warning", "accepted"])
  #expect(scene.message(.inconsistentRetransmission).hasPrefix("The client sent 25 bytes again with other contents"))
  #expect(scene.analyzed()?.findings.first { $0.id == .inconsistentRetransmission }?.frame == mail + 2)
}

/// The server's greeting, behind a forged one or before it, and whether both could be one.
@Test(arguments: [
  ("220 mx.example ready\r\n", "554 no\r\n", 8), ("220 mx.example ready\r\n", "220 mx.example\r\n", 0),
  ("220 mx\r\n", "22", 0),
  ("220 mx\r\n", "55", 2), ("220 mx\r\n", "5", 0), ("220 mx\r\n", "221 mx\r\n220 my\r\n", 8),
  ("220 mx\r\n", "220 mx\r\n220 my\r\n", 0),
])
func `other bytes in their place, and more of them or less`(real: String, other: String, count: Int) {
  for isFirst in [false, true] {
    var scene = PathScenes.open("S: greeting")
    let place = scene.segments.firstIndex { $0.payload.starts(with: "greeting".utf8) } ?? 0
    scene.segments[place].payload = Array((isFirst ? other : real).utf8)
    var again = scene.segments[place]
    again.payload = Array((isFirst ? real : other).utf8)
    again.time += 20_000
    again.identification = 999
    scene.segments.insert(again, at: place + 1)
    scene.segments.removeLast(scene.segments.count - place - 2)
    let found = scene.analyzed()?.findings.first { $0.id == .inconsistentRetransmission }
    #expect((found != nil) == (count > 0))
    #expect(found?.message.hasPrefix("The server sent \(count) bytes again with other contents") ?? (count == 0))
  }
}

@Test func `other bytes before the first were in order`() {
  var scene = PathScenes.open(delivered)
  let mail = scene.segments.firstIndex { $0.payload.starts(with: "MAIL".utf8) } ?? 0
  // A piece of the line, twice, with a hole before it.
  var piece = scene.segments[mail]
  piece.sequence += 5
  piece.payload.removeFirst(5)
  var other = piece
  other.payload[8] ^= 2
  other.identification = 998
  piece.identification = 999
  scene.segments.insert(contentsOf: [piece, other], at: mail)
  #expect(scene.told() == ["inconsistent-retransmission warning", "accepted"])
  scene.segments[mail + 1].payload = piece.payload
  #expect(scene.told() == ["accepted"])
}

@Test func `a wrong checksum among right ones, and nothing but wrong ones`() {
  let scene = PathScenes.open(delivered)
  let mail = scene.segments.firstIndex { $0.payload.starts(with: "MAIL".utf8) } ?? 0
  var frames = scene.frames
  var forged = scene
  forged.segments[mail].identification = 999
  var damaged = forged.frames[mail]
  damaged.bytes[damaged.bytes.count - 10] ^= 1
  frames.insert(damaged, at: mail)
  #expect(ids(frames) == [.badChecksum])
  #expect(
    !ids(
      scene.frames.map { frame in
        var frame = frame
        frame.bytes[50] ^= 1  // the checksum field
        return frame
      }
    ).contains(.badChecksum))
}

@Test func `what a capture lacks`() {
  let scene = PathScenes.open(delivered)
  let text = scene.segments.firstIndex { $0.payload.starts(with: "..dots".utf8) } ?? 0
  var lost = scene
  lost.segments.remove(at: text)
  #expect(lost.told() == ["capture-gap warning", "accepted"])
  var half = scene
  half.segments.removeAll { $0.peer == .server }
  #expect(half.told() == ["capture-one-sided warning", "unknown"])
  var late = scene
  late.segments.removeFirst(5)
  #expect(late.told().contains("capture-midstream info"))
  var short = scene
  short.segments.removeLast(10)
  #expect(short.told() == ["capture-ended info", "unknown"])
  #expect(scene.told() == ["accepted"])
}

@Test func `packets cut where it hurts, and where it does not`() {
  let scene = PathScenes.open(delivered)
  #expect(cut(scene.frames, to: 60).contains(.captureClipped))
  #expect(!cut(scene.frames, to: 1500).contains(.captureClipped))
}

private func ids(_ frames: [Conversation.Frame]) -> [FindingID] {
  Analysis(frames).sessions.flatMap(\.findings).map(\.id).filter { PathScenes.ids.contains($0) }
}

/// What is found when each packet is cut.
private func cut(_ frames: [Conversation.Frame], to length: Int) -> [FindingID] {
  var analyzer = Analyzer()
  for (index, frame) in frames.enumerated() {
    let bytes = Array(frame.bytes.prefix(length))
    analyzer.receive(
      bytes.span,
      descriptor: FrameDescriptor(
        time: frame.time, number: index + 1, file: 0, linkType: .ethernet, originalLength: frame.bytes.count))
  }
  analyzer.finish()
  var ids: [FindingID] = []
  while let session = analyzer.nextSession() { ids += session.findings.map(\.id) }
  return ids
}

@Test func `a snap length that cuts every address shows none`() throws {
  let session = try #require(Analysis(Conversation(Dialogues.delivered).frames, cutAt: 60).sessions.first)
  let transaction = try #require(session.transactions.first)
  #expect(transaction.reversePath == nil)
  #expect(transaction.recipients.map(\.address) == [[]])
}
