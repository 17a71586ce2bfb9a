internal import Reports
internal import SMTPAnalysis
internal import TCPStreams
internal import Wire

/// What happened to the packets of a connection, as steps of its ladder.
struct PathEvents {
  private(set) var steps: [LadderStep] = []
  private let facts: ConnectionFacts

  init(_ facts: ConnectionFacts) {
    self.facts = facts
    addOpening()
    for peer in [Peer.client, .server] {
      if let trouble = facts.path(of: peer).trouble { add(trouble, of: peer) }
    }
    for error in facts.errors {
      let limit = error.nextHopMTU.map { ", \($0) bytes at most" } ?? ""
      let times = error.count > 1 ? ", \(Quantity.grouped(error.count)) times" : ""
      steps.append(
        LadderStep(
          .trouble, at: error.frame.time, frame: error.frame.number,
          "\(error.name) from \(error.reporter)\(limit), about a packet of the \(error.about.word)\(times)"))
    }
    addClosing()
  }

  private mutating func addOpening() {
    let (start, frame) = (facts.firstFrame.time, facts.firstFrame.number)
    var step =
      switch facts.opening {
      case .handshake:
        LadderStep(
          .note, at: start, frame: frame,
          facts.handshakeDuration.map { "TCP connection made in \(Quantity.duration($0))" } ?? "TCP connection made")
      case .midstream: LadderStep(.note, at: start, frame: frame, "the capture begins in the middle of the connection")
      case .refused: LadderStep(.broken, from: .client, at: start, frame: frame, "SYN, answered by a reset")
      case .unanswered:
        LadderStep(
          .broken, from: .client, at: start, frame: frame,
          facts.clientToServer.packets > 1
            ? "SYN, sent \(Quantity.grouped(facts.clientToServer.packets)) times and never answered"
            : "SYN, never answered")
      }
    step.isOpening = true
    steps.append(step)
  }

  private mutating func addClosing() {
    let last = facts.lastFrame
    switch facts.closing {
    case .reset(let peer) where facts.path(of: peer).trouble?.reset == nil:
      guard facts.opening != .refused else { return }
      steps.append(LadderStep(.broken, from: peer, at: last.time, frame: last.number, "RST: the \(peer.word) resets"))
    case .finished, .reset: break
    case .timeout, .captureEnd, nil:
      let silent = facts.silence.afterwards
      let words =
        silent >= 1_000_000_000
        ? "no packet more; the capture went on for \(Quantity.duration(silent))" : "the capture ends here"
      steps.append(LadderStep(.note, at: last.time.advanced(byNanoseconds: max(0, silent)), words))
    }
  }

  // MARK: The troubles of one side

  private mutating func add(_ trouble: PathTrouble, of peer: Peer) {
    let stalls = [trouble.longestPastStall, trouble.stall].compactMap(\.self).filter { $0.repeats > 0 }
    for stall in stalls { add(stall, of: peer) }
    if let first = trouble.firstRepeat, !stalls.contains(where: { $0.begin.number == first.number }) {
      addRepeats(trouble, first, of: peer)
    }
    if let first = trouble.needless.first, first.number != trouble.firstRepeat?.number {
      let count = Quantity.count(trouble.needless.count, "segment")
      steps.append(
        LadderStep(
          .trouble, from: peer, at: first.time, frame: first.number, to: trouble.needless.last?.number,
          "\(count) sent again by the \(peer.word) although acknowledged before"))
    }
    for closure in [trouble.longestPastClosure, trouble.closure].compactMap(\.self) { add(closure, of: peer) }
    if let frame = trouble.contradiction {
      steps.append(
        LadderStep(
          .trouble, from: peer, at: frame.time, frame: frame.number,
          "sent again with other content: \(Quantity.count(trouble.contradictedBytes, "byte"))"))
    }
    if let reset = trouble.reset { add(reset, of: peer) }
  }

  private mutating func add(_ stall: StallFacts, of peer: Peer) {
    let size = stall.size > 0 ? "\(Quantity.count(stall.size, "byte")) " : "the end of the stream "
    var text =
      "\(size)sent \(Quantity.count(stall.transmissions, "time")) by the \(peer.word) within \(Quantity.duration(stall.duration))"
    if stall.dontFragment, stall.size > 0 { text += ", “don’t fragment” set" }
    text += stall.isOpen ? "; never acknowledged" : "; then acknowledged"
    var step = LadderStep(
      stall.isOpen ? .broken : .trouble, from: peer, at: stall.begin.time, frame: stall.begin.number,
      to: stall.end.number == stall.begin.number ? nil : stall.end.number, text)
    step.until = stall.end.time
    steps.append(step)
  }

  private mutating func addRepeats(_ trouble: PathTrouble, _ first: FrameDescriptor, of peer: Peer) {
    let sent = facts[peer]
    let count = max(1, sent.retransmittedSegments)
    var text = "\(Quantity.count(count, "segment")) sent again by the \(peer.word)"
    if sent.retransmittedBytes > 0 { text += ", \(Quantity.size(sent.retransmittedBytes))" }
    if trouble.needless.first?.number == first.number {
      text += trouble.needless.count >= count ? ", acknowledged before" : ", some of it acknowledged before"
    }
    if trouble.waited > 0 { text += ", after waiting \(Quantity.duration(trouble.waited)) in all" }
    let last = trouble.lastRepeat.flatMap { $0.number == first.number ? nil : $0.number }
    steps.append(LadderStep(.trouble, from: peer, at: first.time, frame: first.number, to: last, text))
  }

  private mutating func add(_ closure: WindowClosure, of peer: Peer) {
    var text = "the \(peer.word) takes no more (zero window) for \(Quantity.duration(closure.duration))"
    if closure.answers > 0 { text += ", probed \(Quantity.count(closure.answers, "time"))" }
    if closure.isOpen { text += ", and never opens again" }
    var step = LadderStep(
      .trouble, from: peer, at: closure.begin.time, frame: closure.begin.number,
      to: closure.last.number == closure.begin.number ? nil : closure.last.number, text)
    step.until = closure.last.time
    steps.append(step)
  }

  private mutating func add(_ reset: ResetFacts, of peer: Peer) {
    guard facts.opening != .refused else { return }
    let times = reset.count > 1 ? ", \(Quantity.grouped(reset.count)) times" : ""
    steps.append(
      LadderStep(
        .broken, from: peer, at: reset.frame.time, frame: reset.frame.number,
        "RST: the \(peer.word) resets\(times) (time to live \(reset.timeToLive))"))
  }
}

extension Peer {
  /// As a sentence calls it.
  var word: String { self == .client ? "client" : "server" }
}
