extension CatalogueEntry {
  static let tlsVersionMismatch = CatalogueEntry(
    .tlsVersionMismatch, .error, "no TLS version that both sides speak",
    explanation: """
      The client offers only versions that the server refuses, or the reverse. Usually one side is old (TLS 1.0 or 1.1 \
      only) and the other was hardened.
      """,
    seenWhen: """
      the alert protocol_version ends the handshake, or the server's hello answers with a version that the client does \
      not offer and the client ends it
      """,
    whatToDo: """
      bring the older side to TLS 1.2 or later; where that cannot be, put a relay between them rather than lowering \
      the newer side's minimum for everybody
      """,
    references: ["RFC 8446 section 6.2", "RFC 8446 section 4.2.1", "RFC 9325 section 3.1"])
}
