internal import SMTPAnalysis
internal import Threads

extension Failure {
  /// Nothing is written by a thread that is not there.
  ///
  /// - Parameter jobs: How many threads were to work; 1 where fewer would not have helped.
  init(_ error: ThreadError, jobs: Int = 1) {
    let advice = jobs > 1 ? ", or use fewer threads: --jobs 1" : ""
    self.init(
      status: .outputFailed,
      message: "\(error.description). Allow more memory or more tasks (ulimit -v, -u)\(advice).")
  }
}

extension Analyzer {
  /// An analyzer with its threads; throws what there is to say where one cannot be started.
  init(_ options: AnalysisOptions, output: (@Sendable () -> any MessageOutput)?, jobs: Int) throws(Failure) {
    do throws(ThreadError) {
      try self.init(options: options, output: output, jobs: jobs)
    } catch {
      throw Failure(error, jobs: jobs)
    }
  }
}
