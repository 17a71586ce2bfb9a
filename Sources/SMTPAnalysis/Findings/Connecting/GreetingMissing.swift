extension CatalogueEntry {
  static let greetingMissing = CatalogueEntry(
    .greetingMissing, .error, "the server never greeted",
    explanation: """
      The connection was made, but no greeting came until the client left or for longer than five minutes. The server \
      hangs (load, reverse DNS or ident lookups, a full process table), a filter in front of it accepted the \
      connection without one behind it, or it expects something first, such as TLS or a PROXY line.
      """,
    seenWhen: """
      the handshake completed, no byte came from the server, and the client closed or more than 5 minutes passed; a \
      capture that ends before either says nothing
      """,
    whatToDo: """
      connect from beside the server and compare; look at its process limits and DNS resolver; check the balancer's \
      targets; allow at least five minutes in the client
      """,
    references: ["RFC 5321 section 4.5.3.2.1", "RFC 5321 section 3.1"])
}
