internal import TCPStreams
internal import Wire

/// A client that finishes the handshake and leaves: libraries such as GnuTLS look at the certificate only then, and Postfix
/// says QUIT where it does not like it. One that only looks whether TLS works does so too.
enum TLSLeftUnsaid: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.session.leftTLSUnsaid, let details = evidence.tls else { return }
    if let failure = TLSFailure.unsaid(details, end: evidence.end.time) {
      findings.add(Finding(failure.id, severity: .error, at: evidence.end, message: failure.message))
      return
    }
    findings.add(
      Finding(
        .tlsHandshakeFailed, severity: .warning, at: evidence.end,
        message:
          "The client finished the TLS handshake and left without a command inside it: so does one that does not take the server's certificate, and one that only looks whether TLS works."
      ))
  }
}

extension Session {
  /// The client finished the TLS handshake, said no command inside, and was the first to leave.
  var leftTLSUnsaid: Bool {
    guard transactions.isEmpty, let tls, tls.outcome == .established, !tls.isReadable,
      tls.details?.wasLeftUnsaid == true
    else { return false }
    return connection.closing == .finished(by: .client) || connection.closing == .reset(by: .client)
  }
}
