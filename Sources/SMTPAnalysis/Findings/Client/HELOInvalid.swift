extension CatalogueEntry {
  static let heloInvalid = CatalogueEntry(
    .heloInvalid, .info, "the client's name is none, or not its own",
    explanation: """
      The argument of HELO or EHLO has to be the client's full domain name, or its address in brackets where it has no \
      name. Servers may not refuse mail for a name that fails a check alone, but many do.
      """,
    seenWhen: """
      the argument is neither a domain name nor an address literal, is an address without brackets, or is the server's \
      own name; or DNS answers in the capture show that it does not lead to the client's address, or that the address \
      has no name that leads back to it
      """,
    whatToDo: """
      give the client its full name (`smtp_helo_name`, `primary_hostname`); a program without one says `[192.0.2.7]` \
      with its own address
      """,
    references: ["RFC 5321 section 4.1.1.1", "RFC 5321 section 4.1.3", "RFC 5321 section 4.1.4"])
}
