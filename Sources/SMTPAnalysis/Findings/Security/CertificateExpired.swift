internal import PeerCertificates
internal import TLSHandshake
internal import Wire

extension CatalogueEntry {
  static let certificateExpired = CatalogueEntry(
    .certificateExpired, .warning, "the certificate is not valid at this time",
    explanation: """
      The server's certificate has run out, or is not valid yet, by the capture's clock. Clients that check \
      certificates refuse it; the others go on without a word.
      """,
    seenWhen: """
      the capture's time lies outside the certificate's notBefore and notAfter, where the certificate can be seen (TLS \
      1.2 and below, or with keys)
      """,
    whatToDo: """
      renew the certificate and see that the server loads the new one (a reload is forgotten often); check the clocks \
      of both and of the capturing host
      """,
    references: ["RFC 5280 section 4.1.2.5", "RFC 8461 section 4.2"])
}

/// A certificate that the packets' time does not lie in. Where that ended the handshake, `TLSHandshakeFailed` tells it.
enum CertificateExpired: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard let details = evidence.tls, evidence.session.tls?.outcome != .failed,
      let certificate = details.certificates.first, let place = details.handshake.certificatePlace,
      let clause = clause(certificate, at: place.time)
    else { return }
    findings.add(
      Finding(
        .certificateExpired, at: (place.frame, place.time),
        message: "The server's certificate (subject \(visible(certificate.subject.utf8))) is \(clause)."))
  }

  /// `expired: it was valid until 2024-05-01`; nil where it is valid or does not say.
  static func clause(_ certificate: PeerCertificate, at time: CaptureTime) -> String? {
    guard certificate.isValid(at: time) == false, let notBefore = certificate.notBefore,
      let notAfter = certificate.notAfter
    else { return nil }
    return time < notBefore.time
      ? "not valid yet: it is valid from \(notBefore.day) on" : "expired: it was valid until \(notAfter.day)"
  }
}
