package import SMTPAnalysis
import Wire

extension OutputBuffer {
  /// Appends the `summary` record as one JSON object on one line, without a line end.
  package mutating func appendRecord(
    _ summary: AnalysisSummary, captures: [CaptureSummary], context: ReportContext
  ) {
    append(literal: "{\"type\":\"summary\",\"schema\":\"")
    append(recordSchema)
    append(literal: "\",\"captures\":")
    appendArray(captures) { $0.appendCapture($1, before: "{", context: context) }
    field("sessions", summary.sessions)
    append(literal: ",\"classes\":{")
    for (index, purpose) in Session.Purpose.allCases.enumerated() {
      append(index > 0 ? ",\"" : "\"")
      append(purpose.rawValue)
      append(literal: "\":")
      append(summary.purposes[purpose] ?? 0)
    }
    append(literal: "}")
    append(literal: ",\"transactions\":{")
    for (index, outcome) in Transaction.Outcome.allCases.enumerated() {
      append(index > 0 ? ",\"" : "\"")
      append(outcome.rawValue)
      append(literal: "\":")
      append(summary.transactions[outcome] ?? 0)
    }
    append(literal: "}")
    field("messages", summary.messages)
    field("message_bytes", summary.messageBytes)
    appendCounts(of: summary.findings)
    key("notes")
    appendArray(summary.notes) { output, note in
      output.append(literal: "{\"finding\":\"")
      output.append(note.finding.rawValue)
      output.append(literal: "\"")
      output.field("message", string: note.message)
      output.append(literal: "}")
    }
    field("packets_not_smtp", summary.packetsNotSMTP)
    field("duration_ms", milliseconds: summary.duration)
    appendServers(summary.servers)
    append(literal: ",\"limited\":{\"evicted_connections\":")
    append(summary.limited.evictedConnections)
    field("dropped_bytes", summary.limited.droppedBytes)
    field("forgotten_names", summary.limited.forgottenNames)
    let omitted = summary.limited.omitted
    if omitted != Session.Omitted() {
      field("omitted_transactions", omitted.transactions)
      field("omitted_recipients", omitted.recipients)
      field("omitted_dialogue_lines", omitted.dialogueLines)
      field("omitted_logins", omitted.logins)
    }
    if let losses = summary.losses {
      field("dropped_records", losses.records)
      field("dropped_held_packets", losses.heldPackets)
    }
    append(literal: "}}")
  }

  /// Appends `,"servers":[…]`, and `,"other_servers":{…}` where there are more.
  mutating func appendServers(_ times: ServerTimes) {
    let (servers, others) = times.listed(limit: OutputBuffer.listedServers)
    key("servers")
    appendArray(servers) { $0.appendServer($1) }
    guard let others else { return }
    key("other_servers")
    appendServer(others)
  }

  /// Servers of the most sessions that get a record of their own.
  private static let listedServers = 100

  private mutating func appendServer(_ server: ServerTimes.Server) {
    append(literal: "{\"sessions\":")
    append(server.sessions)
    if let endpoint = server.endpoint {
      field("server", string: endpoint.description)
      field("name", text: server.name)
    }
    append(literal: ",\"phases\":{")
    var separator = "\""
    for kind in Phase.Kind.allCases where !server[kind].isEmpty {
      let sketch = server[kind]
      append(separator)
      append(kind.rawValue)
      append(literal: "\":{\"count\":")
      append(sketch.count)
      field("p50_ms", milliseconds: sketch.percentile(0.5))
      field("p95_ms", milliseconds: sketch.percentile(0.95))
      field("max_ms", milliseconds: sketch.maximum)
      append(literal: "}")
      separator = ",\""
    }
    append(literal: "}}")
  }

  /// Appends the `capture` notice as one JSON object on one line, without a line end.
  package mutating func appendRecord(_ capture: CaptureSummary, context: ReportContext) {
    appendCapture(capture, before: "{\"type\":\"capture\",\"schema\":\"\(recordSchema)\",", context: context)
  }

  mutating func appendCapture(_ capture: CaptureSummary, before: String, context: ReportContext) {
    append(before)
    append(literal: "\"file\":")
    appendJSON(capture.file.utf8.span)
    field("packets", capture.packets)
    field("bytes", capture.bytes)
    key("link_types")
    appendArray(capture.linkTypes) { $0.appendJSON($1.utf8.span) }
    field("truncated", capture.isTruncated)
    field("error", string: capture.error)
    if let dropped = capture.dropped {
      append(literal: ",\"dropped\":{\"kernel\":")
      append(dropped.kernel)
      field("interface", dropped.interface)
      append(literal: "}")
    }
    if let start = capture.start { field("start", time: start, decimals: context.timeDecimals) }
    if let end = capture.end { field("end", time: end, decimals: context.timeDecimals) }
    append(literal: "}")
  }
}
