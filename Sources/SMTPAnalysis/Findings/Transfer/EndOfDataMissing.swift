extension CatalogueEntry {
  static let endOfDataMissing = CatalogueEntry(
    .endOfDataMissing, .error, "the line that ends the message never came",
    explanation: """
      The client seems to have sent everything, and the server has acknowledged it, but the line with the single dot \
      is missing or spoilt; so the server waits for more, and the client for its answer. The usual reasons are a \
      program that writes the dot without its line ends, or a device that swallowed it.
      """,
    seenWhen: """
      after 354 all the data is acknowledged, both sides are silent, and the last bytes are not CRLF . CRLF; they are \
      shown in hexadecimal
      """,
    whatToDo: """
      look at the last bytes: the client must send 0d 0a 2e 0d 0a; correct the program that sends; switch off SMTP \
      inspection in the firewall for a test
      """,
    references: ["RFC 5321 section 4.1.1.4", "RFC 5321 section 2.3.8"])
}
