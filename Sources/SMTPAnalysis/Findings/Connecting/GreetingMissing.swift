internal import SMTPDialogue
internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let greetingMissing = CatalogueEntry(
    .greetingMissing, .error, "the server never greeted",
    explanation: """
      The connection was made, but no greeting came until the client left or for longer than five minutes. The server \
      hangs (load, reverse DNS or ident lookups, a full process table), a filter in front of it accepted the \
      connection without one behind it, or it expects something first, such as TLS or a PROXY line.
      """,
    seenWhen: """
      the handshake completed, no byte came from the server, and the client closed or more than 5 minutes passed, or \
      the greeting came when the client had gone; a capture that ends before either says nothing
      """,
    whatToDo: """
      connect from beside the server and compare; look at its process limits and DNS resolver; check the balancer's \
      targets; allow at least five minutes in the client
      """,
    references: ["RFC 5321 section 4.5.3.2.1", "RFC 5321 section 3.1"])
}

enum GreetingMissing: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    let facts = evidence.facts
    let late = evidence.session.greeting?.reply
    guard facts.opening == .handshake, facts.handshakeDuration != nil,
      late.map({ !evidence.isHeard($0) && !$0.isNegative }) ?? (facts.serverToClient.bytes == 0),
      !evidence.isOneSided, evidence.gaps.server == 0, evidence.session.tls == nil,
      evidence.pathStall == nil, !findings.contains(.plaintextOnTLSPort, .tlsOnPlaintextPort, .proxyPreambleMismatch)
    else { return }
    // Until then the client waited; what came behind that it did not hear.
    let left =
      late.map { evidence.clientLeft?.time ?? facts.clientPath.trouble?.reset?.frame.time ?? $0.time }
      ?? facts.lastFrame.time
    let waited = left.nanoseconds(since: facts.firstFrame.time)
    switch evidence.closing {
    case .captureEnd:
      guard evidence.duration >= longestWait else { return }
    case .finished(by: .client), .reset(by: .client):
      // A client that does not wait at all only looks whether the port is open.
      guard facts.clientToServer.bytes == 0, waited >= shortestWait else { return }
    case .reset(by: .server):
      // With bytes of the client unanswered it is the reset that is to be told.
      guard facts.clientToServer.bytes == 0 else { return }
    case .finished(by: .server):
      guard facts.clientToServer.bytes == 0 else { return }
    case .timeout:
      break
    }
    if let late {
      findings.add(
        Finding(
          .greetingMissing, at: late.place,
          message:
            "The server did not greet in the \(spoken(waited)) that the client waited; its greeting came \(spoken(late.time.nanoseconds(since: left))) after the client had closed the connection."
        ))
      return
    }
    findings.add(
      Finding(
        .greetingMissing, at: evidence.end,
        message:
          "The connection stood for \(spoken(evidence.duration)) and the server never greeted; \(evidence.leaver)\(hint(evidence))."
      ))
  }

  /// A server that hangs does not close, and one that lets nobody wait does not hang.
  private static func hint(_ evidence: borrowing SessionEvidence) -> String {
    guard evidence.closing == .finished(by: .server) || evidence.closing == .reset(by: .server) else { return "" }
    return evidence.duration < shortestWait
      ? " at once, as one does that keeps this client out or has too many connections, or a proxy that has no server behind it"
      : ", as a proxy does that waits in vain for the server behind it"
  }

  /// RFC 5321 section 4.5.3.2.1.
  private static let longestWait: Int64 = 300_000_000_000
  private static let shortestWait: Int64 = 1_000_000_000
}
