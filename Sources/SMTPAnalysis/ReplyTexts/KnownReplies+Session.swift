// What ends or upsets the session, whichever command it is said to.

extension KnownReply {
  static let session: [KnownReply] = [
    // Too many errors
    KnownReply(.tooManyErrors, "too many errors", strength: .unmistakable, saidBy: "Postfix, Dovecot, Exchange"),
    KnownReply(
      .tooManyErrors, "too many bad commands", "too many unrecognized commands", "too many syntax or protocol errors",
      "too many nonmail commands", "too many nonrecipients", "too many unknown commands", "too many invalid commands",
      strength: .unmistakable, saidBy: "Sendmail, Exim, Zimbra"),
    KnownReply(
      .tooManyErrors, "too many protocol errors", "too many consecutive errors", "too many failed commands",
      "too many unimplemented commands", "too many bad recipients", "too many invalid recipients",
      "too many unknown recipients", "too many failed recipients", "too many recipient failures",
      "too many syntax errors", "too many unauthenticated commands", "too many rejected commands",
      "bad smtp command limit", "bad command limit", "unrecognized commands", "unrecognised commands",
      "too many consecutive", "too many noop*", "mi cel", "too many invalid rcpt", "too many hostile",
      "error limit exceeded",
      "maximum number of errors", "exceeded the maximum number of errors", "too many wrong recipients",
      "too many rejected recipients", "possible dictionary attack", "directory harvest",
      strength: .unmistakable, saidBy: "Haraka, Cisco, MDaemon, CommuniGate, qpsmtpd, Gmail, NetEase"),
    KnownReply(
      .tooManyErrors, "too many authentication fail*", "too many auth fail*", "too many failed login*",
      "too many failed auth*", "too many login fail*", "too many login attempts", "too many invalid login*",
      "too many unsuccessful login*", "too many authentication error*", at: [.auth, .mail, .rcpt, ReplySteps(.other)],
      saidBy: "Dovecot, Exim"),

    // Too many connections
    KnownReply(
      .tooManyConnections, "too many connections", "too many concurrent smtp connections",
      "too many concurrent connections", strength: .unmistakable, saidBy: "Postfix, Exim, Sendmail, Cisco, OpenSMTPD"),
    KnownReply(
      .tooManyConnections, "too many simultaneous", "too many concurrent", "too many sessions",
      "too many open connections", "too many smtp sessions", "too many smtp connections", "connection limit exceeded",
      "connection limit reached", "connections limit", "concurrent connection limit", "concurrent connections limit",
      "concurrency limit exceeded", "concurrency limit reached", "maximum number of concurrent",
      "maximum number of connections",
      "number of simultaneous", "maximum connections", "maximum concurrent connections", "max connections",
      "number of concurrent connections",
      "number of concurrent server connections", "simultaneous connections", "all server ports are busy",
      "exceeded allowable connection time", "hl icc", "too many hosts", "connected too many times",
      "max connections per ip",
      "no more connections", "too many smtp clients", saidBy: "Exchange, Yahoo, GMX, QQ, Barracuda, Cyrus"),
    KnownReply(
      .tooManyConnections, "too many connections opened", "ip has too many open", saidBy: "Orange, Free, mail.ru"),

    KnownReply(
      .tooManyConnections, "connections open", "sessions open", "connections at a time", "connection at a time",
      "sessions at a time", "session at a time", "connections at once", "sessions at once", "connections in parallel",
      "sessions in parallel", "parallel connections", "parallel sessions", "connections at the same time",
      "sessions at the same time", "connections already open", "sessions already open",
      at: [.greeting, .hello, .mail, .rcpt, ReplySteps(.other)], saidBy: "many"),

    // The proxy protocol
    KnownReply(
      .proxyExpected, "proxy timed out", "proxy timeout", "proxy protocol", "proxy header", "proxy negotiation",
      "required proxy", "proxy command", "invalid proxy", "unknown proxy", "proxy line", "proxy setup",
      at: [.greeting, .hello, .mail, ReplySteps(.other)], saidBy: "Haraka, Exim, Postfix, Stalwart"),

    // Out of turn, out of form
    KnownReply(
      .protocolError, "protocol error", "synchronization error", "synchronisation error",
      "improper command pipelining", "improper use of smtp command pipelining", "input sent without waiting",
      "before greeting", "before the greeting", "before smtp greeting", "before the smtp greeting",
      "before my greeting",
      "before banner", "before the banner", "pregreet", "pre greet", "talked before", "talking before",
      "spoke too soon", "speaking before", "you talk too soon", "you are talking too early", "dont talk first",
      "early talker", "earlytalker", "command pipelining is not", "pipelining not allowed", "pipelining not supported",
      "unauthorized pipelining", "unexpected pipelining", unless: ["4xx"],
      saidBy: "Postfix, postscreen, Exim, Sendmail, Haraka, qpsmtpd"),
    KnownReply(
      .protocolError, "bare lf", "bare cr", "bare newline", "bare newlines", "bare linefeed", "bare linefeeds",
      "bare line feed", "bare line feeds", "bare carriage return", "stray newline", "stray linefeed", "smtplf",
      "line ending", "lone lf", "lone cr", "invalid line ending", "end of data sequence",
      strength: .unmistakable, saidBy: "Postfix, qmail, Exchange, Exim, Sendmail"),

    KnownReply(
      .protocolError, "bare cr or lf", "lone newline*", "lines must end in crlf", "lines must end with crlf",
      "must end in crlf", "must end with crlf", "must be ended by crlf", "must be terminated by crlf",
      "must be terminated with crlf", "lines not terminated", "lines not ending", "lf without cr", "cr without lf",
      "lines must end in cr lf", "lines must end with cr lf", "must end in cr lf", "must be terminated by cr lf",
      strength: .unmistakable, saidBy: "many"),

    // Nobody to send to
    KnownReply(
      .noValidRecipients, "no valid recipients", "no recipients", "no valid recipient", "no valid rcpt", "need rcpt",
      "valid rcpt command must precede data", "all recipients were", "no recipients accepted", "no recipient accepted",
      "all recipients rejected", "no recipients have been", "must have a recipient", "no recipients specified",
      "rcpt first", "rcpt required", "missing rcpt", at: [.data], saidBy: "Postfix, Exim, Sendmail, qmail, OpenSMTPD"),

    // Loops
    KnownReply(
      .loop, "too many hops", "hop count exceeded", "maximum hop count", "mail loop", "mail is looping", "looping",
      "too many received headers", "too many received", "routing loop", "message is looping", "loop detected",
      "mail loops back to", "loops back to myself", "loop back to", "exceeded maximum hop count", "max hops",
      "possible loop", "maximum number of hops", "is looping", "delivery loop", "forwarding loop", "hops exceeded",
      saidBy: "Postfix, Exim, Sendmail, qmail, Exchange, Gmail"),

    // Timeouts
    KnownReply(
      .timeout, "timeout exceeded", "command timeout", "data timeout", "timeout waiting for", "timed out waiting for",
      "idle for too long", "idle too long", "idle timeout", "idle time exceeded", "inactivity", "session timeout",
      "session timed out", "connection timed out", "connection timeout", "smtp timeout", "timeout closing connection",
      "input timeout", "read timeout", "no activity", "you took too long", "took too long to", "timeout on connection",
      "waited too long", "client timeout", "autologout", "auto logout", "silent for too long",
      needs: ["421", "451", "221"], saidBy: "Postfix, Exim, Sendmail, Exchange, OpenSMTPD, Cyrus"),
    KnownReply(
      .timeout, "timeout", "timed out", "time out", needs: ["421", "4.4.2"], saidBy: "qmail, Haraka, hMailServer"),

    // Going down
    KnownReply(
      .shuttingDown, "shutting down", "shut down", "server shutdown", "going down", "system not accepting",
      "not accepting network messages", "service shutting", "closing for maintenance", "down for maintenance",
      "maintenance", "server is restarting", "system is restarting", "service is restarting", "<host> is restarting",
      "mta is restarting", "smtp daemon is restarting", "mail daemon is restarting", "server exiting",
      "system shutdown",
      needs: ["4xx"], unless: ["x.2.x"], saidBy: "Postfix, Exim, Sendmail, Dovecot, Exchange"),
    KnownReply(
      .shuttingDown, "service not available closing transmission channel", "service not available",
      at: [
        .hello, .mail, .rcpt, .data, ReplySteps(.other),
      ], needs: ["421"], strength: .general, saidBy: "RFC 5321"),

    // Commands
    KnownReply(
      .badSequence, "bad sequence", "need mail", "nested mail", "out of sequence", "send helo first", "sender already",
      "send ehlo first", "polite people say hello", "say helo first", "say hello first", "helo first", "ehlo first",
      "out of order", "mail first", "must have sender first", "mail transaction in progress", "need helo",
      "bad command sequence", "incorrect sequence", "invalid sequence", "helo required", "helo or ehlo required",
      needs: ["5xx"], unless: ["530"], saidBy: "Postfix, Exim, Sendmail, qmail, Exchange"),
  ]
}
