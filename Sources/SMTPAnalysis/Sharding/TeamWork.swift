private import Dispatch
internal import Synchronization
internal import Wire

/// What several threads have to do for the teams of shards, and what came of it.
///
/// A team's batches are worked on in their order and one at a time, by whichever thread is free: a thread takes those of its own
/// teams first, whose connections lie in its core's cache, but not while others have older ones.
final class TeamWork: Sendable {
  private let teams: [ShardTeam]
  /// Threads that work, the caller's among them.
  private let threads: Int
  private let state: Mutex<State>
  private let hasWork = DispatchSemaphore(value: 0)
  private let isDone = DispatchSemaphore(value: 0)

  /// A batch that is worked on.
  struct Task: Sendable {
    var team: Int
    var batch: FrameBatch
  }

  /// What was given out at one time.
  private struct Handover: Sendable {
    /// Batches that are not done.
    var remaining: Int
    /// When the epoch ended that these are the last ones of; nil where it goes on.
    var end: FrameBatch.End?
    var found: [(team: Int, ShardTeam.Found)] = []
  }

  private struct State: Sendable {
    /// By team, the oldest first.
    var waiting: [[FrameBatch]]
    var isBusy: [Bool]
    /// Those that are not done, the oldest first, and its number.
    var handovers: [Handover] = []
    var firstHandover = 0
    /// Batches for their memory.
    var spare: [FrameBatch] = []
    /// Threads that wait for work.
    var asleep = 0
    var callerWaits = false
    var isOver = false
  }

  init(teams: [ShardTeam], threads: Int) {
    self.teams = teams
    self.threads = threads
    state = Mutex(
      State(
        waiting: Array(repeating: [], count: teams.count), isBusy: Array(repeating: false, count: teams.count)))
  }

  /// Works until `end`, as the thread of this number.
  func serve(as thread: Int) {
    var done: (Task, ShardTeam.Found)?
    while true {
      let task = state.withLock { state in
        if let (task, found) = done.take() { finish(task, found, in: &state) }
        if state.isOver { return Task?.none }
        let task = take(for: thread, from: &state)
        if task == nil { state.asleep += 1 } else { wake(1, in: &state) }
        return task
      }
      if let task {
        done = (task, teams[task.team].work(through: task.batch))
      } else {
        if state.withLock({ $0.isOver }) { return }
        hasWork.wait()
      }
    }
  }

  /// Gives out what the batches hold, one for each team, and leaves empty ones in their place.
  func put(_ batches: inout [FrameBatch], end: FrameBatch.End?) {
    state.withLock { state in
      let number = state.firstHandover + state.handovers.count
      var handover = Handover(remaining: 0, end: end)
      for team in batches.indices where end != nil || !batches[team].isEmpty {
        var batch = state.spare.popLast() ?? FrameBatch()
        swap(&batch, &batches[team])
        batch.end = end
        batch.handover = number
        state.waiting[team].append(batch)
        handover.remaining += 1
      }
      if handover.remaining == 0 { return }
      state.handovers.append(handover)
      wake(handover.remaining, in: &state)
    }
  }

  /// Works along until no more than so many handovers are left. Gives what the threads found out in the epochs that are done, in
  /// their order, and what was cut for the limits.
  func help(until most: Int) -> (logs: [EpochLog], limited: AnalysisSummary.Limited) {
    var logs: [EpochLog] = []
    var limited = AnalysisSummary.Limited()
    var done: (Task, ShardTeam.Found)?
    while true {
      let (task, isOver): (Task?, Bool) = state.withLock { state in
        if let (task, found) = done.take() { finish(task, found, in: &state) }
        while let first = state.handovers.first, first.remaining == 0 {
          state.handovers.removeFirst()
          state.firstHandover += 1
          if let log = TeamWork.log(of: first) { logs.append(log) }
          for (_, found) in first.found { limited.add(found.limited) }
        }
        if state.handovers.count <= most {
          wake(1, in: &state)
          return (nil, true)
        }
        let task = take(for: threads - 1, from: &state)
        state.callerWaits = task == nil
        if task != nil { wake(1, in: &state) }
        return (task, false)
      }
      if isOver { return (logs, limited) }
      if let task {
        done = (task, teams[task.team].work(through: task.batch))
      } else {
        isDone.wait()
      }
    }
  }

  /// No more is done; threads end with what they have at hand.
  func end() {
    state.withLock { state in
      state.isOver = true
      for team in state.waiting.indices { state.waiting[team] = [] }
      while state.asleep > 0 {
        state.asleep -= 1
        hasWork.signal()
      }
    }
  }

  private static func log(of handover: Handover) -> EpochLog? {
    guard let end = handover.end else { return nil }
    let shards = handover.found.sorted { $0.team < $1.team }.flatMap(\.1.logs)
    return switch end {
    case .ofEpoch(let time): EpochLog(time: time, shards: shards)
    case .ofCapture: .last(shards)
    }
  }

  /// How much older what others wait for must be to come before a thread's own.
  private static let lead = 2

  /// The batch that this thread is to work on now; nil where there is none.
  private func take(for thread: Int, from state: inout State) -> Task? {
    var chosen: (team: Int, age: Int)?
    for team in state.waiting.indices where !state.isBusy[team] {
      guard let number = state.waiting[team].first?.handover else { continue }
      let age = team % threads == thread ? number - TeamWork.lead : number
      if let known = chosen, known.age <= age { continue }
      chosen = (team, age)
    }
    guard let team = chosen?.team else { return nil }
    state.isBusy[team] = true
    return Task(team: team, batch: state.waiting[team].removeFirst())
  }

  /// - Parameter task: Consumed, so that its batch is nobody else's and keeps its memory.
  private func finish(_ task: consuming Task, _ found: ShardTeam.Found, in state: inout State) {
    state.isBusy[task.team] = false
    let place = task.batch.handover - state.firstHandover
    if state.handovers.indices.contains(place) {
      state.handovers[place].remaining -= 1
      if task.batch.end != nil { state.handovers[place].found.append((task.team, found)) }
    }
    task.batch.removeAll()
    state.spare.append(task.batch)
    if state.callerWaits, state.handovers.first?.remaining == 0 || free(in: state) > 0 {
      state.callerWaits = false
      isDone.signal()
    }
  }

  /// Wakes threads, so many at most, where there is something for them.
  private func wake(_ count: Int, in state: inout State) {
    guard state.asleep > 0 else { return }
    for _ in 0..<min(count, free(in: state), state.asleep) {
      state.asleep -= 1
      hasWork.signal()
    }
  }

  /// Teams with work that nobody has begun.
  private func free(in state: borrowing State) -> Int {
    var count = 0
    for team in state.waiting.indices where !state.isBusy[team] && !state.waiting[team].isEmpty { count += 1 }
    return count
  }
}
