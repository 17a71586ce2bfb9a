internal import PacketDecoding
internal import PeerCertificates
internal import SMTPDialogue
internal import TCPStreams
internal import TLSHandshake
internal import Wire

/// A fixed part of all connections, with everything that is kept of them: what one thread works on at a time.
///
/// Which connection belongs to which shard (`FlowSpread`) depends on its endpoints alone, and there are always as many shards, whether one
/// thread has them all or each has a thread of its own: so the outcome does not depend on the number of threads, limits
/// that were met included.
struct FlowShard: ~Copyable {
  private let options: AnalysisOptions
  private let shared: ShardContext
  private let output: (any MessageOutput)?
  private var connections: ConnectionTable
  /// What each slot of the connection table is used for.
  private var uses: [Use] = []
  private var sessions = SlotPages<MailSession?>()
  private var unread: UnreadPages
  private var ended = EndedSessions()
  private let certificates = CertificateStore()
  private var candidates: [Candidate?] = []
  private var freeCandidates: [Int] = []
  private var nameConnections = NameConnections()
  private var log = ShardLog()
  /// The frame at hand.
  private var ordinal = 0

  /// How many there are.
  static let count = 16

  private enum Use {
    case none
    case ignored
    case candidate(Int)
    case mail(Int)
    case unread(UnreadSession)
    /// A connection to a name server.
    case names
  }

  /// A connection on another port that has not said yet whether it carries mail.
  private struct Candidate {
    var ordinal: Int
    var recognizer: Recognizer
    /// What it says inside TLS tells it.
    var opening: TLSOpening?
  }

  init(options: AnalysisOptions, spread: FlowSpread, output: (any MessageOutput)?) {
    var options = options
    // Elsewhere it would be chance what a shard gets to see.
    if spread != .connections { options.secrets = options.secrets?.remembering(asOneOf: spread.shards) }
    self.options = options
    shared = ShardContext(options)
    let readsAtOnce = spread != .connections || options.tellsTransactions
    unread = UnreadPages(most: readsAtOnce ? 0 : options.limits.unreadBytes)
    self.output = output
    connections = ConnectionTable(
      limits: StreamLimits().divided(among: spread.shards), serverPorts: options.mailPorts,
      keepsFlows: options.keepsFlows)
  }

  /// Takes a segment of a connection of this shard.
  ///
  /// - Parameter ordinal: The place of its frame among all frames of the run.
  @inline(__always)
  mutating func receive(
    _ segment: TCPSegment, in bytes: Span<UInt8>, _ descriptor: FrameDescriptor, ordinal: Int
  ) {
    self.ordinal = ordinal
    switch connections.takeAtOnce(segment, in: bytes, frame: descriptor) {
    case .nothing:
      break
    case .bytes(let id, from: let peer):
      receive(
        bytes.extracting(segment.payload), of: id, from: peer,
        at: Moment(time: descriptor.time, frame: descriptor.number))
    case .events:
      while let event = connections.nextEvent() { take(event, in: bytes, descriptor) }
    }
  }

  /// Takes an ICMP error that quotes a segment of a connection of this shard.
  mutating func receive(_ error: ICMPError, _ descriptor: FrameDescriptor) {
    connections.receive(error, frame: descriptor)
  }

  /// Packet time has passed, for connections of which nothing was heard too.
  mutating func advance(to time: CaptureTime) {
    connections.advance(to: time)
    takeEvents()
    for slot in nameConnections.openCalls {
      let facts = connections.facts(of: ConnectionID(slot: slot))
      nameConnections.callStands(facts, in: slot, ordinal: ordinal, hasEnded: false)
    }
    tellEnded(at: time)
  }

  /// The capture is over: everything that is open ends.
  mutating func finish() {
    connections.finish()
    takeEvents()
    tellEnded(at: CaptureTime(nanoseconds: .max))
  }

  /// What was found out since the last call.
  mutating func takeLog() -> ShardLog? {
    swap(&log.names, &nameConnections.observations)
    guard !log.isEmpty else { return nil }
    let taken = log
    log = ShardLog()
    return taken
  }

  /// Adds what this shard's connections cost now.
  mutating func add(to load: inout AnalysisLoad) {
    load.openConnections += connections.openConnections
    load.heldBytes += connections.heldBytes
    load.limited.add(limited)
  }

  /// What was given up to stay within the limits.
  var limited: AnalysisSummary.Limited {
    var limited = AnalysisSummary.Limited()
    limited.evictedConnections = connections.limited.evictedConnections
    limited.droppedBytes = connections.limited.strayBytes
    return limited
  }

  // MARK: Streams

  /// Tells the transactions that have ended while their session goes on.
  private mutating func tellTransactions(of index: Int, _ id: ConnectionID) {
    let facts = connections.facts(of: id)
    while let preview = sessions[index]?.nextEndedTransaction(with: facts, certificates: certificates) {
      log.transactions.append(preview)
    }
  }

  private mutating func takeEvents() {
    let nothing: [UInt8] = []
    while let event = connections.nextEvent() { take(event, in: nothing.span, nil) }
  }

  @inline(__always)
  private mutating func take(_ event: consuming StreamEvent, in bytes: Span<UInt8>, _ descriptor: FrameDescriptor?) {
    switch event {
    case .opened(let id):
      open(id, at: descriptor)
    case .bytes(let id, from: let peer, let range):
      guard let descriptor else { return }
      receive(
        bytes.extracting(range), of: id, from: peer, at: Moment(time: descriptor.time, frame: descriptor.number))
    case .heldBytes(let id, from: let peer, let held):
      receive(
        held.bytes.span, of: id, from: peer, at: Moment(time: held.frame.time, frame: held.frame.number))
    case .gap(let id, from: let peer, let count):
      switch uses[id.slot] {
      case .mail(let index):
        let moment = moment(of: id)
        sessions[index]?.missing(count, from: peer, at: moment)
      case .unread(var session):
        let moment = moment(of: id)
        if unread.addMissing(count, from: peer, at: moment, to: &session) {
          uses[id.slot] = .unread(session)
        } else {
          let index = read(session, id)
          sessions[index]?.missing(count, from: peer, at: moment)
        }
      case .candidate(let index): dismiss(index, id)  // what would tell may be in the hole; nothing is made up
      case .names: leaveNames(id)  // where the next message begins is not known
      case .none, .ignored: break
      }
    case .finished(let id, from: let peer):
      switch uses[id.slot] {
      case .mail(let index):
        let moment = moment(of: id)
        sessions[index]?.finish(from: peer, at: moment)
      case .unread(var session):
        let moment = moment(of: id)
        if unread.addFinish(from: peer, at: moment, to: &session) {
          uses[id.slot] = .unread(session)
        } else {
          let index = read(session, id)
          sessions[index]?.finish(from: peer, at: moment)
        }
      case .candidate, .names, .none, .ignored: break
      }
    case .closed(let id):
      close(id)
    }
  }

  private mutating func moment(of id: ConnectionID) -> Moment {
    let frame = connections.lastFrame(of: id)
    return Moment(time: frame.time, frame: frame.number)
  }

  private mutating func open(_ id: ConnectionID, at descriptor: FrameDescriptor?) {
    while uses.count <= id.slot { uses.append(.none) }
    guard descriptor != nil else { return }
    let facts = connections.firstFacts(of: id)
    if facts.server.port == IdentCall.port { nameConnections.callBegan(facts, in: id.slot, ordinal: ordinal) }
    let isMail = options.mailPorts.contains(facts.server.port)
    if isMail, unread.keepsAny {
      uses[id.slot] = .unread(UnreadSession(ordinal: ordinal, facts: facts))
    } else if isMail {
      uses[id.slot] = .mail(
        sessions.add(MailSession(ordinal: ordinal, facts: facts, shared: shared, output: output)))
    } else if options.recognizesAnyPort {
      let recognizer = Recognizer(isMailPort: false, sawOpening: facts.opening != .midstream)
      let candidate = Candidate(ordinal: ordinal, recognizer: recognizer)
      if let index = freeCandidates.popLast() {
        candidates[index] = candidate
        uses[id.slot] = .candidate(index)
      } else {
        candidates.append(candidate)
        uses[id.slot] = .candidate(candidates.count - 1)
      }
    } else {
      readNames(id, facts, [])
      return
    }
    log.openings.append(ShardLog.Opening(ordinal: ordinal, connection: SessionOpening(facts), isMail: isMail))
  }

  private mutating func receive(_ bytes: Span<UInt8>, of id: ConnectionID, from peer: Peer, at moment: Moment) {
    switch uses[id.slot] {
    case .mail(let index):
      sessions[index]?.receive(bytes, from: peer, at: moment)
      if options.tellsTransactions, sessions[index]?.hasEndedTransactions == true { tellTransactions(of: index, id) }
    case .unread(var session):
      if unread.add(bytes, from: peer, at: moment, to: &session) {
        uses[id.slot] = .unread(session)
      } else {
        let index = read(session, id)
        sessions[index]?.receive(bytes, from: peer, at: moment)
      }
    case .candidate(let index) where candidates[index]?.opening != nil:
      switch candidates[index]?.opening?.receive(bytes, from: peer, at: moment) {
      case .mail: beginInsideTLS(index, id)
      case .notMail: dismiss(index, id)
      case .undecided, nil: break
      }
    case .candidate(let index):
      switch candidates[index]?.recognizer.receive(bytes, from: peer, at: moment) {
      case .mail(let preamble, let sidesAreSwapped):
        guard let candidate = candidates[index] else { return }
        let facts = connections.facts(of: id)
        log.decisions.append(
          ShardLog.Decision(
            ordinal: candidate.ordinal, connection: SessionOpening(sidesAreSwapped ? facts.swapped : facts)))
        var session = MailSession(ordinal: candidate.ordinal, facts: facts, shared: shared, output: output)
        session.begin(with: candidate.recognizer, preamble: preamble, sidesAreSwapped: sidesAreSwapped)
        candidates[index] = nil
        freeCandidates.append(index)
        uses[id.slot] = .mail(sessions.add(session))
      case .notMail:
        let kept = candidates[index]?.recognizer.takeKept(behind: nil) ?? []
        if let opening = TLSOpening(kept, secrets: options.secrets) {
          candidates[index]?.opening = opening
          return
        }
        forget(candidate: index)
        readNames(id, connections.facts(of: id), kept)
      case .undecided, nil:
        break
      }
    case .names:
      if peer == .server { receiveNames(bytes, of: id, at: moment) }
    case .none, .ignored:
      break
    }
  }

  /// More was said than is kept unread: the session is read at once from now on. Gives its slot.
  private mutating func read(_ session: UnreadSession, _ id: ConnectionID) -> Int {
    var begun = session.begin(shared, output)
    unread.tell(session, to: &begun)
    let slot = sessions.add(consume begun)
    uses[id.slot] = .mail(slot)
    return slot
  }

  /// What was said inside TLS is mail: the session reads it all from its beginning.
  private mutating func beginInsideTLS(_ index: Int, _ id: ConnectionID) {
    guard let candidate = candidates[index], let opening = candidate.opening else { return }
    let facts = connections.facts(of: id)
    log.decisions.append(ShardLog.Decision(ordinal: candidate.ordinal, connection: SessionOpening(facts)))
    var session = MailSession(ordinal: candidate.ordinal, facts: facts, shared: shared, output: output)
    for run in opening.kept { session.receive(run.bytes.span, from: run.peer, at: run.moment) }
    candidates[index] = nil
    freeCandidates.append(index)
    uses[id.slot] = .mail(sessions.add(session))
  }

  private mutating func dismiss(_ index: Int, _ id: ConnectionID) {
    forget(candidate: index)
    uses[id.slot] = .ignored
    connections.ignore(id)
  }

  private mutating func forget(candidate index: Int) {
    guard let candidate = candidates[index] else { return }
    log.decisions.append(ShardLog.Decision(ordinal: candidate.ordinal))
    candidates[index] = nil
    freeCandidates.append(index)
  }

  private mutating func close(_ id: ConnectionID) {
    switch uses[id.slot] {
    case .mail(let index):
      let acknowledged = acknowledged(id)
      let ending = sessions[index]?.end(
        with: connections.facts(of: id), acknowledged: acknowledged, certificates: certificates)
      if let ending { ended.add(.read(ending)) }
      sessions[index] = nil
      sessions.release(index)
    case .unread(let session):
      let acknowledged = acknowledged(id)
      ended.add(.unread(EndedSessions.Unread(session, connections.facts(of: id), acknowledged: acknowledged)))
    case .candidate(let index):
      forget(candidate: index)
    case .names:
      nameConnections.leave(id.slot)
    case .none, .ignored:
      break
    }
    uses[id.slot] = .none
    if nameConnections.hasCall(in: id.slot) {
      nameConnections.callStands(connections.facts(of: id), in: id.slot, ordinal: ordinal, hasEnded: true)
    }
  }
}

// MARK: - Ends

extension FlowShard {
  /// Whether the other side acknowledged all that each has said.
  private mutating func acknowledged(_ id: ConnectionID) -> (client: Bool, server: Bool) {
    (
      connections.acknowledgedBytes(of: id, from: .client) >= connections.deliveredBytes(of: id, from: .client),
      connections.acknowledgedBytes(of: id, from: .server) >= connections.deliveredBytes(of: id, from: .server)
    )
  }

  /// Gives the records that are due.
  private mutating func tellEnded(at time: CaptureTime) {
    while let session = ended.popDue(at: time) {
      switch session {
      case .read(let ending):
        log.endings.append(ending)
      case .unread(let ended):
        var session = ended.session.begin(shared, output)
        unread.tell(ended.session, to: &session)
        log.endings.append(
          session.end(with: ended.takeFacts(), acknowledged: ended.acknowledged, certificates: certificates))
      }
    }
  }
}

// MARK: - Names

extension FlowShard {
  /// Reads a connection that carries no mail if it is one to a name server, else ignores it.
  private mutating func readNames(_ id: ConnectionID, _ facts: ConnectionFacts, _ kept: [Recognizer.Kept]) {
    // In the middle of a connection nobody knows where a message begins.
    guard facts.server.port == NameConnections.serverPort, facts.opening != .midstream, nameConnections.follow(id.slot)
    else {
      uses[id.slot] = .ignored
      connections.ignore(id)
      return
    }
    uses[id.slot] = .names
    for run in kept where run.peer == .server { receiveNames(run.bytes.span, of: id, at: run.moment) }
  }

  private mutating func receiveNames(_ bytes: Span<UInt8>, of id: ConnectionID, at moment: Moment) {
    nameConnections.receive(
      bytes, in: id.slot, connections.facts(of: id), time: moment.time, frame: moment.frame, ordinal: ordinal)
  }

  private mutating func leaveNames(_ id: ConnectionID) {
    nameConnections.leave(id.slot)
    uses[id.slot] = .ignored
    connections.ignore(id)
  }
}
