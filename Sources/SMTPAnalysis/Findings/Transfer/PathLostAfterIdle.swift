extension CatalogueEntry {
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
}
