private import CLinux
private import Glibc

/// Starts a thread of its own for `body`, which may wait for others. Nobody waits for its end, and no signal reaches it.
///
/// A POSIX thread and no queue of libdispatch: that one tries again for ever where there is no memory for a thread's stack, and
/// traps where there is no descriptor left.
///
/// - Parameter name: What the system's tools show of it, 15 bytes of it at most.
package func startThread(named name: String, _ body: @escaping @Sendable () -> Void) throws(ThreadError) {
  let work = unsafe Unmanaged.passRetained(ThreadWork(name: name, body: body))
  // The thread gives back what was retained for it; where there is none, that is done here.
  let status = unsafe start_thread(
    { argument in
      guard let argument = unsafe argument else { return nil }
      unsafe Unmanaged<ThreadWork>.fromOpaque(argument).takeRetainedValue().run()
      return nil
    }, work.toOpaque())
  guard status == 0 else {
    unsafe work.release()
    throw ThreadError(errorNumber: status)
  }
}

private final class ThreadWork: Sendable {
  private let name: String
  private let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }

  func run() {
    // The name is a copy that ends with a zero, for the call.
    _ = unsafe name_this_thread(name)
    body()
  }
}

/// Why a thread could not be started.
public struct ThreadError: Error, CustomStringConvertible {
  /// As pthread_create(3) gives it: EAGAIN where there is no memory for a stack, or too many threads are there.
  public let errorNumber: Int32

  init(errorNumber: Int32) {
    self.errorNumber = errorNumber
  }

  /// What happened, with the system's word for why.
  public var description: String {
    // strerror(3) returns a string that lasts until the thread's next call.
    let reason = unsafe strerror(errorNumber).map { unsafe String(cString: $0) } ?? "error \(errorNumber)"
    return "a thread cannot be started: \(reason)"
  }
}
