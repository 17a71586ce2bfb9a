extension CatalogueEntry {
  static let nonstandardEndOfData = CatalogueEntry(
    .nonstandardEndOfData, .error, "an end of data that only some servers see",
    explanation: """
      Inside the message stands a dot between line ends that are not CR LF. A server that takes this for the end of \
      the message sees commands in what follows: that is SMTP smuggling, with which mail is forged past SPF and DMARC. \
      Without an attack it is a program with wrong line ends.
      """,
    seenWhen: "LF . LF, LF . CRLF, CR . CR, CRLF . LF, CRLF . CR and the like within the data; what follows is shown",
    whatToDo: """
      sending side: normalize line ends before sending; receiving side: refuse bare line ends \
      (`smtpd_forbid_bare_newline = normalize` in Postfix 3.9, and fixed versions of the others); see whether commands \
      follow the dot
      """,
    references: [
      "RFC 5321 section 4.1.1.4",
      "RFC 5321 section 2.3.8",
      "CVE-2023-51764",
      "CVE-2023-51765",
      "CVE-2023-51766",
    ])
}
