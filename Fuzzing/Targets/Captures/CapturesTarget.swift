internal import FuzzOutputs
internal import FuzzPcapNG
package import FuzzSupport
internal import SMTPAnalysis
internal import Wire

/// A capture file: the input as it is, to the end of the reports, which must be inert.
package enum CapturesTarget: FuzzedPart {
  package static func receive(_ input: Span<UInt8>) throws(Broken) {
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
    try EveryReport.check(sessions)
  }
}
