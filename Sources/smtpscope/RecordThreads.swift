internal import Reports
internal import SMTPAnalysis
internal import Synchronization
internal import Threads

/// Makes the records of sessions in threads of their own, and gives their bytes back in the sessions' order.
struct RecordThreads<Format: RecordReport>: ~Copyable {
  private let inboxes: [Channel<Work?>]
  private let outboxes: [Channel<Sheet>]
  private var gathered: [Session] = []
  private var context: ReportContext?
  private var isFirst = true
  /// Pieces of work handed out and taken back so far: the threads take turns.
  private var handedOut = 0
  private var takenBack = 0
  private var spare: [Sheet] = []

  /// What a piece of work is written on. It is one thread's at a time, so that nobody waits for its lock.
  final class Sheet: Sendable {
    let output = Mutex(OutputBuffer())
  }

  struct Work: Sendable {
    var sessions: [Session]
    var isFirst: Bool
    var context: ReportContext
    var sheet: Sheet
  }

  /// Sessions of a piece of work: waking a thread costs as much as a record.
  private static var sessionsOfWork: Int { 12 }

  /// - Parameter jobs: How many threads work on the sessions: making their records takes half as much.
  init(jobs: Int, for format: Format) throws(Failure) {
    let count = (jobs + 1) / 2
    inboxes = (0..<count).map { _ in Channel() }
    outboxes = (0..<count).map { _ in Channel() }
    do throws(ThreadError) {
      for (inbox, outbox) in zip(inboxes, outboxes) {
        try startThread(named: "records") {
          while case .some(.some(let work)) = inbox.take() {
            work.sheet.output.withLock { output in
              var isFirst = work.isFirst
              for session in work.sessions {
                format.append(session, isFirst: isFirst, context: work.context, into: &output)
                isFirst = false
              }
            }
            outbox.put(work.sheet)
          }
        }
      }
    } catch {
      for inbox in inboxes { inbox.put(nil) }
      throw Failure(error, jobs: jobs)
    }
  }

  /// Takes the next session; hands `write` what is ready by now.
  mutating func add(
    _ session: Session, _ context: ReportContext, write: (inout OutputBuffer) throws(Failure) -> Void
  ) throws(Failure) {
    gathered.append(session)
    self.context = context
    guard gathered.count >= Self.sessionsOfWork else { return }
    handOut()
    while handedOut - takenBack > 2 * inboxes.count { try takeBack(write) }
  }

  /// Hands `write` everything that was not written yet, and ends the threads.
  mutating func finish(write: (inout OutputBuffer) throws(Failure) -> Void) throws(Failure) {
    if !gathered.isEmpty { handOut() }
    for inbox in inboxes { inbox.put(nil) }
    while takenBack < handedOut { try takeBack(write) }
  }

  private mutating func handOut() {
    guard let context else { return }
    let work = Work(
      sessions: gathered, isFirst: isFirst, context: context, sheet: spare.popLast() ?? Sheet())
    inboxes[handedOut % inboxes.count].put(work)
    gathered.removeAll(keepingCapacity: true)
    isFirst = false
    handedOut += 1
  }

  private mutating func takeBack(_ write: (inout OutputBuffer) throws(Failure) -> Void) throws(Failure) {
    let ready = outboxes[takenBack % outboxes.count].take()
    takenBack += 1
    guard let sheet = ready else { return }
    try sheet.output.withLock { (output) throws(Failure) in try write(&output) }
    spare.append(sheet)
  }
}
