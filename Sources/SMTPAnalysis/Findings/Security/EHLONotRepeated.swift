extension CatalogueEntry {
  static let ehloNotRepeated = CatalogueEntry(
    .ehloNotRepeated, .warning, "no new EHLO after TLS began",
    explanation: """
      After the TLS handshake the client must forget what the server said and begin again with EHLO. This one went on. \
      Servers answer 503, or do not offer AUTH.
      """,
    seenWhen: "with keys or a readable mirror: MAIL or AUTH is the first command after the handshake",
    whatToDo: "correct the client: EHLO again after STARTTLS",
    references: ["RFC 3207 section 4.2"])
}
