extension CatalogueEntry {
  static let mimeBroken = CatalogueEntry(
    .mimeBroken, .warning, "the MIME structure is broken",
    explanation: """
      Parts of the message cannot be told apart or decoded: a boundary is missing or never closed, an encoding is \
      invalid or not allowed there, or parts are nested without end. Attachments may be lost, and filters may see \
      other parts than the reader.
      """,
    seenWhen: """
      a multipart without its boundary parameter, without any delimiter or without the closing one in a complete \
      message; base64 or quoted-printable that cannot be decoded; deeper nesting than is followed
      """,
    whatToDo: "correct the program that makes the message; look for a server on the way that cut it or added a footer",
    references: ["RFC 2046 section 5.1.1", "RFC 2045 section 6"])
}
