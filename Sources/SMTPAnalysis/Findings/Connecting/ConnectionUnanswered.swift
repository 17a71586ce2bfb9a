extension CatalogueEntry {
  static let connectionUnanswered = CatalogueEntry(
    .connectionUnanswered, .error, "the connection attempt was never answered",
    explanation: """
      The client asked for a connection again and again and nothing came back: the host is down or does not exist, a \
      firewall drops the packets without a word, or the answers take a way that is blocked. Many access providers and \
      clouds drop outgoing port 25.
      """,
    seenWhen: """
      a SYN was retransmitted at least once or waited for long enough, and neither a SYN-ACK nor a reset nor an ICMP \
      error came back
      """,
    whatToDo: """
      try the same port from another network; ask the provider whether outgoing port 25 is blocked, and submit through \
      port 587 or 465 if so; capture at the server to see whether the SYN arrives and the SYN-ACK leaves
      """,
    references: ["RFC 9293 section 3.8.1", "RFC 5321 section 4.5.4.1"])
}
