import MIMEParts
import MailMessages
import PeerCertificates
import SMTPAnalysis
import TCPStreams
import TLSHandshake
import Wire

/// Writes the events of one session.
struct EVELine {
  private let session: Session
  private let identity: FlowIdentity
  private var connection: ConnectionFacts { session.connection }

  init(_ session: Session) {
    self.session = session
    identity = FlowIdentity(session.connection)
  }

  private func begin(
    _ type: StaticString, at time: CaptureTime, frame: Int?, transaction: Int?, into output: inout OutputBuffer
  ) {
    output.append(literal: "{\"timestamp\":\"")
    output.appendEVE(time)
    output.append(literal: "\"")
    output.member("flow_id", identity.flowID)
    output.member("pcap_cnt", frame)
    output.append(literal: ",\"event_type\":\"", type, "\"")
    output.member("src_ip", eve: connection.client.address)
    output.member("src_port", Int(connection.client.port))
    output.member("dest_ip", eve: connection.server.address)
    output.member("dest_port", Int(connection.server.port))
    output.member("proto", word: "TCP")
    output.member(communityID: "community_id", of: (connection.client, connection.server))
    output.member("tx_id", transaction.map { $0 - 1 })
  }

  private func end(_ output: inout OutputBuffer) {
    output.append(literal: "}\n")
  }

  // MARK: The events

  func appendSMTP(
    _ transaction: Transaction?, _ event: EVEEvent, _ context: ReportContext, into output: inout OutputBuffer
  ) {
    begin("smtp", at: event.time, frame: event.frame, transaction: transaction?.id ?? 1, into: &output)
    appendObjects(of: transaction, into: &output)
    output.object("smtpscope") { output in
      output.member("session", session.id)
      output.member("transaction", transaction?.id)
      output.member("protocol", word: session.kind.rawValue)
      if let transaction {
        output.member("start", time: transaction.start, decimals: context.timeDecimals)
        output.member("outcome", word: transaction.outcome.rawValue)
        output.member("cause", word: transaction.cause?.rawValue)
        output.member("explanation", text: transaction.explanation)
        output.array("recipients", transaction.recipients) { $0.appendRecipientObject($1) }
        output.member("data_code", transaction.dataOutcomeReply?.code)
        output.member("data_enhanced", status: transaction.dataOutcomeReply?.enhanced)
        output.member("data_text", bytes: transaction.dataOutcomeReply?.text)
        output.object("message") { output in
          output.member("bytes", transaction.message?.byteCount)
          output.member("complete", transaction.message?.isComplete)
          output.member("sha256", word: transaction.message?.sha256)
        }
      }
      output.appendVerdict(of: session, about: transaction)
    }
    end(&output)
  }

  func appendFile(
    _ part: MIMEPart, of transaction: Transaction, _ event: EVEEvent, into output: inout OutputBuffer
  ) {
    begin("fileinfo", at: event.time, frame: event.frame, transaction: nil, into: &output)
    appendObjects(of: transaction, into: &output)
    output.member("app_proto", word: appProto)
    output.object("fileinfo") { output in
      output.member("filename", text: part.name ?? "")
      output.member("mime_type", word: part.sniffedType)
      output.member("gaps", part.isIncomplete)
      output.member("state", word: part.isIncomplete ? "TRUNCATED" : "CLOSED")
      output.member("md5", word: part.md5)
      output.member("sha256", word: part.sha256)
      output.member("stored", part.file != nil)
      output.member("size", part.byteCount)
      output.member("tx_id", transaction.id - 1)
    }
    output.object("smtpscope") { output in
      output.member("session", session.id)
      output.member("transaction", transaction.id)
      output.member("part", word: part.path)
      output.member("type", text: part.type)
      output.member("disposition", text: part.disposition)
      output.member("file", text: part.file)
    }
    end(&output)
  }

  func appendAnomaly(_ finding: Finding, _ event: EVEEvent, into output: inout OutputBuffer) {
    guard let anomaly = finding.id.eveAnomaly else { return }
    begin("anomaly", at: event.time, frame: event.frame, transaction: finding.transaction, into: &output)
    output.object("anomaly") { output in
      if anomaly.isOfStream {
        output.member("type", word: "stream")
        output.member("event", word: anomaly.event)
      } else {
        output.member("app_proto", word: appProto)
        output.member("type", word: "applayer")
        output.member("event", word: anomaly.event)
        output.member("layer", word: "proto_parser")
      }
    }
    output.object("smtpscope") { output in
      output.member("session", session.id)
      output.appendFindingMembers(finding)
    }
    end(&output)
  }

  func appendTLS(_ details: TLSDetails, _ event: EVEEvent, into output: inout OutputBuffer) {
    begin("tls", at: event.time, frame: event.frame, transaction: nil, into: &output)
    output.object("tls") { output in
      let certificate = details.certificates.first
      output.member("subject", text: certificate?.subject.eveName)
      output.member("issuerdn", text: certificate?.issuer.eveName)
      output.member("serial", word: certificate?.serialNumber.colonHexadecimal(isUpper: true))
      output.member("fingerprint", word: certificate?.sha1.colonHexadecimal(isUpper: false))
      output.member("sni", text: details.serverName)
      let version = details.handshake.version?.name
      output.member("version", text: version == "TLS 1.0" ? "TLSv1" : version)
      output.member("notbefore", word: certificate?.notBefore?.text.withoutZone)
      output.member("notafter", word: certificate?.notAfter?.text.withoutZone)
      output.member("session_resumed", details.handshake.isResumed == true ? true : nil)
      output.member("from_proto", word: session.tls?.method == .starttls ? "smtp" : nil)
      let hello = details.handshake.clientHello.flatMap { $0.isWhole ? $0 : nil }
      output.object("ja3") { $0.member("hash", word: hello?.ja3) }
      let answer = details.handshake.serverHello.flatMap { $0.isWhole ? $0.ja3s : nil }
      output.object("ja3s") { $0.member("hash", word: answer) }
      output.member("ja4", word: hello?.ja4)
    }
    output.object("smtpscope") { output in
      output.member("session", session.id)
      output.member("method", word: session.tls?.method.rawValue)
      output.member("outcome", word: session.tls?.outcome.rawValue)
      output.member("decrypted", session.tls?.isReadable)
      output.member("cipher", text: details.handshake.cipherSuite?.name)
      output.member("certificate_sha256", word: details.certificates.first?.sha256)
    }
    end(&output)
  }

  func appendFlow(_ context: ReportContext, into output: inout OutputBuffer) {
    let (start, last) = (connection.firstFrame.time, connection.lastFrame.time)
    begin("flow", at: last, frame: nil, transaction: nil, into: &output)
    output.member("app_proto", word: isTLS ? "tls" : appProto)
    if isTLS, session.tls?.method == .starttls { output.member("app_proto_orig", word: appProto) }
    let flow = connection.flow
    output.object("flow") { output in
      output.member("pkts_toserver", flow?.client.packets ?? connection.clientToServer.packets)
      output.member("pkts_toclient", flow?.server.packets ?? connection.serverToClient.packets)
      output.member("bytes_toserver", flow?.client.frameBytes)
      output.member("bytes_toclient", flow?.server.frameBytes)
      output.memberEVE("start", start)
      output.memberEVE("end", last)
      output.member("age", Int(last.nanoseconds / 1_000_000_000 - start.nanoseconds / 1_000_000_000))
      output.member("state", word: flow?.eveState)
      output.member("reason", word: connection.closing.flatMap(\.eveReason))
      output.member("alerted", false)
    }
    if let flow { appendTCP(flow, into: &output) }
    output.object("smtpscope") { output in
      output.member("session", session.id)
      output.member("file", text: context.fileName(of: connection.firstFrame))
      output.member("first_frame", connection.firstFrame.number)
      output.member("last_frame", connection.lastFrame.number)
      output.member("client_name", text: session.names?.client.names.first)
      output.member("server_name", text: session.names?.server.names.first)
      output.member("closed_by", word: connection.closing?.word)
      output.member("transactions", session.transactions.count)
      output.appendVerdict(of: session, about: nil)
    }
    end(&output)
  }

  private func appendTCP(_ flow: FlowFacts, into output: inout OutputBuffer) {
    let (client, server) = (flow.client.flags, flow.server.flags)
    let flags = client | server
    output.object("tcp") { output in
      output.member("tcp_flags", word: Self.hexadecimal(flags))
      output.member("tcp_flags_ts", word: Self.hexadecimal(client))
      output.member("tcp_flags_tc", word: Self.hexadecimal(server))
      for (bit, name) in Self.flagNames where flags & bit != 0 { output.member(name, true) }
      output.member("state", word: flow.eveTCPState)
      if connection.clientToServer.missingBytes > 0 { output.member("ts_gap", true) }
      if connection.serverToClient.missingBytes > 0 { output.member("tc_gap", true) }
    }
  }

  private static let flagNames: [(UInt8, StaticString)] = [
    (2, "syn"), (1, "fin"), (4, "rst"), (8, "psh"), (16, "ack"), (32, "urg"), (64, "ecn"), (128, "cwr"),
  ]

  private static func hexadecimal(_ flags: UInt8) -> String {
    [flags].colonHexadecimal(isUpper: false)
  }

  // MARK: What several have

  private var isTLS: Bool { session.tls?.details?.isActive == true }

  private var appProto: String? {
    switch session.kind {
    case .smtp, .lmtp: session.kind.rawValue
    case .unknown: isTLS ? "tls" : "failed"
    }
  }

  private func appendObjects(of transaction: Transaction?, into output: inout OutputBuffer) {
    output.object("smtp") { output in
      output.member("helo", bytes: session.helo?.argument)
      output.member("mail_from", bytes: transaction?.reversePath.map(Self.bracketed))
      output.array("rcpt_to", transaction?.takenRecipients ?? []) {
        $0.appendJSON(Self.bracketed($1.address).span)
      }
    }
    guard let message = transaction?.message else { return }
    output.object("email") { output in
      output.member("status", word: message.eveStatus)
      let header = message.header
      output.member("from", text: header.from)
      output.member("to", texts: header.further.mailboxes(of: .to)?.map(\.text) ?? [])
      output.member("cc", texts: header.further.mailboxes(of: .carbonCopy)?.map(\.text) ?? [])
      output.member("reply_to", text: header.further.text(of: .replyTo))
      output.member("in_reply_to", text: header.further.text(of: .inReplyTo))
      output.member("message_id", text: header.messageID)
      output.member("subject", text: header.subject)
      output.array("received", header.trace.received ?? []) { $0.appendJSON($1.span) }
      output.member("x_mailer", bytes: message.trace.declaredSoftware)
      output.member("date", text: header.date)
      if let contents = message.contents {
        output.member("attachment", texts: contents.attachments.compactMap(\.name))
        output.member("url", texts: contents.urls)
      }
    }
  }

  private static func bracketed(_ path: [UInt8]) -> [UInt8] {
    [UInt8(ascii: "<")] + path + [UInt8(ascii: ">")]
  }
}

extension Message {
  /// How far its text came.
  fileprivate var eveStatus: String {
    if isComplete { return "PARSE_DONE" }
    return header.form.contains(.endsInBlankLine) || missingBytes > 0 ? "BODY_STARTED" : "HEADER_STARTED"
  }
}

extension FlowFacts {
  fileprivate var eveState: String {
    if hasEndedWhole { return "closed" }
    return client.state == .asking || server.state == .silent ? "new" : "established"
  }

  fileprivate var eveTCPState: String? {
    if hasEndedWhole { return "closed" }
    return switch (client.state, server.state) {
    case (.asking, .silent): "syn_sent"
    case (.established, .established), (.midstream, .midstream): "established"
    default: nil
    }
  }

  private var hasEndedWhole: Bool {
    if case .reset = client.state { return true }
    if case .reset = server.state { return true }
    return client.hasEnded && server.hasEnded
  }
}

extension ConnectionFacts.Closing {
  /// Why a flow's record is written.
  fileprivate var eveReason: String? {
    switch self {
    case .timeout: "timeout"
    case .captureEnd: "shutdown"
    case .finished, .reset: nil
    }
  }
}
