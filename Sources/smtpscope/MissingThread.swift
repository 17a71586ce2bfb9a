internal import SMTPAnalysis
internal import Threads

extension Failure {
  /// Nothing is written by a thread that is not there.
  init(_ error: ThreadError) {
    self.init(
      status: .outputFailed,
      message: "\(error.description). Allow more memory or more tasks (ulimit -v, -u), or use fewer threads: --jobs 1.")
  }
}

extension Analyzer {
  /// An analyzer with its threads; throws what there is to say where one cannot be started.
  init(_ options: AnalysisOptions, output: (@Sendable () -> any MessageOutput)?, jobs: Int) throws(Failure) {
    do throws(ThreadError) {
      try self.init(options: options, output: output, jobs: jobs)
    } catch {
      throw Failure(error)
    }
  }
}
