extension CatalogueEntry {
  static let bareLF = CatalogueEntry(
    .bareLF, .warning, "line feeds without carriage return",
    explanation: """
      Lines in SMTP end with CR LF, and LF must not stand alone. Servers differ in what they make of it: some repair \
      it, some refuse the message, and some can be tricked by it (SMTP smuggling).
      """,
    seenWhen: """
      LF without CR before it in commands or in the data (BDAT chunks of BINARYMIME excepted); how many, and the first \
      place, is told
      """,
    whatToDo: """
      correct the client or the script that makes the messages (`unix2dos`, the mail library's own line ends); do not \
      send files with bare line feeds as they are
      """,
    references: ["RFC 5321 section 2.3.8", "RFC 5321 section 4.1.1.4"])
}
