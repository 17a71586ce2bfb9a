public import Wire

// What both sides say inside TLS, where somebody decrypts it. It begins anew there (RFC 3207 section 4.2): what was said
// before is forgotten.

extension Dialogue {
  /// From now on `receiveInside` tells what both sides say; what `receive` is given are records.
  ///
  /// - Parameter sawOpening: Whether what was said first inside TLS was seen.
  public mutating func beginInside<Sink: DialogueSink & ~Copyable>(sawOpening: Bool, into sink: inout Sink) {
    while let awaited = pending.popFirst() {
      if beganWithTLS, case .greeting = awaited { continue }  // due inside
      sink.exchanged(awaited, with: nil)
    }
    var inside = Dialogue(sawOpening: sawOpening && beganWithTLS, assumesLMTP: assumesLMTP, limits: limits)
    inside.isInStep = sawOpening
    inside.messageNumber = messageNumber
    inside.isInsideTLS = true
    self = inside
  }

  /// Takes the next bytes that one side said inside TLS.
  public mutating func receiveInside<Sink: DialogueSink & ~Copyable>(
    _ bytes: Span<UInt8>, from peer: Peer, at moment: Moment, into sink: inout Sink
  ) {
    switch peer {
    case .client: receiveFromClient(bytes, at: moment, into: &sink)
    case .server: receiveFromServer(bytes, at: moment, into: &sink)
    }
  }

  /// So many bytes that one side said inside TLS cannot be seen.
  public mutating func missingInside<Sink: DialogueSink & ~Copyable>(
    _ count: Int, from peer: Peer, at moment: Moment, into sink: inout Sink
  ) {
    switch peer {
    case .client: missingFromClient(count, at: moment, into: &sink)
    case .server: missingFromServer(count, at: moment, into: &sink)
    }
  }
}
