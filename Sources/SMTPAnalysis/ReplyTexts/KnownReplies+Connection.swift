// How often, how fast, and from where.

extension KnownReply {
  static let connection: [KnownReply] = [
    // Greylisting
    KnownReply(
      .greylisted, "greylist*", "graylist*", "grey list*", "gray list*", "postgrey*", "milter greylist*", "sqlgrey*",
      "policyd greylist*", "greylisting in effect", "greylisted by", unless: ["5xx"], strength: .unmistakable,
      saidBy: "postgrey, milter-greylist, rspamd, SQLgrey, Exim, Cisco, GMX"),
    KnownReply(
      .greylisted, "you have been delayed", "first contact", "first time delivery", "first delivery attempt",
      "deferred for spam protection",
      "deferred due to unfamiliar", "unfamiliar sender", "new sender please retry", "unknown triplet", "triplet",
      "come back later i dont know you", "temporarily delayed for antispam", "delayed for anti spam",
      "try again in a few minutes", "please retry in 5 minutes", "try later greet", "retry in a few minutes",
      "not yet authorized to deliver mail", "not yet authorised to deliver mail", at: [.mail, .rcpt, .data],
      needs: ["450", "451"], saidBy: "Exim, Symantec, MailEnable, spamd"),
    KnownReply(
      .greylisted, "new sender temporarily*", "new sender delayed", "new sender try*", "new sender wait",
      "unknown combination of", "unknown combination", "combination of sender and recipient", "anti spam delay",
      "antispam delay", "anti spam delays", at: [.mail, .rcpt, .data], needs: ["450", "451"], saidBy: "many"),
    KnownReply(
      .greylisted, "anti spam measure*", "antispam measure*", at: .data, needs: ["450", "451"], saidBy: "many"),
    // Where nothing else is said: limits and lists are told with the same words.
    KnownReply(
      .greylisted, "anti spam measure*", "antispam measure*", "send it again in", "send it again later",
      "send again in", "resend it in", "resend in", at: [.mail, .rcpt, .data], needs: ["450", "451"],
      strength: .general, saidBy: "many"),
    KnownReply(
      .greylisted, "service currently unavailable", at: .rcpt, needs: ["4.3.2"],
      saidBy: "postscreen (its tests behind the greeting)"),
    KnownReply(
      .unspecified, "service unavailable try again later", at: [.rcpt, .data], needs: ["4.7.1"],
      saidBy: "Postfix (a milter that does not answer)"),
    KnownReply(
      .greylisted, "try again later", "temporary failure please try again later", "try again in", "please try again in",
      at: [.rcpt, .data], needs: ["4.7.1"], strength: .general, saidBy: "spamd (OpenBSD), rspamd, Cisco"),
    // A sender that is told to come back with a code that forbids it does not come back.
    KnownReply(
      .policy, "greylist*", "graylist*", "grey list*", "gray list*", at: [.mail, .rcpt, .data], needs: ["5.7.x"],
      subject: "greylisting, but with a permanent code, at which a sender does not come back", saidBy: "many"),

    // Rates
    KnownReply(
      .rateLimited, "rate limit*", "ratelimit*", "rate limited", "message rate", "sending rate", "connection rate",
      "exceeded the rate", "delivery rate", "receiving rate", "unusual rate", "rate too high", "rate exceeded",
      "rate control*", "rate of mail", "at a rate", "mail rate", "rate that", "high rate", "throttl*", "sender rate",
      "rate exceeds", "rate is over",
      saidBy: "Postfix, Exim, Gmail, Microsoft 365, Cisco, Barracuda, rspamd, Zimbra"),
    KnownReply(.rateLimited, "too much mail", unless: ["552"], saidBy: "Postfix"),
    KnownReply(
      .rateLimited, "too many messages", "too many mails", "too many emails", "too many e mails",
      "too fast", "too frequent*", "too many recipients from <ip>", "too many new tls sessions",
      "too many auth commands",
      "too many recipients in", "too many recipients received", "too many recipients per", "too many recipients this",
      "too many recipients within",
      "too many recipients this hour", "too many requests", "too many mails from", "sent too many",
      "unexpected volume", "unusual volume", "unusual traffic", "high volume", "volume of mail", "volume limit",
      "mail flood", "flooding", saidBy: "Postfix, Yahoo, QQ, mail.ru, iCloud, Zoho"),
    KnownReply(
      .rateLimited, "daily limit", "hourly limit", "daily quota", "hourly quota", "daily sending quota",
      "daily message quota", "sending limit*", "sending quota", "limit on the number of messages", "message limit",
      "messages per hour", "messages per day", "emails per hour", "emails per day", "recipients per hour",
      "recipients per day", "per hour limit", "per day limit", "maximum sending rate", "maximum credits exceeded",
      "exceeded the maximum number of messages", "exceeded its messaging limits", "messaging limits", "messages limit",
      "max emails per hour", "max defers and failures per hour", "exceeded the max emails", "outgoing limit*",
      "limit exceeded for today", "too many messages in a short time", "submission limit", "submission rate limit",
      "recipient rate", "quota for sending", "mail sending limit",
      unless: ["x.2.2"], saidBy: "Gmail, Amazon SES, cPanel, Microsoft 365, SendGrid"),
    KnownReply(
      .rateLimited, "receiving mail too quickly", "receiving mail at a rate", "mail too quickly", "too quickly",
      "slow down", "try sending more slowly", "please reduce", "back off", "temporarily deferred due to",
      "messages temporarily deferred", "tss04", "tss05", "tss11", "tsso4", "server busy please try again later from",
      "reached the sending limit", "mass mailing", "frequency limited", "connection frequency limited",
      "request is limited", "connection limited", "sending mail is limited", "concurrent sending limit",
      "frequency is limited", "per connection reached", "messages per connection", "mails per connection",
      "messages for this session", "messages in this session", "messages this session", "exceeded our limit",
      "thread limit", "session limit*", "email quota exceeded",
      saidBy: "Gmail, Yahoo, Microsoft 365, QQ, NetEase, Mimecast, Exim"),
    KnownReply(
      .rateLimited, "connect too often", "connects too often", "connecting too often", "connected too often",
      "connections too often", "mail too often", "mails too often", "messages too often", "send too often",
      "sending too often", "connect more often than", "connecting more often than", "connections more often than",
      "sending more often than", "send more often than", "between connections", "between two connections",
      "between sessions", "between two messages", "between two mails", "between mails", "mails an hour", "mails a day",
      "mails a minute", "messages an hour", "messages a day", "messages a minute", "emails an hour", "emails a day",
      "emails a minute", "recipients an hour", "recipients a day", "recipients a minute", "connections an hour",
      "connections a day", "connections a minute", "messages in this connection", "messages on this connection",
      "messages over this connection", "messages in one connection", "messages over one connection",
      "messages in one session", "messages in a session", "mails in this connection", "mails on this connection",
      "mails over this connection", "mails in one connection", "mails over one connection", "mails in one session",
      "mails in a session", "emails in this connection", "emails on this connection", "emails over this connection",
      "emails in one connection", "emails over one connection", "emails in one session", "emails in a session",
      "traffic limit*", "traffic quota", "bandwidth limit*", "bandwidth quota",
      at: [.greeting, .hello, .mail, .rcpt, .data, ReplySteps(.other)], saidBy: "many"),
    KnownReply(
      .rateLimited, "unusual sending activity", strength: .unmistakable,
      saidBy: "Zoho (with 5.4.6, which is a loop elsewhere)"),
    // NetEase names its reason by two words of letters: `DT:SPM`.
    KnownReply(
      .rateLimited, "mi dmc", "mi ccl", "mi sfq", "mi stc", "rp drc", "rp ccl", "rp cel", "rp rcl", "rp trc", "rp qrc",
      "hl ifc", "hl rep", saidBy: "NetEase (163, 126)"),
    KnownReply(.rateLimited, "limit", "limits", at: [.mail, .rcpt], strength: .general, saidBy: "many"),
    KnownReply(
      .rateLimited, "last hour", "last minute", "last minutes", "last day", "per minute", "per minutes", "per hour",
      "per day",
      "this hour", "emails today", "mails today", "messages today", "messaging rate", "rate of", "rate for",
      at: [.greeting, .hello, .mail, .rcpt, .data], strength: .general, saidBy: "many"),

    // The client itself
    KnownReply(
      .clientRefused, "fix reverse dns", "mismatches client ip",
      strength: .unmistakable, subject: "reverse DNS", saidBy: "Exim, Outlook.com"),
    KnownReply(
      .clientRefused, "intrusion prevention", "intrusion detect*", "intrusion protection", saidBy: "IceWarp"),
    KnownReply(
      .clientRefused, "client host rejected", "client address rejected", "unverified client host rejected",
      "cannot find your hostname", "cannot find your reverse hostname", "cannot find your reverse", "client host",
      unless: ["x.1.x"], saidBy: "Postfix"),
    KnownReply(
      .clientRefused, "reverse dns", "reverse hostname", "reverse lookup", "ptr record", "ptr records", "no ptr",
      "missing ptr", "ptr lookup", "ptr resource record", "dns ptr", "ptr failed", "bad ptr", "generic ptr",
      "invalid ptr", "rdns", "no rdns",
      "forward confirmed", "fcrdns", "does not resolve", "reverse resolution", "inverse resolution",
      "reverse map", "rdns lookup", "dynamic ip", "dynamic address", "dynamic pool", "dial up", "dialup",
      "residential ip",
      "residential", "generic hostname", "generic rdns", "missing reverse", "no reverse", "have reverse",
      "reverse record", "hostname lookup", "ip name lookup failed", "ip name possibly forged",
      at: [.greeting, .hello, .mail, .rcpt, .data], subject: "reverse DNS",
      saidBy: "Gmail, AOL, Exim, Comcast, T-Online, GMX, Haraka"),
    KnownReply(
      .clientRefused, "ip not authorized", "ip is not authorized", "not allowed to connect",
      "not authorized to connect",
      "not permitted to connect", "not authorized to send email directly", "in whitelist", "not whitelisted",
      "in allowlist", "you are blocked", "you have been blocked", "your host is not",
      "your ip is not", "your ip address is not", "ip address rejected",
      "ip is not allowed", "refused by acl", "host rejected", "ip rejected", "connection rejected by policy",
      "connections from your", "connection refused from", "we do not accept mail from", "dont accept mail from",
      "do not accept connections from", "mail from <ip> refused", "mail from <ip> rejected", "host access denied",
      "tcpwrappers", "your domain is not allowed", "unauthorized host", "unauthorized client",
      "host network not allowed", "access from ip",
      "not accept mail from this", "not accepting mail from your", "connection from <ip> rejected", "country blocked",
      "your country", "geoip", saidBy: "Exim, Sendmail, OpenSMTPD, CommuniGate"),
    KnownReply(.clientRefused, "your access to", at: [.greeting, .hello], saidBy: "Cisco"),
    KnownReply(
      .clientRefused, "access denied", "access rejected", "go away", "banned", "your ip", "your host", "client address",
      "your server", "sending server", "sending host", "your mail server", "connecting host", "connecting ip",
      "administratively denied", "you are not welcome", "not welcome", at: [.greeting, .hello, .mail],
      strength: .general, saidBy: "Sendmail, Exim, Exchange"),
    KnownReply(
      .clientRefused, "mail server <ip>", "the ip you are using", "ip you are using to send", "from ip address <ip>",
      "sending ip", "your ip", "your ip address", "your mail server", at: [.rcpt, .data], strength: .general,
      saidBy: "Gmail, AOL, GMX"),

    // Its HELO name
    KnownReply(
      .heloRefused, "helo command rejected", "ehlo command rejected", "need fully qualified hostname",
      "invalid helo", "invalid ehlo", "bad helo", "helo rejected", "ehlo rejected", "helo name", "ehlo name",
      "helo must be", "helo mismatch", "forged helo", "fake helo", "helo is", "helo argument", "invalid domain name in",
      "helo host", "helo hostname", "helo string", "helo does not", "helo should", "helo verification", "helo refused",
      "helo violates", "syntactically invalid helo", "syntactically invalid ehlo", "you are not me", "claims to be",
      "helo invalid domain address", "requires domain address", "helo greeting", "in helo", "in ehlo", "your helo",
      "impersonat*", "helo ehlo", "ehlo helo", needs: ["4xx", "5xx"], unless: ["503"], subject: "the HELO name",
      saidBy: "Postfix, Exim, Sendmail, Haraka, Exchange, Courier"),
  ]
}
