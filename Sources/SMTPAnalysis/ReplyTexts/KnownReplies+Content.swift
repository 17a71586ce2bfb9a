// What the message holds. Before it was sent the same words are about the client or the sender: policy.

extension KnownReply {
  static let content: [KnownReply] = [
    KnownReply(
      .contentRefused, "virus", "viruses", "malware", "infected", "trojan", "phish*", "eicar*", "clamav", "ransomware",
      "heuristics", "contains a macro", "malicious", at: .data, needs: ["5xx"], subject: "malware",
      saidBy: "ClamAV, amavis, Proofpoint, Mimecast, Exim"),
    KnownReply(
      .contentRefused, "blocked attachment", "attachment type", "file type", "attachment is not", "attachments are not",
      "banned attachment", "banned file", "banned name", "forbidden attachment", "executable", "attachment not allowed",
      "illegal attachment", "file extension", "potential security issue", "content presents a potential",
      "attachment of a type", "protected archive", "protected archives", "encrypted archive*", "macro enabled",
      "attachment blocked", "prohibited attachment", "dangerous attachment", "illegal extension", "exe files",
      at: .data, subject: "an attachment", saidBy: "Gmail, amavis, Exim, Postfix (mime_header_checks), MailScanner"),
    KnownReply(
      .contentRefused, "spam", "spammy", "spams", "junk", "unsolicited", "ube", "uce", "spam score", "spamassassin",
      "spam detected", "identified as spam", "spam message", "likely spam", "considered spam", "bulk",
      "rejected as spam",
      "spam content", "classified as spam", "looks like spam", "spam filter*", "spamfilter", "spamminess", "gtube",
      "high probability of spam", at: .data, subject: "it looks like spam",
      saidBy: "SpamAssassin, rspamd, Gmail, Barracuda, Exim, Yahoo, GMX, iCloud, Zimbra, Haraka"),
    KnownReply(
      .contentRefused, "message content rejected", "content rejected", "rejected by filter",
      "header check*",
      "body check*", "content policy", "policy filter", "content not accepted", "content scan", "message content",
      "content is not", "blocked by content", "dangerous", "blocked for content", "suspicious",
      "cant be accepted content",
      "unacceptable content", "profanity", "contains a url", "contains url", "contains a link", "blocked url",
      "unsafe content", "content denied", "dt spm", "offensive", "bannedcontent", "sensitive", "bad content",
      "illegal content", "undesirable",
      "rejected by rule", "rejected by content", at: .data,
      saidBy: "Postfix, amavis, Microsoft 365, Mimecast, NetEase, QQ, Symantec"),
    KnownReply(
      .contentRefused, "date header", "from header", "to header", "subject header", "missing header", "header missing",
      "missing required header", "missing from", "missing date", "missing message id", "malformed header",
      "invalid header",
      "header syntax", "headers fail syntax", "mime parts", "invalid mime", "bad header", "multiple from",
      "duplicate header", "duplicate headers", "headers are missing",
      "not rfc 5322 compliant", "not rfc 2822 compliant", "rfc 5322 compliant", "rfc 2822 compliant", "rfc5322",
      "rfc2822",
      "non compliant message", "messages missing", "invalid message", "illegal character", "8 bit data in header",
      "header line too long", "line too long", "lines too long", "line length", "mime error", "bad mime",
      "corrupt message content", "message content invalid", "conversion", "8bit", "eight bit", "nul", "nuls", at: .data,
      subject: "the form of the message",
      saidBy: "Gmail, Exim, Exchange, Postfix, Barracuda, mail.ru"),
    KnownReply(
      .contentRefused, "like advertising", "like an advertisement", "like advertisement", "contains advertising",
      "is advertising", "unwanted advertising", "advertising mail", "scam", "scams", "fraud", "fraudulent", at: .data,
      subject: "it looks like spam", saidBy: "many"),
    KnownReply(
      .contentRefused, "script file", "script files", "script attached", "scripts attached", "file is attached",
      "files are attached", "file attached", "an exe", "exe inside", "exe attached", "exe file", "exe attachment*",
      "scr file", "vbs file", "bat file", "js file", "an iso", "an lnk", "an hta", "zip inside",
      at: ReplySteps(.endOfData), needs: ["5xx"], subject: "an attachment", saidBy: "many"),
    KnownReply(
      .contentRefused, "message id is missing", "message id missing", "message id required", "message id header",
      "no message id", "without message id", "without a message id", "lacks a message id", "date is missing",
      "from is missing", "subject is missing", "subject missing", "without a date", "without a subject", "no subject",
      "empty subject", "body is empty", "empty body", "body is missing", "without a body", "message is empty",
      "empty message", "header line*", "header forbidden", "forbidden header", "header is forbidden",
      "header not allowed", "header is not allowed", "headers are not allowed", at: ReplySteps(.endOfData),
      needs: ["5xx"], subject: "the form of the message", saidBy: "many"),
    // Of the header, and no count of recipients in a time.
    KnownReply(
      .contentRefused, "too many recipients in to header*", "too many recipients in the to header*",
      "too many recipients in cc header*", "too many recipients in the cc header*", "too many recipients in to field",
      "too many recipients in the to field", "too many recipients in to line", "too many recipients in the to line",
      "too many recipients in to and cc", "too many recipients in to or cc", "too many recipients in header*",
      "too many recipients in the header*", "too many addresses in to header*", "too many addresses in the to header*",
      "too many addresses in cc header*", "too many addresses in the cc header*", "too many addresses in to field",
      "too many addresses in the to field", "too many addresses in to line", "too many addresses in the to line",
      "too many addresses in to and cc", "too many addresses in to or cc", "too many addresses in header*",
      "too many addresses in the header*", at: .data, strength: .unmistakable, subject: "the form of the message",
      saidBy: "many"),
    KnownReply(.contentRefused, "content filter*", at: .data, needs: ["5xx"], saidBy: "Postfix, amavis"),
    KnownReply(
      .contentRefused, "duplicate header", "duplicate headers", at: .data, strength: .unmistakable,
      subject: "the form of the message", saidBy: "Amazon SES (which names DKIM-Signature as the header)"),
    // A filter that does not work judges nothing.
    KnownReply(
      .unspecified, "error in processing id", at: .data, needs: ["4xx"], strength: .unmistakable,
      saidBy: "amavis (which quotes what another server said to it)"),
    KnownReply(
      .unspecified, "milter", "scanner", "clamd", "scan failed", "unable to scan", "could not scan", at: .data,
      needs: ["4xx"], saidBy: "clamav-milter, Exim"),
    KnownReply(.contentRefused, "banned", at: .data, strength: .general, saidBy: "amavis"),
    KnownReply(
      .contentRefused, "attachment", "attachments", at: ReplySteps(.endOfData), needs: ["5xx"], strength: .general,
      subject: "an attachment", saidBy: "many"),
    // Said to DATA itself it cannot be about what is not sent yet.
    KnownReply(
      .contentRefused, "milter", "rejected", "blocked", at: ReplySteps(.endOfData), needs: ["5.7.1"],
      strength: .general,
      saidBy: "Postfix, milters"),
    KnownReply(
      .policy, "spam", "spammer", "virus", "malware", "phish*", "junk", "unsolicited", "content rejected",
      "content filter*", at: [.mail, .rcpt, .hello, .greeting], strength: .general, saidBy: "many"),
  ]
}
