private import FileWriting
private import Glibc
internal import Reports
internal import SMTPAnalysis
internal import Wire

/// Zeek's three logs of captures, in files of a directory.
///
/// Files that are there already are somebody's, maybe Zeek's own of the same traffic: they are neither replaced nor added to.
final class LogFiles {
  private let directory: String
  private var logs: [Log] = []

  private final class Log {
    var name: String
    var report: ZeekReport
    var file: Int32
    private var waiting = OutputBuffer()
    /// Bytes that the file has, and those of them up to the end of the last whole line.
    private var length = 0
    private var wholeLines = 0

    init(name: String, report: ZeekReport, file: Int32) {
      self.name = name
      self.report = report
      self.file = file
    }

    func take(
      isLast: Bool = false, _ tell: (inout ZeekReport, inout OutputBuffer) -> Void
    ) throws(Failure) {
      tell(&report, &waiting)
      guard isLast || waiting.count >= 1 << 16 else { return }
      let (file, name) = (file, name)
      var (length, wholeLines) = (length, wholeLines)
      defer { (self.length, self.wholeLines) = (length, wholeLines) }
      try waiting.drain { (bytes: Span<UInt8>) throws(Failure) in
        var written = 0
        var fault: FileWritingError?
        do throws(FileWritingError) { try bytes.write(to: file, written: &written) } catch { fault = error }
        if let feed = bytes.extracting(0..<written).lastIndex(of: 0x0a) { wholeLines = length + feed + 1 }
        length += written
        guard let fault else { return }
        // Half a line would be read as a whole one.
        ftruncate(file, wholeLines)
        throw LogFiles.failure(name, fault.code)
      }
    }
  }

  init(directory: String, form: ZeekForm) throws(Failure) {
    self.directory = directory
    try Self.make(directory)
    for log in ZeekLog.allCases {
      let path = Self.path(of: log, in: directory)
      // The path is a copy that ends with a zero, for the call; what strerror(3) gives is copied at once.
      let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      guard file >= 0 else {
        let failure =
          errno == EEXIST
          ? Failure(
            status: .outputFailed,
            message: "\(String(visible: path)) is there already; name another directory, or move it away.")
          : Self.failure(path)
        removeAll()
        throw failure
      }
      logs.append(Log(name: path, report: ZeekReport(log, form), file: file))
    }
  }

  /// Makes the directory where it is not there.
  static func make(_ directory: String) throws(Failure) {
    guard let problem = LiveOutputs.make(directory) else { return }
    // A constant of the C library's, copied at once.
    let words = unsafe String(cString: strerror(problem))
    throw Failure(
      status: .outputFailed,
      message:
        "\(String(visible: directory)): the directory for the logs cannot be made: \(words). Make it, or name another one: --logs DIR."
    )
  }

  static func path(of log: ZeekLog, in directory: String) -> String {
    (directory.hasSuffix("/") ? directory : directory + "/") + "\(log.rawValue).log"
  }

  func add(_ session: Session, _ context: ReportContext) throws(Failure) {
    for index in logs.indices {
      try logs[index].take { (report, output) in report.session(session, context: context, into: &output) }
    }
  }

  func finish(_ result: AnalysisRun.Result) throws(Failure) {
    for index in logs.indices {
      try logs[index].take(isLast: true) { (report, output) in
        report.end(result.summary, captures: result.captures, context: result.context, into: &output)
      }
      // Some file systems tell only now that a write failed.
      guard close(logs[index].file) == 0 || errno == EINTR else { throw Self.failure(logs[index].name) }
    }
  }

  /// Of a run that cannot begin nothing is left.
  func removeAll() {
    for log in logs {
      close(log.file)
      // The path is a copy that ends with a zero, for the call.
      unsafe unlink(log.name)
    }
  }

  fileprivate static func failure(_ path: String, _ code: Int32 = errno) -> Failure {
    Failure(status: .outputFailed, message: "\(String(visible: path)): \(unsafe String(cString: strerror(code))).")
  }
}

extension AnalysisRun {
  /// Writes Zeek's logs of what is read. Throws at the end when an input could not be read to its end.
  func write(_ logs: LogFiles) throws(Failure) {
    let result: Result
    do throws(Failure) {
      result = try read(into: nil) { (session, context) throws(Failure) in try logs.add(session, context) }
    } catch {
      if error.status == .usage { logs.removeAll() }
      throw error
    }
    try logs.finish(result)
    try finish(result)
  }
}
