internal import PeerCertificates
internal import Reports
internal import SMTPAnalysis
internal import TCPStreams
internal import TLSHandshake
internal import Wire

/// A session in full, for its template.
struct SessionFields {
  private let session: Session
  private let context: ReportContext
  private let limits: HTMLReportLimits.SessionLimits
  private let style = TextStyle()

  init(_ session: Session, _ context: ReportContext, limits: HTMLReportLimits.SessionLimits) {
    self.session = session
    self.context = context
    self.limits = limits
  }

  /// What stands below its summary.
  func body() -> Fields {
    var ladder = LadderFields(session, limits: limits)
    let (steps, otherFindings) = ladder.fields()
    let connection = session.connection
    return [
      "facts": facts(), "filter": DisplayFilter(connection).text,
      "file": context.fileName(of: connection.firstFrame).map { ShownText.wire($0, limit: 300) },
      "phases": PhaseFields(session, limit: limits.phases).fields(),
      "mails": MailFields(limits: limits).fields(of: session), "steps": steps,
      "otherFindings": otherFindings.isEmpty ? nil : otherFindings,
      "moreFindings": session.findings.count > limits.findings
        ? Quantity.count(session.findings.count - limits.findings, "more finding") : nil,
      "isAlone": ladder.isAlone, "hasNoDialogue": session.dialogue.isEmpty,
      "client": connection.client.description, "server": connection.server.description,
    ]
  }

  private func facts() -> [Fields] {
    let connection = session.connection
    var facts: [Fields] = []
    func add(_ name: String, _ text: String?) {
      if let text, !text.isEmpty { facts.append(["name": name, "text": text]) }
    }
    add("client", endpoint(connection.client, session.clientName(style), hello))
    add("server", endpoint(connection.server, session.serverName(style), nil))
    add("proxy", proxy)
    add(
      "time",
      "\(Quantity.moment(connection.firstFrame.time)) UTC, lasted \(Quantity.duration(session.duration))")
    add("protocol", session.protocolWords)
    add("TLS", tls)
    add("certificate", certificate)
    for authentication in session.authentications.prefix(limits.mails) { add("login", login(authentication)) }
    add("packets", packets)
    add("ended by", ending)
    return facts
  }

  private var hello: String? {
    session.helo.map { "\(style.visible($0.verb)) \(ShownText.wire($0.argument, limit: limits.textBytes))" }
  }

  private func endpoint(_ endpoint: Endpoint, _ name: String?, _ hello: String?) -> String {
    let names = [name, hello].compactMap(\.self).joined(separator: ", ")
    return names.isEmpty ? endpoint.description : "\(endpoint) (\(names))"
  }

  private var proxy: String? {
    guard let proxy = session.proxy else { return nil }
    var words = proxy.kind.rawValue.split(separator: "_").joined(separator: " ")
    if let source = proxy.source { words += " for \(ShownText.wire(source, limit: 200))" }
    if let destination = proxy.destination { words += " to \(ShownText.wire(destination, limit: 200))" }
    return words
  }

  private var tls: String? {
    guard let use = session.tls else { return nil }
    let method = use.method == .starttls ? "STARTTLS" : "from the first byte"
    let agreement = use.details.map { ShownText.sentence($0.agreement, limit: limits.textBytes) } ?? ""
    let outcome =
      switch use.outcome {
      case .established: use.isReadable ? "read" : "what follows cannot be read"
      case .refused: "refused"
      case .failed: "the handshake failed" + (use.details?.stage.map { ", \($0)" } ?? "")
      case .unknown: "what came of it is not in the capture"
      }
    return [method, agreement, outcome].filter { !$0.isEmpty }.joined(separator: "; ")
  }

  private var certificate: String? {
    guard let certificate = session.tls?.details?.certificates.first else { return nil }
    let subject = ShownText.wire(certificate.subject, limit: 300)
    return "\(subject), issued by \(ShownText.wire(certificate.issuer, limit: 300))"
  }

  private func login(_ authentication: Authentication) -> String {
    var words = ShownText.wire(authentication.mechanism, limit: 100)
    if let name = authentication.username { words += " as \(ShownText.wire(name, limit: limits.textBytes))" }
    words += ", \(authentication.outcome.rawValue)"
    if let code = authentication.code { words += " (\(code))" }
    return authentication.isInClear ? words + ", in clear" : words
  }

  private var packets: String {
    [Peer.client, .server].map { peer -> String in
      let sent = session.connection[peer]
      var words = "\(peer.word) \(Quantity.grouped(sent.packets)) with \(Quantity.size(sent.bytes))"
      let troubles = [
        (sent.retransmittedSegments, "sent again"), (sent.outOfOrder, "out of order"),
        (sent.duplicateFrames, "seen twice"), (sent.badChecksums, "damaged"), (sent.clippedSegments, "cut short"),
      ]
      for (count, word) in troubles where count > 0 { words += ", \(Quantity.grouped(count)) \(word)" }
      if sent.missingBytes > 0 { words += ", \(Quantity.count(sent.missingBytes, "byte")) missing" }
      return words
    }.joined(separator: "; ")
  }

  private var ending: String {
    switch session.connection.closing {
    case .finished(let peer): "the \(peer.word)" + (session.hasQuit ? ", with QUIT" : "")
    case .reset(let peer): "a reset by the \(peer.word)"
    case .timeout: "silence"
    case .captureEnd, nil: "the end of the capture"
    }
  }
}

/// What shows the packets of a connection in Wireshark.
struct DisplayFilter {
  let text: String

  init(_ facts: ConnectionFacts) {
    let address = facts.client.address.isIPv6 ? "ipv6.addr" : "ip.addr"
    var parts = [
      "\(address) == \(facts.client.address)", "\(address) == \(facts.server.address)",
      "tcp.port == \(facts.client.port)", "tcp.port == \(facts.server.port)",
    ]
    // Frames are numbered in each file.
    if facts.firstFrame.file == facts.lastFrame.file {
      parts.append("frame.number >= \(facts.firstFrame.number)")
      parts.append("frame.number <= \(facts.lastFrame.number)")
    }
    text = parts.joined(separator: " && ")
  }
}
