extension CatalogueEntry {
  static let dkimBodyAltered = CatalogueEntry(
    .dkimBodyAltered, .warning, "the body does not fit its DKIM signature",
    explanation: """
      The hash of the body in a DKIM signature is not that of the body on the wire: it was changed after signing, by a \
      footer, a filter, a change of encoding or line ends. The receiver's check will fail, and DMARC perhaps with it.
      """,
    seenWhen: "a complete message whose body, canonicalized as the signature says, has another hash than its bh=",
    whatToDo: """
      sign last, after everything that alters the message; find the hop that alters it by capturing before and after \
      it; use relaxed canonicalization
      """,
    references: ["RFC 6376 section 3.7", "RFC 6376 section 6.1.3"])
}
