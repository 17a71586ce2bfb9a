extension CatalogueEntry {
  static let certificateUntrusted = CatalogueEntry(
    .certificateUntrusted, .error, "the server's certificate was not trusted",
    explanation: """
      The client ended the handshake because it could not trace the certificate to an authority that it knows: \
      self-signed, issued by a private authority, or the intermediate certificate was not sent along.
      """,
    seenWhen: """
      the alert unknown_ca, bad_certificate or certificate_unknown comes from the client after the server's \
      certificate
      """,
    whatToDo: """
      send the whole chain from the server (certificate first, then the intermediates); install the private authority \
      in the client; for public mail take a certificate of a public authority or publish DANE records
      """,
    references: ["RFC 8446 section 6.2", "RFC 5280 section 6", "RFC 7672 section 3"])
}
