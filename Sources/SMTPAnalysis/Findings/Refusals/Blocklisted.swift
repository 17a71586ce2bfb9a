extension CatalogueEntry {
  static let blocklisted = CatalogueEntry(
    .blocklisted, .error, "refused because of a block list",
    explanation: """
      The server looked up the client's address, or a domain in the mail, in a block list or a reputation service and \
      refused because of it. The reply often names the list, the address and a page that explains the listing. The \
      listed address may be a NAT's that others share.
      """,
    seenWhen: "a 4xx or 5xx reply that names a block list, gives a look-up address, or speaks of poor reputation",
    whatToDo: """
      open the page that the reply names; stop what caused the listing (a hacked account, an open relay, a web form), \
      then ask for delisting; check whether the listed address is the one you think you send from
      """,
    references: ["RFC 5782 section 2.1", "RFC 3463 section 3.8"])
}
