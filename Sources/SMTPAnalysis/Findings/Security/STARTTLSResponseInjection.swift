extension CatalogueEntry {
  static let starttlsResponseInjection = CatalogueEntry(
    .starttlsResponseInjection, .error, "replies in clear behind the answer to STARTTLS",
    explanation: """
      The server's 220 to STARTTLS is followed by more text in clear, before the handshake. A faulty client keeps it \
      and takes it for replies given inside TLS: an attacker on the path can forge answers.
      """,
    seenWhen: "bytes in clear of the server between the 220 to STARTTLS and its first TLS record",
    whatToDo: "update the client; look for a proxy or an attacker on the path that adds the bytes",
    references: ["RFC 3207 section 4.2", "CVE-2011-0411"])
}
