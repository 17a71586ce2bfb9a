extension CatalogueEntry {
  static let tlsHandshakeFailed = CatalogueEntry(
    .tlsHandshakeFailed, .error, "the TLS handshake failed",
    explanation: """
      Client and server began TLS and did not finish: one of them sent a fatal alert, or the connection ended in the \
      middle. Mail that must not go in clear waits or bounces; mail that may often comes again without TLS.
      """,
    seenWhen: """
      a fatal alert before both sides finished the handshake, or the connection's end there; the alert's name and its \
      sender are told; missing bytes silence this
      """,
    whatToDo: """
      look at the alert: who sent it has the reason in its log; compare what both sides offer (versions, ciphers, \
      groups); with no alert and a large ClientHello, suspect a firewall or the path MTU
      """,
    references: ["RFC 8446 section 6.2", "RFC 3207 section 4.1"])
}
