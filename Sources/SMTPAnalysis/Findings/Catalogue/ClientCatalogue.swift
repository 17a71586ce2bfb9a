/// What clients do wrong in the dialogue.
extension CatalogueEntry {
  static let earlyTalker = CatalogueEntry(
    .earlyTalker, .warning, "the client spoke before the greeting",
    explanation: """
      A client has to wait for the greeting. Programs that send spam often don't, and servers test for that by waiting \
      before they greet; some refuse such clients.
      """,
    seenWhen: """
      bytes of the client arrive before the last line of the greeting was sent, by more than the time the path takes; \
      proxies' preambles and TLS hellos do not count
      """,
    whatToDo: """
      correct the client: read the whole greeting (all lines of it) before EHLO; let nothing between send ahead of \
      time
      """,
    references: ["RFC 5321 section 4.3.1", "RFC 5321 section 3.1"])

  static let missingHELO = CatalogueEntry(
    .missingHELO, .warning, "MAIL without a greeting of the client",
    explanation: """
      The client began a mail without having said EHLO or HELO. Servers may answer 503; some take it all the same.
      """,
    seenWhen: """
      MAIL is sent before any EHLO, HELO or LHLO of the session, in a capture that shows the session from its \
      beginning
      """,
    whatToDo: "correct the client: EHLO comes first, and again after STARTTLS",
    references: ["RFC 5321 section 4.1.4", "RFC 5321 section 4.1.1.1"])

  static let commandOutOfOrder = CatalogueEntry(
    .commandOutOfOrder, .warning, "a command came where it may not",
    explanation: """
      The client sent a command that the state of the dialogue does not allow, and servers answer it with 503. It \
      counts replies wrongly, goes on after a refusal, or was written against one lenient server.
      """,
    seenWhen: """
      RCPT without an accepted MAIL, DATA or BDAT without an accepted RCPT, MAIL within a transaction and the like, by \
      the server's own replies; commands that were sent ahead by pipelining and failed with the one before do not \
      count
      """,
    whatToDo: """
      correct the client: judge each reply before the next step; after a refused MAIL or RCPT go back with RSET
      """,
    references: ["RFC 5321 section 4.1.4", "RFC 5321 section 3.3"])

  static let commandUnknown = CatalogueEntry(
    .commandUnknown, .warning, "a command that does not exist",
    explanation: """
      The client sent a word that is no SMTP command, nor of an extension the server offers. Text of a message that is \
      taken for commands looks like this as well, and so does a device that masks commands with X.
      """,
    seenWhen: "a verb that no standard has and the server's EHLO reply does not list, where no mail data is due",
    whatToDo: """
      look at the line: message text means that the data ended too early (dot-not-stuffed, chunk-size-mismatch); XXXX \
      means middlebox-inspection; else correct the client
      """,
    references: ["RFC 5321 section 4.1.1", "RFC 5321 section 2.2.2"])

  static let commandSyntax = CatalogueEntry(
    .commandSyntax, .warning, "a command is written wrongly",
    explanation: """
      The command is known but its arguments do not follow the grammar: no angle brackets, a blank after the colon, a \
      blank at the end, a malformed path or parameter. One server takes it, the next answers 501.
      """,
    seenWhen: "the arguments of a command do not fit the grammar; the right form is shown beside it",
    whatToDo: """
      correct the client to the form shown: `MAIL FROM:<ann@example.org>`, `RCPT TO:<bob@example.org>`, one blank \
      before each parameter
      """,
    references: ["RFC 5321 section 4.1.1", "RFC 5321 section 4.1.2"])

  static let commandTooLong = CatalogueEntry(
    .commandTooLong, .warning, "a command line is too long",
    explanation: """
      A command line may have 512 octets with its line end, and more only as far as offered extensions add to it. \
      Longer ones may be refused or cut.
      """,
    seenWhen: """
      a command line is longer than 512 octets plus what the extensions in the EHLO reply allow; AUTH responses have \
      their own limit of 12 288
      """,
    whatToDo: "shorten addresses and parameters; correct the client if it joins lines",
    references: ["RFC 5321 section 4.5.3.1.4", "RFC 4954 section 4"])

  static let pathTooLong = CatalogueEntry(
    .pathTooLong, .warning, "an address is too long",
    explanation: """
      The part before the @ may have 64 octets, the domain 255, the path with its brackets 256. Servers need not take \
      more; encoded sender addresses (VERP, SRS) go over it most often.
      """,
    seenWhen: "a local part over 64, a domain over 255 or a path over 256 octets in MAIL or RCPT",
    whatToDo: "shorten the address; let address rewriting (SRS) not pile up from hop to hop",
    references: ["RFC 5321 section 4.5.3.1.1", "RFC 5321 section 4.5.3.1.2", "RFC 5321 section 4.5.3.1.3"])

  static let heloInvalid = CatalogueEntry(
    .heloInvalid, .info, "the client's name is none",
    explanation: """
      The argument of HELO or EHLO has to be the client's full domain name, or its address in brackets where it has no \
      name. Servers may not refuse mail for a name that fails a check alone, but many do.
      """,
    seenWhen: """
      the argument is neither a domain name nor an address literal, is an address without brackets, or is the server's \
      own name
      """,
    whatToDo: """
      give the client its full name (`smtp_helo_name`, `primary_hostname`); a program without one says `[192.0.2.7]` \
      with its own address
      """,
    references: ["RFC 5321 section 4.1.1.1", "RFC 5321 section 4.1.3", "RFC 5321 section 4.1.4"])

  static let parameterNotOffered = CatalogueEntry(
    .parameterNotOffered, .warning, "a parameter that the server did not offer",
    explanation: """
      MAIL or RCPT bears a parameter of an extension that is not in the server's EHLO reply. Servers answer 555 or 501 \
      to it.
      """,
    seenWhen: """
      a parameter (SIZE, BODY, SMTPUTF8, RET, NOTIFY, AUTH ...) whose extension the last EHLO reply does not list, or \
      any after HELO
      """,
    whatToDo: """
      correct the client to send what was offered; if the offer was masked on the way, see middlebox-inspection
      """,
    references: ["RFC 5321 section 4.1.1.11"])

  static let pipeliningNotOffered = CatalogueEntry(
    .pipeliningNotOffered, .warning, "commands sent ahead without PIPELINING",
    explanation: """
      The client sends commands before the replies to earlier ones, though the server did not say that it can take \
      that. Servers may lose the commands or end the session with a synchronization error.
      """,
    seenWhen: "a command is sent before the reply to the one before it, and the EHLO reply does not list PIPELINING",
    whatToDo: "correct the client: wait for each reply, or for the offer",
    references: ["RFC 2920 section 3.1", "RFC 5321 section 4.3.1"])

  static let pipeliningPastBarrier = CatalogueEntry(
    .pipeliningPastBarrier, .warning, "something was sent ahead that must wait",
    explanation: """
      Even with PIPELINING some commands end a group: behind EHLO, DATA, STARTTLS, AUTH, QUIT and others nothing may \
      be sent before their reply. What is sent all the same may be taken for data, be thrown away, or be an attack.
      """,
    seenWhen: "bytes follow EHLO, DATA, VRFY, EXPN, TURN, QUIT, NOOP, STARTTLS or AUTH before the reply to it",
    whatToDo: "correct the client: these are the last of their group; behind STARTTLS see starttls-injection",
    references: ["RFC 2920 section 3.1", "RFC 3207 section 4"])

  static let bareLF = CatalogueEntry(
    .bareLF, .warning, "line feeds without carriage return",
    explanation: """
      Lines in SMTP end with CR LF, and LF must not stand alone. Servers differ in what they make of it: some repair \
      it, some refuse the message, and some can be tricked by it (SMTP smuggling).
      """,
    seenWhen: """
      LF without CR before it in commands or in the data (BDAT chunks of BINARYMIME excepted); how many, and the first \
      place, is told
      """,
    whatToDo: """
      correct the client or the script that makes the messages (`unix2dos`, the mail library's own line ends); do not \
      send files with bare line feeds as they are
      """,
    references: ["RFC 5321 section 2.3.8", "RFC 5321 section 4.1.1.4"])

  static let bareCR = CatalogueEntry(
    .bareCR, .warning, "carriage returns without line feed",
    explanation: """
      CR must not stand alone in SMTP. Servers differ in what they make of it; signatures break and, together with \
      dots, messages can be smuggled.
      """,
    seenWhen: """
      CR without LF behind it in commands or in the data (BDAT chunks of BINARYMIME excepted); how many, and the first \
      place, is told
      """,
    whatToDo: "correct the program that makes the messages; encode binary content with base64",
    references: ["RFC 5321 section 2.3.8", "RFC 5322 section 2.3"])

  static let nonstandardEndOfData = CatalogueEntry(
    .nonstandardEndOfData, .error, "an end of data that only some servers see",
    explanation: """
      Inside the message stands a dot between line ends that are not CR LF. A server that takes this for the end of \
      the message sees commands in what follows: that is SMTP smuggling, with which mail is forged past SPF and DMARC. \
      Without an attack it is a program with wrong line ends.
      """,
    seenWhen: "LF . LF, LF . CRLF, CR . CR, CRLF . LF, CRLF . CR and the like within the data; what follows is shown",
    whatToDo: """
      sending side: normalize line ends before sending; receiving side: refuse bare line ends \
      (`smtpd_forbid_bare_newline = normalize` in Postfix 3.9, and fixed versions of the others); see whether commands \
      follow the dot
      """,
    references: [
      "RFC 5321 section 4.1.1.4",
      "RFC 5321 section 2.3.8",
      "CVE-2023-51764",
      "CVE-2023-51765",
      "CVE-2023-51766",
    ])

  static let smuggledTransaction = CatalogueEntry(
    .smuggledTransaction, .error, "a mail was smuggled inside another",
    explanation: """
      The server took a dot between wrong line ends for the end of the message, and then carried out commands that \
      stood in the message. Its replies prove it. Whoever wrote the message could send mail in the name of anyone whom \
      the sending server stands for.
      """,
    seenWhen: "after a nonstandard end of data the server's replies answer what follows in the data as commands",
    whatToDo: """
      update the receiving server at once or let it refuse bare line feeds; look for other such mails in its log; \
      update the relay that passed the sequence on
      """,
    references: ["RFC 5321 section 4.1.1.4", "CVE-2023-51764", "CVE-2023-51765", "CVE-2023-51766"])

  static let lineTooLong = CatalogueEntry(
    .lineTooLong, .warning, "a line of the message is too long",
    explanation: """
      A line of a message may have 998 octets and its CR LF. Servers may refuse longer ones, or break them, which \
      spoils HTML, links and DKIM signatures.
      """,
    seenWhen: "a text line in the data is longer than 1000 octets with its CR LF; how many, and the longest, is told",
    whatToDo: "let the program encode such text as quoted-printable or base64; fold long header fields at blanks",
    references: ["RFC 5321 section 4.5.3.1.6", "RFC 5322 section 2.1.1"])

  static let eightBitNotDeclared = CatalogueEntry(
    .eightBitNotDeclared, .warning, "eight-bit text that was not announced",
    explanation: """
      The message holds bytes over 127, but MAIL did not say BODY=8BITMIME (or the server did not offer it). Most \
      servers pass them on; one that does not will refuse or spoil them.
      """,
    seenWhen: """
      octets over 127 in the data, without BODY=8BITMIME or BINARYMIME on MAIL, or without the server's offer of it
      """,
    whatToDo: """
      let the client declare BODY=8BITMIME where it is offered, and encode with quoted-printable or base64 where it is \
      not
      """,
    references: ["RFC 6152 section 3", "RFC 5321 section 2.3.1", "RFC 2045 section 6.2"])

  static let nulInData = CatalogueEntry(
    .nulInData, .warning, "NUL bytes in the message",
    explanation: """
      NUL octets may not stand in a message. Programs cut the text there, drop them or refuse the mail; filters and \
      readers may see different things.
      """,
    seenWhen: "octets of value 0 in the data, outside of BINARYMIME; how many, and the first place, is told",
    whatToDo: """
      look at what stands there: an attachment that was not encoded, or text in UTF-16; correct the program that made \
      it
      """,
    references: ["RFC 5322 section 4.1", "RFC 2045 section 2.7"])

  static let dotNotStuffed = CatalogueEntry(
    .dotNotStuffed, .warning, "a line with a dot ended the message too early",
    explanation: """
      A line of the message that begins with a dot needs a second one in front. The client left that out, so that a \
      line of one dot was taken for the end, and the rest of the text for commands. The mail was delivered cut off.
      """,
    seenWhen: """
      after the end of the data the client sends lines that are no commands, and the server answers them with 500 or \
      502
      """,
    whatToDo: """
      correct the client: double each dot at the beginning of a line; use a mail library instead of writing to the \
      socket
      """,
    references: ["RFC 5321 section 4.5.2"])

  static let chunkSizeMismatch = CatalogueEntry(
    .chunkSizeMismatch, .error, "a chunk is not as long as it said",
    explanation: """
      BDAT announces how many octets follow. Where the number is wrong, the server takes text for commands or commands \
      for text. Mixing DATA and BDAT, or BDAT to a server that did not offer CHUNKING, belongs here as well.
      """,
    seenWhen: """
      fewer or more octets than announced stand between a BDAT and the next command; DATA after BDAT in a transaction; \
      BDAT without CHUNKING in the EHLO reply
      """,
    whatToDo: """
      correct the client's count: octets after all conversions, with CR LF as two, no dot-stuffing; as a way out let \
      the server not offer CHUNKING (`smtpd_discard_ehlo_keywords = chunking`)
      """,
    references: ["RFC 3030 section 2"])

  static let sizeUnderdeclared = CatalogueEntry(
    .sizeUnderdeclared, .info, "the message is larger than it said",
    explanation: """
      The number in SIZE= is an estimate, but the message turned out to be larger. A server may have made room for \
      less.
      """,
    seenWhen: "the message has more octets than SIZE= on MAIL said",
    whatToDo: "correct the client: count CR LF as two octets, after encoding; nothing to do if it was accepted",
    references: ["RFC 1870"])

  static let smtputf8Missing = CatalogueEntry(
    .smtputf8Missing, .warning, "an address or header beyond ASCII without SMTPUTF8",
    explanation: """
      Addresses and header fields may hold letters beyond ASCII only where the server offers SMTPUTF8 and MAIL asks \
      for it. Otherwise servers on the way refuse or garble them.
      """,
    seenWhen: "octets over 127 in an address of MAIL or RCPT, or in the header, without SMTPUTF8 on MAIL",
    whatToDo: """
      encode header text as RFC 2047 says; write domains as `xn--...`; for such local parts every server on the way must \
      offer SMTPUTF8
      """,
    references: ["RFC 6531 section 3.4", "RFC 6532 section 3"])

  static let transactionAbandoned = CatalogueEntry(
    .transactionAbandoned, .info, "the client gave the mail up",
    explanation: """
      The client ended the transaction by itself before the message. Address checks (callouts) look like this, and \
      clients that drop a mail of which no recipient was accepted.
      """,
    seenWhen: """
      RSET, EHLO, QUIT, a new MAIL or the client's close ends a transaction before the end of its data, with nothing \
      decided against it
      """,
    whatToDo: "nothing as a rule; if mail is missing, look in the client's log for why it stopped",
    references: ["RFC 5321 section 4.1.1.5", "RFC 5321 section 4.1.4"])

  static let noQUIT = CatalogueEntry(
    .noQUIT, .info, "the client left without QUIT",
    explanation: """
      The client closed the connection instead of taking its leave and waiting for 221. Delivered mail is delivered, \
      but the server may log a lost connection; where something was undone thereby, this is a warning.
      """,
    seenWhen: "the client closes or resets the connection after a reply, without QUIT, in a capture that shows the end",
    whatToDo: "correct the client: QUIT, wait for 221, then close; health checks too",
    references: ["RFC 5321 section 4.1.1.10", "RFC 5321 section 3.8"])

  static let credentialsInClear = CatalogueEntry(
    .credentialsInClear, .warning, "a password went over the network in clear",
    explanation: """
      The client logged in with a mechanism that shows the password, or a form of it that can be replayed, and the \
      connection was not encrypted. Anyone on the path has it, and so does everyone who gets this capture.
      """,
    seenWhen: """
      AUTH PLAIN, LOGIN, XOAUTH2 or the like with its response outside TLS; what of it is a secret is masked in the \
      output
      """,
    whatToDo: """
      change the password; make TLS a must for logins at the server (`smtpd_tls_auth_only = yes`) and in the client; \
      treat this capture as a secret
      """,
    references: ["RFC 4954 section 4", "RFC 8314 section 3.3", "RFC 4616"])
}
