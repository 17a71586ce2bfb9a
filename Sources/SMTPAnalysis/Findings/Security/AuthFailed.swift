extension CatalogueEntry {
  static let authFailed = CatalogueEntry(
    .authFailed, .error, "the login was refused",
    explanation: """
      The server did not accept the client's credentials, and no later attempt on the connection did better. The \
      password or user name is wrong, the account is locked, or it wants another way of logging in (an app password, \
      OAuth). Many in a row from one address is someone guessing passwords.
      """,
    seenWhen: "535 or another 5xx reply (or 454) that ends an AUTH exchange, with no accepted AUTH after it",
    whatToDo: """
      check user name (often the full address) and password; see whether the account needs an app password or OAuth; \
      look in the server's log for the reason that it hides from the client; block addresses that guess
      """,
    references: ["RFC 4954 section 6", "RFC 4954 section 4"])
}
