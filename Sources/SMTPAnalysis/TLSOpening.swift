internal import SMTPDialogue
internal import TLSHandshake
internal import Wire

/// Tells by what is said inside TLS whether a connection on any port carries mail, where there are secrets for it.
struct TLSOpening {
  private let tls: SessionTLS
  private var recognizer = Recognizer(isMailPort: false, sawOpening: true)
  /// What came so far, to be read again by the session that it may become.
  private(set) var kept: [Recognizer.Kept] = []
  private var keptBytes = 0

  /// Bytes kept of both sides: two hellos with their certificates, and the first words.
  private static let limit = 65_536

  /// nil where the first bytes are no TLS, or there are no secrets.
  init?(_ first: [Recognizer.Kept], secrets: TLSSecrets?) {
    guard let secrets, secrets.mayServe, let client = first.first, client.peer == .client,
      TLSSigns.looksLikeRecord(client.bytes.span)
    else { return nil }
    tls = SessionTLS(secrets: secrets)
    for run in first {
      if case .notMail = receive(run.bytes.span, from: run.peer, at: run.moment) { return nil }
    }
  }

  /// Takes the next bytes of one side, and keeps them.
  mutating func receive(_ bytes: Span<UInt8>, from peer: Peer, at moment: Moment) -> Recognizer.Verdict {
    kept.append(Recognizer.Kept(peer: peer, bytes: Array(bytes), moment: moment))
    keptBytes += bytes.count
    tls.conversation.receive(bytes, from: peer, at: Handshake.Place(frame: moment.frame, time: moment.time))
    for content in tls.conversation.takeContents() {
      guard case .bytes(let said, from: let peer, _) = content else { return .notMail }
      let verdict = recognizer.receive(said.span, from: peer, at: moment)
      if verdict != .undecided { return verdict }
    }
    return tls.conversation.isClosedToUs || keptBytes > TLSOpening.limit ? .notMail : .undecided
  }
}
