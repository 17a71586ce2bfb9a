internal import TCPStreams
internal import TLSHandshake
internal import Wire

extension CatalogueEntry {
  static let tlsHandshakeFailed = CatalogueEntry(
    .tlsHandshakeFailed, .error, "the TLS handshake failed",
    explanation: """
      Client and server began TLS and did not finish: one of them sent a fatal alert, or the connection ended in the \
      middle. Mail that must not go in clear waits or bounces; mail that may often comes again without TLS.
      """,
    seenWhen: """
      a fatal alert before both sides finished the handshake, or the connection's end there; the alert's name and its \
      sender are told; missing bytes silence this; a warning where the client finishes the handshake and leaves without a \
      command inside it
      """,
    whatToDo: """
      look at the alert: who sent it has the reason in its log; compare what both sides offer (versions, ciphers, \
      groups); with no alert and a large ClientHello, suspect a firewall or the path MTU
      """,
    references: ["RFC 8446 section 6.2", "RFC 3207 section 4.1"])
}

/// A handshake that did not come to its end, by the name that the alert and both offers give it: tls-version-mismatch,
/// tls-no-shared-cipher, tls-client-certificate-missing, certificate-untrusted, certificate-expired,
/// certificate-name-mismatch.
enum TLSHandshakeFailed: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    // Where STARTTLS was not answered there was no handshake: what is found of other commands without answer tells it.
    guard let use = evidence.session.tls, use.outcome == .failed, !use.isUnanswered,
      !findings.contains(
        .tlsGarbage, .tlsOnPlaintextPort, .plaintextOnTLSPort, .starttlsInjection, .starttlsResponseInjection)
    else { return }
    guard let details = evidence.tls else {
      findings.add(
        Finding(.tlsHandshakeFailed, at: evidence.end, message: "The TLS handshake did not come to its end."))
      return
    }
    let clientLeft = evidence.closing == .finished(by: .client) || evidence.closing == .reset(by: .client)
    let failure = TLSFailure(of: details, end: evidence.end.time, clientLeft: clientLeft)
    let place = failure.place.map { ($0.frame, $0.time) } ?? evidence.end
    // That a certificate is out of date is a warning only as long as the client takes it.
    // Without an alert nobody says why; then at least who hung up.
    let leaver = evidence.leaver
    let end =
      failure.id == .tlsHandshakeFailed && details.alerts.isEmpty && evidence.closing != .captureEnd
      ? " \(leaver.prefix(1).uppercased() + leaver.dropFirst())." : ""
    // An alert of the client that came behind the server's end is the client's answer to that.
    let isLate = details.fatalAlert?.from == .client && evidence.serverLeft.map { isBefore($0.place, place) } == true
    let sooner =
      isLate && details.handshake.serverHello == nil ? " The server had closed the connection before that." : ""
    findings.add(Finding(failure.id, severity: .error, at: place, message: failure.message + sooner + end))
  }
}
