extension CatalogueEntry {
  static let sizeExceeded = CatalogueEntry(
    .sizeExceeded, .error, "the message is larger than the server takes",
    explanation: """
      The server announced a largest size, or has one, and this message is over it. The refusal is permanent. A client \
      that does not declare the size sends the whole message in vain. Attachments grow by a third through base64.
      """,
    seenWhen: """
      SIZE= on MAIL is over the size in the EHLO reply and was refused, or a 552, 5.3.4 or 5.2.3 reply to MAIL, RCPT \
      or the end of the data speaks of the message's size
      """,
    whatToDo: """
      send a link instead of the attachment, or split it; raise the limit on the server that said no \
      (`message_size_limit` in Postfix and Exim, the connector's MaxMessageSize in Exchange), on every relay behind it \
      too
      """,
    references: ["RFC 1870", "RFC 3463 section 3.4"])
}
