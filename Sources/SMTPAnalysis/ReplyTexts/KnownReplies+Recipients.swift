// Mailboxes: unknown, full, moved, too many.

extension KnownReply {
  static let recipients: [KnownReply] = [
    // 4.2.1 is "mailbox disabled" by RFC 3463, and what servers say of one that is only in use.
    KnownReply(
      .unspecified, "mailbox busy", "mailbox is busy", "mailbox locked", "mailbox is locked", "mailbox in use",
      at: .rcpt, needs: ["4xx"], strength: .unmistakable, saidBy: "Postfix access tables, Cyrus, Courier"),

    KnownReply(
      .tooManyRecipients, "too many recipients", "too many rcpt", "too many rcpts", "recipient limit*",
      "recipients limit*", "maximum number of recipients", "max recipients", "maximum recipients",
      "number of recipients",
      "limit of recipients", "recipient count", "too many addresses", "recipients exceeded",
      "one recipient at a time", "too many destinations", "recipients per message", "only one recipient",
      "multiple recipients not", "recipients belong to multiple regions", "too many destination domains",
      at: [.rcpt, .data], saidBy: "Postfix, Exim, Sendmail, Exchange, Gmail, Microsoft 365, Cisco, Proofpoint"),

    KnownReply(
      .mailboxFull, "mailbox full", "mailbox is full", "mailbox quota", "over quota", "overquota", "quota exceeded",
      "exceeded quota", "exceeds quota", "exceeded storage", "storage allocation", "out of storage", "disk quota",
      "insufficient disk quota", "mailbox size limit", "user has exceeded", "mailbox for user is full", "quota full",
      "mailbox has exceeded", "mailbox exceeded", "exceeded the quota", "account is full", "user is over",
      "quota is full",
      "over its quota", "over the quota", "over their quota", "exceeded his", "inbox is full", "inbox full",
      "mail box full",
      "maildir is over quota", "maildir over quota", "exceeded mailbox", "out of quota", "not enough storage",
      "quotaexceeded", "recipient quota", "user quota", "mail quota", "no space in mailbox", "full mailbox",
      "is out of space", "not enough space in", "storage quota", "storage limit", "user over", "quota violation",
      at: [.rcpt, .data],
      saidBy: "Dovecot, Cyrus, Gmail, Postfix, Exchange, Courier, iCloud, Yahoo, mail.ru, Zimbra, Yandex"),
    KnownReply(
      .mailboxFull, "postfach voll", "postfach ist voll", "lleno", "llena", "casella piena", "casella e piena",
      "est pleine",
      "destinataire pleine", "przepelniona", at: [.rcpt, .data], saidBy: "servers in German, Spanish, Italian, French"),
    // A precise code for another cause that goes with it.
    KnownReply(
      .mailboxFull, "over quota", "overquota", "mailbox full", "mailbox is full", at: [.rcpt, .data], needs: ["552"],
      strength: .unmistakable, saidBy: "Orange (552 5.1.1)"),
    KnownReply(
      .mailboxFull, "mailbox for user is full", "mailbox is full", "mailbox full", "quota exceeded", "exceeded quota",
      at: [.rcpt, .data], needs: ["5.1.1"], strength: .unmistakable, saidBy: "many"),

    KnownReply(
      .serverStorage, "insufficient system storage", "insufficient disk space", "insufficient space",
      "not enough disk space",
      "no space left", "low on disk", "out of disk", "disk full", "disk space", "insufficient system resources",
      "insufficient resources", "out of memory", "no room", "not enough space", "system storage", "queue is full",
      "spool disk", "spool is full", "partition is full", "lack of space", "space shortage", "queue full", "inodes",
      "mail queue is full", saidBy: "Postfix, Exim, Sendmail, qmail, Exchange, OpenSMTPD"),

    KnownReply(
      .serverStorage, "no space in the spool", "no space in the queue", "no space on the spool", "no space on spool",
      "no space on the disk", "no space on disk", "no space on the device", "no space on device",
      "no space on the server", "no space on the queue", "no space on the partition", "no more space on the spool",
      "no more space on spool", "no more space on the disk", "no more space on disk", "no more space on the device",
      "no more space on device", "no more space on the server", "no more space on the queue",
      "no more space on the partition", "out of space on the spool", "out of space on spool",
      "out of space on the disk", "out of space on disk", "out of space on the device", "out of space on device",
      "out of space on the server", "out of space on the queue", "out of space on the partition", "spool full",
      "no spool space", unless: ["x.2.2"], saidBy: "many"),
    KnownReply(
      .userMoved, "user not local please try", "user not local", "has moved", "new address", "please try <address>",
      "try <address>", "mailbox has moved", "moved to", "address has changed", "changed to <address>", "relocated",
      "address changed", "now at <address>", "is now <address>", "please use <address>", "use <address> instead",
      "contact <address> instead", "new e mail address", "new email address", "forward to <address>",
      "has changed to", "user has moved", "no longer uses", "address is now", at: [.rcpt],
      needs: ["55x"], unless: ["552"], saidBy: "Postfix, Sendmail, Exim, Cyrus"),

    KnownReply(
      .userMoved, "replaced with <address>", "succeeded by <address>", at: [.rcpt], needs: ["55x"], unless: ["552"],
      saidBy: "many"),
    // What is told beside where he is now: 5.1.1.
    KnownReply(
      .userMoved, "address changed to <address>", "address has changed to <address>", "replaced by <address>",
      "has moved to <address>", "new address is <address>", at: [.rcpt], needs: ["5xx"], unless: ["552"],
      strength: .unmistakable, saidBy: "many"),

    KnownReply(
      .mailboxUnknown, "nullmx", "null mx", at: [.rcpt, .data], needs: ["x.1.10"], strength: .unmistakable,
      subject: "the domain takes no mail (null MX)", saidBy: "Postfix (RFC 7505)"),

    KnownReply(
      .mailboxUnknown, "user unknown", "unknown user", "no such user", "no such recipient", "no such mailbox",
      "no such person", "no such address", "no such local user", "no such account", "no mailbox", "mailbox not found",
      "mailbox does not exist", "mailbox doesnt exist", "unknown recipient", "recipient unknown", "unrouteable address",
      "unroutable address", "unknown local part", "unknown local recipient", "not a valid mailbox", "user not found",
      "recipient not found", "recipientnotfound", "resolver adr", "address unknown", "unknown address",
      "unknown mailbox",
      "unknown or illegal alias", "unknown alias", "invalid mailbox", "invalid recipient", "invalid address",
      "invalid user", "no account by that name", "not our customer", "account that you tried to reach",
      "account does not exist", "mailbox unknown", "email address does not exist", "address does not exist",
      "address doesnt exist", "user does not exist", "user doesnt exist", "user doesnt have",
      "recipient does not exist",
      "recipient doesnt exist", "does not exist", "doesnt exist", "undeliverable address", "unverified address",
      "undefined mailbox", "no local mailbox", "recipient address not", "recipient not accepted",
      "no user by that name",
      "dont know", "not known here", "not known at this", "sorry no mailbox here by that name", "unknown account",
      "account not found", "address not found", "addressee unknown", "unknown addressee", "wrong address",
      "bad destination",
      "bad recipient", "recipient is not", "is not a known user", "is not a known", "is not a valid",
      "not a valid user",
      "isnt a valid", "no valid mailbox", "not listed in", "not found in directory", "user is unknown",
      "address invalid", "recipient invalid", "recipient address unknown", "recipient verification failed",
      "address verification failed", "verify recipient", "callout verification failed", "unknown customer",
      "no longer with", "left the company", "mailbox not available", "no one by that name", "empfanger unbekannt",
      "utilisateur inconnu", "adresse inconnue", "usuario desconocido", "user undefined", "recipient undefined",
      "user name is unknown", "no such user here", "cannot find user", "could not find user", "recipient inexistent",
      "nonexistent",
      "non existent", at: [.rcpt, .data], unless: ["x.2.2"],
      saidBy:
        "Postfix, Sendmail, Exim, qmail, Exchange, Gmail, Yahoo, Dovecot, Cyrus, GMX, mail.ru, QQ, iCloud, Courier"),
    KnownReply(
      .badAddress, "address syntax", "malformed address", "malformed recipient", "malformed sender", "syntax error in",
      "bad address syntax", "invalid address syntax", "invalid sender syntax", "invalid recipient syntax",
      "missing or malformed local part", "unbalanced", "colon expected", "is not a valid rfc 5321 address",
      "not a valid rfc 5321", "domain required", "hostname required", "address parsing", "cannot parse",
      "must contain a domain", "must be fully qualified", "unqualified", "need fully qualified address",
      "user address required", "invalid characters in", "restricted characters", "illegal characters in", "bad syntax",
      at: [.mail, .rcpt], unless: ["503"],
      saidBy: "Postfix, Exim, Sendmail, Gmail, qmail, Exchange"),
    KnownReply(.mailboxUnknown, "mailbox unavailable", at: .rcpt, saidBy: "RFC 5321, GMX, Exchange"),
    KnownReply(
      .mailboxUnknown, "mailbox disabled", "account disabled", "account is disabled",
      "account that you tried to reach is disabled",
      "mailbox is disabled", "user disabled", "account inactive", "account is inactive", "mailbox inactive",
      "mailbox is inactive", "inactive mailbox", "account suspended", "account is suspended", "user suspended",
      "mailbox suspended", "account has been disabled", "account has been suspended", "account deactivated",
      "account closed", "account expired", "this account is not allowed", "is inactive", "user inactive",
      "account blocked", "account is blocked", "temporary locked", "temporarily locked",
      "mailbox blocked", "account is not active", "mailbox is closed", "discontinued", "no longer valid",
      "no longer available", "no longer in use", "no longer active", "no longer accepts", "unable to receive mail",
      "is disabled", at: [.rcpt, .data], subject: "the mailbox is disabled",
      saidBy: "Gmail, Yahoo, Exim, Exchange, mail.ru, Yandex, Zimbra, iCloud"),
    KnownReply(
      .mailboxUnknown, "mailbox", "mailbox has", "account has", "user has", "user is", at: .rcpt,
      needs: ["550", "553"],
      unless: ["x.7.x"], strength: .general, saidBy: "many"),
    KnownReply(
      .mailboxUnknown, "recipient address rejected access denied", at: [.rcpt, .data], needs: ["x.4.1"],
      saidBy: "Microsoft 365 (its directory does not know the recipient)"),
    KnownReply(
      .mailboxUnknown, "access denied", at: [.rcpt], needs: ["5.4.1"], strength: .general, saidBy: "Microsoft 365"),
  ]
}
