// What the server asks before it decides, and what failed: that is no verdict about the mail, and no silence of the client.

extension KnownReply {
  static let failures: [KnownReply] = [
    // `spam check unavailable` names what it would have looked for.
    KnownReply(
      .unspecified,
      [
        "filter", "spamfilter", "scanner", "spam checker", "spam engine", "antispam engine", "spamassassin", "spamd",
        "rspamd", "milter", "spam check", "antispam check", "spam service", "antispam service", "filter process",
      ].followed(by: [
        "una*", "unr*", "is una*", "is unr*", "is not available", "not responding", "is not responding", "down",
        "is down",
        "tim*", "error", "fail*", "overload*", "is overload*", "is restarting",
      ])
        + [String].unreached.followed(by: ["spam*", "the spam*", "anti*", "the anti*"]), needs: ["4xx"],
      unless: ["x.1.x", "x.2.x", "x.3.1"], strength: .unmistakable, saidBy: "many"),
    // A list that could not be asked lists nobody.
    KnownReply(
      .unspecified,
      ["rbl", "dnsbl", "rhsbl", "blacklist", "blocklist", "reputation"].followed(by: [
        "lookup error", "lookup fail*", "lookup tim*", "query error", "query fail*", "query tim*", "timed out",
        "timeout",
        "una*", "is una*", "is unreachable", "is down", "check tim*", "check error", "check una*",
      ])
        + ["rbl service", "dnsbl service", "reputation service", "rbl server", "dnsbl server", "reputation server"]
        .followed(by: [
          "tim*", "una*", "is una*", "is unreachable", "is down", "error", "failure", "overload*", "is overload*",
          "is not responding",
        ])
        + [String].unreached.followed(by: [
          "rbl*", "dnsbl*", "the rbl*", "the dnsbl*", "reputation*", "the reputation*",
        ])
        + [
          "rbl error", "dnsbl error", "rbl unreachable", "dnsbl unreachable", "cannot query", "could not query",
          "unable to query", "failed to query",
        ], needs: ["4xx"], unless: ["x.1.x"], strength: .unmistakable, saidBy: "many"),
    // The server waited for somebody else than the client.
    KnownReply(
      .unspecified,
      [
        "ldap", "ldap server", "dns server", "dns query", "policy server", "policy service", "policy daemon",
        "database",
        "database server", "backend", "directory server",
      ].followed(by: ["tim*"])
        + ["talking to", "waiting for", "connecting to"].followed(by: [
          "content filter*", "the content filter*", "the filter", "spam*", "the spam*", "the scanner", "ldap*",
          "the ldap*", "dns*", "the dns*", "policy*", "the policy*", "the database", "the backend", "the milter",
        ])
        // Who is to contact spam support is somebody else.
        + ["contacting"].followed(by: [
          "content filter*", "the content filter*", "ldap*", "the ldap*", "the database", "the backend",
        ]), needs: ["4xx"], unless: ["x.1.x"], strength: .unmistakable, saidBy: "many"),
    KnownReply(
      .unspecified,
      ["authentication", "auth"].followed(by: ["service", "server", "backend"]).followed(by: ["tim*"]),
      needs: ["421", "451", "454"], strength: .unmistakable, saidBy: "many"),
    KnownReply(
      .unspecified, "lookup timed out", "lookup timeout", "dns timed out", "dns timeout", needs: ["421"],
      strength: .unmistakable, saidBy: "many"),
  ]
}

extension [String] {
  /// Each of these with each of those behind it: a thing, and what may be said of it.
  func followed(by ends: [String]) -> [String] { flatMap { begin in ends.map { "\(begin) \($0)" } } }

  /// That somebody could not be reached; `not` stands behind `could`, `can` and `did`.
  fileprivate static var unreached: [String] {
    ["cannot", "not", "unable to", "failed to"].followed(by: ["contact", "reach", "connect to"])
  }
}
