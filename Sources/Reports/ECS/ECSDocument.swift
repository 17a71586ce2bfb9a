import MIMEParts
import MailMessages
import PeerCertificates
import SMTPAnalysis
import TCPStreams
import TLSHandshake
import Wire

/// Writes the documents of one session.
struct ECSDocument {
  private let session: Session
  private let version: String
  private let context: ReportContext
  private var connection: ConnectionFacts { session.connection }

  /// The version of the schema that the fields are of.
  private static let schemaVersion = "8.17.0"

  init(_ session: Session, version: String, _ context: ReportContext) {
    self.session = session
    self.version = version
    self.context = context
  }

  func append(_ transaction: Transaction?, into output: inout OutputBuffer) {
    output.append(literal: "{\"@timestamp\":\"")
    output.append(transaction?.start ?? connection.firstFrame.time, decimals: context.timeDecimals)
    output.append(literal: "\"")
    output.object("ecs") { $0.member("version", word: Self.schemaVersion) }
    appendEvent(transaction, into: &output)
    // The connection's traffic is told once, or sums over documents would be too high.
    let flow = transaction == nil || transaction?.id == session.transactions.first?.id ? connection.flow : nil
    for key: StaticString in ["source", "client"] {
      appendEndpoint(key, connection.client, session.names?.client, flow?.client, into: &output)
    }
    for key: StaticString in ["destination", "server"] {
      appendEndpoint(key, connection.server, session.names?.server, flow?.server, into: &output)
    }
    appendNetwork(flow, into: &output)
    if let message = transaction?.message { appendEmail(message, of: transaction, into: &output) }
    appendTLS(into: &output)
    output.object("user") { $0.member("name", bytes: session.acceptedUser) }
    appendRelated(transaction, into: &output)
    appendError(transaction, into: &output)
    output.object("observer") { output in
      output.member("product", word: "smtpscope")
      output.member("type", word: "sensor")
      output.member("version", word: version)
    }
    appendOwn(transaction, into: &output)
    output.append(literal: "}\n")
  }

  // MARK: Field sets

  private func appendEvent(_ transaction: Transaction?, into output: inout OutputBuffer) {
    let start = transaction?.start ?? connection.firstFrame.time
    let end = transaction?.end ?? connection.lastFrame.time
    output.object("event") { output in
      output.member("kind", word: "event")
      output.member("module", word: "smtpscope")
      output.member("dataset", word: transaction == nil ? "smtpscope.session" : "smtpscope.transaction")
      output.member("category", texts: ["email", "network"])
      output.member("type", texts: ["connection", "protocol", "info"])
      output.member("action", word: action(transaction))
      output.member("outcome", word: outcome(transaction))
      output.member("reason", text: transaction == nil ? session.verdict.message : transaction?.explanation)
      output.member("start", time: start, decimals: context.timeDecimals)
      output.member("end", time: end, decimals: context.timeDecimals)
      output.member("duration", Int(max(0, end.nanoseconds(since: start))))
    }
  }

  private func action(_ transaction: Transaction?) -> String {
    guard let transaction else {
      return "session-" + String(session.verdict.outcome.rawValue.map { $0 == "_" ? "-" : $0 })
    }
    return "mail-" + String(transaction.outcome.rawValue.map { $0 == "_" ? "-" : $0 })
  }

  /// A mail that only some recipients got has failed for somebody.
  private func outcome(_ transaction: Transaction?) -> String {
    guard let transaction else {
      return switch session.verdict.outcome {
      case .delivered, .nothingSent: "success"
      case .partial, .refused, .deferred, .failed: "failure"
      case .unknown: "unknown"
      }
    }
    return switch transaction.outcome {
    case .accepted: "success"
    case .partiallyAccepted, .refused, .deferred, .aborted, .lost: "failure"
    case .unknown: "unknown"
    }
  }

  private func appendEndpoint(
    _ key: StaticString, _ endpoint: Endpoint, _ identity: HostIdentity?, _ flow: FlowFacts.Side?,
    into output: inout OutputBuffer
  ) {
    output.object(key) { output in
      output.member("ip", address: endpoint.address)
      output.member("port", Int(endpoint.port))
      output.member("domain", text: identity?.names.first)
      output.member("bytes", flow?.packetBytes)
      output.member("packets", flow?.packets)
    }
  }

  private func appendNetwork(_ flow: FlowFacts?, into output: inout OutputBuffer) {
    output.object("network") { output in
      output.member("transport", word: "tcp")
      output.member("type", word: connection.client.address.isIPv6 ? "ipv6" : "ipv4")
      output.member("iana_number", word: "6")
      output.member("protocol", word: session.kind == .unknown ? nil : session.kind.rawValue)
      output.member(communityID: "community_id", of: (connection.client, connection.server))
      if let flow {
        output.member("bytes", flow.client.packetBytes + flow.server.packetBytes)
        output.member("packets", flow.client.packets + flow.server.packets)
      }
    }
  }

  private func appendEmail(_ message: Message, of transaction: Transaction?, into output: inout OutputBuffer) {
    let header = message.header
    output.object("email") { output in
      output.appendAddresses("from", header.further.mailboxes(of: .from))
      output.appendAddresses("to", header.further.mailboxes(of: .to))
      output.appendAddresses("cc", header.further.mailboxes(of: .carbonCopy))
      output.appendAddresses("reply_to", header.further.mailboxes(of: .replyTo))
      output.member("subject", text: header.subject)
      output.member("message_id", text: header.messageID.map(Self.withoutBrackets))
      output.member("x_mailer", bytes: message.trace.declaredSoftware)
      output.member("origination_timestamp", time: header.originationTime, decimals: 0)
      if transaction?.outcome.delivers == true {
        output.member("delivery_timestamp", time: transaction?.endReply?.time, decimals: context.timeDecimals)
      }
      output.array("attachments", message.contents?.attachments ?? []) { $0.appendAttachment($1) }
    }
  }

  private static func withoutBrackets(_ id: String) -> String {
    id.hasPrefix("<") && id.hasSuffix(">") && id.count > 2 ? String(id.dropFirst().dropLast()) : id
  }

  private func appendTLS(into output: inout OutputBuffer) {
    guard let tls = session.tls, tls.outcome != .refused else { return }
    let details = tls.details
    let hello = details?.handshake.clientHello.flatMap { $0.isWhole ? $0 : nil }
    let answer = details?.handshake.serverHello.flatMap { $0.isWhole ? $0.ja3s : nil }
    let certificate = details?.certificates.first
    output.object("tls") { output in
      if tls.outcome != .unknown { output.member("established", tls.outcome == .established) }
      if let name = details?.handshake.version?.name {
        let words = name.split(separator: " ")
        output.member("version_protocol", text: words.first.map { $0.lowercased() })
        output.member("version", text: words.dropFirst().first.map(String.init))
      }
      output.member("cipher", text: details?.handshake.cipherSuite?.name)
      output.member("curve", text: details?.handshake.group)
      output.member("resumed", details?.handshake.isResumed)
      output.member("next_protocol", bytes: details?.handshake.serverHello?.applicationProtocol)
      output.object("client") { output in
        output.member("server_name", text: details?.serverName)
        output.member("ja3", word: hello?.ja3)
      }
      output.object("server") { output in
        output.member("ja3s", word: answer)
        output.member("subject", text: certificate?.subject)
        output.member("issuer", text: certificate?.issuer)
        output.member("not_before", word: certificate?.notBefore?.text)
        output.member("not_after", word: certificate?.notAfter?.text)
        output.object("hash") { output in
          output.member("sha1", word: certificate?.sha1.colonHexadecimal(isUpper: true).filter { $0 != ":" })
          output.member("sha256", word: certificate?.sha256.uppercased())
        }
      }
    }
  }

  /// What searches pivot on.
  private func appendRelated(_ transaction: Transaction?, into output: inout OutputBuffer) {
    let parts = transaction?.message?.contents?.attachments ?? []
    let hashes = [transaction?.message?.sha256] + parts.flatMap { [$0.sha256, $0.md5] }
    let helo = session.helo.map { String(repairing: $0.argument.span) }
    let hosts = [session.names?.client.names.first, session.names?.server.names.first, helo]
    output.object("related") { output in
      output.array("ip", [connection.client.address, connection.server.address].uniqued) {
        $0.appendJSON($1.text.span)
      }
      output.member("hosts", texts: hosts.compactMap(\.self).filter { !$0.isEmpty }.uniqued)
      output.array("user", session.acceptedUser.map { [$0] } ?? []) { $0.appendJSON($1.span) }
      output.member("hash", texts: hashes.compactMap(\.self).uniqued)
    }
  }

  private func appendError(_ transaction: Transaction?, into output: inout OutputBuffer) {
    guard outcome(transaction) == "failure" else { return }
    let cause = transaction?.cause
    let shown = session.findings.first { $0.id == cause && ($0.transaction ?? transaction?.id) == transaction?.id }?
      .frame
    let decisive = transaction?.refusal(in: shown)
    output.object("error") { output in
      output.member("code", word: decisive.map { String($0.code) })
      output.member("message", text: transaction == nil ? session.verdict.message : transaction?.explanation)
      output.member("type", word: (transaction == nil ? session.verdict.cause : transaction?.cause)?.rawValue)
    }
  }

  // MARK: Ours

  private func appendOwn(_ transaction: Transaction?, into output: inout OutputBuffer) {
    output.object("smtpscope") { output in
      output.object("session") { output in
        output.member("id", session.id)
        output.member("file", text: context.fileName(of: connection.firstFrame))
        output.member("first_frame", connection.firstFrame.number)
        output.member("last_frame", connection.lastFrame.number)
        output.member("opened_by", word: connection.opening.word)
        output.member("closed_by", word: connection.closing?.word)
        output.member("class", word: session.purpose.rawValue)
      }
      output.member("helo", bytes: session.helo?.argument)
      output.object("tls") { output in
        output.member("method", word: session.tls?.method.rawValue)
        output.member("outcome", word: session.tls?.outcome.rawValue)
        output.member("decrypted", session.tls?.isReadable)
      }
      if let transaction { appendTransaction(transaction, into: &output) }
      output.appendVerdict(of: session, about: transaction)
      output.array("finding_details", session.findings(about: transaction)) { output, finding in
        output.element { $0.appendFindingMembers(finding) }
      }
    }
  }

  private func appendTransaction(_ transaction: Transaction, into output: inout OutputBuffer) {
    output.object("transaction") { output in
      output.member("id", transaction.id)
      output.member("frame", transaction.firstFrame)
      output.member("outcome", word: transaction.outcome.rawValue)
      output.member("cause", word: transaction.cause?.rawValue)
      output.member("transfer", word: transaction.transfer?.rawValue)
      output.member("data_code", transaction.dataOutcomeReply?.code)
      output.member("data_enhanced", status: transaction.dataOutcomeReply?.enhanced)
      output.member("data_text", bytes: transaction.dataOutcomeReply?.text)
    }
    output.object("envelope") { output in
      output.member("mail_from", bytes: transaction.reversePath)
      output.array("recipients", transaction.recipients) { $0.appendRecipientObject($1) }
    }
    if let message = transaction.message {
      output.object("message") { output in
        output.member("bytes", message.byteCount)
        output.member("complete", message.isComplete)
        output.member("missing_bytes", message.missingBytes)
        output.object("hash") { $0.member("sha256", word: message.sha256) }
        output.member("urls", texts: message.contents?.urls ?? [])
      }
    }
  }
}

extension OutputBuffer {
  fileprivate mutating func appendAddresses(_ key: StaticString, _ mailboxes: [NamedMailbox]?) {
    object(key) { $0.member("address", texts: mailboxes?.compactMap(\.address) ?? []) }
  }

  fileprivate mutating func appendAttachment(_ part: MIMEPart) {
    element { output in
      output.object("file") { output in
        output.member("name", text: part.name)
        output.member("extension", text: part.name.flatMap(Self.fileExtension))
        output.member("mime_type", text: part.type)
        output.member("size", part.byteCount)
        output.object("hash") { output in
          output.member("md5", word: part.md5)
          output.member("sha256", word: part.sha256)
        }
      }
    }
  }

  private static func fileExtension(_ name: String) -> String? {
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return nil }
    let ending = name[name.index(after: dot)...]
    return ending.isEmpty ? nil : String(ending)
  }
}

extension Transaction {
  /// The reply that decided against it: the one that the cause was read in, else the first that is permanent.
  fileprivate func refusal(in frame: Int?) -> ReplyRecord? {
    let replies = [mailReply] + recipients.flatMap { [$0.reply, $0.dataReply] } + [dataOutcomeReply]
    let refusals = replies.compactMap(\.self).filter { $0.code >= 400 }
    return refusals.first { $0.frame == frame } ?? refusals.first { $0.code >= 500 } ?? refusals.first
  }
}

extension Array where Element: Hashable {
  /// Each element once, where it stands first.
  fileprivate var uniqued: [Element] {
    var known: Set<Element> = []
    return filter { known.insert($0).inserted }
  }
}
