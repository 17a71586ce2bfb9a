import CaptureComparing
import SMTPAnalysis
import TestSupport
import Wire

/// What a capture of these conversations gives a comparison.
func sessions(_ conversations: [Conversation]) -> [ComparedSession] {
  var frames = conversations.flatMap(\.frames)
  frames.sort { $0.time < $1.time }
  let digests = MessageDigests()
  var options = AnalysisOptions()
  options.keepsDialogue = true
  var analyzer = Analyzer(options: options, output: { digests.output() })
  func each(_ body: (Span<UInt8>, FrameDescriptor) -> Void) {
    for (index, frame) in frames.enumerated() {
      body(
        frame.bytes.span,
        FrameDescriptor(
          time: frame.time, number: index + 1, file: 0, linkType: .ethernet, originalLength: frame.bytes.count))
    }
  }
  each { analyzer.receive($0, descriptor: $1) }
  analyzer.finish()
  var sessions: [ComparedSession] = []
  while let session = analyzer.nextSession() {
    sessions.append(ComparedSession(session, digests: digests, limits: ComparisonLimits()))
  }
  var collector = TraceCollector(sessions.sorted { $0.id < $1.id })
  each { collector.receive($0, descriptor: $1) }
  return collector.finish()
}

/// The comparison of two captures that last a minute longer than what is in them, unless they end with it.
func compared(_ a: [Conversation], _ b: [Conversation], endsWithLast: Bool = false) -> CaptureComparison {
  func span(_ conversations: [Conversation]) -> ClosedRange<CaptureTime> {
    let times = conversations.flatMap { $0.frames.map(\.time) }
    let room: Int64 = endsWithLast ? 0 : 60_000_000_000
    guard let first = times.min(), let last = times.max() else {
      return CaptureTime(nanoseconds: 0)...CaptureTime(nanoseconds: 0)
    }
    return first.advanced(byNanoseconds: -room)...last.advanced(byNanoseconds: room)
  }
  return CaptureComparison(sessions(a), during: span(a), sessions(b), during: span(b))
}

func compared(_ a: Conversation, _ b: Conversation) -> CaptureComparison { compared([a], [b]) }

extension CaptureComparison {
  /// What was found of all sessions.
  var kinds: [Change.Kind] { pairs.flatMap { $0.changes.map(\.kind) } }
}

extension Conversation {
  /// As it is seen so many milliseconds further from the client, by a clock that is ahead.
  func seen(after milliseconds: Int64, ahead: Int64 = 0) -> Conversation {
    var seen = self
    for index in seen.segments.indices {
      let way = milliseconds * 1_000_000
      seen.segments[index].time += (seen.segments[index].peer == .client ? way : -way) + ahead * 1_000_000
    }
    return seen
  }

  /// Behind a NAT of the client's address and port.
  var translated: Conversation {
    var translated = self
    translated.client = Endpoint(address: IPAddress(ipv4: 0xc633_6409), port: 40001)
    return translated
  }

  /// The index of the segment with these words.
  func index(of words: String) -> Int {
    segments.firstIndex { String(decoding: $0.payload, as: UTF8.self).hasPrefix(words) } ?? 0
  }

  /// Without the segment, as a capture that does not have it.
  func without(_ index: Int) -> Conversation {
    var result = self
    result.segments.remove(at: index)
    return result
  }
}

enum Text {
  static let mail = """
    S: 220 mx.harbour.example ESMTP Postfix
    C: EHLO client.kestrel.example
    S: 250-mx.harbour.example
    S: 250-PIPELINING
    S: 250-STARTTLS
    S: 250 8BITMIME
    C: MAIL FROM:<ann@kestrel.example>
    S: 250 2.1.0 Ok
    C: RCPT TO:<bob@harbour.example>
    S: 250 2.1.5 Ok
    C: DATA
    S: 354 go
    C: Subject: figures
    C: Message-ID: <1@kestrel.example>
    C:
    C: text of the mail
    C: .
    S: 250 2.0.0 Ok: queued as 4XyZ12
    C: QUIT
    S: 221 bye
    """

  static func mail(_ words: String, _ replacement: String) -> String {
    mail.split(separator: "\n").map { line in
      line.hasPrefix(words) ? replacement : String(line)
    }.filter { !$0.isEmpty }.joined(separator: "\n")
  }
}
