extension CatalogueEntry {
  static let tlsOutdated = CatalogueEntry(
    .tlsOutdated, .warning, "old or weak encryption",
    explanation: """
      The version or the cipher suite is one that is no longer held to be safe: TLS 1.0 or 1.1, RC4, 3DES, NULL or \
      export ciphers, or no forward secrecy. Still better than none, but newer peers will refuse it.
      """,
    seenWhen: "the server's hello chooses a version below TLS 1.2, or a cipher suite of these kinds",
    whatToDo: "update the older side; let both offer TLS 1.2 and 1.3 with ECDHE suites",
    references: ["RFC 8996 section 4", "RFC 9325 section 3.1.1", "RFC 9325 section 4.1", "RFC 7465 section 2"])
}
