import Reports
import SMTPAnalysis
import TCPStreams
import TestSupport
import Threads
import Wire

/// What an analysis makes of frames, with ways to say it shortly.
struct Analysis {
  var sessions: [Session] = []
  var summary: AnalysisSummary

  /// - Parameters:
  ///   - length: The capture's snap length.
  ///   - size: Bytes of each piece of memory that the frames are lent in; nil where they are there for the call only.
  init(
    _ frames: [Conversation.Frame], cutAt length: Int = .max, options: AnalysisOptions = AnalysisOptions(),
    jobs: Int = 1, lentInPiecesOf size: Int? = nil
  ) {
    var analyzer = Analyzer(options: options, threads: jobs)
    var lent = size.map { LentFrames(piecesOf: $0) }
    for (index, frame) in frames.enumerated() {
      let bytes = Array(frame.bytes.prefix(length))
      let (place, piece) = lent?.add(bytes) ?? (-1, nil)
      if let piece { analyzer.lend(piece) }
      analyzer.receive(
        bytes.span,
        descriptor: FrameDescriptor(
          time: frame.time, number: index + 1, file: 0, linkType: .ethernet, originalLength: frame.bytes.count),
        at: place)
      while let session = analyzer.nextSession() { sessions.append(session) }
    }
    analyzer.finish()
    while let session = analyzer.nextSession() { sessions.append(session) }
    summary = AnalysisSummary()
    for session in sessions { summary.count(session) }
    summary.finish(analyzer.summary)
    summary.notes = analyzer.notes
  }

  init(_ conversation: Conversation, options: AnalysisOptions = AnalysisOptions()) {
    self.init(conversation.frames, options: options)
  }

  /// Several conversations in one capture, in the order of their frames' times.
  init(together conversations: [Conversation], options: AnalysisOptions = AnalysisOptions()) {
    self.init(conversations.flatMap(\.frames).sorted { $0.time < $1.time }, options: options)
  }

  /// The JSON records and the text of everything, dialogues too.
  var shown: String { output(as: NDJSONReport()) + output(as: TextReport(style: TextStyle(), showsAll: true)) }

  /// Everything that a report may show, as `--dialogue` would.
  func output(as report: some Report) -> String {
    var report = report
    var output = OutputBuffer()
    let context = ReportContext(fileNames: ["test.pcap"], showsDialogue: true)
    report.begin(into: &output)
    for session in sessions { report.session(session, context: context, into: &output) }
    report.end(summary, captures: [], context: context, into: &output)
    return output.text
  }
}

extension Analyzer {
  /// A test without its threads tells nothing.
  init(options: AnalysisOptions, threads: Int) {
    do throws(ThreadError) {
      try self.init(options: options, jobs: threads)
    } catch {
      fatalError(error.description)
    }
  }
}

extension OutputBuffer {
  var text: String {
    mutating get {
      var bytes: [UInt8] = []
      drain { bytes.append($0) }
      return String(decoding: bytes, as: UTF8.self)
    }
  }
}

extension Session {
  /// `a@b > c@d:accepted e@f:refused = partially_accepted`, a line a transaction.
  var transactionLines: [String] {
    transactions.map { transaction in
      let sender = transaction.reversePath.map { String(decoding: $0, as: UTF8.self) } ?? "?"
      let recipients = transaction.recipients.map { " \(String(decoding: $0.address, as: UTF8.self)):\($0.outcome)" }
      return "\(sender) >\(recipients.joined()) = \(transaction.outcome.rawValue)"
    }
  }

  /// The record without what depends on how the bytes travelled: times, frames, counts.
  var essence: String {
    var session = self
    let time = CaptureTime(nanoseconds: 0)
    let frame = FrameDescriptor(time: time, number: 0, file: 0, linkType: .ethernet, originalLength: 0)
    session.connection.firstFrame = frame
    session.connection.lastFrame = frame
    // Findings tell frames, waits and counts of retransmissions, which differ by intent; the sentence quotes one.
    session.findings = []
    session.verdict.message = ""
    session.connection.handshakeDuration = nil
    for peer in Peer.allCases {
      var facts = DirectionFacts()
      facts.bytes = connection[peer].bytes
      facts.missingBytes = connection[peer].missingBytes
      session.connection[peer] = facts
    }
    session.greeting?.delay = nil
    session.phases = []
    for index in session.transactions.indices {
      session.transactions[index].firstFrame = 0
      session.transactions[index].start = time
      session.transactions[index].end = time
    }
    // Each side's lines in its own order: how the two mix depends on who was heard first.
    session.dialogue = Peer.allCases.flatMap { peer in dialogue.filter { $0.from == peer } }.map { line in
      var line = line
      line.time = time
      line.frame = 0
      return line
    }
    var output = OutputBuffer()
    output.appendRecord(session, context: ReportContext(fileNames: ["test.pcap"], showsDialogue: true))
    return output.text.replacing(/"[a-z_]*reply_ms":(?:null|[0-9.]+)/, with: "")
  }
}
