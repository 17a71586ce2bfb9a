/// What servers do wrong in the dialogue.
extension CatalogueEntry {
  static let greetingDelayed = CatalogueEntry(
    .greetingDelayed, .info, "the greeting took long",
    explanation: """
      The server let the client wait for its greeting. Delays of round numbers are deliberate (to catch clients that \
      cannot wait), or a look-up that ran into its timeout: reverse DNS, ident, block lists. From 30 seconds on this \
      is a warning: impatient clients leave.
      """,
    seenWhen: "more than 10 seconds between the handshake and the greeting",
    whatToDo: """
      check the server's resolver for the client's address; do without ident (port 113) or reject it instead of \
      dropping; lower a deliberate delay for known clients
      """,
    references: ["RFC 5321 section 4.5.3.2.1", "RFC 5321 section 3.1"])

  static let replyMalformed = CatalogueEntry(
    .replyMalformed, .warning, "a reply that is none",
    explanation: """
      A reply line begins with three digits and a blank or a hyphen. This one does not, so that a client cannot tell \
      what it means; some take it for an error, some hang.
      """,
    seenWhen: """
      a line of the server that does not begin with a reply code and its separator, outside TLS, with nothing missing \
      before it
      """,
    whatToDo: """
      find the program that answers: a content filter, a proxy, an error message of the operating system; correct or \
      update it
      """,
    references: ["RFC 5321 section 4.2", "RFC 5321 section 4.2.1"])

  static let replyIncomplete = CatalogueEntry(
    .replyIncomplete, .error, "a reply that never ends",
    explanation: """
      In a reply of several lines all but the last have a hyphen behind the code. The last one never came, so that the \
      client waits until its timeout.
      """,
    seenWhen: """
      a line with a hyphen behind its code, and no last line of the same reply before the connection ends or the wait \
      passes
      """,
    whatToDo: "correct the server or the filter that writes the reply; look for a proxy that drops lines",
    references: ["RFC 5321 section 4.2.1"])

  static let replyCodeChanged = CatalogueEntry(
    .replyCodeChanged, .warning, "a reply with more than one code",
    explanation: """
      All lines of one reply must bear the same code. Clients differ in which one they believe, so that one takes for \
      success what is failure for another.
      """,
    seenWhen: "lines of one multi-line reply with different codes",
    whatToDo: "correct the server, or the script or filter that adds lines to its replies",
    references: ["RFC 5321 section 4.2.1"])

  static let replyUnexpected = CatalogueEntry(
    .replyUnexpected, .warning, "a reply that nothing asked for",
    explanation: """
      The server sent a reply while no command was waiting for one, or two replies to one command. From there on the \
      client takes each reply for that of another command, and its bounces tell nonsense.
      """,
    seenWhen: """
      a reply while nothing is pending, other than 421 or the greeting; with PIPELINING, more replies than commands
      """,
    whatToDo: "find out who sends it: a filter or proxy that answers beside the server; update it",
    references: ["RFC 5321 section 4.2", "RFC 2920 section 3.2"])

  static let replyInvalidForCommand = CatalogueEntry(
    .replyInvalidForCommand, .warning, "a reply that the command cannot have",
    explanation: """
      The code does not fit the command: 354 belongs to DATA, 250 does not. Either the server is wrong, or replies and \
      commands have come out of step.
      """,
    seenWhen: """
      a reply code that the standard does not have for this command, by its first digit or its meaning (354 to RCPT, \
      250 to DATA, 3xx to MAIL)
      """,
    whatToDo: """
      count replies and commands before it with `--dialogue`: out of step points to reply-unexpected or reply-missing; \
      else correct the server
      """,
    references: ["RFC 5321 section 4.3.2"])

  static let replyMissing = CatalogueEntry(
    .replyMissing, .warning, "a command was never answered",
    explanation: """
      The dialogue went on though a command had no reply. The client did not wait for it, or takes a later reply for \
      it.
      """,
    seenWhen: """
      a later command is answered and an earlier one is not, with nothing missing from the capture between them
      """,
    whatToDo: "look at the dialogue around it; update the server or the filter that swallows the reply",
    references: ["RFC 5321 section 4.3.1", "RFC 2920 section 3.2"])

  static let replyTooLong = CatalogueEntry(
    .replyTooLong, .info, "a reply line is too long",
    explanation: """
      A line of a reply may have 512 octets with its code and line end. Clients may cut longer ones, so that the part \
      that explains the refusal is lost from the bounce.
      """,
    seenWhen: "a reply line over 512 octets with its CR LF",
    whatToDo: "shorten the text or break it into several lines of one reply",
    references: ["RFC 5321 section 4.5.3.1.5"])

  static let replySlow = CatalogueEntry(
    .replySlow, .info, "a reply took long",
    explanation: """
      The server needed long to answer. At RCPT that is often a callout or a look-up, at the end of the data a content \
      filter, at round numbers of seconds a deliberate delay. Over the minima that clients must wait this is a \
      warning: the client may have left, and mail may come twice.
      """,
    seenWhen: """
      more than 5 seconds between a command (or the end of the data) and its reply, at the capture point; the command \
      is named
      """,
    whatToDo: """
      look at what the server does at this step; answer first and filter later for long scans; set timeouts on \
      look-ups
      """,
    references: ["RFC 5321 section 4.5.3.2", "RFC 1047"])

  static let enhancedStatusMismatch = CatalogueEntry(
    .enhancedStatusMismatch, .info, "the two codes of a reply contradict each other",
    explanation: """
      The enhanced status code begins with the class of the reply: 2, 4 or 5. Here it is another, and clients differ \
      in which they believe: one bounces what another tries again.
      """,
    seenWhen: "the first digit of the enhanced status code is not that of the reply code",
    whatToDo:
      "correct the server's configuration, mostly a reply text written by hand (`REJECT 4.7.1 ...`, `DEFER 5....`)",
    references: ["RFC 2034 section 4", "RFC 3463 section 2"])

  static let serverClosedWithout421 = CatalogueEntry(
    .serverClosedWithout421, .warning, "the server hung up without a word",
    explanation: """
      The server closed the connection in the middle of the dialogue. It should say 421 first; as it is, the client \
      cannot tell a crash from a policy and tries again.
      """,
    seenWhen: """
      FIN of the server while the client had not said QUIT, a transaction or a command is open, and no 421 was sent
      """,
    whatToDo: "look in the server's log at that time: a crashed process, a drop rule, a proxy's timeout",
    references: ["RFC 5321 section 3.8", "RFC 5321 section 4.2.2"])

  static let serverErrorSwallowed = CatalogueEntry(
    .serverErrorSwallowed, .warning, "the server contradicted itself about the mail",
    explanation: """
      The server refused something that the mail depends on and accepted the mail in the end all the same, or the \
      reverse, in a way that will mislead the client. Mail may be lost while both sides believe it is well, or be sent \
      twice.
      """,
    seenWhen: "an accepted end of data after every recipient had been refused, after DATA was refused, and the like",
    whatToDo: """
      look at the dialogue; update the server or the proxy in front of it; check by the Message-ID whether the mail \
      arrived
      """,
    references: ["RFC 5321 section 3.3", "RFC 5321 section 4.2.5"])
}
