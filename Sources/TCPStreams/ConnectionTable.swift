public import PacketDecoding
public import Wire

// TCPStreams makes two ordered byte streams of each connection's segments, says where bytes are missing, and keeps the
// facts that diagnosis needs. Open `ConnectionTable` first.

/// All connections: takes segments in the order of the capture, gives the streams' events in the order of the dialogue.
///
/// Give it a segment with ``receive(_:in:frame:)``, then pull ``nextEvent()`` until nil while the frame's bytes are still
/// there. Packet time is the only clock.
///
/// A connection enters with a SYN, a SYN-ACK or a segment with payload. An acknowledgement, FIN or reset alone opens none:
/// it is the tail of one that ended before the capture began, and would open an empty connection. Where no SYN tells the
/// client, the side whose port is one of the server's ports is the server, else the one with the lower port.
///
/// Bytes of one side wait for the bytes of the other that they acknowledge. Bytes that are acknowledged and not there are
/// given `StreamLimits.patience` to turn up late, then are a gap.
public struct ConnectionTable: ~Copyable {
  private var slots = ConnectionSlots()
  private var index = FlowIndex()
  private var closed: ClosedConnections
  private var work: StreamWork
  private var timers = TableTimers()
  private let serverPorts: [UInt16]
  private let seed: UInt64
  private var generation: UInt32 = 0
  /// Connections that are not over.
  private var liveCount = 0
  /// Where closing everything stands, once the capture has ended.
  private var finishing: Int?
  /// Whether ``ConnectionFacts/flow`` is filled in.
  private let keepsFlows: Bool
  /// By slot, where that is so.
  private var accounts: [FlowAccount] = []

  /// `serverPorts` are taken as the server's when roles must be guessed. The seed keeps peers from choosing endpoints whose
  /// hashes collide; no output depends on it.
  public init(
    limits: StreamLimits = StreamLimits(), serverPorts: [UInt16] = [], keepsFlows: Bool = false,
    seed: UInt64 = .random(in: .min ... .max)
  ) {
    work = StreamWork(limits: limits)
    closed = ClosedConnections(limit: limits.closedConnections)
    self.serverPorts = serverPorts.sorted()
    self.keepsFlows = keepsFlows
    self.seed = seed
  }

  /// Connections that are open or wait for tail packets.
  public var openConnections: Int { liveCount }

  /// Memory that out-of-order segments take, in bytes, bookkeeping included.
  public var heldBytes: Int { work.heldCost }

  /// What was cut short or dropped for the limits.
  public var limited: StreamLimitCounts { work.counts }

  /// Takes one segment, decoded from `bytes`. Pull the events before the next call.
  public mutating func receive(_ segment: TCPSegment, in bytes: Span<UInt8>, frame: FrameDescriptor) {
    if case .bytes(let id, from: let peer) = takeAtOnce(segment, in: bytes, frame: frame) {
      work.events.bytes(id, from: peer, segment.payload)
    }
  }

  /// The same for whoever takes very many: what most segments come to is told at once, and no event made of it. Pull the
  /// events before the next call where there may be some.
  public mutating func takeAtOnce(
    _ segment: TCPSegment, in bytes: Span<UInt8>, frame: FrameDescriptor
  ) -> SegmentOutcome {
    if work.events.ended != nil { letGo() }
    work.clock.observe(frame.time)
    guard segment.payload.lowerBound >= 0, segment.payload.upperBound <= bytes.count,
      segment.payloadLength >= segment.payload.count, segment.payloadLength <= ConnectionTable.largestPayload
    else { return .events }
    let key = FlowKey(source: segment.source, destination: segment.destination)
    let hash = UInt32(truncatingIfNeeded: key.hash(seed: seed))
    if let slot = index.slot(of: hash, where: { slots[$0].key == key }) {
      if keepsFlows {
        receiveCounted(segment, in: bytes, frame: frame, slot: slot, key, hash)
        return .events
      }
      switch slots[slot].takeInStep(segment, in: bytes, frame: frame, &work) {
      case .unusual:
        receive(segment, in: bytes, frame: frame, slot: slot, key, hash)
      case .nothing:
        if work.events.isEmpty, timers.nextDue > work.now { return .nothing }
      case .bytes(let peer):
        let id = ConnectionID(slot: slot)
        if work.events.isEmpty, timers.nextDue > work.now { return .bytes(id, from: peer) }
        work.events.bytes(id, from: peer, segment.payload)
      }
    } else if !closed.hasStraggler(segment, key, hash, now: work.now) {
      open(segment, in: bytes, frame: frame, key, hash)
    }
    return .events
  }

  /// Takes an ICMP error for the connection that it quotes a segment of, if there is one that believes it.
  public mutating func receive(_ error: ICMPError, frame: FrameDescriptor) {
    if work.events.ended != nil { letGo() }
    let key = FlowKey(source: error.source, destination: error.destination)
    let hash = UInt32(truncatingIfNeeded: key.hash(seed: seed))
    if let slot = index.slot(of: hash, where: { slots[$0].key == key }) {
      slots[slot].receive(error, frame: frame, work.limits)
    }
  }

  /// The next event; nil when there is none until the next segment. Ranges of `.bytes` are into the span given to the last
  /// `receive`.
  public mutating func nextEvent() -> StreamEvent? {
    if work.events.ended != nil { letGo() }
    while true {
      if !work.events.isEmpty { return work.events.popFirst() }
      if timers.nextDue <= work.now, fireTimer() { continue }
      guard let slot = finishing, slot < slots.count else { return nil }
      finishing = slot + 1
      switch slots[slot].life.phase {
      case .open, .ending: close(slot, .captureEnd, remember: false)
      case .closed, .free: break
      }
    }
  }

  /// Packet time passed without a segment: other traffic, or the clock of a live capture. Connections that have waited too
  /// long give events by `nextEvent`.
  public mutating func advance(to time: CaptureTime) {
    letGo()
    work.clock.observe(time)
  }

  /// The capture has ended: everything that waits is handed up, with gaps, and every connection is closed, by `nextEvent`.
  public mutating func finish() {
    letGo()
    finishing = 0
  }

  /// What is known of a connection that is in the table.
  ///
  /// Mutating although it changes nothing, as the other looks at one connection are: so it is read where it lies.
  public mutating func facts(of id: ConnectionID) -> ConnectionFacts {
    slots[id.slot].facts(
      now: work.now, flow: keepsFlows && accounts.indices.contains(id.slot) ? accounts[id.slot] : nil)
  }

  /// What is known of a connection with its first frame: its ends, that frame and how it began. Nothing is counted in it.
  public mutating func firstFacts(of id: ConnectionID) -> ConnectionFacts {
    slots[id.slot].firstFacts()
  }

  /// The last frame of a connection that is in the table.
  public mutating func lastFrame(of id: ConnectionID) -> FrameDescriptor {
    slots[id.slot].lastFrame()
  }

  /// The sequence number of the first byte of `peer`'s stream; nil when no segment has told it.
  public mutating func firstSequence(of id: ConnectionID, from peer: Peer) -> UInt32? {
    slots[id.slot].firstSequence(of: peer)
  }

  /// How many bytes of `peer`'s stream the other side has acknowledged, counted from its first captured byte.
  public mutating func acknowledgedBytes(of id: ConnectionID, from peer: Peer) -> Int {
    slots[id.slot].progress(of: peer).acknowledged
  }

  /// How many bytes of `peer`'s stream were handed up or were gaps, counted from its first captured byte.
  public mutating func deliveredBytes(of id: ConnectionID, from peer: Peer) -> Int {
    slots[id.slot].progress(of: peer).delivered
  }

  /// The connection is of no interest: from now on it gives no event but `.closed`, holds nothing, and its segments cost
  /// little more than finding it. Its counts stay as they are, but for packets.
  public mutating func ignore(_ id: ConnectionID) {
    guard id.slot < slots.count else { return }
    slots[id.slot].life.isIgnored = true
    slots[id.slot].leaveStep()
    slots[id.slot].dropHeld(&work)
    slots[id.slot].client.waiting = nil
    slots[id.slot].server.waiting = nil
    work.events.drop(id)
  }

  /// Jumbograms (RFC 2675) aside, which no path carries.
  private static let largestPayload = 1 << 20
}

extension ConnectionTable {
  /// Takes a segment of a connection, and keeps account of it where it is counted.
  private mutating func receiveCounted(
    _ segment: TCPSegment, in bytes: Span<UInt8>, frame: FrameDescriptor, slot: Int, _ key: FlowKey, _ hash: UInt32
  ) {
    let generation = slots[slot].generation
    let peer = slots[slot].sender(of: segment)
    let before = slots[slot].standing(of: peer).counts
    switch slots[slot].takeInStep(segment, in: bytes, frame: frame, &work) {
    case .unusual: receive(segment, in: bytes, frame: frame, slot: slot, key, hash)
    case .nothing: break
    case .bytes(let peer): work.events.bytes(ConnectionID(slot: slot), from: peer, segment.payload)
    }
    // Where it opened another connection, that one has counted it.
    if slots[slot].generation == generation { account(segment, from: peer, frame, slot, before: before) }
  }

  private mutating func account(
    _ segment: TCPSegment, from peer: Peer, _ frame: FrameDescriptor, _ slot: Int, before: DirectionFacts
  ) {
    let (counts, hole) = slots[slot].standing(of: peer)
    guard counts.packets > before.packets, accounts.indices.contains(slot) else { return }
    accounts[slot].add(
      segment, from: peer, frame,
      FlowAccount.Effect(
        isCorrupt: counts.badChecksums > before.badChecksums, retransmissions: counts.retransmittedSegments,
        isRetransmission: counts.retransmittedSegments > before.retransmittedSegments, hole: hole))
  }

  /// Takes a segment that is not in step, of which a short connection has several.
  @inline(always)
  private mutating func receive(
    _ segment: TCPSegment, in bytes: Span<UInt8>, frame: FrameDescriptor, slot: Int, _ key: FlowKey, _ hash: UInt32
  ) {
    switch slots[slot].meet(segment, now: work.now, idleTimeout: work.limits.idleTimeout) {
    case .part(let peer):
      if slots[slot].receive(segment, from: peer, in: bytes, frame: frame, &work) { setTimers(slot) }
    case .straggler: return
    case .tooLate: close(slot, .timeout, remember: true)
    case .successor:
      close(slot, .timeout, remember: false)
      open(segment, in: bytes, frame: frame, key, hash)
    }
    while work.heldCost > work.limits.heldBytes, let oldest = timers.holders.popFirst() {
      flush(oldest)
    }
  }

  private mutating func open(
    _ segment: TCPSegment, in bytes: Span<UInt8>, frame: FrameDescriptor, _ key: FlowKey, _ hash: UInt32
  ) {
    let isSYN = segment.flags.hasSYN
    guard !segment.flags.hasRST, isSYN || segment.payloadLength > 0 else { return }
    makeRoom()
    timers.removeStale(in: slots)
    let sourceIsClient = isSYN ? !segment.flags.hasACK : guessClient(segment)
    let slot = slots.next()
    generation &+= 1
    let opening: ConnectionFacts.Opening =
      !isSYN ? .midstream : segment.flags.hasACK ? .handshake : .unanswered
    slots.place(
      Connection(
        id: ConnectionID(slot: slot), key: key, hash: hash, generation: generation,
        clientIsLow: key.isLow(segment.source) == sourceIsClient,
        life: ConnectionLife(opening: opening, frame: frame), lastSeen: work.now),
      at: slot)
    index.insert(hash: hash, slot: slot)
    liveCount += 1
    if opening == .unanswered {
      timers.append(.halfOpen, slot: slot, generation: generation, due: work.now + work.limits.handshakeTimeout)
    } else {
      timers.append(.idle, slot: slot, generation: generation, due: work.now + idleCheck)
    }
    work.events.opened(ConnectionID(slot: slot))
    if keepsFlows {
      while accounts.count <= slot { accounts.append(FlowAccount()) }
      accounts[slot] = FlowAccount()
      if slots[slot].receive(segment, from: sourceIsClient ? .client : .server, in: bytes, frame: frame, &work) {
        setTimers(slot)
      }
      account(segment, from: sourceIsClient ? .client : .server, frame, slot, before: DirectionFacts())
      return
    }
    if slots[slot].receive(segment, from: sourceIsClient ? .client : .server, in: bytes, frame: frame, &work) {
      setTimers(slot)
    }
  }

  private func guessClient(_ segment: TCPSegment) -> Bool {
    let toServerPort = serverPorts.contains(segment.destination.port)
    let fromServerPort = serverPorts.contains(segment.source.port)
    if toServerPort != fromServerPort { return toServerPort }
    return segment.destination.port <= segment.source.port
  }

  private mutating func close(_ slot: Int, _ reason: ConnectionFacts.Closing, remember: Bool) {
    slots[slot].end(reason, &work)
    liveCount -= 1
    index.remove(hash: slots[slot].hash, slot: slot)
    slots[slot].life.isRemembered = remember
  }

  /// A connection whose end was told leaves its slot; its endpoints may be remembered for a while.
  private mutating func letGo() {
    guard let slot = work.events.ended.take()?.slot else { return }
    if slots[slot].life.isRemembered {
      let remembered = slots[slot].closed(until: work.now + work.limits.closedMemory)
      if closed.remember(remembered, now: work.now) { work.counts.closedForgotten += 1 }
    }
    slots.release(slot)
  }
}

// MARK: - What time and limits do

extension ConnectionTable {
  /// How often a connection is looked at for silence. Deadlines that are always the same span ahead stay in order.
  private var idleCheck: Int64 { work.limits.idleTimeout / 4 }

  private mutating func setTimers(_ slot: Int) {
    let generation = slots[slot].generation
    if case .ending(let until) = slots[slot].life.phase {
      if until <= work.now {
        close(slot, .timeout, remember: true)
        return
      }
      let soon = work.now + work.limits.tail
      if slots[slot].isWhollyClosed, soon < until, !slots[slot].life.isAwaitingTail {
        slots[slot].life.phase = .ending(until: soon)
        slots[slot].life.isAwaitingTail = true
        timers.append(.tail, slot: slot, generation: generation, due: soon)
      } else if !slots[slot].life.isAwaitingLinger, !slots[slot].life.isAwaitingTail {
        slots[slot].life.isAwaitingLinger = true
        timers.append(.linger, slot: slot, generation: generation, due: until)
      }
    }
    if !slots[slot].life.isAwaitingPatience {
      let deadline = slots[slot].deadline(work.limits)
      if deadline != .max {
        slots[slot].life.isAwaitingPatience = true
        timers.append(
          .patience, slot: slot, generation: generation, due: min(deadline, work.now + work.limits.patience))
      }
    }
    if slots[slot].heldCost > 0, !slots[slot].life.isQueuedAsHolder {
      slots[slot].life.isQueuedAsHolder = true
      timers.append(.holders, slot: slot, generation: generation, due: 0)
    }
  }

  /// Fires the deadline that is due. Returns false when none is.
  private mutating func fireTimer() -> Bool {
    defer { timers.lookAgain() }
    if timers.linger.nextDue <= work.now, let entry = timers.linger.popFirst() {
      lingered(entry)
    } else if timers.tail.nextDue <= work.now, let entry = timers.tail.popFirst() {
      lingered(entry)
    } else if timers.patience.nextDue <= work.now, let entry = timers.patience.popFirst() {
      patienceEnded(entry)
    } else if timers.halfOpen.nextDue <= work.now, let entry = timers.halfOpen.popFirst() {
      stillHalfOpen(entry)
    } else if timers.idle.nextDue <= work.now, let entry = timers.idle.popFirst() {
      stillIdle(entry)
    } else {
      return false
    }
    return true
  }

  private mutating func lingered(_ entry: TimerQueue.Entry) {
    let slot = Int(entry.slot)
    guard slots.isCurrent(entry) else { return }
    slots[slot].life.isAwaitingLinger = false
    slots[slot].life.isAwaitingTail = false
    guard case .ending(let until) = slots[slot].life.phase else { return }
    if until <= work.now {
      close(slot, .timeout, remember: true)
    } else {
      slots[slot].life.isAwaitingLinger = true
      timers.append(.linger, slot: slot, generation: entry.generation, due: until)
    }
  }

  private mutating func patienceEnded(_ entry: TimerQueue.Entry) {
    let slot = Int(entry.slot)
    guard slots.isCurrent(entry) else { return }
    slots[slot].life.isAwaitingPatience = false
    guard slots[slot].life.phase != .closed else { return }
    if slots[slot].deadline(work.limits) <= work.now { slots[slot].timePassed(&work) }
    setTimers(slot)
  }

  private mutating func stillHalfOpen(_ entry: TimerQueue.Entry) {
    let slot = Int(entry.slot)
    if slots.isCurrent(entry), slots[slot].isHalfOpen {
      close(slot, .timeout, remember: false)
    } else {
      // One whose end was seen too: that may be undone.
      stillIdle(entry)
    }
  }

  private mutating func stillIdle(_ entry: TimerQueue.Entry) {
    let slot = Int(entry.slot)
    guard slots.isCurrent(entry), slots[slot].life.phase != .closed else { return }
    if work.now - slots[slot].lastSeen >= work.limits.idleTimeout {
      close(slot, .timeout, remember: false)
    } else {
      timers.append(.idle, slot: slot, generation: entry.generation, due: work.now + idleCheck)
    }
  }

  private mutating func flush(_ entry: TimerQueue.Entry) {
    let slot = Int(entry.slot)
    guard slots.isCurrent(entry), slots[slot].life.phase != .closed else { return }
    slots[slot].life.isQueuedAsHolder = false
    slots[slot].flush(&work)
    setTimers(slot)
  }

  /// Closes a connection if there are too many: half-open ones first, as a flood of SYNs makes them, then whichever was
  /// silent since it was last looked at.
  private mutating func makeRoom() {
    guard liveCount >= work.limits.connections else { return }
    while let entry = timers.halfOpen.popFirst() {
      let slot = Int(entry.slot)
      guard slots.isCurrent(entry), slots[slot].life.phase != .closed else { continue }
      if slots[slot].isHalfOpen {
        evict(slot)
        return
      }
      timers.append(.idle, slot: slot, generation: entry.generation, due: work.now + idleCheck)
    }
    var spared = 0
    while let entry = timers.idle.popFirst() {
      let slot = Int(entry.slot)
      guard slots.isCurrent(entry), slots[slot].life.phase != .closed else { continue }
      let lookedAt = entry.due - idleCheck
      if slots[slot].lastSeen > lookedAt, spared < ConnectionTable.mostSpared {
        spared += 1
        timers.append(.idle, slot: slot, generation: entry.generation, due: work.now + idleCheck)
        continue
      }
      evict(slot)
      return
    }
  }

  private mutating func evict(_ slot: Int) {
    work.counts.evictedConnections += 1
    close(slot, .timeout, remember: false)
  }

  /// How many connections that are in use are passed over for one new one.
  private static let mostSpared = 8
}
