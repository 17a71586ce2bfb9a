extension CatalogueEntry {
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
}
