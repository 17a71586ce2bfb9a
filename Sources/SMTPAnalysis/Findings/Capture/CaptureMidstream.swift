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
