package import SMTPAnalysis
package import TCPStreams
package import Wire

/// The name of the JSON records' shape; it changes when a key changes its meaning.
package let recordSchema = "smtpscope/1"

extension OutputBuffer {
  /// Appends the `session` record as one JSON object on one line, without a line end.
  package mutating func appendRecord(_ session: Session, context: ReportContext) {
    append(literal: "{\"type\":\"session\",\"schema\":\"")
    append(recordSchema)
    append(literal: "\",\"id\":")
    append(session.id)
    append(literal: ",\"community_id\":\"")
    appendCommunityID(session.connection.client, session.connection.server)
    append(literal: "\",\"capture\":")
    appendFrames(session.connection, context: context)
    let (start, end) = (session.connection.firstFrame.time, session.connection.lastFrame.time)
    field("start", time: start, decimals: context.timeDecimals)
    field("end", time: end, decimals: context.timeDecimals)
    field("duration_ms", milliseconds: end.nanoseconds(since: start))
    key("client")
    appendEndpoint(session.connection.client, session.names?.client)
    key("server")
    appendEndpoint(session.connection.server, session.names?.server)
    field("protocol", word: session.kind.rawValue)
    field("class", word: session.purpose.rawValue)
    if let proxy = session.proxy {
      key("proxy")
      appendProxy(proxy)
    }
    key("tcp")
    appendTCP(session.connection)
    key("greeting")
    appendGreeting(session.greeting)
    key("helo")
    appendHello(session.helo)
    field("extensions", texts: session.extensions)
    key("tls")
    appendTLS(session.tls)
    key("auth")
    appendArray(session.authentications) { $0.appendAuthentication($1) }
    key("transactions")
    appendTransactions(session.transactions.span, context: context)
    key("phases")
    appendArray(session.phases) { $0.appendPhase($1) }
    if context.showsDialogue {
      key("dialogue")
      appendArray(session.dialogue) { $0.appendDialogueLine($1, context: context) }
    }
    appendFindings(of: session, context: context)
    append(literal: "}")
  }

  mutating func appendFrames(_ connection: ConnectionFacts, context: ReportContext) {
    let (first, last) = (connection.firstFrame, connection.lastFrame)
    append(literal: "{\"file\":")
    appendOrNull(string: context.fileName(of: first))
    field("first_frame", first.number)
    // Frames are counted from 1 in each file of a ring.
    if last.file != first.file { field("last_file", string: context.fileName(of: last)) }
    field("last_frame", last.number)
    append(literal: "}")
  }

  mutating func appendEndpoint(_ endpoint: Endpoint, _ identity: HostIdentity?) {
    append(literal: "{\"ip\":\"")
    append(endpoint.address)
    append(literal: "\"")
    field("port", Int(endpoint.port))
    field("name", string: identity?.names.first)
    append(literal: "}")
  }

  /// Appends an address as text.
  mutating func append(_ address: IPAddress) {
    guard !address.isIPv6 else {
      let text = address.text
      return append(text.span)
    }
    for shift: UInt64 in [24, 16, 8, 0] {
      append(Int(truncatingIfNeeded: address.low >> shift & 255))
      if shift > 0 { append(byte: UInt8(ascii: ".")) }
    }
  }

  private mutating func appendProxy(_ proxy: ProxyPreamble) {
    append(literal: "{\"kind\":\"")
    append(proxy.kind.rawValue)
    append(literal: "\",\"source\":")
    appendOrNull(string: proxy.source)
    field("destination", string: proxy.destination)
    append(literal: "}")
  }

  private mutating func appendTCP(_ connection: ConnectionFacts) {
    append(literal: "{\"opened_by\":\"")
    append(connection.opening.word)
    append(literal: "\"")
    field("closed_by", word: connection.closing?.word)
    field("handshake_ms", milliseconds: connection.handshakeDuration)
    key("client_to_server")
    appendDirection(connection.clientToServer)
    key("server_to_client")
    appendDirection(connection.serverToClient)
    if !connection.errors.isEmpty {
      key("icmp")
      appendArray(connection.errors) { $0.appendPathError($1) }
    }
    append(literal: "}")
  }

  private mutating func appendPathError(_ error: PathError) {
    append(literal: "{\"kind\":\"")
    append(error.kind.rawValue)
    append(literal: "\",\"from\":\"")
    append(error.reporter)
    append(literal: "\",\"about\":\"")
    append(error.about == .client ? "client" : "server")
    append(literal: "\"")
    field("type", Int(error.type))
    field("code", Int(error.code))
    if let limit = error.nextHopMTU { field("next_hop_mtu", limit) }
    field("frame", error.frame.number)
    field("count", error.count)
    append(literal: "}")
  }

  private mutating func appendDirection(_ facts: DirectionFacts) {
    append(literal: "{\"packets\":")
    append(facts.packets)
    field("bytes", facts.bytes)
    if facts.isUntroubled {
      // Of most connections there is nothing else to count: written in one piece.
      append(
        literal: """
          ,"retransmitted_bytes":0,"retransmitted_segments":0,"out_of_order":0,"missing_bytes":0,"zero_windows":0,\
          "bad_checksums":0,"conflicting_bytes":0,"duplicate_frames":0,"clipped_segments":0}
          """)
      return
    }
    field("retransmitted_bytes", facts.retransmittedBytes)
    field("retransmitted_segments", facts.retransmittedSegments)
    field("out_of_order", facts.outOfOrder)
    field("missing_bytes", facts.missingBytes)
    field("zero_windows", facts.zeroWindows)
    field("bad_checksums", facts.badChecksums)
    field("conflicting_bytes", facts.conflictingBytes)
    field("duplicate_frames", facts.duplicateFrames)
    field("clipped_segments", facts.clippedSegments)
    append(literal: "}")
  }

  private mutating func appendGreeting(_ greeting: Greeting?) {
    guard let greeting else { return append(literal: "null") }
    append(literal: "{\"code\":")
    if let code = greeting.reply.digits { append(code) } else { append(literal: "null") }
    field("text", texts: greeting.reply.lines)
    field("delay_ms", milliseconds: greeting.delay)
    append(literal: "}")
  }

  private mutating func appendHello(_ hello: Hello?) {
    guard let hello else { return append(literal: "null") }
    append(literal: "{\"verb\":")
    appendJSON(hello.verb.utf8.span)
    field("argument", text: hello.argument)
    append(literal: "}")
  }

  private mutating func appendAuthentication(_ authentication: Authentication) {
    append(literal: "{\"in_clear\":")
    append(authentication.isInClear ? "true" : "false")
    field("mechanism", text: authentication.mechanism)
    field("username", text: authentication.username)
    field("code", authentication.code)
    field("outcome", word: authentication.outcome.rawValue)
    append(literal: "}")
  }

  private mutating func appendPhase(_ phase: Phase) {
    append(literal: "{\"phase\":\"")
    append(phase.kind.rawValue)
    append(literal: "\"")
    if let transaction = phase.transaction { field("transaction", transaction) }
    field("duration_ms", milliseconds: phase.duration)
    field("client_ms", milliseconds: phase.times.client)
    field("server_ms", milliseconds: phase.times.server)
    field("network_ms", milliseconds: phase.times.network)
    append(literal: "}")
  }

  private mutating func appendDialogueLine(_ line: DialogueLine, context: ReportContext) {
    append(literal: "{\"time\":\"")
    append(line.time, decimals: context.timeDecimals)
    append(literal: "\"")
    field("from", word: line.from.word)
    switch line.content {
    case .line(let text): field("line", text: text)
    case .message(let bytes): appendSpan(kind: "message", bytes: bytes)
    case .gap(let bytes): appendSpan(kind: "gap", bytes: bytes)
    case .encrypted(let bytes): appendSpan(kind: "encrypted", bytes: bytes)
    case .handshake(let words):
      field("kind", word: "tls")
      field("text", string: words)
    case .closed: field("kind", word: "closed")
    }
    field("frame", line.frame)
    append(literal: "}")
  }

  private mutating func appendSpan(kind: String, bytes: Int) {
    field("kind", word: kind)
    field("bytes", bytes)
  }
}

extension DirectionFacts {
  /// Whether there is nothing to count of it but its packets and bytes.
  fileprivate var isUntroubled: Bool {
    var healthy = DirectionFacts()
    healthy.packets = packets
    healthy.bytes = bytes
    return self == healthy
  }
}

extension ConnectionFacts.Opening {
  /// As the records call it.
  package var word: String {
    switch self {
    case .handshake: "handshake"
    case .midstream: "midstream"
    case .refused: "refused"
    case .unanswered: "unanswered"
    }
  }
}

extension ConnectionFacts.Closing {
  /// As the records call it.
  package var word: String {
    switch self {
    case .finished(by: .client): "client_fin"
    case .finished(by: .server): "server_fin"
    case .reset(by: .client): "client_rst"
    case .reset(by: .server): "server_rst"
    case .timeout: "timeout"
    case .captureEnd: "capture_end"
    }
  }
}

extension Peer {
  /// As the records call it.
  package var word: String {
    self == .client ? "client" : "server"
  }
}
