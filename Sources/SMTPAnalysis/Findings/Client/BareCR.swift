extension CatalogueEntry {
  static let bareCR = CatalogueEntry(
    .bareCR, .warning, "carriage returns without line feed",
    explanation: """
      CR must not stand alone in SMTP. Servers differ in what they make of it; signatures break and, together with \
      dots, messages can be smuggled.
      """,
    seenWhen: """
      CR without LF behind it in commands or in the data (BDAT chunks of BINARYMIME excepted); how many, and the first \
      place, is told
      """,
    whatToDo: "correct the program that makes the messages; encode binary content with base64",
    references: ["RFC 5321 section 2.3.8", "RFC 5322 section 2.3"])
}
