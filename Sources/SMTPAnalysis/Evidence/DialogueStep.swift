internal import SMTPDialogue
internal import TCPStreams
internal import Wire

// Where in the dialogue the connection broke, and who left it.

extension SessionEvidence {
  var closing: ConnectionFacts.Closing { facts.closing ?? .captureEnd }

  /// What followed could be read, as far as it was captured.
  var isReadable: Bool { session.tls.map { $0.outcome == .refused || $0.isReadable || $0.isUnanswered } ?? true }

  /// How long it lasted.
  var duration: Int64 { facts.lastFrame.time.nanoseconds(since: facts.firstFrame.time) }

  /// The transaction that the end of the connection left without its outcome.
  var openDraft: TransactionDraft? {
    drafts.last { draft in
      switch draft.transaction.outcome {
      case .lost: true
      case .aborted, .unknown: draft.ending == nil
      case .accepted, .partiallyAccepted, .refused, .deferred: false
      }
    }
  }

  /// Something was still owed when it ended: a reply, the rest of a message, the greeting.
  var isUnfinished: Bool {
    if openDraft != nil { return true }
    guard !session.hasQuit else { return false }
    // What the server said last never arrived: the client waits for it still.
    if session.transactions.isEmpty, pathStall?.peer == .server { return true }
    return session.greeting == nil || !unanswered.isEmpty
  }

  /// Whether the client was there to hear a reply.
  func isHeard(_ reply: ReplyRecord) -> Bool { reply.isHeard(before: unheardSince) }

  /// When the client said QUIT because the answer to what it had sent did not come: from there on it is not heard.
  var leaveSaidInVain: Moment? {
    guard let unheardSince, let quit = exchanges.last(where: { $0.verb == .quit })?.sent,
      quit.place == unheardSince.place
    else { return nil }
    return quit
  }

  /// What the client heard no answer to, the first first.
  var unanswered: ArraySlice<Exchange> {
    let since = unheardSince
    guard let answered = exchanges.lastIndex(where: { $0.reply?.isHeard(before: since) ?? false }) else {
      return exchanges[...]
    }
    return exchanges[(answered + 1)...]
  }

  /// The step of the dialogue that stood open at the end.
  var openStep: String {
    if let tls, tls.isActive, !isReadable { return tls.isEstablished ? "the encrypted dialogue" : "the TLS handshake" }
    if let draft = openDraft, let end = draft.messageEnd {
      let verb = draft.transaction.transfer == .bdat ? "BDAT" : "DATA"
      return end == .unfinished ? verb : "the end of \(verb)"
    }
    if session.greeting == nil { return "the greeting" }
    return unanswered.first?.name ?? exchanges.last { $0.sent != nil }.map { "the step behind \($0.name)" }
      ?? "the step behind the greeting"
  }

  /// The step that was under way when a frame came.
  func step(at frame: FrameDescriptor) -> String {
    if let tls, tls.isActive, !isReadable { return openStep }
    guard let exchange = exchanges.last(where: { $0.sent.map { !isBefore(frame.place, $0.place) } ?? false }) else {
      return session.greeting == nil ? "the greeting" : "the dialogue"
    }
    return exchange.name
  }

  /// Who ended the connection, as a clause.
  var leaver: String {
    switch closing {
    case .finished(.client): "the client closed the connection"
    case .finished(.server): "the server closed the connection"
    case .reset(.client): "the client reset the connection"
    case .reset(.server): "the server reset the connection"
    case .timeout: "neither side closed the connection"
    case .captureEnd: "the capture ends there"
    }
  }

  var pathStall: PathStall? { facts.isTroubled ? facts.pathStall : nil }

  /// How far the message had come, as a clause.
  var progress: String {
    openDraft?.transaction.message.map { ", \($0.byteCount) bytes into the message" } ?? ""
  }

  /// What the handshake's options may have to do with a stall: those that one side only has.
  var optionsNote: String {
    guard let offered = facts.clientPath.options, let taken = facts.serverPath.options else { return "" }
    var added: [String] = []
    var dropped: [String] = []
    func compare(_ name: String, _ client: Bool, _ server: Bool) {
      if server, !client { added.append(name) }
      if client, !server { dropped.append(name) }
    }
    compare("window scaling", offered.windowScale != nil, taken.windowScale != nil)
    compare("SACK", offered.selectiveAcknowledgment, taken.selectiveAcknowledgment)
    if !added.isEmpty {
      return
        " The SYN-ACK has \(added.joined(separator: " and ")), which the SYN did not offer: a device between rewrites the handshake."
    }
    if !dropped.isEmpty {
      return
        " The SYN offered \(dropped.joined(separator: " and ")) and the SYN-ACK has none: the server lacks it, or a device between takes it out."
    }
    return offered.fastOpen ? " The SYN used TCP Fast Open, which some devices between do not bear." : ""
  }

  /// What the ICMP errors of the connection say, or that there were none.
  var icmpNote: String {
    guard let error = facts.errors.first else { return "no ICMP error came back" }
    return "\(error.reporter) answered with \(error.name)"
  }
}

extension Exchange {
  /// What a sentence calls it.
  var name: String {
    switch step {
    case .greeting: "the greeting"
    case .command(let verb): verb == .unknown ? "a command" : "\(verb)".uppercased()
    case .chunk: "BDAT"
    case .endOfData: "the end of the data"
    case .unseen: "the dialogue"
    }
  }
}

/// The same words as the beginning of a sentence.
func sentenceStart(_ words: String) -> String { words.prefix(1).uppercased() + words.dropFirst() }

extension Peer {
  /// `client`, `server`.
  var word: String { self == .client ? "client" : "server" }
}
