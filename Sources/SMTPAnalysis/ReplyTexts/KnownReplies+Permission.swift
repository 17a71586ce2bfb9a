// Who may send through this server: relaying, logins, TLS; and the receiver's policy.

extension KnownReply {
  static let permission: [KnownReply] = [
    // Relaying
    KnownReply(
      .relayDenied, "not configured to relay", "relay access denied", "relaying denied", "relay not permitted",
      "relaying not permitted",
      "relaying not allowed", "relay not allowed", "unable to relay", "cannot relay", "relay denied", "relaying is not",
      "relay is not", "permission to relay", "permitted to relay", "not permitted to relay", "not allowed to relay",
      "not authorized to relay", "we do not relay",
      "do not relay", "dont relay", "wont relay", "no relaying", "open relay", "not a relay", "not an open relay",
      "prohibited to relay", "relaying prohibited", "relay prohibited", "unauthorized relay", "unauthorised relay",
      "invalid relay", "relay operation", "relaying to", "relaying mail", "not relaying", "relay to <address>",
      "relay attempt",
      "relaying attempt",
      "relay rejected", "relaying rejected", "relaying forbidden", "relay forbidden", "relaying refused", "no relay",
      "credentials for relay", "relaying disallowed", "relay disallowed", "authentication required for relay",
      "must authenticate to relay", "authenticate to relay", "relaydenied",
      at: [.rcpt, .data, .mail], unless: ["530"],
      saidBy: "Postfix, Sendmail, Exim, Exchange, OpenSMTPD, MDaemon, hMailServer"),
    // With the status of an address that is not known, which says less.
    KnownReply(
      .relayDenied, "relay access denied", "relaying denied", "relay denied", "relaying not permitted",
      "relay not permitted", "relaying not allowed", "relay not allowed", "we do not relay", "do not relay",
      "not permitted to relay", "not allowed to relay", "unable to relay", "relaying prohibited",
      at: [.rcpt], needs: ["5.1.x"], strength: .unmistakable, saidBy: "many"),
    KnownReply(
      .relayDenied, "isnt in my list of allowed rcpthosts", "rcpthosts", "not one of our domains",
      "not in my domain list",
      "is not a local domain", "not a local domain", "non local domain", "non local recipient",
      "not hosted here", "domain isnt hosted here", "domain not hosted", "we dont handle mail for",
      "we do not accept mail for", "not accept mail for", "not accepting mail for", "does not accept mail for",
      "doesnt handle mail for", "i cannot deliver for", "i cannot deliver mail for", "cannot deliver mail for",
      "i cant deliver for", "domain not served",
      "domain not local", "not responsible for", "no such domain here", "no such domain at this location",
      "domain isnt allowed to be relayed", "isnt allowed to be relayed", "domain isnt local", "tenantattribution",
      "tenant attribution", "no mail service here", "unknown domain here", "this server does not host",
      at: [.rcpt, .data], unless: ["x.1.x"], saidBy: "qmail, Courier, CommuniGate, Haraka, Microsoft 365"),

    KnownReply(
      .relayDenied, "relaying is off", "relaying is disabled", "relaying is turned off", "relaying is switched off",
      "relaying is only", "relaying is denied", "relaying is forbidden", "relaying is prohibited",
      "relaying is restricted", "relaying off", "relaying disabled", "relay is off", "relay is disabled",
      "relay is denied", "relay is forbidden", "relay is prohibited", "relay disabled", "relay not authorized",
      "relay not authorised", "relaying not authorized", "relaying not authorised", at: [.rcpt, .data, .mail],
      unless: ["530"], saidBy: "many"),
    KnownReply(
      .relayDenied, "only local recipients", "local recipients only", "only local domains", "local domains only",
      "only local mail", "local mail only", "only local delivery", "local delivery only", "not our domain",
      "not our domains", "not one of ours", "not a domain of ours", "isnt our domain", "not handled here",
      "isnt handled here", "not handled by this server", "not the mx for", "not an mx for", "not mx for",
      "not a mail exchanger for", "not the mail exchanger for", "takes mail for", "take mail for",
      "takes mail only for", "take mail only for", "accepts mail only for", "accept mail only for",
      "only accepts mail for", "only accept mail for", "mail for <host> only", "mails for <host> only",
      "dont accept mail for", "doesnt accept mail for", "do not take mail for", "dont take mail for",
      "does not take mail for", "doesnt take mail for", "wont accept mail for", "will not accept mail for",
      at: [.rcpt, .data], unless: ["x.1.x"], saidBy: "many"),

    // Logins
    KnownReply(
      .authSyntax, "invalid authentication mechanism", "unsupported authentication", "unrecognized authentication type",
      "authentication mechanism not", "mechanism not supported", "unknown mechanism", "unsupported mechanism",
      "unsupported sasl", "unknown authentication", "authentication type not supported", "mechanism not available",
      "no such mechanism", "unknown auth", "invalid base64", "cannot decode", "cannot base64 decode", "bad base64",
      "not base64", "malformed auth input", "malformed authentication", "base64 decoding", "base64 decode",
      "incorrect authentication data decode", "authentication aborted", "authentication cancelled",
      "authentication canceled", "auth aborted", "auth cancelled", "auth canceled", "authentication exchange aborted",
      "client canceled", "cancelled by client", "canceled by client", "command cancelled", "protocol error",
      "auth command",
      "security features not implemented", "auth not available", "auth not supported", "authentication not supported",
      "authentication not enabled", "authentication is not enabled", "authentication not allowed", "not advertised",
      "invalid input", "invalid argument", at: .auth,
      saidBy: "Postfix, Dovecot, Cyrus, Exim, Sendmail, Exchange, OpenSMTPD"),
    KnownReply(
      .authFailed, "authentication failed", "authentication failure", "authentication unsuccessful",
      "authentication credentials invalid", "incorrect authentication data", "username and password not accepted",
      "invalid credentials", "bad credentials", "bad username or password", "invalid username or password",
      "invalid user or password", "wrong password", "wrong username", "invalid login", "login incorrect",
      "login denied",
      "login fail", "login failed", "application specific password required", "app password", "web login required",
      "authentication rejected", "auth failed", "auth failure", "authorization failed", "authorization code",
      "account is locked", "account locked", "account disabled", "incorrect password", "password incorrect",
      "authentifizierung fehlgeschlagen", "smtpclientauthentication is disabled", "basic authentication is disabled",
      "not authenticated", "authentication error", at: .auth,
      saidBy: "Postfix, Dovecot, Exim, Gmail, Microsoft 365, Yahoo, Yandex, QQ, iCloud, Zimbra, Amazon SES"),
    KnownReply(
      .authRequired, "authentication required", "authentication is required", "authentication needed",
      "smtp auth is required", "smtp auth required", "must authenticate", "requires authentication",
      "require authentication", "please authenticate", "auth required", "auth first", "authenticate first",
      "not authenticated", "must be authenticated", "needs authentication", "need to authenticate", "login required",
      "log in first", "please login", "please log in", "client was not authenticated",
      "unauthenticated senders not allowed",
      "smtp authentication", "pop before smtp", "pop3 before smtp", "check for new mail",
      "without authentication",
      "not logged in", "unauthenticated access", "anonymous mail", "authorization required", "send auth",
      at: [.mail, .rcpt, .data, .hello], unless: ["x.7.26"],
      saidBy: "Postfix, Exim, Sendmail, Exchange, Microsoft 365, QQ, GMX, mail.ru, Amazon SES, iCloud"),

    KnownReply(
      .authRequired, "issue authentication", "authentication first", "issue auth", "issue an auth", "log in before",
      "login before", "log in to your account before", "log in to your mailbox before", "log in to the server before",
      "log in to this server before", "log in with your account before", "log in with your password before",
      "log in with your mailbox before", "log in with smtp auth", "log in using smtp auth", "log in via smtp auth",
      "log in to send", "login to send", "authenticate before", "authentication before",
      at: [.mail, .rcpt, .data, .hello], unless: ["x.7.26"], saidBy: "many"),
    KnownReply(
      .authRequired, "log in with", at: [.mail, .rcpt, .data], needs: ["5xx"], strength: .general, saidBy: "many"),

    // TLS
    KnownReply(
      .tlsRequired, "must issue a starttls", "must issue starttls", "issue a starttls", "starttls first",
      "starttls command first", "tls required", "tls is required", "tls encryption required", "encryption required",
      "encryption is required", "requires tls", "require tls", "requires encryption", "requires starttls",
      "session encryption is required", "use starttls", "use tls", "starttls required", "starttls is required",
      "need starttls", "must use tls", "must use starttls", "secure connection required", "without tls",
      "not sent over tls", "not using tls", "requires a secure", "only over tls", "only with tls",
      "unencrypted connection",
      "only over encrypted", "encrypted connections only", "requiretls", "requires ssl", "ssl is required",
      "encrypted connection", "encryption needed", "plaintext auth*",
      "plain text auth*", "enforced tls", "tls connection required", "tls connection is required", "tls not negotiated",
      "no tls", "sni required",
      unless: ["454"], saidBy: "Postfix, Gmail, Exchange, Exim, Sendmail, Dovecot, GMX, OpenSMTPD, Proofpoint"),

    KnownReply(
      .tlsRequired, "starttls is needed", "starttls needed", "tls is needed", "tls needed", "tls encryption is needed",
      "encryption is needed", "ssl is needed", "unencrypted connections", "unencrypted session",
      "unencrypted sessions", "plain text session", "plain text sessions", "plaintext session", "plaintext sessions",
      "plain text connection", "plain text connections", "plaintext connection", "plaintext connections",
      "cleartext session", "cleartext sessions", "cleartext connection", "cleartext connections",
      "clear text sessions", "clear text connections", "non secure connection*", "insecure connection*",
      "secure the connection", "secure your connection", "secure the session", "secure connection first",
      unless: ["454"], saidBy: "many"),
    // A code of the mechanism (5.7.4) goes with it.
    KnownReply(
      .tlsRequired, "only over tls", "only with tls", "only over ssl", "only over encrypted",
      "on unencrypted connection*", "over unencrypted connection*", "secure the connection", "without tls", at: .auth,
      needs: ["5xx"], strength: .unmistakable, saidBy: "many"),

    KnownReply(
      .clientCertificate, "client certificate", "ssl client cert*", "tls client cert*", "certificate of the client",
      "certificate required", "certificate is required", saidBy: "Postfix, Exim, OpenSMTPD"),

    // One that was shown, and is not believed.
    KnownReply(
      .clientRefused,
      ["client certificate", "certificate of the client"].followed(by: [
        "not trusted", "is not trusted", "untrusted", "is untrusted", "expired", "has expired", "is expired", "revoked",
        "has been revoked", "is revoked", "not valid", "is not valid", "invalid", "is invalid", "rejected",
        "was rejected", "not verified", "is not verified", "could not be verified", "cannot be verified",
        "verification failed",
      ])
        + [
          "untrusted client certificate", "invalid client certificate", "expired client certificate",
          "revoked client certificate", "not trust your client certificate", "not trust the client certificate",
        ], strength: .unmistakable, subject: "the client's certificate", saidBy: "many"),

    // Policy: what a check of the sender came to
    KnownReply(
      .policy, "dmarc", "domain based message authentication", at: [.mail, .rcpt, .data], subject: "DMARC",
      saidBy: "Gmail, Microsoft 365, Yahoo, mail.ru, OpenDMARC, rspamd, Mimecast, GMX"),
    KnownReply(
      .policy, "spf", "sender policy framework", "openspf", "spf fail", "not permitted to send", "spf check",
      "not designated", "is not allowed to send mail from", "not allowed to send mail from", "spoofed sender",
      "is not authorized to send mail from", at: [.mail, .rcpt, .data, .hello], subject: "SPF",
      saidBy: "policyd-spf, Exim, Gmail, Exchange, Mimecast, Haraka"),
    KnownReply(
      .policy, "dkim", "domainkeys", at: [.mail, .rcpt, .data], subject: "DKIM",
      saidBy: "Gmail, OpenDKIM, Exim, rspamd"),
    KnownReply(.policy, "arc seal", "arc validation", at: .data, subject: "ARC", saidBy: "Gmail, OpenARC"),
    KnownReply(
      .policy, "unauthenticated email", "unauthenticated mail", "required authentication level", "email authentication",
      "sender is unauthenticated", "unauthenticated sender", "lacks authentication", "authentication checks",
      "not rfc 5322 compliant from authentication", at: [.mail, .rcpt, .data], subject: "SPF, DKIM or DMARC",
      saidBy: "Gmail, Microsoft 365, Yahoo"),
    KnownReply(
      .policy, "not owned by user", "not logged in as owner", "does not have permissions to send as this sender",
      "send as denied", "sendasdenied", "sender address does not match", "must match authenticated", "not owned by",
      "not allowed to use this sender", "from must equal authorized user", "mail from must equal", "sender mismatch",
      "sender and authenticated user", "not verified", "email address is not verified", "must be from a verified",
      "verified sender", "from address does not match", "dt sum", "sender is not allowed", "not your address",
      "sender not allowed", "address not allowed",
      at: [.mail, .rcpt, .data], subject: "the login may not use this sender",
      saidBy: "Postfix, Exchange, Amazon SES, GMX, QQ, Yandex, Zoho"),
    KnownReply(
      .policy, "restricted by the recipient", "only accepts messages from", "recipient only accepts mail from",
      "not in allowed senders", "allowed senders list", "sender not authenticated for group", "requireauthentication",
      "is not allowed to post", "not authorized to post", "restricted to members", "members only", "closed list",
      at: [.rcpt, .data], subject: "the recipient does not take mail from this sender",
      saidBy: "Exchange, Mailman, Google Groups"),
    KnownReply(
      .policy, "tenant allow block list", "manually blocked senders", "blocked senders", "blocked sender list",
      strength: .unmistakable, subject: "the sender is blocked there", saidBy: "Microsoft 365, Mimecast"),
    KnownReply(
      .policy, "sending denied", "sending is denied", "rejected by recipients", "rejected by recipient",
      at: [.rcpt, .data],
      saidBy: "Gmail, QQ"),
    // Not a word of the mailbox: 550 alone would say that there is none.
    KnownReply(
      .unspecified, "blocked", "denied", "rejected by", at: .rcpt, unless: ["x.7.x"], strength: .general, saidBy: "many"
    ),
    KnownReply(
      .policy, "policy reasons", "policy violation", "violates policy", "violation of policy", "local policy",
      "by policy",
      "against policy", "security policy", "email policy", "mail policy", "site policy", "due to policy",
      "policy restriction*",
      "administrative prohibition", "administratively prohibited", "rejected by administrator",
      "prohibited by administrator",
      "policy rejection", "policy reject", "per policy", "administrative lock", "anti spoofing policy", "antispoofing",
      "poison", "message blocked by", "rejected due to security", "organizational policy", "corporate policy",
      strength: .general, saidBy: "Yahoo, AOL, Mimecast, Exim, Barracuda, Symantec"),
  ]
}
