import FoundationEssentials
import Glibc
import Testing
import Threads

@Suite struct StartThreadTests {
  @Test(arguments: ["store", "shards 15", "a name longer than the system keeps"])
  func `a thread has its name`(name: String) throws {
    let names = Channel<String>()
    try startThread(named: name) {
      names.put((try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)) ?? "")
    }
    #expect(names.take() == String(name.prefix(15)) + "\n")
  }

  @Test func `signals are for the thread that was there, faults for each`() throws {
    let blocked = Channel<[Int32]>()
    let before = Self.blocksTermination
    try startThread(named: "signals") {
      var mask = sigset_t()
      // Both calls are given the mask for their time.
      _ = unsafe pthread_sigmask(SIG_BLOCK, nil, &mask)
      blocked.put([SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGSEGV, SIGILL].filter { unsafe sigismember(&mask, $0) == 1 })
    }
    #expect(blocked.take() == [SIGTERM, SIGINT, SIGHUP, SIGUSR1])
    #expect(Self.blocksTermination == before)
  }

  private static var blocksTermination: Bool {
    var mask = sigset_t()
    // As above.
    _ = unsafe pthread_sigmask(SIG_BLOCK, nil, &mask)
    return unsafe sigismember(&mask, SIGTERM) == 1
  }

  @Test func `what a thread was given goes with it`() throws {
    final class Canary: Sendable {
      private let gone: Channel<Bool>
      init(_ gone: Channel<Bool>) { self.gone = gone }
      deinit { gone.put(true) }
    }
    let gone = Channel<Bool>()
    for canary in (0..<20).map({ _ in Canary(gone) }) {
      try startThread(named: "canary") { _ = canary }
    }
    for _ in 0..<20 { #expect(gone.take() == true) }
  }
}
