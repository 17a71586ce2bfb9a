/// What the capture does not show, and why.
extension CatalogueEntry {
  static let captureGap = CatalogueEntry(
    .captureGap, .warning, "packets are missing from the capture",
    explanation: """
      One side acknowledged bytes that the capture does not hold: the host that captured was too slow, or a part of \
      the packets took another way. What stands in the gap is unknown, and findings that it could fake are not made.
      """,
    seenWhen: "an acknowledgement covers bytes of the other side that were never seen",
    whatToDo: """
      capture with a larger buffer (`tcpdump -B 16384`) and a filter, write to a fast disk; on a switch see that the \
      mirror port is not overloaded
      """,
    references: ["RFC 9293 section 3.4"])

  static let captureClipped = CatalogueEntry(
    .captureClipped, .warning, "packets were cut short when they were captured",
    explanation: """
      The capture was made with a snap length, so that the ends of large packets are missing. Messages are incomplete, \
      hashes cannot be compared, and parts of the dialogue may be missing.
      """,
    seenWhen: """
      a segment of a mail connection was captured with fewer bytes than it had, where bytes of the stream are missing \
      for it
      """,
    whatToDo: "capture with `tcpdump -s 0` (or `-s 262144`)",
    references: ["tcpdump(1), option -s"])

  static let captureOneSided = CatalogueEntry(
    .captureOneSided, .warning, "only one direction was captured",
    explanation: """
      The capture has the packets of one side only, so that commands stand without replies or the reverse. The other \
      direction took another route or another mirror port.
      """,
    seenWhen: """
      a connection with data in one direction and not one packet of the other, while acknowledgements show that there \
      were some
      """,
    whatToDo: """
      mirror both directions (receive and transmit) of the port; capture on the host itself; with two links bonded, \
      capture on both
      """,
    references: ["RFC 9293 section 3.4"])

  static let captureMidstream = CatalogueEntry(
    .captureMidstream, .info, "the connection began before the capture",
    explanation: """
      The beginning of the connection was not captured: greeting, EHLO and perhaps the envelope are unknown, and so is \
      what was negotiated.
      """,
    seenWhen: "the first packet of the connection is not its SYN",
    whatToDo: """
      start the capture before the mail is sent; for a problem that comes and goes use a ring of files (`tcpdump -C \
      100 -W 50`)
      """,
    references: ["RFC 9293 section 3.5"])

  static let captureEnded = CatalogueEntry(
    .captureEnded, .info, "the capture ended before the connection",
    explanation: "The connection was still open when the capture ended, so that the outcome may be missing.",
    seenWhen: "the last packets of the connection lie at the end of the capture and it was not closed",
    whatToDo: "let the capture run until the connection has ended; give all files of a ring on one command line",
    references: ["RFC 9293 section 3.6"])

  static let captureDropped = CatalogueEntry(
    .captureDropped, .warning, "the capturing host lost packets",
    explanation: """
      The kernel or the network interface threw packets away because this program did not fetch them fast enough. Some \
      connections will show gaps that are not theirs.
      """,
    seenWhen: "live: the counts of dropped packets grew",
    whatToDo: "use a narrower filter, a larger buffer, more workers, or capture to a file first",
    references: ["pcap_stats(3PCAP)"])

  static let inconsistentRetransmission = CatalogueEntry(
    .inconsistentRetransmission, .warning, "the same bytes came with different contents",
    explanation: """
      A part of the stream was sent twice with different bytes. Either a device between rewrites packets and did it \
      once only, or somebody tries to show one thing to the server and another to whoever watches.
      """,
    seenWhen: "two segments cover the same sequence numbers with different payload, and both have right checksums",
    whatToDo: """
      compare both versions in Wireshark (`tcp.analysis.retransmission`); capture at both ends to find the device; \
      look at which of the two the server took, by its replies
      """,
    references: ["RFC 9293 section 3.4", "RFC 9293 section 3.10.7.4"])

  static let badChecksum = CatalogueEntry(
    .badChecksum, .info, "a segment was damaged on the way",
    explanation: """
      A segment with a wrong TCP checksum stands among right ones of the same sender. The receiver threw it away, and \
      so does this analysis. Where all are wrong, the network card computes them after the capture point (offload), \
      which means nothing and is not reported.
      """,
    seenWhen: "a wrong TCP checksum in a whole segment, while other segments of the same direction have right ones",
    whatToDo: "look for a bad cable, interface or memory on the path; count how often it occurs",
    references: ["RFC 9293 section 3.1"])
}
