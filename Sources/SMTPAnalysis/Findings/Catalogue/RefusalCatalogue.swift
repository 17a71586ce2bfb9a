/// What servers say no to: senders, recipients, messages.
extension CatalogueEntry {
  static let senderRefused = CatalogueEntry(
    .senderRefused, .error, "the server refuses the sender's address",
    explanation: """
      The MAIL command was refused for good: the server does not accept this reverse-path. The whole transaction ends \
      with it and the sender gets a bounce.
      """,
    seenWhen: "a 5xx reply to MAIL whose text and enhanced code name no cause that has a finding of its own",
    whatToDo: """
      read the reply: the sender's domain must exist and accept bounces (MX or A record); check the address for typing \
      errors and for what a rewriting rule made of it; check that this client may use that sender
      """,
    references: ["RFC 5321 section 4.1.1.2", "RFC 5321 section 3.3"])

  static let senderDeferred = CatalogueEntry(
    .senderDeferred, .error, "the server puts the sender off",
    explanation: """
      The MAIL command was answered by a temporary refusal. The client keeps the mail and tries again. Usual reasons \
      are a sender domain that could not be looked up, load, or a limit.
      """,
    seenWhen: "a 4xx reply to MAIL whose text and enhanced code name no cause that has a finding of its own",
    whatToDo: "read the reply; look up the sender's domain with the server's resolver; see whether later attempts pass",
    references: ["RFC 5321 section 4.1.1.2", "RFC 5321 section 4.5.4.1"])

  static let recipientRefused = CatalogueEntry(
    .recipientRefused, .error, "the server refuses a recipient",
    explanation: """
      The RCPT command was refused for good. This recipient does not get the mail and the sender gets a bounce for it; \
      other recipients of the same mail are not touched.
      """,
    seenWhen: "a 5xx reply to RCPT whose text and enhanced code name no cause that has a finding of its own",
    whatToDo: "read the reply's text; check the address; ask the receiving side what its policy for this recipient is",
    references: ["RFC 5321 section 4.1.1.3", "RFC 5321 section 3.3"])

  static let recipientDeferred = CatalogueEntry(
    .recipientDeferred, .error, "the server puts a recipient off",
    explanation: """
      The RCPT command was answered by a temporary refusal. The mail for this recipient stays in the client's queue \
      and is tried again, for some days as a rule, before the sender gets a bounce.
      """,
    seenWhen: "a 4xx reply to RCPT whose text and enhanced code name no cause that has a finding of its own",
    whatToDo: """
      read the reply's text; see whether a later attempt passes; on the receiving side look for failing lookups (LDAP, \
      SQL, callouts) and limits
      """,
    references: ["RFC 5321 section 4.1.1.3", "RFC 5321 section 4.5.4.1"])

  static let greylisted = CatalogueEntry(
    .greylisted, .warning, "put off by greylisting",
    explanation: """
      The server turns away what it sees for the first time (this client, sender and recipient) and accepts it when it \
      comes back some minutes later. Proper servers come back by themselves. Mail is lost only if the client never \
      retries, or retries from ever new addresses.
      """,
    seenWhen: """
      a 4xx reply to RCPT or DATA that reads as greylisting, by its words or as 450/451 with 4.7.1; whether and after \
      how long the same client, sender and recipient passed is told where the captures show it
      """,
    whatToDo: """
      wait; if it never passes, see that the client retries from the same address or network, and that its retry \
      interval is shorter than the receiver's window; on the receiving side let known senders and large pools pass \
      without it
      """,
    references: ["RFC 6647 section 2", "RFC 5321 section 4.5.4.1"])

  static let relayDenied = CatalogueEntry(
    .relayDenied, .error, "the server does not relay for this client",
    explanation: """
      The recipient's domain is not one the server takes mail for, and the client has not shown that it may send \
      elsewhere through it. The client did not authenticate or is not in a permitted network; or the MX points to a \
      server that does not know the domain.
      """,
    seenWhen: """
      a 5xx reply to RCPT whose text, or enhanced code 5.7.1 with such a text, says that relaying is not permitted
      """,
    whatToDo: """
      a user's program: switch authentication on and use port 587 or 465; a server: check that the MX record leads to \
      the right host, and that the domain is listed there (`relay_domains`, `virtual_mailbox_domains`, accepted \
      domains)
      """,
    references: ["RFC 5321 section 7.9", "RFC 3463 section 3.8", "RFC 2505 section 2.1"])

  static let mailboxUnknown = CatalogueEntry(
    .mailboxUnknown, .error, "there is no such mailbox",
    explanation: """
      The server says that the recipient does not exist. This is permanent: the sender gets a bounce for that address. \
      An address that worked before may have been closed, or the server's list of users is broken.
      """,
    seenWhen: """
      a 550, 551 or 553 reply to RCPT (or to the data of its only recipient) with enhanced code 5.1.1, 5.1.10 and the \
      like, or with words such as "user unknown" or "no such user"
      """,
    whatToDo: """
      check the address for typing errors; take it off the list if it is one; if the mailbox exists, look at the \
      server's recipient maps and directory synchronization
      """,
    references: ["RFC 3463 section 3.2", "RFC 5321 section 4.1.1.3"])

  static let mailboxFull = CatalogueEntry(
    .mailboxFull, .error, "the recipient's mailbox is full",
    explanation: """
      The recipient has used up the space that the server allows. With 452 the client tries again, with 552 the sender \
      gets a bounce at once; either way the recipient must delete something or be given more.
      """,
    seenWhen: "a 452 or 552 reply, or enhanced code 4.2.2 or 5.2.2, that says over quota or mailbox full",
    whatToDo: """
      reach the recipient another way; on the receiving side raise the quota or empty the mailbox, and prefer a \
      temporary code so that mail survives a few days
      """,
    references: ["RFC 3463 section 3.3", "RFC 5321 section 4.2.2"])

  static let userMoved = CatalogueEntry(
    .userMoved, .error, "the recipient has another address now",
    explanation: """
      The server knows the recipient but does not forward; it names another address or says that there is one. The \
      mail was not delivered. A program should not use the new address by itself: whoever runs the old server could be \
      lying.
      """,
    seenWhen: "a 551 reply to RCPT, or enhanced code 5.1.6, or a refusal whose text gives another address",
    whatToDo: """
      correct the address by hand once you trust it; on the receiving side forward the mail (250 or 251) if senders \
      need not know
      """,
    references: ["RFC 5321 section 3.4", "RFC 5321 section 7.4", "RFC 3463 section 3.2"])

  static let serverStorage = CatalogueEntry(
    .serverStorage, .error, "the server has no room left",
    explanation: """
      The server itself, not one mailbox, is out of disk space or memory and takes no more mail. Clients try again \
      later; all of them meet the same answer.
      """,
    seenWhen: """
      a 452 or 552 reply with enhanced code 4.3.1 or 5.3.1, or with words such as "insufficient system storage"
      """,
    whatToDo: """
      free disk space on the server's queue and spool file systems, inodes too; lower `queue_minfree` or its like only \
      if it is set too high; clients need do nothing
      """,
    references: ["RFC 3463 section 3.4", "RFC 5321 section 4.2.2"])

  static let serverShuttingDown = CatalogueEntry(
    .serverShuttingDown, .error, "the server is being shut down",
    explanation: """
      The server broke off the dialogue because it is going down or restarting. What was not yet accepted stays with \
      the client, which tries again.
      """,
    seenWhen: "a 421 reply with enhanced code 4.3.2 or with words such as \"shutting down\" or \"going down\"",
    whatToDo: """
      wait for the next attempt; if it repeats, look for a server that is restarted too often (health checks, memory \
      limits, deployments)
      """,
    references: ["RFC 5321 section 3.8", "RFC 3463 section 3.4"])

  static let tooManyErrors = CatalogueEntry(
    .tooManyErrors, .error, "the server gave up after too many failed commands",
    explanation: """
      The server counts commands that are unknown or refused, and ends the session beyond a limit. Sessions of address \
      harvesters look like this, and so do long lists with many dead recipients, or clients that take every refusal \
      for a reason to go on.
      """,
    seenWhen: """
      a 421 or 5xx reply that says too many errors, unknown commands or bad recipients, followed by the server's close
      """,
    whatToDo: """
      look at the refusals before it: they are the cause; clean the list of recipients; put fewer recipients into one \
      session
      """,
    references: ["RFC 5321 section 7.8", "RFC 5321 section 3.8"])

  static let blocklisted = CatalogueEntry(
    .blocklisted, .error, "refused because of a block list",
    explanation: """
      The server looked up the client's address, or a domain in the mail, in a block list or a reputation service and \
      refused because of it. The reply often names the list, the address and a page that explains the listing. The \
      listed address may be a NAT's that others share.
      """,
    seenWhen: "a 4xx or 5xx reply that names a block list, gives a look-up address, or speaks of poor reputation",
    whatToDo: """
      open the page that the reply names; stop what caused the listing (a hacked account, an open relay, a web form), \
      then ask for delisting; check whether the listed address is the one you think you send from
      """,
    references: ["RFC 5782 section 2.1", "RFC 3463 section 3.8"])

  static let policyRefused = CatalogueEntry(
    .policyRefused, .error, "refused by the receiver's policy",
    explanation: """
      The server refuses on grounds of policy or security that have no finding of their own: failed SPF, DKIM or DMARC \
      checks, a sender that may not be used, rules of the receiving organization. Another attempt with the same mail \
      meets the same answer.
      """,
    seenWhen: """
      a reply with enhanced code x.7.x (or words of that sense) that is none of relaying, authentication, block lists, \
      greylisting or content
      """,
    whatToDo: """
      read which check failed; SPF: list the sending address in the domain's record; DKIM: sign, and see that nothing \
      alters the mail after signing; DMARC: align the From domain with one of them; else ask the receiver
      """,
    references: ["RFC 3463 section 3.8", "RFC 7372 section 3", "RFC 7208 section 8.4", "RFC 7489 section 10.3"])

  static let contentRefused = CatalogueEntry(
    .contentRefused, .error, "refused for what the message contains",
    explanation: """
      The server read the message and refused it: it looks like spam, holds a virus or a forbidden attachment, or \
      breaks a rule for header or body. All recipients of the transaction are affected.
      """,
    seenWhen: """
      a 4xx or 5xx reply to the end of the data whose text speaks of spam, viruses, banned content, header or body \
      checks (or 5.7.1 with such a text)
      """,
    whatToDo: """
      read the text for the filter's name and the rule; send a plain test mail to see whether the contents matter; \
      remove forbidden attachments and shortened links; ask the receiver to look the reply's id up in the filter's log
      """,
    references: ["RFC 5321 section 4.2.5", "RFC 3463 section 3.8", "RFC 3463 section 3.7"])

  static let rateLimited = CatalogueEntry(
    .rateLimited, .error, "the client sends too fast",
    explanation: """
      The server limits how many connections, mails or recipients it takes from one client or sender in a given time. \
      What was over the limit waits for the next attempt; with a queue that grows faster than the limit, mail is late \
      and finally bounces.
      """,
    seenWhen: """
      a 421, 450, 451 or 452 reply (or a 5xx in these words) that speaks of rate, of too many mails or recipients in a \
      time, or of trying later for that reason
      """,
    whatToDo: """
      slow down towards this destination (`smtp_destination_rate_delay`, fewer connections); spread mailings over \
      hours; find out why so much is sent at once: a hacked account sends like this
      """,
    references: ["RFC 5321 section 4.5.4.1", "RFC 3463 section 3.8", "RFC 2505"])

  static let tooManyRecipients = CatalogueEntry(
    .tooManyRecipients, .warning, "more recipients than the server takes at a time",
    explanation: """
      The server stopped accepting recipients after some number of them. Those accepted get the mail; the others must \
      be sent in another transaction, which proper clients do by themselves. Servers have to take at least 100.
      """,
    seenWhen: """
      452 (or 552, which means the same here) to RCPT after other recipients had been accepted in the transaction, \
      with no word of storage or of a full mailbox
      """,
    whatToDo: """
      lower the client's recipients per mail (`smtp_destination_recipient_limit`, `max_rcpt`); raise the server's \
      limit to 100 at least; check that the client sent the rest later
      """,
    references: ["RFC 5321 section 4.5.3.1.10", "RFC 5321 section 4.5.3.1.8"])

  static let sizeExceeded = CatalogueEntry(
    .sizeExceeded, .error, "the message is larger than the server takes",
    explanation: """
      The server announced a largest size, or has one, and this message is over it. The refusal is permanent. A client \
      that does not declare the size sends the whole message in vain. Attachments grow by a third through base64.
      """,
    seenWhen: """
      SIZE= on MAIL is over the size in the EHLO reply and was refused, or a 552, 5.3.4 or 5.2.3 reply to MAIL, RCPT \
      or the end of the data speaks of the message's size
      """,
    whatToDo: """
      send a link instead of the attachment, or split it; raise the limit on the server that said no \
      (`message_size_limit` in Postfix and Exim, the connector's MaxMessageSize in Exchange), on every relay behind it \
      too
      """,
    references: ["RFC 1870", "RFC 3463 section 3.4"])

  static let messageRefused = CatalogueEntry(
    .messageRefused, .error, "the server refuses the message",
    explanation: """
      The server refused at DATA or after the whole message, for good, for a reason that has no finding of its own. No \
      recipient of this transaction gets it (LMTP: those whose own reply refused) and the sender gets a bounce.
      """,
    seenWhen: """
      a 5xx reply to DATA, to a chunk or to the end of the data whose text and enhanced code name no cause that has a \
      finding of its own
      """,
    whatToDo: """
      read the reply; look in the server's log for the queue id or session; 554 to DATA alone often means that no \
      recipient was valid
      """,
    references: ["RFC 5321 section 4.2.5", "RFC 5321 section 4.1.1.4"])

  static let messageDeferred = CatalogueEntry(
    .messageDeferred, .error, "the server puts the message off",
    explanation: """
      The server answered DATA or the whole message with a temporary refusal, for a reason that has no finding of its \
      own. The client keeps the mail and sends all of it again later.
      """,
    seenWhen: """
      a 4xx reply to DATA, to a chunk or to the end of the data whose text and enhanced code name no cause that has a \
      finding of its own
      """,
    whatToDo: """
      read the reply; look on the server for a content filter that is down or slow, for failing look-ups, for a full \
      queue
      """,
    references: ["RFC 5321 section 4.2.5", "RFC 5321 section 4.5.4.1"])
}
