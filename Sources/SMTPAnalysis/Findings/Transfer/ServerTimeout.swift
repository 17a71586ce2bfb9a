extension CatalogueEntry {
  static let serverTimeout = CatalogueEntry(
    .serverTimeout, .error, "one side ran out of patience",
    explanation: """
      One side had been silent for so long that the other ended the session, with a 421 reply or without. A client \
      that stops in the middle hangs itself (disk, look-ups, a person who types); a connection that is kept open for \
      reuse may simply have been kept too long.
      """,
    seenWhen: """
      the server closes, mostly with 421 (4.4.2 and the like), after the client had its turn and was silent; or the \
      client closes after the server was, beyond the standard's wait; the silence is told
      """,
    whatToDo: """
      look at what the silent side did in that time; keep reused connections for a shorter time than the server's idle \
      limit; a server should wait at least 5 minutes for a command
      """,
    references: ["RFC 5321 section 4.5.3.2.7", "RFC 5321 section 3.8"])
}
