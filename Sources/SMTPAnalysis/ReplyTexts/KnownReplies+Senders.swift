// The sender's address.

extension KnownReply {
  static let senders: [KnownReply] = [
    KnownReply(
      .senderUnknown, "sender address rejected", "sender rejected", "sender denied", "sender verify failed",
      "sender verification failed", "sender domain", "senders domain", "domain of sender", "invalid sender",
      "sender unknown", "unknown sender", "sender address verification", "bad sender", "sender refused",
      "sender does not exist", "sender address does not exist", "cannot verify sender", "could not verify sender",
      "sender address is not", "no such sender", "sender callout", "sender callback", "return address",
      "mail from domain", "mail from address", "bad return path", "return path", "envelope sender", "envelope from",
      "null sender", "sender address", "sender id rejected", "mailfrom", "bounces are not accepted",
      "backscatter", "cannot resolve your domain", "sender invalid", "senders address", "sender has no",
      "we do not accept bounces", "no a or mx", "sender not verified", "could not complete sender verify",
      "sender blocked", "sender is blocked", "sender <address>", "bogus helo sender", "user you are sending from",
      "originator",
      at: [.mail, .rcpt, .data],
      saidBy: "Postfix, Exim, Sendmail, Yahoo, mail.ru, GMX, OpenSMTPD"),
    // What Exim quotes before it is what the sender's own server said, or what may be the reason.
    KnownReply(
      .senderUnknown, "sender verify failed", "could not complete sender verify", at: [.mail, .rcpt, .data],
      strength: .unmistakable, saidBy: "Exim"),
    KnownReply(
      .senderUnknown, "null sender is not allowed", "empty sender is not allowed", at: [.mail, .rcpt, .data],
      strength: .unmistakable, saidBy: "NetEase, QQ"),
    KnownReply(
      .senderUnknown, "domain not found", "domain does not exist", "domain doesnt exist", "no mx record",
      "malformed dns server reply", "no dns", "host not found", "dns lookup", "name service error", "domain lookup",
      "mx record", "resource record", "unresolvable", "domain name does not", "domain name not found", "does not exist",
      "doesnt exist",
      at: .mail, subject: "the sender's domain", saidBy: "Postfix, Sendmail, Exim, mail.ru, QQ"),

    KnownReply(
      .sizeExceeded, "message size exceeds", "size limit", "size limits", "too large", "message too big",
      "mail too big",
      "exceeds fixed limit", "maximum message size", "maximum allowed message size", "exceeds size",
      "message file too big",
      "maximum size", "max message size", "size exceeds", "message size", "fixed maximum message size", "mail size",
      "too much mail data", "message is too big", "message too long", "larger than", "exceeds the maximum",
      "exceeds maximum", "exceeded size", "message exceeds", "content length", "exceeds our", "too big",
      "oversized", "message length", "exceeds administrative limit", "is over the limit", "over size",
      "data size exceeds", "exceeded the size", "databytes limit",
      at: [.mail, .rcpt, .data], unless: ["x.2.2"],
      saidBy: "Postfix, Exim, Sendmail, qmail, Exchange, Gmail, Dovecot, GMX, OpenSMTPD, Courier"),
  ]
}
