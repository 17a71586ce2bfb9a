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
