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
