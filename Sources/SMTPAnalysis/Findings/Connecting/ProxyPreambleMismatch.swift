extension CatalogueEntry {
  static let proxyPreambleMismatch = CatalogueEntry(
    .proxyPreambleMismatch, .error, "only one side speaks the PROXY protocol",
    explanation: """
      A load balancer put a PROXY line in front of the dialogue and the server took it for a command; or the server \
      waits for a PROXY line that the client does not send. The dialogue never begins, or begins with an error.
      """,
    seenWhen: """
      a PROXY v1 line or v2 header comes first and the server answers with a 5xx reply or closes; or the server stays \
      silent and then complains about, or closes for, a missing PROXY header
      """,
    whatToDo: """
      switch the PROXY protocol on at both ends or at neither: `send-proxy` at the balancer; \
      `postscreen_upstream_proxy_protocol`, `smtpd_upstream_proxy_protocol` (Postfix), `hosts_proxy` (Exim) or the \
      like at the server; let health checks send the line too
      """,
    references: ["RFC 5321 section 3.1", "The PROXY protocol, versions 1 and 2 (HAProxy)"])
}
