extension CatalogueEntry {
  static let recipientDeferred = CatalogueEntry(
    .recipientDeferred, .error, "the server puts a recipient off",
    explanation: """
      The RCPT command was answered by a temporary refusal. The mail for this recipient stays in the client's queue \
      and is tried again, for some days as a rule, before the sender gets a bounce.
      """,
    seenWhen: "a 4xx reply to RCPT whose text and enhanced code name no cause that has a finding of its own",
    whatToDo: """
      read the reply's text; see whether a later attempt passes; on the receiving side look for failing lookups (LDAP, \
      SQL, callouts) and limits
      """,
    references: ["RFC 5321 section 4.1.1.3", "RFC 5321 section 4.5.4.1"])
}
