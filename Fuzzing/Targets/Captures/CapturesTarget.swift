internal import FuzzOutputs
internal import FuzzPcapNG
package import FuzzSupport
internal import SMTPAnalysis
internal import Wire

/// A capture file: the input as it is, to the end of a report, which must be inert. Its last byte says which report.
package enum CapturesTarget: FuzzedPart {
  package static func receive(_ input: Span<UInt8>) throws(Broken) {
    let sessions = try sessions(in: input)
    try ReportForm(number: input.isEmpty ? 0 : input[input.count - 1]).check(sessions)
  }

  /// The same in every report, for inputs that are replayed.
  package static func receiveInAll(_ input: Span<UInt8>) throws(Broken) {
    let sessions = try sessions(in: input)
    for form in ReportForm.allCases { try form.check(sessions) }
  }

  private static func sessions(in input: Span<UInt8>) throws(Broken) -> [Session] {
    var options = AnalysisOptions()
    options.keepsDialogue = true
    options.listsAttachments = true
    var analyzer = Analyzer(options: options)
    try CaptureInMemory([UInt8](input)).frames { (frame, bytes) throws(Broken) in
      analyzer.receive(bytes, descriptor: frame)
    }
    analyzer.finish()
    var sessions: [Session] = []
    while let session = analyzer.nextSession() { sessions.append(session) }
    return sessions
  }
}
