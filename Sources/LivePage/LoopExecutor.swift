internal import NIOCore
internal import NIOPosix
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

  /// Ends the loop behind the tasks that were given it, which schedule on it until they have ended. A reader that takes nothing
  /// keeps them for a while: nobody waits for that.
  func end(_ group: MultiThreadedEventLoopGroup, behind tasks: Task<Void, Never>...) {
    Task(executorPreference: self) {
      for task in tasks { await task.value }
      self.loop.withLock { $0 = nil }
      // It asks libdispatch for a thread, which tries for ever where there is no memory for one.
      group.shutdownGracefully { _ in }
    }
  }
}
