internal import PeerCertificates
internal import SMTPDialogue
internal import TLSHandshake
internal import Wire

// TLS and what stood where it was due: its records go to a conversation of their own.

extension SessionRecorder {
  mutating func tls(_ bytes: Span<UInt8>, from peer: Peer, at moment: Moment) {
    let tls = beginTLS()
    tls.conversation.receive(bytes, from: peer, at: Handshake.Place(frame: moment.frame, time: moment.time))
    noteEncrypted(bytes.count, from: peer, isShown: !isInside && !tls.conversation.hasContents, at: moment)
  }

  mutating func tlsMissing(_ count: Int, from peer: Peer, at moment: Moment) {
    beginTLS().conversation.skip(count, from: peer, at: Handshake.Place(frame: moment.frame, time: moment.time))
  }

  private mutating func beginTLS() -> SessionTLS {
    if let tlsInSession { return tlsInSession }
    let new = SessionTLS(secrets: options.secrets)
    tlsInSession = new
    return new
  }

  /// What both sides say inside TLS is told from now on.
  mutating func beganInside() {
    isInside = true
    if let times = tlsInSession?.conversation.times { clock.handshakeEnded(times) }
  }

  private mutating func noteEncrypted(_ count: Int, from peer: Peer, isShown: Bool, at moment: Moment) {
    if tls == nil {
      // Behind a greeting in clear, what is missing may be STARTTLS.
      let isUnseen = gaps.first != nil && greeting != nil
      tls = TLSUse(method: isUnseen ? .starttls : .implicit, outcome: .unknown, isReadable: false)
    }
    isEncrypted = true
    if isShown { show(.encrypted(bytes: count), from: peer, at: moment) }
  }

  mutating func clearBehindTLS(_ bytes: Span<UInt8>, from peer: Peer, at moment: Moment) {
    guard clearBehindTLS == nil else { return }
    let start = bytes.extracting(0..<min(Self.clearTextLimit, bytes.count))
    clearBehindTLS = SessionEvidence.ClearText(
      bytes: peer == .client ? masked(start, options: options) : Array(start), from: peer, moment: moment,
      isBehindTLS: isEncrypted)
  }

  mutating func discarded(_ bytes: Span<UInt8>, at moment: Moment) {
    guard injected == nil else { return }
    injected = (masked(bytes.extracting(0..<min(Self.clearTextLimit, bytes.count)), options: options), moment)
  }

  /// Octets of clear text kept where TLS was due: evidence, not an archive.
  static let clearTextLimit = 200

  /// What TLS came to, from the records that passed.
  ///
  /// - Parameter holesAreLoss: Whether what is missing did not get to the other side either.
  mutating func settleTLS(wasClosed: Bool, holesAreLoss: Bool = false, certificates: CertificateStore) {
    guard var use = tls.take() else { return }
    let details = tlsInSession.map { TLSDetails($0.conversation, certificates: certificates) }
    use.details = details
    defer { tls = use }
    guard use.outcome == .unknown else { return }
    if let details, details.isActive {
      use.isReadable = details.isReadable
      if details.isRefused || details.encryptedRefusal != nil {
        use.outcome = .failed
      } else if details.isEstablished || use.isReadable {
        use.outcome = .established
      } else if wasClosed, !details.hasHoles || holesAreLoss {
        use.outcome = .failed
      }
    } else if readsOnBehindTLS {
      use.outcome = .established
      use.isReadable = true
    } else if wasClosed, gaps.first == nil {
      use.outcome = .failed
    }
  }
}
