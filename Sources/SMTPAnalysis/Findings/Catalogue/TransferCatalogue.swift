/// What breaks off a dialogue or a message that had begun.
extension CatalogueEntry {
  static let transferIncomplete = CatalogueEntry(
    .transferIncomplete, .error, "the connection ended inside the message",
    explanation: """
      The client was sending the message when the connection ended, before the end of the data. The server must throw \
      away what it has. The client keeps the mail and tries again from the start; if it ends at the same place each \
      time, the cause is in the path or in the contents.
      """,
    seenWhen: """
      DATA was answered by 354 (or a BDAT chunk was begun) and the connection ended before the terminating dot, or \
      before the chunk's last byte; the bytes that were sent are told
      """,
    whatToDo: """
      see who ended it and how (reset, close, silence), and look there; compare the place with other attempts: always \
      the same place suggests a content filter, always about 1500 bytes the path MTU
      """,
    references: ["RFC 5321 section 4.1.1.4", "RFC 5321 section 3.8"])

  static let endOfDataMissing = CatalogueEntry(
    .endOfDataMissing, .error, "the line that ends the message never came",
    explanation: """
      The client seems to have sent everything, and the server has acknowledged it, but the line with the single dot \
      is missing or spoilt; so the server waits for more, and the client for its answer. The usual reasons are a \
      program that writes the dot without its line ends, or a device that swallowed it.
      """,
    seenWhen: """
      after 354 all the data is acknowledged, both sides are silent, and the last bytes are not CRLF . CRLF; they are \
      shown in hexadecimal
      """,
    whatToDo: """
      look at the last bytes: the client must send 0d 0a 2e 0d 0a; correct the program that sends; switch off SMTP \
      inspection in the firewall for a test
      """,
    references: ["RFC 5321 section 4.1.1.4", "RFC 5321 section 2.3.8"])

  static let replyLost = CatalogueEntry(
    .replyLost, .error, "the mail may be delivered twice",
    explanation: """
      The client sent the whole message and the end of its data, and the connection ended before the server's answer \
      arrived. The server may have taken the mail; the client cannot know and will send it again.
      """,
    seenWhen: """
      the end of data was sent, no reply follows, and one side closes, resets or falls silent; who left, and after how \
      long, is told
      """,
    whatToDo: """
      look at what the server does between the dot and its reply (content filter, full disk); raise the client's \
      data-done timeout to at least 10 minutes; compare the Message-ID of the next attempt
      """,
    references: ["RFC 1047", "RFC 5321 section 4.5.3.2.6", "RFC 5321 section 6.1"])

  static let clientGaveUp = CatalogueEntry(
    .clientGaveUp, .error, "the client did not wait long enough",
    explanation: """
      The client closed while it was waiting for a reply, sooner than the standard allows. The server may have been \
      slow (reverse DNS, callouts, filters), but a proper client waits minutes. After the end of the data this makes \
      duplicates, see reply-lost.
      """,
    seenWhen: """
      a command (or the data) is unanswered, the server was reachable to the last, and the client closes before the \
      minimum wait for that step: 5 minutes for the greeting, MAIL and RCPT, 2 for DATA, 3 for a block of data, 10 for \
      the final dot
      """,
    whatToDo: """
      raise the client's timeouts to these minima; find out why the server was slow at this step; look for proxies \
      between that have a timeout of their own
      """,
    references: ["RFC 5321 section 4.5.3.2"])

  static let serverTimeout = CatalogueEntry(
    .serverTimeout, .error, "one side ran out of patience",
    explanation: """
      One side had been silent for so long that the other ended the session, with a 421 reply or without. A client \
      that stops in the middle hangs itself (disk, look-ups, a person who types); a connection that is kept open for \
      reuse may simply have been kept too long.
      """,
    seenWhen: """
      the server closes, mostly with 421 (4.4.2 and the like), after the client had its turn and was silent; or the \
      client closes after the server was, beyond the standard's wait; the silence is told
      """,
    whatToDo: """
      look at what the silent side did in that time; keep reused connections for a shorter time than the server's idle \
      limit; a server should wait at least 5 minutes for a command
      """,
    references: ["RFC 5321 section 4.5.3.2.7", "RFC 5321 section 3.8"])

  static let connectionReset = CatalogueEntry(
    .connectionReset, .error, "the connection was reset",
    explanation: """
      One side aborted the connection in the middle of the dialogue instead of closing it. Its program crashed or was \
      killed, closed without reading what had come, or its host had lost the connection. What was not accepted yet \
      must be sent again.
      """,
    seenWhen: """
      an RST while the dialogue is unfinished, with nothing to show that it came from another place than the peer; \
      who, in which phase and after how many bytes is told
      """,
    whatToDo: """
      look in the log of the side that sent the reset, at that time; see whether it happens at the same step each \
      time; compare with a capture at that side, to be sure that it sent it
      """,
    references: ["RFC 9293 section 3.5.2", "RFC 5321 section 3.8"])

  static let connectionResetByMiddlebox = CatalogueEntry(
    .connectionResetByMiddlebox, .error, "something between the two reset the connection",
    explanation: """
      The reset does not look like the packets of the host whose address it bears: an intrusion prevention system, a \
      firewall or a provider's filter broke the connection in its name. It often strikes at the same word of the \
      dialogue each time.
      """,
    seenWhen: """
      the RST's TTL, IP ID, window or options are unlike those of the peer's other packets, or both ends are reset at \
      the same moment
      """,
    whatToDo: """
      capture at both ends: neither will have sent it; estimate from the TTL how many hops away it began; look in the \
      logs of firewalls there for the time and address
      """,
    references: ["RFC 3360", "RFC 9293 section 3.5.2"])

  static let pathLostAfterIdle = CatalogueEntry(
    .pathLostAfterIdle, .error, "the connection died while it was idle",
    explanation: """
      The connection worked, was silent for a while, and afterwards nothing got through any more. A NAT or firewall \
      forgot it: many keep idle connections for a few minutes only, though two hours are asked for. Connections that \
      are cached for the next mail suffer first.
      """,
    seenWhen: """
      both directions worked, then a silence of some length, then segments that are never acknowledged or are answered \
      by a reset; the length of the silence is told
      """,
    whatToDo: """
      raise the idle timeout of the NAT or firewall for mail ports; close cached connections sooner than that \
      (`smtp_connection_cache_time_limit`); switch TCP keepalive on
      """,
    references: ["RFC 5382 section 5", "RFC 9293 section 3.8.4"])

  static let connectionSilent = CatalogueEntry(
    .connectionSilent, .error, "the path went dead in the middle",
    explanation: """
      One side went on sending, and nothing came back any more: no acknowledgement, no close, no reset. The other host \
      vanished (crash, power, address change), or a device between stopped passing its packets.
      """,
    seenWhen: """
      retransmissions at the end of the connection stay unanswered, without FIN or RST, in a capture that goes on long \
      enough; who kept sending is told
      """,
    whatToDo: """
      capture at the other end to see whether the packets arrive; look for a change of address or route, failed-over \
      firewalls without shared state, and reboots at that time
      """,
    references: ["RFC 9293 section 3.8.1", "RFC 9293 section 3.8.3"])

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

  static let receiverStalled = CatalogueEntry(
    .receiverStalled, .warning, "the receiver stopped reading",
    explanation: """
      The receiving program did not take the data that had arrived, its buffer filled and it told the sender to wait. \
      Not the network is slow but that program: a busy content filter, a slow disk. Where the transfer died of it, \
      this is an error.
      """,
    seenWhen: "a zero window is announced for longer than 2 seconds; how long, and at which step, is told",
    whatToDo: """
      look at load, disk and filters of the receiving host at that time; scan after acceptance or in parallel instead \
      of while reading
      """,
    references: ["RFC 9293 section 3.8.6", "RFC 9293 section 3.8.6.1"])

  static let heavyLoss = CatalogueEntry(
    .heavyLoss, .warning, "much is lost on the way",
    explanation: """
      A notable part of what was sent had to be sent again. Each loss costs a pause, and a bad path turns seconds into \
      minutes, until somebody's timeout ends it.
      """,
    seenWhen: "more than 2 % of the bytes of a direction, and at least 5 segments, were retransmitted",
    whatToDo: """
      look for errors and drops on the interfaces along the path, duplex mismatches, overloaded links and Wi-Fi; \
      compare captures at both ends to see on which side of a device it is lost
      """,
    references: ["RFC 9293 section 3.8.1", "RFC 5681 section 3.1"])
}
