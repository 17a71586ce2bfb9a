import SMTPAnalysis
import Wire

extension OutputBuffer {
  /// Appends `,"findings":[…],"verdict":{…}` and what is known of earlier sessions: the members that end a record.
  mutating func appendFindings(of session: Session, context: ReportContext) {
    key("findings")
    append(byte: UInt8(ascii: "["))
    let findings = session.findings.span
    for index in findings.indices {
      if index > 0 { append(byte: UInt8(ascii: ",")) }
      findings.lend(index, to: &self) { $1.appendFinding($0, context: context) }
    }
    append(byte: UInt8(ascii: "]"))
    key("verdict")
    append(literal: "{\"outcome\":\"")
    append(session.verdict.outcome.rawValue)
    append(literal: "\"")
    field("cause", word: session.verdict.cause?.rawValue)
    field("message", string: session.verdict.message)
    append(literal: "}")
    guard !session.hindsight.isEmpty else { return }
    key("hindsight")
    appendArray(session.hindsight) { output, hindsight in
      output.append(literal: "{\"session\":")
      output.append(hindsight.session)
      output.field("is", word: hindsight.kind.rawValue)
      output.field("after_ms", milliseconds: hindsight.elapsed)
      output.field("by", hindsight.by)
      output.append(literal: "}")
    }
  }

  private mutating func appendFinding(_ finding: borrowing Finding, context: ReportContext) {
    append(literal: "{\"id\":\"")
    append(finding.id.rawValue)
    append(literal: "\"")
    field("severity", word: finding.severity.rawValue)
    field("transaction", finding.transaction)
    field("frame", finding.frame)
    if let time = finding.time {
      field("time", time: time, decimals: context.timeDecimals)
    } else {
      field("time", word: nil)
    }
    field("message", string: finding.message)
    field("evidence", shown: finding.evidence)
    field("reference", string: finding.id.entry.references.first)
    append(literal: "}")
  }

  /// Appends `,"findings":{…}`, how many there were of each, in the catalogue's order.
  mutating func appendCounts(of findings: [FindingID: Int]) {
    key("findings")
    append(literal: "{")
    var separator = "\""
    for id in FindingID.allCases {
      guard let count = findings[id], count > 0 else { continue }
      append(separator)
      append(id.rawValue)
      append(literal: "\":")
      append(count)
      separator = ",\""
    }
    append(literal: "}")
  }
}
