internal import CLinux
private import Glibc

/// The signals of a live run, read from a descriptor: they come between packets, never in the middle of anything.
struct LiveSignals: ~Copyable {
  /// Readable when a signal came.
  let descriptor: Int32
  private var signals: sigset_t

  enum Signal {
    /// SIGINT, SIGTERM.
    case stop
    /// SIGHUP.
    case reopen
    /// SIGUSR1.
    case statistics
  }

  /// Blocks them for this thread and those that it starts; to be made before there are others.
  init() {
    var signals = sigset_t()
    // They fill in the set that they are given.
    unsafe sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGUSR1] { unsafe sigaddset(&signals, signal) }
    unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    descriptor = unsafe signalfd(-1, &signals, Int32(SFD_NONBLOCK | SFD_CLOEXEC))
    self.signals = signals
  }

  /// From now on they do what they do to any program: who sends another one does not want to wait.
  mutating func release() {
    unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// The next signal that came; nil when there is none.
  func next() -> Signal? {
    var info = signalfd_siginfo()
    let length = MemoryLayout<signalfd_siginfo>.size
    // read(2) fills one such structure, whole or not at all.
    guard unsafe read(descriptor, &info, length) == length else { return nil }
    switch Int32(bitPattern: info.ssi_signo) {
    case SIGHUP: return .reopen
    case SIGUSR1: return .statistics
    default: return .stop
    }
  }
}
