extension CatalogueEntry {
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
}
