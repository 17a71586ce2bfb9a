import SMTPDialogue
import Testing
import Wire

@testable import SMTPAnalysis

/// A transcript to which lines are told by their words, with the frame in which each was said.
private struct Telling {
  var transcript = Transcript()
  var limit = 100

  mutating func tell(_ words: String, from peer: Peer, in frame: Int) {
    tell(.line(Array(words.utf8)), from: peer, in: frame)
  }

  mutating func tell(_ content: DialogueLine.Content, from peer: Peer, in frame: Int) {
    let moment = Moment(time: CaptureTime(nanoseconds: Int64(frame)), frame: frame)
    transcript.add(content, from: peer, at: moment, limit: limit)
  }

  /// The frames of the lines, in their order.
  var frames: [Int] { transcript.asSaid.map(\.frame) }
}

@Test func `what a reply told of the client's line was said before it`() {
  var telling = Telling()
  telling.transcript.hears = .client
  telling.tell("DATA", from: .client, in: 1)
  telling.transcript.hears = .server
  telling.tell("354 go on", from: .server, in: 4)
  telling.tell("the text's line", from: .client, in: 3)
  telling.transcript.hears = .client
  telling.tell("QUIT", from: .client, in: 5)
  #expect(telling.frames == [1, 3, 4, 5])
}

@Test func `a line that the client said while it is heard stays where it was told`() {
  var telling = Telling()
  telling.transcript.hears = .server
  telling.tell("220 hello", from: .server, in: 4)
  telling.transcript.hears = .client
  telling.tell("EHLO a", from: .client, in: 3)
  #expect(telling.frames == [4, 3])
}

@Test func `what is told at the end was said before both sides closed`() {
  var telling = Telling()
  telling.tell(.closed, from: .client, in: 2)
  telling.tell(.closed, from: .server, in: 3)
  telling.tell("QUIT", from: .client, in: 1)
  #expect(telling.frames == [1, 2, 3])
}

@Test func `a close of the client is told when it came, not before the replies ahead of it`() {
  var telling = Telling()
  telling.tell("221 bye", from: .server, in: 5)
  telling.tell(.closed, from: .client, in: 4)
  #expect(telling.frames == [5, 4])
}

@Test func `a side's TLS is one line until the other one speaks`() {
  var telling = Telling()
  telling.limit = 2
  telling.tell(.encrypted(bytes: 10), from: .client, in: 1)
  telling.tell(.encrypted(bytes: 5), from: .client, in: 2)
  telling.tell(.encrypted(bytes: 7), from: .server, in: 3)
  telling.tell(.encrypted(bytes: 1), from: .server, in: 4)
  #expect(telling.transcript.asSaid.map(\.content) == [.encrypted(bytes: 15), .encrypted(bytes: 8)])
  #expect(telling.transcript.omitted == 0)
}

@Test func `lines over the limit are counted`() {
  var telling = Telling()
  telling.limit = 2
  for frame in 1...5 { telling.tell("NOOP", from: .client, in: frame) }
  #expect(telling.frames == [1, 2])
  #expect(telling.transcript.omitted == 3)
}
