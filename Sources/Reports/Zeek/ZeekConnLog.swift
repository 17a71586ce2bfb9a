import SMTPAnalysis
import TCPStreams
import Wire

extension ZeekLog {
  static let connColumns =
    [("ts", "time")] + connectionColumns + [
      ("proto", "enum"), ("service", "string"), ("duration", "interval"), ("orig_bytes", "count"),
      ("resp_bytes", "count"), ("conn_state", "string"), ("local_orig", "bool"), ("local_resp", "bool"),
      ("missed_bytes", "count"), ("history", "string"), ("orig_pkts", "count"), ("orig_ip_bytes", "count"),
      ("resp_pkts", "count"), ("resp_ip_bytes", "count"), ("tunnel_parents", "set[string]"), ("ip_proto", "count"),
      ("community_id", "string"), ("smtpscope.session", "count"), ("smtpscope.transactions", "count"),
      ("smtpscope.closed_by", "string"), ("smtpscope.handshake", "interval"), ("smtpscope.orig_name", "string"),
      ("smtpscope.resp_name", "string"), ("smtpscope.verdict", "string"), ("smtpscope.cause", "string"),
      ("smtpscope.message", "string"), ("smtpscope.findings", "set[string]"),
    ]
}

extension OutputBuffer {
  mutating func appendConnLog(of session: Session, _ form: ZeekForm) {
    let connection = session.connection
    let flow = connection.flow
    let start = connection.firstFrame.time
    let end = max(start, flow?.end ?? connection.lastFrame.time)
    let (sent, answered) = (connection.clientToServer, connection.serverToClient)
    beginZeekLine(form, at: start)
    zeek(form, FlowIdentity(connection), connection)
    zeek(form, "proto", text: "tcp")
    zeek(form, "service", text: session.zeekService)
    // Zeek tells neither of a connection of one packet.
    if end > start {
      zeek(form, "duration", from: start, to: end)
      zeek(form, "orig_bytes", sent.bytes + sent.missingBytes)
      zeek(form, "resp_bytes", answered.bytes + answered.missingBytes)
    } else {
      zeek(form, "duration", interval: nil)
      zeek(form, "orig_bytes", nil as Int?)
      zeek(form, "resp_bytes", nil as Int?)
    }
    zeek(form, "conn_state", text: flow?.zeekState)
    zeek(form, "local_orig", connection.client.address.isPrivate)
    zeek(form, "local_resp", connection.server.address.isPrivate)
    zeek(form, "missed_bytes", sent.missingBytes + answered.missingBytes)
    zeek(form, "history", text: flow.flatMap { $0.history.isEmpty ? nil : $0.history })
    zeek(form, "orig_pkts", flow?.client.packets ?? sent.packets)
    zeek(form, "orig_ip_bytes", flow?.client.packetBytes)
    zeek(form, "resp_pkts", flow?.server.packets ?? answered.packets)
    zeek(form, "resp_ip_bytes", flow?.server.packetBytes)
    zeek(form, "tunnel_parents", list: nil)
    zeek(form, "ip_proto", 6)
    zeek(form, "community_id", text: Self.communityID(connection))
    zeek(form, "smtpscope.session", session.id)
    zeek(form, "smtpscope.transactions", session.transactions.count)
    zeek(form, "smtpscope.closed_by", text: connection.closing?.word)
    zeek(form, "smtpscope.handshake", interval: connection.handshakeDuration)
    zeek(form, "smtpscope.orig_name", text: session.names?.client.names.first)
    zeek(form, "smtpscope.resp_name", text: session.names?.server.names.first)
    zeek(form, "smtpscope.verdict", text: session.verdict.outcome.rawValue)
    zeek(form, "smtpscope.cause", text: session.verdict.cause?.rawValue)
    zeek(form, "smtpscope.message", text: session.verdict.message)
    zeek(form, "smtpscope.findings", list: session.findingNames(about: nil))
    endZeekLine(form)
  }
}

extension Session {
  /// The protocols that were spoken.
  fileprivate var zeekService: String? {
    var services = kind == .unknown ? [] : [kind.rawValue]
    if tls?.details?.isActive == true { services.append("ssl") }
    return services.isEmpty ? nil : services.joined(separator: ",")
  }
}

extension FlowFacts {
  /// Zeek's word for how a connection began and ended.
  var zeekState: String {
    switch (client.state, server.state) {
    case (.asking, .reset): "REJ"
    case (.reset, .reset) where client.packets + server.packets == 2: "REJ"
    case (.silent, .reset), (.midstream, .reset): "RSTRH"
    case (_, .reset): "RSTR"
    case (.reset, .silent), (.reset, .midstream): beginsWithSYNAndReset ? "RSTOS0" : "OTH"
    case (.reset, _): "RSTO"
    case (.closed, .closed): "SF"
    case (.closed, .silent), (.closed, .midstream): "SH"
    case (.closed, _): "S2"
    case (.silent, .closed), (.midstream, .closed): "SHR"
    case (_, .closed): "S3"
    case (.asking, .silent): "S0"
    case (.established, .established): "S1"
    default: "OTH"
    }
  }

  /// A SYN and a reset behind it, and nothing of the client between them.
  private var beginsWithSYNAndReset: Bool {
    guard history.first == UInt8(ascii: "S"), let reset = history.firstIndex(of: UInt8(ascii: "R")) else {
      return false
    }
    return !history[..<reset].contains { "HAFGIQ".utf8.contains($0) }
  }
}
