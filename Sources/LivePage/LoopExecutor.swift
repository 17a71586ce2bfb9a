internal import NIOCore
internal import Synchronization

/// Runs tasks in the thread of an event loop, so that a server needs no others: whoever captures may have the other cores.
final class LoopExecutor: TaskExecutor {
  private let loop: Mutex<(any EventLoop)?>

  init(_ loop: any EventLoop) {
    self.loop = Mutex(loop)
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let isTaken = loop.withLock { loop in
      // Each job is handed over once and run once, by the loop that is this executor.
      loop?.execute { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
      return loop != nil
    }
    if !isTaken { globalConcurrentExecutor.enqueue(job) }
  }

  /// The loop ends: what is left to do is done elsewhere.
  func leaveLoop() {
    loop.withLock { $0 = nil }
  }
}
