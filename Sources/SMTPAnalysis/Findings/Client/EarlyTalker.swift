extension CatalogueEntry {
  static let earlyTalker = CatalogueEntry(
    .earlyTalker, .warning, "the client spoke before the greeting",
    explanation: """
      A client has to wait for the greeting. Programs that send spam often don't, and servers test for that by waiting \
      before they greet; some refuse such clients.
      """,
    seenWhen: """
      bytes of the client arrive before the last line of the greeting was sent, by more than the time the path takes; \
      proxies' preambles and TLS hellos do not count
      """,
    whatToDo: """
      correct the client: read the whole greeting (all lines of it) before EHLO; let nothing between send ahead of \
      time
      """,
    references: ["RFC 5321 section 4.3.1", "RFC 5321 section 3.1"])
}
