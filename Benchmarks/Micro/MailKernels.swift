import MailMessages
import Reports
import SMTPAnalysis
import SMTPDialogue
import Wire

/// Commands and replies, read and paired.
struct DialogueKernel: Kernel {
  static let unit = "command or reply line"
  private let conversations = (0..<20).map { Inputs.turns(of: Inputs.session(textBytes: 40, number: $0)) }

  mutating func pass() -> Int { conversations.reduce(0) { $0 + follow($1).lines } }
}

/// The text of a message: the end of it looked for, dot-stuffing undone.
struct TextKernel: Kernel {
  static let unit = "KiB of text"
  private let turns = Inputs.turns(of: Inputs.session(textBytes: 300_000, number: 1))

  mutating func pass() -> Int { follow(turns).messageBytes >> 10 }
}

/// A message's header section to text.
struct HeaderKernel: Kernel {
  static let unit = "header section"
  private let header = Array(Inputs.header.split(separator: "\n").joined(separator: "\r\n").utf8) + [13, 10]

  mutating func pass() -> Int {
    var found = 0
    for _ in 0..<100 where HeaderSummary(parsing: header.span).subject != nil { found += 1 }
    return found
  }
}

/// A session's record as JSON.
struct RecordKernel: Kernel {
  static let unit = "record"
  private let sessions = Inputs.records(of: Inputs.sessions(50, textBytes: 400))
  private let context = ReportContext(fileNames: ["benchmark.pcap"])
  private let sheet = Sheet()

  private final class Sheet {
    var output = OutputBuffer(capacity: 1 << 20)
  }

  func pass() -> Int {
    var report = NDJSONReport()
    for session in sessions { report.session(session, context: context, into: &sheet.output) }
    var lines = 0
    sheet.output.drain { bytes in
      for index in bytes.indices where bytes[index] == 0x0a { lines += 1 }
    }
    return lines
  }
}

/// All of it for a large message: decoding, reassembly, text and what it is made of; no hash.
struct MessageKernel: Kernel {
  static let unit = "frame"
  private let frames = Inputs.sessions(1, textBytes: 300_000)

  mutating func pass() -> Int {
    var options = AnalysisOptions()
    options.hashesMessages = false
    let messages = Inputs.records(of: frames, options: options).flatMap(\.transactions).compactMap(\.message)
    precondition(messages.count == 1 && messages[0].isComplete, "the message is not what was sent")
    return frames.count
  }
}

/// All of it for short sessions: what begins and ends with each of them, findings too.
struct SessionKernel: Kernel {
  static let unit = "session"
  private let frames = Inputs.sessions(50, textBytes: 400)

  mutating func pass() -> Int { Inputs.records(of: frames).count }
}

/// Follows a dialogue to its end.
private func follow(_ turns: [Turn]) -> CountingSink {
  var dialogue = Dialogue(sawOpening: true)
  var sink = CountingSink()
  var moment = Moment(time: CaptureTime(nanoseconds: 0), frame: 0)
  for turn in turns {
    moment.frame += 1
    dialogue.receive(turn.bytes.span, from: turn.peer, at: moment, into: &sink)
  }
  dialogue.end(at: moment, into: &sink)
  return sink
}

/// Takes what a dialogue tells, and counts.
private struct CountingSink: DialogueSink {
  var lines = 0
  var messageBytes = 0

  mutating func said(_ line: Span<UInt8>, from peer: Peer, secretStart: Int?, at moment: Moment) { lines += 1 }
  mutating func messageBytes(_ bytes: Span<UInt8>, at moment: Moment) { messageBytes += bytes.count }

  mutating func commanded(_ command: Command) {}
  mutating func exchanged(_ awaited: Awaited, with reply: Reply?) {}
  mutating func unsolicited(_ reply: Reply) {}
  mutating func responded(_ response: Span<UInt8>) {}
  mutating func messageBegan(_ number: Int, at moment: Moment) {}
  mutating func messageGap(_ count: Int) {}
  mutating func messageEnded(_ number: Int, _ end: MessageEnd, at moment: Moment) {}
  mutating func messageStopped(behind line: [UInt8]) {}
  mutating func loneDot(_ dot: LoneDot?, _ fate: LoneDot.Fate, before rest: Span<UInt8>, at moment: Moment) {}
  mutating func sentAhead(of verb: Verb, at moment: Moment) {}
  mutating func gap(_ count: Int, from peer: Peer, at moment: Moment) {}
  mutating func tls(_ bytes: Span<UInt8>, from peer: Peer, at moment: Moment) {}
  mutating func tlsMissing(_ count: Int, from peer: Peer, at moment: Moment) {}
  mutating func clearBehindTLS(_ bytes: Span<UInt8>, from peer: Peer, at moment: Moment) {}
  mutating func discarded(_ bytes: Span<UInt8>, at moment: Moment) {}
}
