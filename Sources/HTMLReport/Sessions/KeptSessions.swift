internal import Reports
internal import SMTPAnalysis

/// The sessions that the page holds: all that failed as far as there is room, and a sample of the rest.
///
/// A session is made into its part of the page at once, and forgotten: what is kept is no larger than the page.
struct KeptSessions: Sendable {
  struct Entry: Sendable {
    var row: SessionRow
    /// Its part of the page below the summary; nil where there was no room for it.
    var body: String?
  }

  private let limits: HTMLReportLimits
  private var failures: [Entry] = []
  private var others: [Entry] = []
  private var failureBytes = 0
  private var otherBytes = 0
  private var rowBytes = 0
  private var bodiesOfCause: [FindingID?: Int] = [:]
  private var hindsights: [Int: Hindsight] = [:]
  private var chance = SplitMix64(seed: 25)
  /// How many there were.
  private(set) var failureCount = 0
  private var causes = CauseTally()
  private(set) var otherCount = 0

  init(limits: HTMLReportLimits) {
    self.limits = limits
  }

  mutating func add(_ session: Session, _ context: ReportContext) {
    for hindsight in session.hindsight where hindsight.kind.words != nil && hindsights.count < limits.failures {
      hindsights[hindsight.session] = hindsight
    }
    // Those before the one that showed what they were; there are only a few.
    for hindsight in session.hindsight where hindsight.kind == .healthCheck {
      if let place = others.lastIndex(where: { $0.row.id == hindsight.session }) { others[place].row.wasHealthCheck() }
    }
    if session.verdict.needsAttention { addFailure(session, context) } else { addOther(session, context) }
  }

  private mutating func addFailure(_ session: Session, _ context: ReportContext) {
    failureCount += 1
    causes.add(session)
    let cause = session.verdict.cause
    let isRare = bodiesOfCause[cause, default: 0] < limits.examplesOfCause
    guard isRare && failureBytes < limits.failureBytes || failures.count < limits.failures && rowBytes < limits.rowBytes
    else { return }
    var entry = Entry(row: SessionRow(session))
    rowBytes += entry.row.byteCount
    let room = limits.failureBytes - failureBytes - (isRare ? 0 : limits.reservedBytes)
    if room > 0, let body = body(of: session, context, room: room) {
      failureBytes += body.utf8.count
      makeRoom()
      bodiesOfCause[cause, default: 0] += 1
      entry.body = body
    }
    failures.append(entry)
  }

  /// What failures leave is the others', who give it back: by chance, so that those that stay are a sample still.
  private mutating func makeRoom() {
    while otherBytes > roomForOthers, !others.isEmpty {
      let start = Int(chance.next() % UInt64(others.count))
      let places = Array(others.indices[start...]) + Array(others.indices[..<start])
      guard let place = places.first(where: { others[$0].body != nil }) else { return }
      otherBytes -= KeptSessions.takeBody(from: &others[place])
    }
  }

  private var roomForOthers: Int { max(limits.otherBytes, limits.failureBytes + limits.otherBytes - failureBytes) }

  /// Each has the same chance to be in the sample (reservoir sampling), and the sample of a capture is always the same.
  private mutating func addOther(_ session: Session, _ context: ReportContext) {
    otherCount += 1
    if others.count < limits.others {
      others.append(entry(session, context))
      return
    }
    let place = Int(chance.next() % UInt64(otherCount))
    guard place < others.count else { return }
    otherBytes -= others[place].body?.utf8.count ?? 0
    others[place].body = nil
    others[place] = entry(session, context)
  }

  private mutating func entry(_ session: Session, _ context: ReportContext) -> Entry {
    var entry = Entry(row: SessionRow(session))
    if let body = body(of: session, context, room: roomForOthers - otherBytes) {
      otherBytes += body.utf8.count
      entry.body = body
    }
    return entry
  }

  /// The session's part of the page; less of it where it is too large, nil where there is no room.
  private func body(of session: Session, _ context: ReportContext, room: Int) -> String? {
    guard room > 0 else { return nil }
    var narrowed = limits.session
    for _ in 0..<3 {
      let body = PageTemplates.embedded.render("body", SessionFields(session, context, limits: narrowed).body())
      if body.utf8.count <= min(limits.sessionBytes, room) { return body }
      narrowed = narrowed.narrower
    }
    return nil
  }

  // MARK: In the end

  /// All of them in the order of the sessions.
  var entries: [Entry] { (failures + others).sorted { $0.row.id < $1.row.id } }

  /// What went wrong, the commonest cause first.
  var problems: [CauseTally.Problem] {
    var causes = causes
    for failure in failures where hindsights[failure.row.id] != nil {
      causes.settle(failure.row.cause, failure.row.outcome)
    }
    return causes.listed
  }

  func hindsight(of id: Int) -> Hindsight? { hindsights[id] }

  /// Which sessions have their part of the page.
  var idsInFull: Set<Int> { Set((failures + others).lazy.filter { $0.body != nil }.map(\.row.id)) }

  var shownFailures: Int { failures.count }
  var failuresInFull: Int { failures.count { $0.body != nil } }
  var othersInFull: Int { others.count { $0.body != nil } }

  /// Gives up the last part of the page that there is, of the sample first, and says about how many bytes that was; nil where
  /// there is none.
  mutating func dropLast() -> Int? {
    if let last = others.lastIndex(where: { $0.body != nil }) { return KeptSessions.takeBody(from: &others[last]) }
    if let last = failures.lastIndex(where: { $0.body != nil }) { return KeptSessions.takeBody(from: &failures[last]) }
    return (others.popLast() ?? failures.popLast()).map(\.row.byteCount)
  }

  private static func takeBody(from entry: inout Entry) -> Int {
    defer { entry.body = nil }
    return entry.body?.utf8.count ?? 0
  }
}

/// Numbers by chance, always the same ones (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
