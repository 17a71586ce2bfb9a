extension CatalogueEntry {
  static let chunkSizeMismatch = CatalogueEntry(
    .chunkSizeMismatch, .error, "a chunk is not as long as it said",
    explanation: """
      BDAT announces how many octets follow. Where the number is wrong, the server takes text for commands or commands \
      for text. Mixing DATA and BDAT, or BDAT to a server that did not offer CHUNKING, belongs here as well.
      """,
    seenWhen: """
      fewer or more octets than announced stand between a BDAT and the next command; DATA after BDAT in a transaction; \
      BDAT without CHUNKING in the EHLO reply
      """,
    whatToDo: """
      correct the client's count: octets after all conversions, with CR LF as two, no dot-stuffing; as a way out let \
      the server not offer CHUNKING (`smtpd_discard_ehlo_keywords = chunking`)
      """,
    references: ["RFC 3030 section 2"])
}
