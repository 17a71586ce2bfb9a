@testable import SMTPAnalysis

// What servers say to RCPT and MAIL, with example names in the places of real ones.

let recipientTexts: [KnownText] = [
  // Unknown mailboxes
  KnownText(
    .rcpt, "550 5.1.1 <c@d.example>: Recipient address rejected: User unknown in virtual mailbox table", .mailboxUnknown
  ),
  KnownText(
    .rcpt, "550 5.1.1 <c@d.example>: Recipient address rejected: User unknown in local recipient table", .mailboxUnknown
  ),
  KnownText(
    .rcpt,
    "550 5.1.1 <c@d.example>: Recipient address rejected: undeliverable address: host mx.d.example[192.0.2.3] said: 550 no",
    .mailboxUnknown),
  KnownText(
    .rcpt, "450 4.1.1 <c@d.example>: Recipient address rejected: unverified address: Address verification in progress",
    .mailboxUnknown),
  KnownText(
    .rcpt, "550 <c@d.example>: Recipient address rejected: User unknown in relay recipient table", .mailboxUnknown),
  KnownText(.rcpt, "550 5.1.1 <c@d.example>... User unknown", .mailboxUnknown),
  KnownText(.rcpt, "550 5.1.1 spam... User unknown", .mailboxUnknown),
  KnownText(.rcpt, "550 Unrouteable address", .mailboxUnknown),
  KnownText(.rcpt, "550 Unknown user", .mailboxUnknown),
  KnownText(.rcpt, "550 No Such User Here", .mailboxUnknown),
  KnownText(.rcpt, "550 Unknown local part relay in <relay@d.example>", .mailboxUnknown),
  KnownText(
    .rcpt, "550-Callback setup failed while verifying <c@d.example>|550 Recipient verification failed", .mailboxUnknown),
  KnownText(.rcpt, "550 sorry, no mailbox here by that name (#5.1.1)", .mailboxUnknown),
  KnownText(.rcpt, "550 sorry, no mailbox here by that name. (#5.7.17)", .policy),
  KnownText(.rcpt, "550 No such user (c@d.example)", .mailboxUnknown),
  KnownText(.rcpt, "550 5.1.1 c@d.example... No such user", .mailboxUnknown),
  KnownText(.rcpt, "550 5.1.1 Mailbox <c@d.example> does not exist", .mailboxUnknown),
  KnownText(.rcpt, "550 5.1.1 <c@d.example> User doesn't exist: c@d.example", .mailboxUnknown),
  KnownText(
    .rcpt,
    "550-Mailbox unknown.  Either there is no mailbox associated with this|name or you do not have authorization to see it.|5.1.1 User unknown",
    .mailboxUnknown),
  KnownText(.rcpt, "550 5.1.1 RESOLVER.ADR.RecipNotFound; not found", .mailboxUnknown),
  KnownText(
    .rcpt, "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient c@d.example not found by SMTP address lookup",
    .mailboxUnknown),
  KnownText(
    .rcpt,
    "550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [DB1.eurprd.example 2026-11-20T09:14:02.000Z 08D]",
    .mailboxUnknown),
  KnownText(.rcpt, "550 5.4.1 [c@d.example]: Recipient address rejected: Access denied", .mailboxUnknown),
  KnownText(.rcpt, "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).", .mailboxUnknown),
  KnownText(
    .rcpt,
    "550-5.1.1 The email account that you tried to reach does not exist. Please try|5.1.1 double-checking the recipient's email address for typos or|5.1.1  https://support.mail.example/mail/?p=NoSuchUser x - gsmtp",
    .mailboxUnknown),
  KnownText(
    .rcpt,
    "550-5.2.1 The email account that you tried to reach is disabled. Learn more at|5.2.1  https://support.mail.example/mail/?p=DisabledUser x - gsmtp",
    .mailboxUnknown),
  KnownText(
    .rcpt,
    "554 delivery error: dd This user doesn't have a yahoo.example account (c@yahoo.example) [0] - mta1.mail.example",
    .mailboxUnknown),
  KnownText(.rcpt, "552 1 Requested mail action aborted, mailbox not found", .mailboxUnknown),
  KnownText(.rcpt, "550 #5.1.0 Address rejected.", .mailboxUnknown),
  KnownText(.rcpt, "550 5.1.0 Address rejected", .mailboxUnknown),
  KnownText(.rcpt, "550 Requested action not taken: mailbox unavailable", .mailboxUnknown),
  KnownText(
    .rcpt, "550 Message was not accepted -- invalid mailbox.  Local mailbox c@d.example is unavailable: user not found",
    .mailboxUnknown),
  KnownText(.rcpt, "550 5.7.1 No such user!", .mailboxUnknown),
  KnownText(.rcpt, "550 Invalid User: c@d.example", .mailboxUnknown),
  KnownText(.rcpt, "550 Invalid recipient <c@d.example> (#5.1.1)", .mailboxUnknown),
  KnownText(.rcpt, "550 Mailbox not found or access denied", .mailboxUnknown),
  KnownText(.rcpt, "550 5.1.1 User unknown; rejecting", .mailboxUnknown),
  KnownText(.rcpt, "553 5.3.0 <c@d.example>... Addressee unknown, relay=[192.0.2.7]", .mailboxUnknown),
  KnownText(.rcpt, "550 5.1.1 unknown or illegal alias: c@d.example", .mailboxUnknown),
  KnownText(.rcpt, "550 5.1.6 recipient no longer on server: c@d.example", .userMoved),
  KnownText(.rcpt, "550 c@d.example is not a valid mailbox", .mailboxUnknown),
  KnownText(.rcpt, "550 No mailbox here by that name", .mailboxUnknown),
  KnownText(.rcpt, "550 Administrative prohibition", .policy),
  KnownText(.rcpt, "550 5.1.1 <c@d.example> is not a known user", .mailboxUnknown),
  KnownText(.rcpt, "550 5.1.2 <c@nowhere.example>: Recipient address rejected: Domain not found", .mailboxUnknown),
  KnownText(
    .rcpt, "556 5.1.10 <c@d.example>: Recipient address rejected: Domain d.example does not accept mail (nullMX)",
    .mailboxUnknown),
  KnownText(.rcpt, "550", .mailboxUnknown),
  KnownText(.rcpt, "550 no", .mailboxUnknown),
  KnownText(.rcpt, "553 not here", .mailboxUnknown),
  KnownText(.rcpt, "550 Account inactive", .mailboxUnknown),
  KnownText(.rcpt, "550 User account is suspended", .mailboxUnknown),
  KnownText(
    .rcpt, "550 5.1.1 <c@d.example>: Email address could not be found, or was misspelled (G8)", .mailboxUnknown),
  KnownText(.rcpt, "550 spamtrap@d.example: user unknown", .mailboxUnknown),
  KnownText(.rcpt, "554 5.7.1 <c@d.example>: Recipient address rejected: Account disabled", .mailboxUnknown),
  KnownText(.rcpt, "550 5.7.13 account disabled", .mailboxUnknown),
  KnownText(.rcpt, "550 unknown recipient <c@d.example>", .mailboxUnknown),
  KnownText(.rcpt, "550 Benutzer existiert nicht / user not found", .mailboxUnknown),

  // Full
  KnownText(.rcpt, "452 4.2.2 <c@d.example>: Recipient address rejected: Mailbox is full", .mailboxFull),
  KnownText(.rcpt, "552 5.2.2 <c@d.example> Quota exceeded (mailbox for user is full)", .mailboxFull),
  KnownText(.rcpt, "452 4.2.2 Over quota", .mailboxFull),
  KnownText(
    .rcpt,
    "552-5.2.2 The email account that you tried to reach is over quota. Please direct|5.2.2 the recipient to|5.2.2  https://support.mail.example/mail/?p=OverQuotaPerm",
    .mailboxFull),
  KnownText(
    .rcpt,
    "452-4.2.2 The recipient's inbox is out of storage space. Please direct the|4.2.2 recipient to https://support.mail.example/mail/?p=OverQuotaTemp",
    .mailboxFull),
  KnownText(.rcpt, "552 Mailbox quota exceeded for this recipient", .mailboxFull),
  KnownText(.rcpt, "552 5.2.2 user over quota; cannot receive new mail", .mailboxFull),
  KnownText(.rcpt, "422 The recipient's mailbox is over its storage limit", .mailboxFull),
  KnownText(.rcpt, "552 RCPT TO:<c@d.example> Mailbox disk quota exceeded", .mailboxFull),
  KnownText(.rcpt, "450 c@d.example: out of quota", .mailboxFull),
  KnownText(.rcpt, "552 Message would exceed quota for <c@d.example>: mailbox full", .mailboxFull),
  KnownText(.endOfData, "552 5.2.2 <c@d.example> Quota exceeded (mailbox for user is full)", .mailboxFull),
  KnownText(.endOfData, "452 4.2.2 Mailbox full", .mailboxFull),
  KnownText(.rcpt, "552 #5.2.2 mailbox full", .mailboxFull),
  KnownText(.rcpt, "450 4.2.2 The mailbox has exceeded its quota", .mailboxFull),

  // Moved
  KnownText(.rcpt, "551 User not local; please try <c@new.example>", .userMoved),
  KnownText(.rcpt, "551 5.1.6 <c@d.example>: Recipient address rejected: User has moved to c@new.example", .userMoved),
  KnownText(.rcpt, "550 5.1.6 <c@d.example>: has moved; new address is <c@new.example>", .userMoved),
  KnownText(.rcpt, "550 c@d.example no longer works here, please use c@new.example", .userMoved),
  KnownText(.rcpt, "551 not here", .userMoved),

  // Too many
  KnownText(.rcpt, "452 4.5.3 Error: too many recipients", .tooManyRecipients),
  KnownText(.rcpt, "452 too many recipients", .tooManyRecipients),
  KnownText(.rcpt, "452 4.5.3 Too many recipients", .tooManyRecipients),
  KnownText(
    .rcpt,
    "452-4.5.3 Your message has too many recipients. For more information, visit|4.5.3 https://support.mail.example/",
    .tooManyRecipients),
  KnownText(.rcpt, "452 4.5.3 Recipients belong to multiple regions ATTR38", .tooManyRecipients),
  KnownText(.rcpt, "552 5.5.3 Too many recipients", .tooManyRecipients),
  KnownText(.rcpt, "452 4.1.0 max recipients reached", .tooManyRecipients),
  KnownText(.rcpt, "452 Too many recipients received this hour", .rateLimited),
  KnownText(.rcpt, "450 4.7.1 <c@d.example>: Error: too many recipients from 192.0.2.7", .rateLimited),

  // Greylisting
  KnownText(
    .rcpt,
    "450 4.2.0 <c@d.example>: Recipient address rejected: Greylisted, see http://postgrey.example/help/d.example.html",
    .greylisted),
  KnownText(.rcpt, "450 4.7.1 <c@d.example>: Recipient address rejected: Greylisted", .greylisted),
  KnownText(.rcpt, "451 4.7.1 Greylisting in action, please come back in 00:05:00", .greylisted),
  KnownText(.rcpt, "451 4.7.1 Please try again later (TEMPGREY): greylisting", .greylisted),
  KnownText(.endOfData, "451 4.7.1 Try again later: greylisted", .greylisted),
  KnownText(.rcpt, "450 Greylisted, please try again in 300 seconds", .greylisted),
  KnownText(.rcpt, "451 Temporary local problem - greylisted - please try later", .greylisted),
  KnownText(
    .rcpt, "450 4.7.1 <c@d.example>: Recipient address rejected: Policy Rejection- Greylisted for 5 minutes",
    .greylisted),
  KnownText(.rcpt, "451 DT:SPM graylisted, please retry", .greylisted),
  KnownText(.rcpt, "450-4.7.0 You are being grey-listed|4.7.0 come back", .greylisted),
  KnownText(.rcpt, "451 4.7.500 greylisting", .greylisted),
  KnownText(.rcpt, "451 Temporary failure, please try again later. (#4.7.1)", .greylisted),
  KnownText(.data, "451 Your mail has been gray-listed", .greylisted),
  KnownText(.mail, "450 4.7.1 You have been delayed by SQLgrey", .greylisted),
  KnownText(.endOfData, "450 4.7.1 Greylisting in effect (rspamd)", .greylisted),

  // Relaying
  KnownText(.rcpt, "554 5.7.1 <c@d.example>: Relay access denied", .relayDenied),
  KnownText(.rcpt, "454 4.7.1 <c@d.example>: Relay access denied", .relayDenied),
  KnownText(.rcpt, "550 5.7.1 <c@d.example>... Relaying denied", .relayDenied),
  KnownText(.rcpt, "550 5.7.1 <c@d.example>... Relaying denied. Proper authentication required.", .relayDenied),
  KnownText(.rcpt, "550 relay not permitted", .relayDenied),
  KnownText(
    .rcpt,
    "550-client.example (client.example) [192.0.2.7]:49152 is currently not permitted|to relay through this server. Perhaps you have not logged into the pop/imap|server in the last 30 minutes",
    .relayDenied),
  KnownText(.rcpt, "550 5.7.1 Unable to relay", .relayDenied),
  KnownText(.rcpt, "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain", .relayDenied),
  KnownText(.rcpt, "550 5.7.64 TenantAttribution; Relay Access Denied [x.example]", .relayDenied),
  KnownText(.rcpt, "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", .relayDenied),
  KnownText(
    .rcpt, "553 5.7.1 sorry, that domain isn't in my list of allowed rcpthosts; no valid cert for gatewaying",
    .relayDenied),
  KnownText(.rcpt, "550 5.7.1 Relaying not allowed", .relayDenied),
  KnownText(.rcpt, "550 5.7.0 Relaying not permitted", .relayDenied),
  KnownText(.rcpt, "550 Relaying mail to d.example is not allowed", .relayDenied),
  KnownText(.rcpt, "550 Invalid recipient: Relay denied", .relayDenied),
  KnownText(.rcpt, "550 <c@d.example>: we do not relay", .relayDenied),
  KnownText(.rcpt, "550 I cannot deliver for c@d.example", .relayDenied),
  KnownText(.rcpt, "571 Delivery not authorized, relay denied", .relayDenied),
  KnownText(.rcpt, "550 5.7.1 Relaying to <c@d.example> prohibited (authentication failed)", .relayDenied),
  KnownText(.rcpt, "530 5.7.1 Relaying not allowed - please use SMTP AUTH: authentication required", .authRequired),

  // Sender-based refusals at RCPT
  KnownText(
    .rcpt, "550 5.1.0 <a@b.example>: Sender address rejected: User unknown in virtual mailbox table", .senderUnknown),
  KnownText(.rcpt, "450 4.1.8 <a@b.example>: Sender address rejected: Domain not found", .senderUnknown),
  KnownText(.rcpt, "550 5.1.8 <a@b.example>: Sender address rejected: Domain not found", .senderUnknown),
  KnownText(.rcpt, "554 5.7.1 <a@b.example>: Sender address rejected: Access denied", .senderUnknown),
  KnownText(.rcpt, "550 Sender verify failed", .senderUnknown),
  KnownText(.rcpt, "550-Verification failed for <a@b.example>|No Such User Here|Sender verify failed", .senderUnknown),
  KnownText(.rcpt, "451 Could not complete sender verify", .senderUnknown),
  KnownText(.rcpt, "553 5.7.1 <a@b.example>: Sender address rejected: not owned by user ann", .policy),
  KnownText(.rcpt, "553 5.7.1 <a@b.example>: Sender address rejected: not logged in", .authRequired),

  // Client-based refusals at RCPT
  KnownText(.rcpt, "450 4.7.1 Client host rejected: cannot find your hostname, [192.0.2.7]", .clientRefused),
  KnownText(.rcpt, "450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.7]", .clientRefused),
  KnownText(.rcpt, "554 5.7.1 <client.example[192.0.2.7]>: Client host rejected: Access denied", .clientRefused),
  KnownText(.rcpt, "450 4.7.1 <client>: Helo command rejected: Host not found", .heloRefused),
  KnownText(.rcpt, "504 5.5.2 <client>: Helo command rejected: need fully-qualified hostname", .heloRefused),
  KnownText(
    .rcpt,
    "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.7",
    .blocklisted),
  KnownText(
    .rcpt, "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using bl.lists.example; Listed by Lists",
    .blocklisted),
  KnownText(.rcpt, "550-192.0.2.7 is in an RBL on bl.lists.example|see https://lists.example/192.0.2.7", .blocklisted),
  KnownText(.rcpt, "550 5.7.1 Mail from 192.0.2.7 refused: listed in b.barracudacentral.org", .blocklisted),
  KnownText(
    .rcpt,
    "550 5.7.606 Access denied, banned sending IP [192.0.2.7]. To request removal from this list please visit https://sender.office.example/",
    .blocklisted),
  KnownText(.rcpt, "550 5.7.511 Access denied, banned sender[192.0.2.7]. To request removal", .blocklisted),
  KnownText(.rcpt, "550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP", .blocklisted),
  KnownText(.rcpt, "550 5.7.1 Rejected: 192.0.2.7 listed at psbl.surriel.com", .blocklisted),
  KnownText(
    .rcpt, "554 Service unavailable; Sender address [a@b.example] blocked using dbl.spamhaus.org", .blocklisted),
  KnownText(
    .rcpt, "550 Email blocked by ipcheck.proofpoint.com - see https://ipcheck.proofpoint.com/?ip=192.0.2.7",
    .blocklisted),
  KnownText(.rcpt, "550 5.7.0 Local Policy Violation - blacklisted", .blocklisted),

  // Policy, rates and others at RCPT
  KnownText(
    .rcpt,
    "550 5.7.23 <c@d.example>: Recipient address rejected: Message rejected due to: SPF fail - not authorized. Please see http://www.openspf.example/",
    .policy),
  KnownText(
    .rcpt,
    "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; sender was not authenticated",
    .policy),
  KnownText(.rcpt, "550 5.7.124 RESOLVER.RST.SenderNotInAllowedSenders; Allowed senders list", .policy),
  KnownText(
    .rcpt, "450 4.2.1 The user you are trying to contact is receiving mail too quickly. Please resend later",
    .rateLimited),
  KnownText(
    .rcpt,
    "450-4.2.1 The user you are trying to contact is receiving mail at a rate that|4.2.1 prevents additional messages from being delivered.",
    .rateLimited),
  KnownText(
    .rcpt, "550 5.2.122 The recipient has exceeded their limit for the number of messages they can receive per hour",
    .rateLimited),
  KnownText(.rcpt, "451 4.7.500 Server busy. Please try again later from [192.0.2.7]. (S77714)", .rateLimited),
  KnownText(.rcpt, "450 4.7.1 Error: too much mail from 192.0.2.7", .rateLimited),
  KnownText(.rcpt, "452 4.3.1 Insufficient system resources (UsedDiskSpace[C:\\Queue])", .serverStorage),
  KnownText(.rcpt, "452 4.3.1 Insufficient system storage", .serverStorage),
  KnownText(.rcpt, "530 5.7.0 Must issue a STARTTLS command first", .tlsRequired),
  KnownText(.rcpt, "530 5.7.0 Authentication required", .authRequired),
  KnownText(.rcpt, "550 5.7.1 SMTP AUTH is required for message submission on port 587", .authRequired),
  KnownText(.rcpt, "553 authentication is required", .authRequired),
  KnownText(.rcpt, "550 5.5.1 Protocol error", .protocolError),
  KnownText(.rcpt, "503 5.5.1 Error: need MAIL command", .badSequence),
  KnownText(.rcpt, "501 5.1.3 Bad recipient address syntax", .badAddress),
  KnownText(.rcpt, "553 5.1.3 <c>... Hostname required", .badAddress),
  KnownText(.rcpt, "501 <c@d.example: missing or malformed local part (expected word or \"<\")", .badAddress),
  KnownText(.rcpt, "450 4.2.1 <busy@d.example>: Recipient address rejected: mailbox busy", .mailboxUnknown),
  KnownText(.rcpt, "451 4.3.0 <c@d.example>: Temporary lookup failure", .unspecified),
  KnownText(.rcpt, "451 Temporary local problem - please try later", .unspecified),
  KnownText(.rcpt, "451 4.4.3 Temporary server error. Please try again later ATTR17", .unspecified),
  KnownText(.rcpt, "450 4.1.2 <c@d.example>: Recipient address rejected: Domain lookup timed out", .mailboxUnknown),
  KnownText(.rcpt, "451 DNS lookup timed out for d.example", .unspecified),
  KnownText(.rcpt, "554 Transaction failed", .unspecified),
]

let senderTexts: [KnownText] = [
  KnownText(
    .mail, "553 5.1.8 <a@nowhere.example>... Domain of sender address a@nowhere.example does not exist", .senderUnknown),
  KnownText(.mail, "451 4.1.8 Domain of sender address a@nowhere.example does not resolve", .senderUnknown),
  KnownText(.mail, "550 5.1.8 <a@nowhere.example>: Sender address rejected: Domain not found", .senderUnknown),
  KnownText(.mail, "450 4.1.8 <a@nowhere.example>: Sender address rejected: Domain not found", .senderUnknown),
  KnownText(.mail, "501 5.1.7 Bad sender address syntax", .badAddress),
  KnownText(.mail, "501 5.1.7 <a>: Sender address must contain a domain", .badAddress),
  KnownText(.mail, "504 5.5.2 <a>: Sender address rejected: need fully-qualified address", .senderUnknown),
  KnownText(.mail, "550 5.1.7 <a@b.example>: Sender address rejected: undeliverable address", .badAddress),
  KnownText(.mail, "550 sender domain does not exist", .senderUnknown),
  KnownText(.mail, "550 5.7.27 Sender address has null MX", .senderUnknown),
  KnownText(
    .mail, "550-Requested action not taken: mailbox unavailable|invalid DNS MX or A/AAAA resource record",
    .senderUnknown),
  KnownText(.mail, "550 5.1.0 a@b.example sender rejected. AUP#1", .senderUnknown),
  KnownText(.mail, "550 unknown sender", .senderUnknown),
  KnownText(.mail, "550 5.7.1 Access denied", .clientRefused),
  KnownText(.mail, "550 5.7.1 Client does not have permissions to send as this sender", .policy),
  KnownText(.mail, "550 5.7.60 SMTP; Client does not have permissions to send as this sender", .policy),
  KnownText(
    .mail, "554 Message rejected: Email address is not verified. The following identities failed the check", .policy),
  KnownText(.mail, "550 User not local or sender not allowed: From must equal authorized user", .policy),
  KnownText(.mail, "530 5.7.57 Client not authenticated to send mail. [x.example 2026]", .authRequired),
  KnownText(
    .mail, "530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM", .authRequired),
  KnownText(
    .mail,
    "530-5.7.0 Authentication Required. For more information, go to|5.7.0  https://support.mail.example/mail/?p=WantAuthError",
    .authRequired),
  KnownText(.mail, "530 Authentication required", .authRequired),
  KnownText(.mail, "503 Error: need EHLO and AUTH first !", .authRequired),
  KnownText(.mail, "530 5.7.0 Must issue a STARTTLS command first", .tlsRequired),
  KnownText(
    .mail,
    "530-5.7.0 Must issue a STARTTLS command first. For more information, go to|5.7.0 https://support.mail.example/",
    .tlsRequired),
  KnownText(.mail, "530 5.7.0 Must issue a STARTTLS command first, and authentication is required", .tlsRequired),
  KnownText(.mail, "451 5.7.3 STARTTLS is required to send mail", .tlsRequired),
  KnownText(.mail, "550 5.7.10 Encryption Needed", .tlsRequired),
  KnownText(.mail, "530 5.7.1 Session encryption is required", .tlsRequired),
  KnownText(
    .mail, "554 5.7.0 Encryption required for requested authentication mechanism, TLS is required", .tlsRequired),
  KnownText(.mail, "552 5.3.4 Message size exceeds fixed limit", .sizeExceeded),
  KnownText(.mail, "552 Message size exceeds maximum permitted", .sizeExceeded),
  KnownText(.mail, "552 5.2.3 Message size exceeds fixed maximum message size (20000)", .sizeExceeded),
  KnownText(.mail, "552 5.3.4 Error: message file too big", .sizeExceeded),
  KnownText(.mail, "552 sorry, that message size exceeds my databytes limit (#5.3.4)", .sizeExceeded),
  KnownText(
    .mail,
    "552-5.3.4 Your message exceeded Google's message size limits. To view our|5.3.4 message size guidelines, go to https://support.mail.example/",
    .sizeExceeded),
  KnownText(.mail, "452 4.3.1 Insufficient system storage", .serverStorage),
  KnownText(.mail, "452 Insufficient disk space", .serverStorage),
  KnownText(.mail, "452 4.4.5 Insufficient disk space; try again later", .serverStorage),
  KnownText(.mail, "452 space shortage, please try later", .serverStorage),
  KnownText(
    .mail,
    "421 4.7.0 [TSS04] Messages from 192.0.2.7 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.yahoo.example/error-codes",
    .rateLimited),
  KnownText(
    .mail,
    "451 4.7.650 The mail server [192.0.2.7] has been temporarily rate limited due to IP reputation. For e-mail delivery information see https://postmaster.live.example (S775)",
    .rateLimited),
  KnownText(
    .mail,
    "550 5.7.1 Unfortunately, messages from [192.0.2.7] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3140).",
    .blocklisted),
  KnownText(
    .mail,
    "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.7, because the ip is in Spamhaus's list; see http://postmaster.yahoo.example/550-bl23.html",
    .blocklisted),
  KnownText(.mail, "550 5.7.0 Sender ip 192.0.2.7 blocked by reputation list", .blocklisted),
  KnownText(.mail, "550 #5.7.1 Your access to submit messages to this e-mail system has been rejected", .policy),
  KnownText(.mail, "554 5.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.7]", .clientRefused),
  KnownText(.mail, "550 5.7.1 <a@b.example>... Access denied", .clientRefused),
  KnownText(.mail, "450 4.7.1 Error: too much mail from 192.0.2.7", .rateLimited),
  KnownText(.mail, "452 Too many messages sent; daily sending quota reached", .rateLimited),
  KnownText(.mail, "454 Throttling failure: Maximum sending rate exceeded.", .rateLimited),
  KnownText(.mail, "454 Throttling failure: Daily message quota exceeded.", .rateLimited),
  KnownText(
    .mail,
    "550-5.4.5 Daily user sending limit exceeded. For more information on sending limits go to|5.4.5 https://support.mail.example/",
    .rateLimited),
  KnownText(.mail, "550 5.1.8 a@b.example Sender rejected: IP listed on zen.spamhaus.org", .blocklisted),
  KnownText(.mail, "503 5.5.1 Error: nested MAIL command", .badSequence),
  KnownText(.mail, "503 5.5.1 Error: send HELO/EHLO first", .badSequence),
  KnownText(.mail, "503 polite people say HELO first", .badSequence),
  KnownText(.mail, "555 5.5.4 Unsupported option: FOO=1", .notUnderstood),
  KnownText(.mail, "501 5.5.4 Syntax: MAIL FROM:<address>", .notUnderstood),
  KnownText(.mail, "500 5.5.2 Error: bad syntax", .badAddress),
  KnownText(.mail, "451 4.3.0 Error: queue file write error", .unspecified),
  KnownText(.mail, "451 qq trouble creating files (#4.3.0)", .unspecified),
  KnownText(.mail, "421 4.3.2 System not accepting network messages", .shuttingDown),
]
