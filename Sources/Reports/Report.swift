package import SMTPAnalysis
package import Wire

/// Writes what an analysis found, a session at a time, as bytes.
///
/// `begin` once, then `session` as each session ends (and `capture` as each input ends, or when there is news of it),
/// then `end` once. What is ready after a call stands in `output`, which the caller may drain at any time.
package protocol Report {
  /// What stands before the first record.
  mutating func begin(into output: inout OutputBuffer)
  /// A transaction that has ended while its session goes on (`Analyzer.nextTransaction`); the session with it follows.
  mutating func transaction(_ preview: Session, into output: inout OutputBuffer)
  /// A session that has ended.
  mutating func session(_ session: Session, context: ReportContext, into output: inout OutputBuffer)
  /// An input that has been read to its end, or as far as it could be.
  mutating func capture(_ capture: CaptureSummary, context: ReportContext, into output: inout OutputBuffer)
  /// What stands behind the last record; `captures` in the order of the command line.
  mutating func end(
    _ summary: AnalysisSummary, captures: [CaptureSummary], context: ReportContext, into output: inout OutputBuffer)
}

extension Report {
  /// Nothing: most reports tell whole sessions.
  package mutating func transaction(_ preview: Session, into output: inout OutputBuffer) {}
}

/// A report of which each session's record can be made by itself, in any thread, as long as the records are put together
/// in their order.
package protocol RecordReport: Report, Sendable {
  /// Appends a session's record and what stands around it. It depends on nothing but its arguments and how the report was
  /// asked for.
  ///
  /// - Parameter isFirst: Whether it is the first record of the report.
  func append(
    _ session: Session, isFirst: Bool, context: ReportContext, into output: inout OutputBuffer)
  /// Records were appended beside the report.
  mutating func noteRecords()
}

/// What a report needs to know besides the records.
package struct ReportContext: Sendable {
  /// The inputs by their number in `FrameDescriptor.file`, as they are to be shown.
  package var fileNames: [String]
  /// How many decimals of a second the capture's times have, 0 to 9.
  package var timeDecimals: Int
  /// Whether each session's dialogue is shown (`--dialogue`).
  package var showsDialogue: Bool

  package init(fileNames: [String], timeDecimals: Int = 6, showsDialogue: Bool = false) {
    self.fileNames = fileNames
    self.timeDecimals = timeDecimals
    self.showsDialogue = showsDialogue
  }

  /// The name of the input that a frame came from; nil for a number that has none.
  package func fileName(of frame: FrameDescriptor) -> String? {
    fileNames.indices.contains(frame.file) ? fileNames[frame.file] : nil
  }
}

/// What is told about one input when it has been read.
package struct CaptureSummary: Sendable {
  /// As it is to be shown: the path that was given, `-` for standard input.
  package var file: String
  package var packets = 0
  /// As the packets were on the wire.
  package var bytes = 0
  /// The link-layer types of its packets by their names, e.g. `EN10MB`.
  package var linkTypes: [String] = []
  /// Whether it ends within a packet.
  package var isTruncated = false
  /// Why it could not be read to its end; nil when it was.
  package var error: String?
  /// An interface: packets that were lost on their way here; nil for a file.
  package var dropped: Drops?
  /// The times of its earliest and latest packet; nil when it has none.
  package var start: CaptureTime?
  package var end: CaptureTime?

  package init(file: String) {
    self.file = file
  }

  package struct Drops: Equatable, Sendable {
    package var kernel: Int
    package var interface: Int

    package init(kernel: Int, interface: Int) {
      self.kernel = kernel
      self.interface = interface
    }
  }
}
