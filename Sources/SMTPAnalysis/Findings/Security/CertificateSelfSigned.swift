internal import PeerCertificates
internal import TLSHandshake

extension CatalogueEntry {
  static let certificateSelfSigned = CatalogueEntry(
    .certificateSelfSigned, .warning, "the certificate is self-signed",
    explanation: """
      The server signed its certificate itself. It encrypts, but does not prove who the server is; clients that check \
      refuse it, unless it is published through DANE.
      """,
    seenWhen: """
      issuer and subject of the server's certificate are the same, and it is the only one that was sent, where it can \
      be seen
      """,
    whatToDo: """
      take a certificate of a public authority, which costs nothing today; or publish its TLSA record under DNSSEC
      """,
    references: ["RFC 5280 section 6", "RFC 7672 section 3.1", "RFC 8461 section 4.2"])
}

/// A certificate that nobody vouches for. Where the client did not take it, `TLSHandshakeFailed` tells it.
enum CertificateSelfSigned: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard let details = evidence.tls, evidence.session.tls?.outcome != .failed, details.isSelfSigned,
      let certificate = details.certificates.first, let place = details.handshake.certificatePlace
    else { return }
    findings.add(
      Finding(
        .certificateSelfSigned, at: (place.frame, place.time),
        message: "The server's certificate is self-signed (subject \(visible(certificate.subject.utf8)))."))
  }
}
