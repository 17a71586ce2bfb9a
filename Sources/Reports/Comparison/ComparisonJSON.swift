package import CaptureComparing
import SMTPAnalysis
import Wire

extension OutputBuffer {
  /// Appends a comparison as one JSON document; `docs/smtpscope-compare.schema.json` tells its keys.
  package mutating func appendComparison(
    _ comparison: CaptureComparison, captures: (a: CaptureSummary, b: CaptureSummary), heldBack: Int, timeDecimals: Int
  ) {
    let context = ReportContext(fileNames: [captures.a.file, captures.b.file], timeDecimals: timeDecimals)
    append(literal: "{\"type\":\"compare\",\"schema\":\"")
    append(recordSchema)
    append(literal: "\",\"a\":")
    appendCapture(captures.a, before: "{", context: context)
    append(literal: ",\"b\":")
    appendCapture(captures.b, before: "{", context: context)
    field("nearer_client", word: comparison.nearClient?.rawValue)
    field("hops", comparison.hops)
    field("clock_offset_ms", milliseconds: comparison.clockOffset)
    append(literal: ",\n\"summary\":{\"pairs\":")
    append(comparison.pairs.count)
    field("unchanged", comparison.pairs.count { $0.changes.isEmpty })
    field("only_in_a", comparison.onlyInA.count)
    field("only_in_b", comparison.onlyInB.count)
    field("left_out", heldBack)
    append(literal: ",\"changes\":{")
    var counts: [Change.Kind: Int] = [:]
    for pair in comparison.pairs { for kind in Set(pair.changes.map(\.kind)) { counts[kind, default: 0] += 1 } }
    for (index, kind) in Change.Kind.allCases.filter({ counts[$0] != nil }).enumerated() {
      append(index > 0 ? ",\"" : "\"")
      append(kind.rawValue)
      append(literal: "\":")
      append(counts[kind] ?? 0)
    }
    append(literal: "}},\n\"pairs\":")
    appendArray(comparison.pairs) { $0.appendPair($1, decimals: timeDecimals) }
    appendLone("only_in_a", comparison.onlyInA, timeDecimals)
    appendLone("only_in_b", comparison.onlyInB, timeDecimals)
    append(literal: "}\n")
  }

  private mutating func appendPair(_ pair: SessionPair, decimals: Int) {
    append(literal: "\n{\"a\":")
    appendSession(pair.a, decimals)
    append(literal: ",\"b\":")
    appendSession(pair.b, decimals)
    field("matched_by", word: pair.reason.rawValue)
    key("changes")
    appendArray(pair.changes) { output, change in
      output.append(literal: "{\"kind\":\"")
      output.append(change.kind.rawValue)
      output.append(literal: "\"")
      output.field("from", word: change.from == .client ? "client" : "server")
      output.field("sent", string: change.sent)
      output.field("arrived", string: change.arrived)
      output.field("sent_frame", change.sentFrame)
      output.field("arrived_frame", change.arrivedFrame)
      output.field("count", change.count)
      output.field("bytes", change.bytes)
      output.append(literal: "}")
    }
    field("further_changes", pair.furtherChanges)
    let times = pair.times
    append(literal: ",\"times\":{\"replies\":")
    append(times.replies)
    field("client_side_ms", milliseconds: times.clientSide)
    field("between_ms", milliseconds: times.between)
    field("server_side_ms", milliseconds: times.serverSide)
    field("wait_at_client_side_ms", milliseconds: times.waitAtClient)
    field("wait_at_server_side_ms", milliseconds: times.waitAtServer)
    if let held = times.longestHeld {
      append(literal: ",\"longest_held\":{\"duration_ms\":")
      append(milliseconds: held.duration)
      field("line", string: held.line)
      field("frame", held.frame)
      append(literal: "}")
    }
    append(literal: "}}")
  }

  private mutating func appendSession(_ session: ComparedSession, _ decimals: Int) {
    append(literal: "{\"session\":")
    append(session.id)
    field("client", string: session.client.description)
    field("server", string: session.server.description)
    field("first_frame", session.firstFrame.number)
    field("start", time: session.start, decimals: decimals)
    field("verdict", word: session.verdict.rawValue)
    append(literal: "}")
  }

  private mutating func appendLone(_ key: StaticString, _ sessions: [LoneSession], _ decimals: Int) {
    append(literal: ",\n\"", key, "\":")
    appendArray(sessions) { output, lone in
      output.append(literal: "\n{\"session\":")
      output.append(lone.session.id)
      output.field("client", string: lone.session.client.description)
      output.field("server", string: lone.session.server.description)
      output.field("first_frame", lone.session.firstFrame.number)
      output.field("start", time: lone.session.start, decimals: decimals)
      output.field("verdict", word: lone.session.verdict.rawValue)
      output.field("reason", word: lone.reason.rawValue)
      output.append(literal: "}")
    }
  }
}
