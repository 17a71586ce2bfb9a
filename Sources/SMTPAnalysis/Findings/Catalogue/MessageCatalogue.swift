/// What is wrong with a message itself.
extension CatalogueEntry {
  static let headerMissing = CatalogueEntry(
    .headerMissing, .info, "a header field that every message needs is missing",
    explanation: """
      Each message must have Date and From. Without them filters take it for spam, and DMARC has nothing to check.
      """,
    seenWhen: "the whole header section was seen and has no Date, or no From",
    whatToDo: "correct the program that makes the message; a submission server may add Date, nobody else should",
    references: ["RFC 5322 section 3.6", "RFC 6409 section 8"])

  static let headerDuplicated = CatalogueEntry(
    .headerDuplicated, .warning, "a header field stands there twice",
    explanation: """
      From, To, Subject, Date, Message-ID and others may stand in a message only once. Programs differ in which they \
      show and which they check: a filter sees the first From, the reader the second.
      """,
    seenWhen: "a field that may occur once occurs more than once in the header section",
    whatToDo: """
      correct the program that makes the message, often a script that adds a header to one that has it; refuse double \
      From fields at the receiving server
      """,
    references: ["RFC 5322 section 3.6", "RFC 6376 section 8.15"])

  static let headerMalformed = CatalogueEntry(
    .headerMalformed, .info, "the header is not well formed",
    explanation: """
      A line of the header section is no field (no colon, blanks before it, too long), or the blank line before the \
      body is missing. The rest may be shown as text, or vanish.
      """,
    seenWhen: """
      a line before the first blank line that is neither a field nor the continuation of one, is longer than 998 \
      octets, or no blank line where a body follows
      """,
    whatToDo: """
      correct the program that makes the message: a missing CR LF or a line break inside a field's text is the usual \
      cause
      """,
    references: ["RFC 5322 section 2.2", "RFC 5322 section 2.1.1"])

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

  static let duplicateMessage = CatalogueEntry(
    .duplicateMessage, .info, "the same message was sent more than once",
    explanation: """
      A message with the same contents, or with the same Message-ID to the same recipient, passed in more than one \
      transaction. After a lost reply that is the second try of a mail that may have been delivered before; for lists \
      it is ordinary.
      """,
    seenWhen: "the same hash, or the same Message-ID with a common recipient, in another transaction of the captures",
    whatToDo: """
      look at the earlier transaction: where its reply was lost, see reply-lost; else look for a client that sends \
      twice, or one capture that was read twice
      """,
    references: ["RFC 1047", "RFC 5322 section 3.6.4"])
}
