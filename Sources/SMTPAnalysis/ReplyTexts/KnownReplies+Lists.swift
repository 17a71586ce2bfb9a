// Block lists and reputation.

extension KnownReply {
  static let lists: [KnownReply] = [
    KnownReply(
      .blocklisted, "blocked using <host>", "listed in <host>", "listed at <host>", "listed by <host>",
      "listed on <host>",
      "in blacklist at <host>", "in <host> blacklist", "blocked by <host>", "blacklisted by <host>",
      "blacklisted at <host>", "rejected by <host>", "blacklisted in <host>", "blocked at <host>", "found in <host>",
      "blacklisted on <host>", "blocked on <host>", "blocklisted by <host>", unless: ["x.1.x"], strength: .particular,
      saidBy: "Postfix, Exim, Sendmail, rspamd, Haraka"),
    KnownReply(
      .blocklisted, "dnsbl", "dnsbls", "rbl", "rbls", "dns blacklist", "dns block list", "dns blocklist",
      "realtime blackhole", "realtime block list", "real time block list", "blackhole list", "blackhole site", "rhsbl",
      "uribl", "surbl",
      "blocklist", "blocklists", "blocklisted", "block list", "block lists", "blacklist", "blacklists", "blacklisted",
      "black list", "black lists", "blacklisting", "block listed", "black listed", "denylist", "deny list",
      "denylisted",
      "local blocklist", "spam list", "spam database", "black ip", "all messages from <ip>", unless: ["x.1.x"],
      saidBy: "Exim, Exchange, Sendmail, Zimbra, FortiMail, Yahoo"),
    KnownReply(
      .blocklisted, "spamhaus", "spamcop", "barracuda reputation", "sorbs", "senderbase", "talos", "uceprotect", "psbl",
      "invaluement", "cloudmark sender", "csi sender", "proofpoint dynamic reputation", "dynamic reputation", "abusix",
      "zen list", "spamrats", "mailspike", "nixspam", "nix spam", "uce protect", saidBy: "the lists themselves"),
    KnownReply(
      .blocklisted, "poor reputation", "bad reputation", "low reputation", "negative reputation", "ip reputation",
      "sender reputation", "reputation of the sending", "domain reputation", "mail server reputation", "mtas poor",
      "mtas reputation", "reputation score", "reputation filter*", "reputation based", "very low reputation",
      "reputation is too", "reputation service", "reputation too low", "reputation list", "address reputation",
      "reputation block*", "due to reputation", "due to its reputation", "sender score", "senderscore",
      "based on reputation", "your reputation", "too many complaints", "complaints from your", "complaints about your",
      "complaint rate", "spam complaints",
      saidBy: "Gmail, Cisco, Barracuda, McAfee, Symantec, Trend Micro, Comcast"),
    KnownReply(
      .blocklisted, "banned sending ip", "banned sender", "on our block list", "part of their network is on our",
      "s3140", "s3150", "rtr bl", "con b1", "anti spam system", "hl ipb", "hl ihu", "wm bli", "dt rbl",
      "your network is on our block", "ou 001", "ou 002", "dy 001", "dy 002", "sc 001", "sc 002",
      "sc 004", "fblw15", "fblw15a", "ts03", "bl21", "bl23", "bl000000", "rp 001", "co re1", "hvu b1", "rly b1",
      "ip listed",
      "ip is listed", "ip address is listed", "is listed in", "is listed on", "is listed as", "are listed",
      "address is listed", "is on a", "ip blocked", "ip address blocked", "ip is blocked", "ip has been blocked",
      "ip address has been blocked", "blocked for spam", "blocked for abuse", "blocked due to spam",
      "known spam source",
      "known spammer", "spam source", "spammers", "spam sending", "is blocked for", "blocked ip",
      "blocked because of spam", "refused due to abuse", "ib212",
      "ib213", "ib605", "ib705", "source of spam", "source of unsolicited", "open proxy", "infected host", "botnet",
      "zombie",
      at: [.greeting, .hello, .mail, .rcpt, .data, ReplySteps(.other)], unless: ["x.1.x"],
      saidBy: "Microsoft 365, Outlook.com, AOL, AT&T, Comcast, Web.de, GoDaddy"),
  ]
}
