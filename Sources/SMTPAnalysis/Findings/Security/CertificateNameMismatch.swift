internal import HostNames
internal import PeerCertificates
internal import TCPStreams
internal import TLSHandshake
internal import Wire

extension CatalogueEntry {
  static let certificateNameMismatch = CatalogueEntry(
    .certificateNameMismatch, .warning, "the certificate is for another name",
    explanation: """
      None of the names in the certificate is the one the client was looking for. Clients that check names refuse it: \
      submission programs, and servers with MTA-STS.
      """,
    seenWhen: """
      no subject alternative name fits the SNI, or where there is none the server's own name, in a certificate that \
      can be seen
      """,
    whatToDo: """
      put the host name of the MX record (or the one that users type) into the certificate; let the MX record name the \
      host that the certificate names
      """,
    references: ["RFC 9525 section 6", "RFC 8461 section 4.2", "RFC 7817 section 3"])
}

/// A certificate for another host than the one that the client asked for. One that is self-signed proves no name at all, and
/// is told as that.
enum CertificateNameMismatch: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard let details = shown(in: evidence.session), let name = details.serverName else { return }
    if let finding = finding(details, isFor: [name], asked: "The client asked for \(name)") { findings.add(finding) }
  }

  /// What name servers' answers show: the client looked up a name to find the server, and did not tell it in the handshake.
  static func finding(in session: Session, _ names: HostNames) -> Finding? {
    guard let details = shown(in: session), details.serverName == nil else { return nil }
    let start = session.connection.firstFrame.time
    let found = names.namesLeading(to: session.connection.server.address).filter { $0.time <= start }
      .map { $0.name.description }
    guard let first = found.first, !session.findings.contains(where: { $0.id == .certificateNameMismatch }) else {
      return nil
    }
    return finding(details, isFor: found, asked: "The client found the server by the name \(first)")
  }

  /// `mx.example, mail.example`, the first few.
  static func names(of certificate: PeerCertificate) -> String {
    let names = certificate.dnsNames.isEmpty ? certificate.commonName.map { [$0] } ?? [] : certificate.dnsNames
    guard !names.isEmpty else { return "no host name" }
    let shown = names.prefix(3).map { visible($0.utf8) }.joined(separator: ", ")
    return names.count > 3 ? "\(shown) and \(names.count - 3) more" : shown
  }

  private static func shown(in session: Session) -> TLSDetails? {
    guard let tls = session.tls, tls.outcome != .failed, let details = tls.details, !details.isSelfSigned else {
      return nil
    }
    return details
  }

  private static func finding(_ details: TLSDetails, isFor hosts: [String], asked: String) -> Finding? {
    guard let certificate = details.certificates.first, let place = details.handshake.certificatePlace,
      !hosts.contains(where: certificate.isFor)
    else { return nil }
    return Finding(
      .certificateNameMismatch, at: (place.frame, place.time),
      message: "\(asked), the server's certificate is for \(names(of: certificate)).")
  }
}
