internal import TCPStreams

extension CatalogueEntry {
  static let captureMidstream = CatalogueEntry(
    .captureMidstream, .info, "the connection began before the capture",
    explanation: """
      The beginning of the connection was not captured: greeting, EHLO and perhaps the envelope are unknown, and so is \
      what was negotiated.
      """,
    seenWhen: "the first packet of the connection is not its SYN",
    whatToDo: """
      start the capture before the mail is sent; for a problem that comes and goes use a ring of files (`tcpdump -C \
      100 -W 50`)
      """,
    references: ["RFC 9293 section 3.5"])
}

enum CaptureMidstream: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.facts.opening == .midstream else { return }
    findings.add(
      Finding(.captureMidstream, at: evidence.start, message: "The connection began before the capture did."))
  }
}
