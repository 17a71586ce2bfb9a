public import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let connectionBlocked = CatalogueEntry(
    .connectionBlocked, .error, "a router or firewall turned the connection away",
    explanation: """
      Something on the path answered the attempt to connect with an ICMP error instead of letting it through: a filter \
      that forbids it, or a router that knows no way. The error's source address names the device that refused.
      """,
    seenWhen: """
      an ICMP "administratively prohibited", "host unreachable", "network unreachable" or the like quotes the SYN, and \
      no SYN-ACK is seen
      """,
    whatToDo: """
      look up who runs the address that the ICMP error came from; have the filter opened for this port, or the route \
      repaired; where the policy is meant, send through the permitted relay
      """,
    references: ["RFC 1812 section 5.2.7.1", "RFC 4443 section 3.1", "RFC 9293 section 3.9.2.2"])
}

enum ConnectionBlocked: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    let facts = evidence.facts
    guard facts.opening == .unanswered,
      let error = facts.errors.first(where: { $0.about == .client && $0.blocks })
    else { return }
    let who = error.reporter == facts.server.address ? "the server's own host" : "\(error.reporter)"
    findings.add(
      Finding(
        .connectionBlocked, at: (error.frame.number, error.frame.time),
        message:
          "The connection to \(facts.server) was turned away on its way: \(who) answered the SYN with \(error.name)."))
  }
}

extension PathError {
  /// It says that nothing gets to the address or port, and not because nobody listens.
  var blocks: Bool {
    switch kind {
    case .prohibited, .unreachable, .timeExceeded: true
    case .packetTooBig, .portUnreachable, .other: false
    }
  }

  /// As a sentence calls it.
  public var name: String {
    let words =
      switch kind {
      case .packetTooBig: isICMPv6 ? "packet too big" : "fragmentation needed"
      case .portUnreachable: "port unreachable"
      case .prohibited: "administratively prohibited"
      case .unreachable where !isICMPv6 && code == 0 || isICMPv6 && code == 0: "no route to the network"
      case .unreachable: "host unreachable"
      case .timeExceeded: "time exceeded: the packet went in circles"
      case .other: "an error"
      }
    return "\(isICMPv6 ? "ICMPv6" : "ICMP") \"\(words)\" (type \(type), code \(code))"
  }
}
