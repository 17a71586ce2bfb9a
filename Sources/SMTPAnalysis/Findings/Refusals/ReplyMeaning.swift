internal import SMTPDialogue
internal import Wire

/// What a refusal means, read from its enhanced status code (RFC 3463), its code, and the words that servers use.
///
/// The words come first where they name something more precise than the codes: 5.7.1 is said for relaying, block lists,
/// spam and sender policy alike.
enum ReplyMeaning: Equatable {
  case tooManyConnections, rateLimited, greylisted, blocklisted
  case relayDenied, mailboxUnknown, mailboxFull, userMoved
  case serverStorage, shuttingDown, timeout, tooManyErrors, tooManyRecipients
  case sizeExceeded, contentRefused, policy
  case authRequired, tlsRequired
  case clientRefused, senderUnknown
  case noValidRecipients, badSequence, notUnderstood
  case protocolError
  /// Nothing that says why.
  case unspecified

  /// What was refused decides between readings of the same words.
  enum Step {
    case greeting, hello, mail, rcpt, data, endOfData, auth, other
  }

  init(_ reply: ReplyRecord, to step: Step) {
    // Bytes, not strings: the search of the library's strings costs more than the rest of the analysis.
    let words = PhraseSearch(Self.words(of: reply))
    let enhanced = reply.enhanced ?? ""
    let has = { (phrases: [StaticString]) in phrases.contains { words.holds($0) } }
    let detail = enhanced.split(separator: ".").dropFirst().joined(separator: ".")

    self =
      if has([
        "too many errors", "too many bad commands", "too many unrecognized", "too many invalid commands",
        "too many syntax",
      ]) {
        .tooManyErrors
      } else if has([
        "too many connections", "too many concurrent", "connection limit", "concurrent connections",
        "too many simultaneous", "maximum number of connections", "too many sessions",
      ]) {
        .tooManyConnections
      } else if has(["greylist", "graylist", "grey-list", "gray-list", "greylisting", "postgrey"]) {
        .greylisted
      } else if has([
        "rate limit", "ratelimit", "too many messages", "too fast", "throttl", "rate that", "sending rate",
        "exceeded the rate", "too much mail", "connection rate", "message rate", "unusual rate",
        "try again later, closing connection. (rate",
      ]) || detail == "7.28" {
        .rateLimited
      } else if has([
        "must issue a starttls", "starttls first", "tls required", "encryption required", "requires tls",
        "tls is required", "session encryption is required", "use starttls",
      ]) || enhanced == "5.7.10" || enhanced == "5.7.30" {
        .tlsRequired
      } else if reply.code == 530
        || has([
          "authentication required", "authentication is required", "smtp auth is required", "must authenticate",
          "requires authentication", "please authenticate", "auth required", "not authenticated",
        ])
      {
        .authRequired
      } else if has([
        "blocked using", "dnsbl", "rbl", "blocklist", "block list", "blacklist", "black list", "spamhaus", "spamcop",
        "barracudacentral", "barracuda reputation", "sorbs", "poor reputation", "bad reputation", "low reputation",
        "reputation", "senderbase", "on our block", "listed at", "listed by", "listed in", "sender ip",
        "proofpoint.com/", "banned sending ip", "s3140", "s3150", "ts03", "ts04", "cloudmark",
      ]) {
        .blocklisted
      } else if has([
        "relay access denied", "relaying denied", "relay not permitted", "relaying not allowed", "unable to relay",
        "relay denied", "not permitted to relay", "relay is not", "we do not relay", "no relaying", "open relay",
        "not a relay", "prohibited to relay", "relaying prohibited", "not local; please try", "not one of our domains",
        "isn't in my list of allowed rcpthosts", "rcpthosts", "relay not allowed", "unauthorized relay",
        "invalid relay",
      ]) {
        .relayDenied
      } else if step == .rcpt,
        detail == "4.5.3" || detail == "5.3" || has(["too many recipients", "too many rcpt", "recipient limit"])
      {
        .tooManyRecipients
      } else if has(["too many recipients"]) {
        .tooManyRecipients
      } else if has([
        "message size exceeds", "size limit", "too large", "message too big", "exceeds fixed limit",
        "maximum message size", "exceeds size", "message file too big", "exceeds maximum", "size exceeds",
      ]) || detail == "3.4" || (detail == "2.3" && step != .rcpt) {
        .sizeExceeded
      } else if has([
        "mailbox full", "over quota", "quota exceeded", "mailbox is full", "exceeded storage", "overquota",
        "out of storage", "insufficient disk quota", "mailbox size limit", "user has exceeded",
        "mailbox for user is full", "disk quota",
      ]) || detail == "2.2" {
        .mailboxFull
      } else if has([
        "insufficient system storage", "insufficient disk space", "not enough disk space", "no space left",
        "low on disk", "out of disk",
      ]) || detail == "3.1" {
        .serverStorage
      } else if has(["timeout", "timed out", "idle for too long", "idle too long", "inactivity"])
        || detail == "4.2" && reply.code == 421
      {
        .timeout
      } else if has([
        "shutting down", "system not accepting", "service shutting", "going down", "server shutdown",
        "system is going down", "closing for maintenance",
      ]) || (detail == "3.2" && reply.code == 421) {
        .shuttingDown
      } else if has(["no valid recipients", "no recipients", "valid rcpt", "no valid rcpt", "all recipients were"]) {
        .noValidRecipients
      } else if reply.code == 503
        || has([
          "bad sequence", "need mail", "need rcpt", "nested mail", "out of sequence", "send helo first",
          "sender already",
        ])
      {
        .badSequence
      } else if has([
        "protocol error", "synchronization error", "improper command pipelining", "before greeting",
        "input sent without waiting", "pregreet",
      ]) {
        .protocolError
      } else if has(["bare <lf>", "bare lf", "bare linefeed", "bare newline", "bare line feed", "smtplf", "bare cr"]) {
        .protocolError
      } else if step == .rcpt,
        reply.code == 551
          || has(["user not local", "has moved", "new address", "please try <", "mailbox has moved", "moved to"])
          || detail == "1.6"
      {
        .userMoved
      } else if step == .rcpt,
        detail == "1.1" || detail == "1.10" || detail == "1.2" || detail == "1.3"
          || has([
            "user unknown", "unknown user", "no such user", "does not exist", "doesn't exist", "no such recipient",
            "no mailbox", "mailbox unavailable", "mailbox not found", "unknown recipient", "unrouteable address",
            "recipient not found", "invalid recipient", "unknown local", "not a valid mailbox", "user not found",
            "address unknown", "recipient rejected", "no such person", "no such address", "unknown or illegal alias",
            "unknown address", "account that you tried to reach", "account is disabled", "mailbox disabled",
            "not our customer", "unknown alias",
          ])
      {
        .mailboxUnknown
      } else if step == .rcpt, reply.code == 550, enhanced.isEmpty || detail == "0.0" {
        .mailboxUnknown
      } else if step == .rcpt, reply.code == 553, !detail.hasPrefix("7.") {
        .mailboxUnknown
      } else if step == .mail, detail.hasPrefix("1.") {
        .senderUnknown
      } else if step == .endOfData || step == .data,
        has([
          "spam", "virus", "malware", "content", "rejected by filter", "infected", "header check", "body check",
          "phish", "blocked attachment", "file type", "unsolicited", "dangerous", "policy filter", "milter",
        ])
      {
        .contentRefused
      } else if has(["spf", "dkim", "dmarc", "sender policy"]) || detail.hasPrefix("7.2") && detail.count > 3 {
        .policy
      } else if step != .rcpt,
        has([
          "client host rejected", "reverse dns", "reverse hostname", "ptr record", "no ptr", "rdns",
          "cannot find your hostname", "cannot find your reverse", "access denied", "not allowed to connect", "your ip",
          "your host", "client address", "go away", "banned",
        ]) || detail == "7.25"
      {
        .clientRefused
      } else if has([
        "client host rejected", "cannot find your hostname", "cannot find your reverse", "reverse dns",
        "helo command rejected", "client host",
      ]) {
        .clientRefused
      } else if has([
        "sender address rejected", "sender rejected", "sender denied", "domain not found", "domain of sender",
        "sender domain", "sender verify failed", "invalid sender",
      ]) {
        .senderUnknown
      } else if detail.hasPrefix("7.") {
        .policy
      } else if reply.code == 500 || reply.code == 501 || reply.code == 502 || reply.code == 504 || reply.code == 555 {
        .notUnderstood
      } else {
        .unspecified
      }
  }

  /// The text of all lines in small letters, a blank between two lines.
  private static func words(of reply: ReplyRecord) -> [UInt8] {
    let lines = reply.lines
    var words: [UInt8] = []
    words.reserveCapacity(lines.reduce(0) { $0 + $1.count + 1 })
    for index in lines.indices {
      if index > 0 { words.append(0x20) }
      for byte in lines[index] { words.append(byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte) }
    }
    return words
  }
}
