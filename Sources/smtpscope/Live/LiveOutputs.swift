private import Glibc
internal import MessageExtraction
internal import RecordStore
internal import Reports
internal import SMTPAnalysis
internal import Wire

/// Everything that a live run writes: records, messages, packets, a database.
final class LiveOutputs {
  let records: RecordWriter
  private let logs: LiveLogs?
  private let extraction: Extraction?
  let packets: LivePackets?
  let store: StoreWriter?
  private let isQuiet: Bool
  private var hasToldFailure = false

  init(_ settings: LiveSettings) throws(Failure) {
    records = try RecordWriter(path: settings.output, head: settings.outputHead)
    logs = try settings.logs.map { (logs) throws(Failure) in
      try LiveLogs(directory: logs.directory, form: logs.form)
    }
    if let (directory, form) = settings.messages {
      extraction = try Extraction(
        form, withAttachments: settings.savesAttachments, into: directory,
        outputs: Analyzer.outputs(jobs: settings.jobs))
    } else {
      extraction = nil
    }
    if let (path, rules) = settings.packets {
      packets = try LivePackets(
        path, rules: rules, mailPorts: settings.analysis.mailPorts, wantsAll: settings.filter == nil)
    } else {
      packets = nil
    }
    store = try settings.store?.writer(command: "live", whenFull: .drop)
    isQuiet = settings.isQuiet
  }

  /// Makes a directory with its parents; where the result is not looked at, that it cannot be made is said when it is written to.
  ///
  /// - Returns: The system's error where it is not there in the end; nil where it is.
  @discardableResult
  static func make(_ path: String) -> Int32? {
    var made = path.hasPrefix("/") ? "/" : ""
    var problem: Int32?
    for part in path.split(separator: "/") {
      made += part + "/"
      // The path is a copy that ends with a zero, for the call.
      guard unsafe mkdir(made, 0o750) != 0 else { continue }
      // What is there already may not be one; a parent that may not be written to is none the less there.
      let error = errno
      problem = unsafe access(made, F_OK) == 0 ? nil : error == EEXIST ? ENOTDIR : error
      if problem != nil { break }
    }
    return problem
  }

  /// What the analysis writes messages to; nil where they are not asked for.
  var messageOutput: (@Sendable () -> any MessageOutput)? { extraction?.writer }

  /// Records that were dropped so far.
  var droppedRecords: Int { records.droppedRecords + (logs?.droppedRecords ?? 0) }

  /// Why records cannot be written any more; nil where all is well.
  var failure: Failure? { records.failure ?? logs?.failure }

  /// A session has ended. Its messages and packets get their places, or are of no use.
  func take(_ session: Session, kept: Session?, _ context: ReportContext) {
    packets?.end(session, isWanted: kept != nil)
    if let logs, let kept { logs.take(kept, context) }
    if let kept { store?.put(kept, context) }
    guard let extraction else { return }
    if let kept { extraction.take(kept, context) }
    extraction.remove(session)
    if extraction.hasFailed, !hasToldFailure {
      hasToldFailure = true
      LogLine.say("messages are not written any more: their directory cannot be written to.", .error)
    }
  }

  /// Opens what was written so far anew, so that whoever moved it away has all of it.
  func reopen() {
    records.reopen()
    logs?.reopen()
    packets?.reopen()
    store?.reopen()
  }

  /// Writes what waits. Throws the first thing that went wrong, when everything else was brought to its end.
  func finish(_ output: inout OutputBuffer, _ end: RunEnd, seconds: Int) throws(Failure) {
    _ = records.put(&output, records: 1)
    var failure: Failure?
    do throws(Failure) { try records.finish(seconds: seconds) } catch { failure = error }
    do throws(Failure) { try logs?.finish(seconds: seconds) } catch { failure = failure ?? error }
    do throws(Failure) { try store?.finish(end, seconds: seconds) } catch { failure = failure ?? error }
    do throws(Failure) { try packets?.finish() } catch { failure = failure ?? error }
    do throws(Failure) {
      try extraction?.finish()
      if let extraction, !isQuiet { LogLine.say(extraction.summary, .info) }
    } catch {
      failure = failure ?? error
    }
    if let failure { throw failure }
  }
}
