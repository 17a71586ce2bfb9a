extension CatalogueEntry {
  static let tlsOnPlaintextPort = CatalogueEntry(
    .tlsOnPlaintextPort, .error, "TLS from the first byte on a port that begins in clear",
    explanation: """
      The client began a TLS handshake at once, on a port where the server greets in clear and TLS begins with \
      STARTTLS. Each waits for the other, or the server answers the handshake with an error. The client is set to \
      "SSL/TLS" (implicit TLS) where "STARTTLS" is due.
      """,
    seenWhen: """
      the client's first bytes are a TLS ClientHello, while the server greeted in clear or answered with SMTP replies, \
      or nothing at all
      """,
    whatToDo: "set the client to STARTTLS on ports 25 and 587, or to port 465 if it is to use TLS from the first byte",
    references: ["RFC 8314 section 3.3", "RFC 3207 section 4"])
}
