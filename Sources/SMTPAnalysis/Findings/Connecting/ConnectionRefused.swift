extension CatalogueEntry {
  static let connectionRefused = CatalogueEntry(
    .connectionRefused, .error, "nothing accepts connections there",
    explanation: """
      The attempt to connect was answered by a reset: the host is up, but no mail server listens on that port, or a \
      firewall answers in its place. No mail could be offered; a sending server queues it and tries the next host of \
      the MX list, then again later.
      """,
    seenWhen: """
      the client's SYN is answered by an RST, or by an ICMP error that says port unreachable, and no SYN-ACK is seen
      """,
    whatToDo: """
      check that the server runs and listens on this address and port (`ss -ltn`), not on the loopback address only; \
      check the firewall's reject rules; check that the MX record leads to this host; look at the reset's TTL: unlike \
      other hosts' it comes from a firewall on the way
      """,
    references: ["RFC 9293 section 3.5.2", "RFC 5321 section 4.5.4.1"])
}
