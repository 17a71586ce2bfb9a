// SMTPAnalysis: streams meet the dialogue. Frames go in; what became of each mail comes out, session by session.

internal import PacketDecoding
internal import SMTPDialogue
internal import TCPStreams
package import Wire

/// Reads frames and gives the record of each mail session when it has ended.
///
/// It does no I/O and knows no clock but the frames' times. Feed `receive` with every frame in order, take what has ended
/// from `nextSession` after each, call `finish` once at the end and take the rest.
package struct Analyzer: ~Copyable {
  private let options: AnalysisOptions
  private let output: (any MessageOutput)?
  private let mailPorts: [UInt16]
  private var decoder = PacketDecoder()
  private var connections: ConnectionTable
  /// What each slot of the connection table is used for.
  private var uses: [Use] = []
  private var sessions: MailSessionSlots
  private var candidates: [Candidate?] = []
  private var freeCandidates: [Int] = []
  private var numbering: SessionNumbering
  /// Ended, in the order of their ends; the first waits for its number.
  private var ended: [(order: Int, session: Session)] = []
  private var endedHead = 0
  private var now = CaptureTime(nanoseconds: 0)
  private var firstTime: CaptureTime?
  private var lastTime = CaptureTime(nanoseconds: .min)
  private var packets = 0
  private var mailPackets = 0
  /// Link-layer types that cannot be read, each once a file, with the first frame of that type.
  package private(set) var unknownLinks: [(type: LinkType, frame: FrameDescriptor)] = []
  /// The counts so far.
  package private(set) var summary = AnalysisSummary()

  private enum Use {
    case none
    case ignored
    case candidate(Int)
    case mail(Int)
  }

  /// A connection on another port that has not said yet whether it carries mail.
  private struct Candidate {
    var order: Int
    var recognizer: Recognizer
  }

  /// - Parameter output: Takes the messages as they pass; nil where none are extracted.
  package init(options: AnalysisOptions = AnalysisOptions(), output: (any MessageOutput)? = nil) {
    self.options = options
    self.output = output
    mailPorts = options.mailPorts
    sessions = MailSessionSlots(options: options)
    connections = ConnectionTable(serverPorts: options.mailPorts)
    numbering = SessionNumbering(patience: options.limits.numberingPatience)
  }

  /// Takes the next frame of the capture.
  package mutating func receive(_ frame: Span<UInt8>, descriptor: FrameDescriptor) {
    packets += 1
    now = descriptor.time
    if firstTime == nil { firstTime = now }
    if lastTime < now { lastTime = now }
    switch decoder.decode(frame, descriptor: descriptor) {
    case .segment(let segment):
      take(segment, in: frame, descriptor)
    case .reassembledSegment(let segment, let bytes):
      take(segment, in: bytes.span, descriptor)
    case .malformed(.unknownLinkType(let type)):
      let isKnown = unknownLinks.contains { $0.frame.file == descriptor.file && $0.type == type }
      if !isKnown, unknownLinks.count < options.limits.unknownLinks { unknownLinks.append((type, descriptor)) }
    case .icmpError, .fragment, .other, .malformed:
      break
    }
  }

  /// The capture is over: everything that is open ends.
  package mutating func finish() {
    connections.finish()
    let nothing: [UInt8] = []
    while let event = connections.nextEvent() { take(event, in: nothing.span, nil) }
    now = CaptureTime(nanoseconds: .max)
    summary.packetsNotSMTP = packets - mailPackets
    summary.duration = firstTime.map { lastTime.nanoseconds(since: $0) } ?? 0
    summary.limited.evictedConnections = connections.limited.evictedConnections
    summary.limited.droppedBytes = connections.limited.strayBytes
  }

  /// Whether `nextSession` may have something to give: a glance for the common packet, which ends nothing.
  package private(set) var hasEndedSessions = false

  /// The next session that has ended; nil when there is none yet.
  package mutating func nextSession() -> Session? {
    guard endedHead < ended.count else { return nil }
    guard let number = numbering.number(of: ended[endedHead].order, at: now) else { return nil }
    var session = ended[endedHead].session
    session.id = number
    endedHead += 1
    if endedHead == ended.count || endedHead > 1024 {
      ended.removeFirst(endedHead)
      endedHead = 0
    }
    hasEndedSessions = !ended.isEmpty
    return session
  }

  // MARK: Streams

  private mutating func take(_ segment: TCPSegment, in bytes: Span<UInt8>, _ descriptor: FrameDescriptor) {
    connections.receive(segment, in: bytes, frame: descriptor)
    while let event = connections.nextEvent() { take(event, in: bytes, descriptor) }
  }

  @inline(__always)
  private mutating func take(_ event: consuming StreamEvent, in bytes: Span<UInt8>, _ descriptor: FrameDescriptor?) {
    switch event {
    case .opened(let id):
      open(id)
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
        sessions[index].missing(count, from: peer, at: moment)
      case .candidate(let index): dismiss(index, id)  // what would tell may be in the hole; nothing is made up
      case .none, .ignored: break
      }
    case .finished(let id, from: let peer):
      guard case .mail(let index) = uses[id.slot] else { return }
      let moment = moment(of: id)
      sessions[index].finish(from: peer, at: moment)
    case .closed(let id):
      close(id)
    }
  }

  private mutating func moment(of id: ConnectionID) -> Moment {
    let frame = connections.lastFrame(of: id)
    return Moment(time: frame.time, frame: frame.number)
  }

  private mutating func open(_ id: ConnectionID) {
    while uses.count <= id.slot { uses.append(.none) }
    let facts = connections.facts(of: id)
    let isMail = mailPorts.contains(facts.server.port)
    if isMail {
      let order = numbering.open(at: now, isMail: true)
      uses[id.slot] = .mail(sessions.add(MailSession(order: order, facts: facts, options: options, output: output)))
    } else if options.recognizesAnyPort {
      let order = numbering.open(at: now, isMail: false)
      let recognizer = Recognizer(isMailPort: false, sawOpening: facts.opening != .midstream)
      let candidate = Candidate(order: order, recognizer: recognizer)
      if let index = freeCandidates.popLast() {
        candidates[index] = candidate
        uses[id.slot] = .candidate(index)
      } else {
        candidates.append(candidate)
        uses[id.slot] = .candidate(candidates.count - 1)
      }
    } else {
      uses[id.slot] = .ignored
      connections.ignore(id)
    }
  }

  private mutating func receive(_ bytes: Span<UInt8>, of id: ConnectionID, from peer: Peer, at moment: Moment) {
    switch uses[id.slot] {
    case .mail(let index):
      sessions[index].receive(bytes, from: peer, at: moment)
    case .candidate(let index):
      switch candidates[index]?.recognizer.receive(bytes, from: peer, at: moment) {
      case .mail(let preamble, let sidesAreSwapped):
        guard let candidate = candidates[index] else { return }
        numbering.decide(candidate.order, isMail: true)
        var session = MailSession(
          order: candidate.order, facts: connections.facts(of: id), options: options, output: output)
        session.begin(with: candidate.recognizer, preamble: preamble, sidesAreSwapped: sidesAreSwapped)
        candidates[index] = nil
        freeCandidates.append(index)
        uses[id.slot] = .mail(sessions.add(session))
      case .notMail:
        dismiss(index, id)
      case .undecided, nil:
        break
      }
    case .none, .ignored:
      break
    }
  }

  private mutating func dismiss(_ index: Int, _ id: ConnectionID) {
    guard let candidate = candidates[index] else { return }
    numbering.decide(candidate.order, isMail: false)
    candidates[index] = nil
    freeCandidates.append(index)
    uses[id.slot] = .ignored
    connections.ignore(id)
  }

  private mutating func close(_ id: ConnectionID) {
    switch uses[id.slot] {
    case .mail(let index):
      let facts = connections.facts(of: id)
      let record = sessions[index].end(
        with: facts,
        acknowledged: (
          connections.acknowledgedBytes(of: id, from: .client) >= connections.deliveredBytes(of: id, from: .client),
          connections.acknowledgedBytes(of: id, from: .server) >= connections.deliveredBytes(of: id, from: .server)
        ))
      count(record)
      ended.append((sessions[index].order, record))
      hasEndedSessions = true
      sessions.release(index)
    case .candidate(let index):
      guard let candidate = candidates[index] else { break }
      numbering.decide(candidate.order, isMail: false)
      candidates[index] = nil
      freeCandidates.append(index)
    case .none, .ignored:
      break
    }
    uses[id.slot] = .none
  }

  private mutating func count(_ session: Session) {
    summary.count(session)
    mailPackets += session.connection.clientToServer.capturedPackets + session.connection.serverToClient.capturedPackets
  }
}

extension DirectionFacts {
  /// Every frame of this side, those that were not used too.
  var capturedPackets: Int { packets + duplicateFrames }
}
