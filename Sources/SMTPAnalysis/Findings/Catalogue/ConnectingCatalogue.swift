/// What keeps a dialogue from beginning: the connection, the greeting, HELO.
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

  static let notSMTPServer = CatalogueEntry(
    .notSMTPServer, .error, "what answers there is no mail server",
    explanation: """
      The server's first bytes are no SMTP greeting, which begins with a three-digit code. Another service listens on \
      the port, or a device on the way answered with something of its own. The client cannot speak to it.
      """,
    seenWhen: """
      the server's first bytes are clear text or another protocol, not a line that begins with a reply code, and \
      nothing is missing from the capture before them
      """,
    whatToDo: """
      find out which program listens on that address and port; check port forwarding and load balancer targets; \
      compare with a connection made from beside the server
      """,
    references: ["RFC 5321 section 3.1", "RFC 5321 section 4.2"])

  static let notSMTPClient = CatalogueEntry(
    .notSMTPClient, .warning, "the client speaks another protocol",
    explanation: """
      What the client sends to the mail port are no SMTP commands: a web browser or a scanner, a monitoring probe, or \
      a program that was given the wrong port. A server should say so and hang up; nothing was lost unless the client \
      meant to send mail.
      """,
    seenWhen: """
      the client's first lines are requests of another protocol (HTTP methods, a TLS hello where clear text is due, \
      binary data) and no SMTP command is seen
      """,
    whatToDo: """
      identify the client by its address; correct its port if it is yours; keep it out with a firewall or rate limit \
      if it is a scanner
      """,
    references: ["RFC 5321 section 4.1.1", "RFC 5321 section 7.8"])

  static let tlsOnPlaintextPort = CatalogueEntry(
    .tlsOnPlaintextPort, .error, "TLS from the first byte on a port that begins in clear",
    explanation: """
      The client began a TLS handshake at once, on a port where the server greets in clear and TLS begins with \
      STARTTLS. Each waits for the other, or the server answers the handshake with an error. The client is set to \
      "SSL/TLS" (implicit TLS) where "STARTTLS" is due.
      """,
    seenWhen: """
      the client's first bytes are a TLS ClientHello, while the server greeted in clear or answered with SMTP replies, \
      or nothing at all
      """,
    whatToDo: "set the client to STARTTLS on ports 25 and 587, or to port 465 if it is to use TLS from the first byte",
    references: ["RFC 8314 section 3.3", "RFC 3207 section 4"])

  static let plaintextOnTLSPort = CatalogueEntry(
    .plaintextOnTLSPort, .error, "clear text on a port that begins with TLS",
    explanation: """
      The client waits for a greeting in clear, or sends EHLO, on a port where the server waits for a TLS handshake. \
      Both wait until one of them gives up. The client is set to "STARTTLS" or "none" where "SSL/TLS" (implicit TLS) \
      is due.
      """,
    seenWhen: """
      on a port with TLS from the first byte the client sends SMTP in clear or stays silent until the connection ends, \
      and the server sends no greeting, a TLS alert, or closes
      """,
    whatToDo: "set the client to implicit TLS on port 465, or to port 587 with STARTTLS",
    references: ["RFC 8314 section 3.3"])

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

  static let greetingRefused = CatalogueEntry(
    .greetingRefused, .error, "the server takes no mail here",
    explanation: """
      Instead of 220 the server greeted with a permanent refusal: it accepts no mail at all (521), or none from this \
      client (554). Mail is not queued for another try at this host; a sending server may try the next MX, else the \
      sender gets a bounce.
      """,
    seenWhen: """
      the first reply is 554, 521 or another 5xx code, and its text names no cause that has a finding of its own
      """,
    whatToDo: """
      read the reply's text and any address in it; check that the MX record points to a host that takes mail for the \
      domain; where the client is refused, look at its reputation and reverse DNS
      """,
    references: ["RFC 5321 section 3.1", "RFC 7504 section 3"])

  static let greetingDeferred = CatalogueEntry(
    .greetingDeferred, .error, "the server takes no mail at the moment",
    explanation: """
      Instead of 220 the server greeted with a temporary refusal: it is overloaded, is being restarted, or wants this \
      client to come back later. The mail stays in the client's queue and is tried again, also at the next MX.
      """,
    seenWhen: "the first reply is 421 or another 4xx code, and its text names no cause that has a finding of its own",
    whatToDo: """
      wait for the next attempt; if it lasts, look at the server's load, its connection limits and its log; compare \
      with other clients at the same time
      """,
    references: ["RFC 5321 section 3.8", "RFC 5321 section 4.5.4.1"])

  static let tooManyConnections = CatalogueEntry(
    .tooManyConnections, .error, "the client has too many connections open",
    explanation: """
      The server limits how many connections one client, or all of them, may have at a time, and this one was over it. \
      What the client could not deliver waits for its next attempt.
      """,
    seenWhen: """
      a 421, 450 or 554 reply, at the greeting or later, says that there are too many connections; the count of this \
      client's connections open in the capture at that moment is told
      """,
    whatToDo: """
      lower the client's concurrency for this destination (`smtp_destination_concurrency_limit` in Postfix, \
      `remote_max_parallel` and `serialize_hosts` in Exim); keep fewer idle connections cached; raise the server's \
      limit if it is yours (`smtpd_client_connection_count_limit`, `smtp_accept_max_per_host`)
      """,
    references: ["RFC 5321 section 4.5.4.1", "RFC 5321 section 7.8"])

  static let clientRefused = CatalogueEntry(
    .clientRefused, .error, "the server refuses this client for who it is",
    explanation: """
      The refusal is about the connecting host, not about the mail: its address, its HELO name, or its reverse DNS is \
      not accepted. It may be said at the greeting, at HELO, MAIL or RCPT; many servers wait until RCPT to say it. \
      Every mail from this host meets the same answer.
      """,
    seenWhen: """
      a 4xx or 5xx reply that says access denied, client host rejected, no or bad reverse DNS, or names the HELO name \
      or the address as its reason (enhanced codes 5.7.1, 5.7.25 with such a text)
      """,
    whatToDo: """
      give the address a PTR record whose name resolves back to it; use a HELO name that resolves; check that the mail \
      left through the intended address and not through a NAT's; ask the receiver's postmaster if the block is \
      deliberate
      """,
    references: ["RFC 5321 section 4.1.4", "RFC 7372 section 3.3", "RFC 1912 section 2.1"])

  static let greetingMissing = CatalogueEntry(
    .greetingMissing, .error, "the server never greeted",
    explanation: """
      The connection was made, but no greeting came until the client left or for longer than five minutes. The server \
      hangs (load, reverse DNS or ident lookups, a full process table), a filter in front of it accepted the \
      connection without one behind it, or it expects something first, such as TLS or a PROXY line.
      """,
    seenWhen: """
      the handshake completed, no byte came from the server, and the client closed or more than 5 minutes passed; a \
      capture that ends before either says nothing
      """,
    whatToDo: """
      connect from beside the server and compare; look at its process limits and DNS resolver; check the balancer's \
      targets; allow at least five minutes in the client
      """,
    references: ["RFC 5321 section 4.5.3.2.1", "RFC 5321 section 3.1"])

  static let heloRefused = CatalogueEntry(
    .heloRefused, .error, "the server refuses the client's HELO",
    explanation: """
      EHLO was refused and so was HELO, or HELO was not tried. Without an accepted greeting no mail can be offered. \
      Mostly the name is the reason: not a full domain name, the server's own name, an address without brackets.
      """,
    seenWhen: "a 4xx or 5xx reply to EHLO with no later EHLO or HELO that is accepted, or to HELO",
    whatToDo: """
      set the client's HELO name to a full domain name that resolves to its address (`smtp_helo_name`, \
      `primary_hostname`, the connector's FQDN); read the reply's text; if a device between masks EHLO, see \
      middlebox-inspection
      """,
    references: ["RFC 5321 section 4.1.1.1", "RFC 5321 section 3.2"])
}
