import SMTPAnalysis
import TestSupport
import Testing
import Wire

/// Takes messages as a writer of files does, and remembers where it was told that bytes are missing.
private final class Taken: MessageOutput {
  var bytes: [UInt8] = []
  var holes: [Message.Hole] = []

  func beginMessage() -> Int { 1 }
  func append(_ run: Span<UInt8>, toMessage key: Int) {
    for index in run.indices { bytes.append(run[index]) }
  }
  func skip(_ count: Int, inMessage key: Int) { holes.append(Message.Hole(offset: bytes.count, byteCount: count)) }
  func endMessage(_ key: Int) {}
}

@Suite struct HoleTests {
  private func message(_ text: String, limit: Int = 100) throws -> Message {
    var options = AnalysisOptions()
    options.limits.holesPerMessage = limit
    let session = try #require(Analysis(Conversation(text + "C: QUIT\nS: 221 bye\n"), options: options).sessions.first)
    return try #require(session.transactions.first?.message)
  }

  @Test func `each hole has its place and length`() throws {
    let text = Dialogues.data + "C: Subject: a\nC:\nC: one\nC? 10\nC: two\nC? 1460\nC: three\nC: .\nS: 250 2.0.0 Ok\n"
    let message = try message(text)
    #expect(!message.isComplete)
    #expect(message.missingBytes == 1470)
    #expect(
      message.holes?.listed == [Message.Hole(offset: 19, byteCount: 10), Message.Hole(offset: 24, byteCount: 1460)])
    #expect(message.holes?.further == 0)
    #expect(message.byteCount == 31)
  }

  @Test func `a whole message has none`() throws {
    let message = try message(Dialogues.data + "C: Subject: a\nC:\nC: one\nC: .\nS: 250 2.0.0 Ok\n")
    #expect(message.isComplete)
    #expect(message.holes == nil)
    #expect(message.lastFrame != nil)
  }

  @Test func `a message that stopped has none either`() throws {
    let session = try #require(
      Analysis(Conversation(Dialogues.data + "C: Subject: a\nC:\nC: one\nC!\n")).sessions.first)
    let message = try #require(session.transactions.first?.message)
    #expect(!message.isComplete)
    #expect(message.holes == nil)
  }

  @Test func `holes within chunks`() throws {
    let text =
      Dialogues.envelope + "C: BDAT 20\\r\\n12345\\\nC? 10\nC: 67890\\\nS: 250 2.0.0 Ok\n"
      + "C: BDAT 8 LAST\\r\\nabc\\\nC? 5\nS: 250 2.0.0 Ok\n"
    let message = try message(text)
    #expect(message.missingBytes == 15)
    #expect(
      message.holes?.listed == [Message.Hole(offset: 5, byteCount: 10), Message.Hole(offset: 13, byteCount: 5)])
  }

  @Test(arguments: [(1, 2), (2, 1), (3, 0), (0, 3)])
  func `the first ones are listed and the others counted`(limit: Int, further: Int) throws {
    let text = Dialogues.data + "C: a\nC? 1\nC: b\nC? 2\nC: c\nC? 3\nC: d\nC: .\nS: 250 2.0.0 Ok\n"
    let message = try message(text, limit: limit)
    #expect(message.holes?.listed.map(\.byteCount) == Array([1, 2, 3].prefix(limit)))
    #expect(message.holes?.further == further)
    #expect(message.missingBytes == 6)
  }

  @Test func `a writer is told of them at the same places`() throws {
    let text =
      Dialogues.data
      + "C: Subject: a\nC:\nC: ..\nC? 10\nC: two\nC? 7\nC: three\nC: .\nS: 250 2.0.0 Ok\nC: QUIT\nS: 221 bye\n"
    nonisolated(unsafe) let taken = Taken()
    var analyzer = Analyzer(output: { unsafe taken })
    var frames = 0
    for frame in Conversation(text).frames {
      frames += 1
      analyzer.receive(
        frame.bytes.span,
        descriptor: FrameDescriptor(
          time: frame.time, number: frames, file: 0, linkType: .ethernet, originalLength: frame.bytes.count))
    }
    analyzer.finish()
    let message = try #require(analyzer.nextSession()?.transactions.first?.message)
    let (bytes, holes) = unsafe (taken.bytes, taken.holes)
    #expect(bytes.count == message.byteCount)
    #expect(holes == message.holes?.listed)
    #expect(holes.map(\.byteCount) == [10, 7])
  }
}
