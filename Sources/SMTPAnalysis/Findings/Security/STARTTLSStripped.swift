extension CatalogueEntry {
  static let starttlsStripped = CatalogueEntry(
    .starttlsStripped, .error, "the offer of encryption was overwritten on the way",
    explanation: """
      The place where STARTTLS stands in the EHLO reply holds letters that are no extension, as firewalls and \
      attackers write them over it, or the whole line is gone, so that the client goes on in clear. Mail and passwords \
      can be read on the path.
      """,
    seenWhen: """
      an EHLO keyword such as XXXXXXXA or XXXXXXXX instead of STARTTLS, or a STARTTLS command that was masked and \
      refused; a warning where the server of this address and name offered STARTTLS in an earlier session and now \
      offers all the rest and not that, an error where the client then sent no mail
      """,
    whatToDo: """
      switch SMTP inspection ("fixup", ESMTP inspection) off in the firewall, or let it pass STARTTLS; make TLS a must \
      in the client, with MTA-STS or DANE; ask the provider if it is not yours
      """,
    references: ["RFC 3207 section 6", "RFC 8461 section 10", "RFC 7672 section 1.3"])
}
