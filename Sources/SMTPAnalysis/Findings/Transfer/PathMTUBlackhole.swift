internal import SMTPDialogue
internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let pathMTUBlackhole = CatalogueEntry(
    .pathMTUBlackhole, .error, "full-sized packets do not get through",
    explanation: """
      Commands pass, but the message (or a TLS certificate) hangs: packets of full size are lost each time, and the \
      router that cannot pass them does not say so, or its ICMP message is filtered. Tunnels, PPPoE and VPNs have \
      smaller packets than the 1500 bytes of Ethernet.
      """,
    seenWhen: """
      in one direction full-sized segments are retransmitted and never acknowledged while smaller ones are; an ICMP \
      "fragmentation needed" or "packet too big" that is seen tells the next hop's MTU
      """,
    whatToDo: """
      let ICMP type 3 code 4 (IPv6: type 2) through all firewalls; clamp the MSS at the tunnel \
      (`--clamp-mss-to-pmtu`); lower the interface's MTU for a test; switch packetization-layer discovery on \
      (`net.ipv4.tcp_mtu_probing=1`)
      """,
    references: ["RFC 2923 section 2.1", "RFC 1191 section 3", "RFC 4821", "RFC 8201 section 4"])
}

enum PathMTUBlackhole: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    if let found = evidence.pathStall, found.cause == .tooLarge {
      look(at: found, evidence, &findings)
    } else if evidence.facts.isTroubled, evidence.pathStall == nil {
      for peer in Peer.allCases { lookBehindHole(peer, evidence, &findings) }
    }
    // The handshake stopped for it: one cause, one finding.
    if findings.contains(.pathMTUBlackhole) { findings.withdraw(.tlsHandshakeFailed) }
  }

  /// Whether something was left open by it, be it the handshake of TLS.
  private static func hangs(_ evidence: borrowing SessionEvidence) -> Bool {
    evidence.isUnfinished || evidence.session.tls?.outcome == .failed
  }

  private static func look(
    at found: PathStall, _ evidence: borrowing SessionEvidence, _ findings: inout FindingCollector
  ) {
    let facts = evidence.facts
    let stall = found.stall
    let largest = facts.path(of: found.peer).largestAcknowledged
    let headers = headerBytes(of: found.peer, facts)
    let step = stall.isOpen ? evidence.openStep : evidence.step(at: stall.begin)
    let smaller =
      largest > 0 ? "smaller ones, of up to \(largest) bytes, were" : "smaller packets of the other side came back"
    var message =
      "\(sentenceStart(step)) stalled for \(spoken(stall.duration)): \(found.story)"
      + (facts.client.address.isIPv6 ? "" : " with DF") + " were never acknowledged, while \(smaller)"
    if let error = facts.tooBig(for: found.peer) {
      let limit = error.nextHopMTU.map { "packets of at most \($0) bytes" } ?? "smaller packets"
      message +=
        "; \(error.reporter) said that it takes \(limit) (ICMP, #\(error.frame.number)), and the \(found.peer.word) went on as before."
    } else {
      message +=
        ", and no ICMP error came back: something between \(facts.client.address) and \(facts.server.address) drops packets of \(stall.size + headers) bytes."
    }
    if !stall.isOpen { message += " In segments of \(stall.smallestSize) bytes it went through." }
    findings.add(
      Finding(
        .pathMTUBlackhole, severity: stall.isOpen && hangs(evidence) ? .error : .warning,
        transaction: evidence.openDraft?.transaction.id, at: found.place, message: message))
  }

  /// The capture stands behind the place that drops them: large segments of `peer` never come by, though its small ones show
  /// that they were sent, and the other side does not acknowledge them either.
  private static func lookBehindHole(
    _ peer: Peer, _ evidence: borrowing SessionEvidence, _ findings: inout FindingCollector
  ) {
    let path = evidence.facts.path(of: peer)
    guard let trouble = path.trouble, hangs(evidence), !evidence.isOneSided,
      evidence.facts.opening == .handshake
    else { return }
    let missing = trouble.unseen + trouble.unconfirmedGaps
    let limits = [evidence.facts.clientPath, evidence.facts.serverPath].compactMap(\.options)
      .map { Int($0.maximumSegmentSize) }.filter { $0 > 0 }
    let full = (limits.min() ?? 1200) - 40
    let asked = evidence.last?.reply?.time ?? evidence.last?.sent?.time ?? evidence.facts.firstFrame.time
    let quiet = evidence.facts.lastFrame.time.nanoseconds(since: asked) + evidence.facts.silence.afterwards
    // What the other side said last came again, because the segments that acknowledge it did not arrive.
    let isRepeated = evidence.facts.path(of: peer.other).trouble?.lastRepeat.map { $0.time >= asked } ?? false
    guard missing >= full, path.largestAcknowledged > 0, path.largestAcknowledged < full,
      quiet >= shortestWait || isRepeated && missing >= 2 * full
    else { return }
    findings.add(
      Finding(
        .pathMTUBlackhole, severity: quiet >= shortestWait ? .error : .warning,
        transaction: evidence.openDraft?.transaction.id, at: evidence.end,
        message:
          "\(sentenceStart(evidence.openStep)) stalled for \(spoken(quiet)): the \(peer.word) says that it has sent \(missing) bytes which never came to the capture and which the \(peer.other.word) does not acknowledge, while its smaller segments, of up to \(path.largestAcknowledged) bytes, came: something before this place drops full-sized packets."
      ))
  }

  /// How long a hole must stay open: retransmissions of three timeouts would have filled it.
  private static let shortestWait: Int64 = 3_000_000_000

  private static func headerBytes(of peer: Peer, _ facts: ConnectionFacts) -> Int {
    let timestamps = facts.clientPath.options?.timestamps == true && facts.serverPath.options?.timestamps == true
    return (facts.client.address.isIPv6 ? 40 : 20) + 20 + (timestamps ? 12 : 0)
  }
}
