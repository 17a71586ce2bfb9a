extension CatalogueEntry {
  static let authSyntax = CatalogueEntry(
    .authSyntax, .error, "the login exchange itself broke down",
    explanation: """
      The exchange ended before a password could be judged: the mechanism is not known to the server, a response was \
      not valid base64, the client cancelled, or AUTH came where it may not. No statement about user or password \
      follows from it.
      """,
    seenWhen: """
      501, 503 or 504 (or 5.5.x, 5.7.4) to AUTH or to one of its responses, or a client response of `*`, with no \
      accepted AUTH after it
      """,
    whatToDo: """
      choose a mechanism that both sides have (the EHLO reply lists the server's; it may list more after STARTTLS); \
      update the client; compare the exchange with the mechanism's RFC
      """,
    references: ["RFC 4954 section 4", "RFC 4954 section 6"])
}
