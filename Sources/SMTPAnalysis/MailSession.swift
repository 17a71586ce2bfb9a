internal import PeerCertificates
internal import SMTPDialogue
internal import TCPStreams
internal import TLSHandshake
internal import Wire

/// One mail connection while it lasts: its dialogue, and the record that grows from it.
struct MailSession {
  /// The place of its first frame among all frames of the run.
  let ordinal: Int
  private var recorder: SessionRecorder
  private var dialogue: Dialogue
  private var opening: Opening
  /// The capture began late and the ports were guessed the wrong way round.
  private var sidesAreSwapped = false
  /// What the client said first, at most sixteen bytes.
  private var firstClientBytes: [UInt8] = []
  /// They are missing from the capture.
  private var lacksFirstClientBytes = false
  /// What was said first inside TLS could not be decrypted.
  private var lacksOpeningInside = false

  private enum Opening {
    /// The client has spoken first; a preamble may stand before the dialogue.
    case recognizing(Recognizer)
    /// Nothing was said yet.
    case silent
    case speaking(Preamble?)
  }

  /// Takes what a recogniser kept of a connection that turned out to carry mail.
  mutating func begin(with recognizer: consuming Recognizer, preamble: Preamble?, sidesAreSwapped: Bool) {
    var recognizer = recognizer
    opening = .speaking(preamble)
    self.sidesAreSwapped = sidesAreSwapped
    for run in recognizer.takeKept(behind: preamble) {
      speak(run.bytes.span, from: run.peer, at: run.moment)
    }
  }

  mutating func receive(_ bytes: Span<UInt8>, from peer: Peer, at moment: Moment) {
    switch opening {
    case .speaking:
      speak(bytes, from: peer, at: moment)
    case .silent where peer == .server:
      opening = .speaking(nil)
      speak(bytes, from: peer, at: moment)
    case .silent:
      recognize(with: Recognizer(isMailPort: true, sawOpening: true), bytes, from: peer, at: moment)
    case .recognizing(let recognizer):
      recognize(with: recognizer, bytes, from: peer, at: moment)
    }
  }

  private mutating func recognize(
    with recognizer: Recognizer, _ bytes: Span<UInt8>, from peer: Peer, at moment: Moment
  ) {
    var recognizer = recognizer
    opening = .silent
    switch recognizer.receive(bytes, from: peer, at: moment) {
    case .undecided: opening = .recognizing(recognizer)
    case .mail(let preamble, _): begin(with: recognizer, preamble: preamble, sidesAreSwapped: false)
    case .notMail: begin(with: recognizer, preamble: nil, sidesAreSwapped: false)
    }
  }

  mutating func missing(_ count: Int, from peer: Peer, at moment: Moment) {
    settleOpening()
    if side(peer) == .client, firstClientBytes.isEmpty { lacksFirstClientBytes = true }
    dialogue.missing(count, from: side(peer), at: moment, into: &recorder[hearing: side(peer)])
    if recorder.tlsInSession != nil { hearInside() }
  }

  mutating func finish(from peer: Peer, at moment: Moment) {
    settleOpening()
    dialogue.finish(from: side(peer), at: moment, into: &recorder[hearing: side(peer)])
    recorder.closed(from: side(peer), at: moment)
  }

  /// The connection is over: the record of it.
  mutating func end(
    with facts: consuming ConnectionFacts, acknowledged: (client: Bool, server: Bool), certificates: CertificateStore
  ) -> ShardLog.Ending {
    settleOpening()
    let moment = Moment(time: facts.lastFrame.time, frame: facts.lastFrame.number)
    settleInside(at: moment)
    dialogue.end(at: moment, into: &recorder)
    if sidesAreSwapped { facts = facts.swapped }
    recorder.attachMessages()
    // Where a side or what is behind a snap length was not captured, the handshake may have gone on unseen.
    let isWhole =
      facts.opening == .handshake && facts.clientToServer.isWhollyThere && facts.serverToClient.isWhollyThere
    // What is missing and was never acknowledged the other side does not have either: it waited for it in vain.
    let missing = facts.clientToServer.missingBytes + facts.serverToClient.missingBytes
    let neverArrived =
      facts.isTroubled
      ? (facts.clientPath.trouble?.unconfirmedGaps ?? 0) + (facts.serverPath.trouble?.unconfirmedGaps ?? 0) : 0
    recorder.settleTLS(
      wasClosed: facts.closing != .captureEnd && isWhole, holesAreLoss: neverArrived > 0 && neverArrived >= missing,
      certificates: certificates)
    let end = TransactionDraft.ConnectionEnd(
      closing: facts.closing ?? .captureEnd,
      isOneSided: facts.isOneSided,
      hasHoles: recorder.gaps.client > 0 || recorder.gaps.server > 0,
      leftUnacknowledged: !(sidesAreSwapped ? acknowledged.server : acknowledged.client), isDead: facts.isDead)
    return ShardLog.Ending(
      ordinal: ordinal,
      session: recorder.session(
        facts: facts, preamble: preamble, end: end, first: (firstClientBytes, [])))
  }

  /// Whether transactions have ended since the last call of `nextEndedTransaction`.
  var hasEndedTransactions: Bool { recorder.hasEndedTransactions }

  /// The next transaction that has ended while the session goes on; nil when there is none.
  mutating func nextEndedTransaction(with facts: ConnectionFacts, certificates: CertificateStore) -> Session? {
    recorder.nextEndedTransaction(facts: sidesAreSwapped ? facts.swapped : facts, certificates: certificates)
  }

  private var preamble: Preamble? {
    if case .speaking(let preamble) = opening { preamble } else { nil }
  }

  /// What the client said first was no preamble after all, or stays one that was cut short.
  private mutating func settleOpening() {
    if case .recognizing(let recognizer) = opening {
      begin(with: recognizer, preamble: nil, sidesAreSwapped: false)
    } else if case .silent = opening {
      opening = .speaking(nil)
    }
  }

  private mutating func speak(_ bytes: Span<UInt8>, from peer: Peer, at moment: Moment) {
    if side(peer) == .client, firstClientBytes.isEmpty, !lacksFirstClientBytes {
      firstClientBytes = Array(bytes.extracting(0..<min(16, bytes.count)))
    }
    recorder.passed(bytes.count, from: side(peer), at: moment)
    dialogue.receive(bytes, from: side(peer), at: moment, into: &recorder[hearing: side(peer)])
    if recorder.tlsInSession != nil { hearInside() }
  }

  // MARK: Inside TLS

  /// Takes what was decrypted.
  private mutating func hearInside() {
    guard let tls = recorder.tlsInSession, tls.conversation.hasContents else { return }
    for content in tls.conversation.takeContents() {
      switch content {
      case .bytes(let bytes, from: let peer, let place):
        let moment = Moment(time: place.time, frame: place.frame)
        if !recorder.isInside {
          dialogue.beginInside(sawOpening: !lacksOpeningInside, into: &recorder)
          recorder.beganInside()
        }
        dialogue.receiveInside(bytes.span, from: peer, at: moment, into: &recorder[hearing: peer])
      case .missing(let count, from: let peer, let place):
        let moment = Moment(time: place.time, frame: place.frame)
        if recorder.isInside {
          dialogue.missingInside(count, from: peer, at: moment, into: &recorder[hearing: peer])
        } else {
          lacksOpeningInside = true
        }
      }
    }
  }

  /// A side that said something and cannot be heard at all said it in a hole.
  private mutating func settleInside(at moment: Moment) {
    recorder.tlsInSession?.conversation.stopWaiting()
    hearInside()
    guard recorder.isInside, let tls = recorder.tlsInSession else { return }
    for peer in Peer.allCases where !tls.conversation.hasSpoken(peer) && tls.conversation.sentData(peer) {
      dialogue.missingInside(1, from: peer, at: moment, into: &recorder)
    }
  }

  private func side(_ peer: Peer) -> Peer {
    sidesAreSwapped ? peer.other : peer
  }
}

extension MailSession {
  init(ordinal: Int, facts: borrowing ConnectionFacts, shared: ShardContext, output: (any MessageOutput)?) {
    self.init(
      ordinal: ordinal, start: facts.firstFrame.time, sawOpening: facts.opening != .midstream,
      assumesLMTP: MailSession.assumesLMTP(facts.server), shared: shared, output: output)
  }

  init(
    ordinal: Int, start: CaptureTime, sawOpening: Bool, assumesLMTP: Bool, shared: ShardContext,
    output: (any MessageOutput)?
  ) {
    self.init(
      ordinal: ordinal,
      recorder: SessionRecorder(shared: shared, output: output, assumesLMTP: assumesLMTP, start: start),
      dialogue: Dialogue(sawOpening: sawOpening, assumesLMTP: assumesLMTP), opening: .silent)
  }

  /// The port for mail of a private kind, where LMTP is usual: RFC 2033 section 5 only says that it is not 25.
  static func assumesLMTP(_ server: Endpoint) -> Bool { server.port == 24 }
}

extension ConnectionFacts {
  /// The same connection with client and server the other way round.
  var swapped: ConnectionFacts {
    var facts = self
    swap(&facts.client, &facts.server)
    swap(&facts.clientToServer, &facts.serverToClient)
    swap(&facts.clientRoundTrip, &facts.serverRoundTrip)
    for index in facts.stalls.indices { facts.stalls[index].peer = facts.stalls[index].peer.other }
    swap(&facts.clientPath, &facts.serverPath)
    facts.flow = flow?.swapped
    facts.silence.brokenBy = silence.brokenBy.other
    for index in errors.indices { facts.errors[index].about = errors[index].about.other }
    facts.closing =
      switch closing {
      case .finished(let peer): .finished(by: peer.other)
      case .reset(let peer): .reset(by: peer.other)
      case .timeout, .captureEnd, nil: closing
      }
    return facts
  }
}

extension DirectionFacts {
  /// It was captured, and no segment of it was cut.
  fileprivate var isWhollyThere: Bool { packets > 0 && clippedSegments == 0 }
}
