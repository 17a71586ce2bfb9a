@testable import SMTPAnalysis

// What the great providers, other servers and filters say, with example names in the places of real ones.

let providerTexts: [KnownText] = [
  // The client
  KnownText(.rcpt, "421 4.7.0 IP not in whitelist for RCPT domain, closing connection.", .clientRefused),
  KnownText(
    .endOfData,
    "550-5.7.1 The IP you're using to send mail is not authorized to send email directly|5.7.1 to our servers. Please use the SMTP relay at your service provider instead.",
    .clientRefused),
  KnownText(
    .greeting, "554 #5.7.1 Your access to submit messages to this e-mail system has been rejected.", .clientRefused),
  KnownText(
    .greeting,
    "554-mx.d.example|554 Your access to this mail system has been rejected due to the sending MTA's poor reputation.",
    .blocklisted),
  KnownText(.rcpt, "550 Go away, you are blocked here", .clientRefused),
  KnownText(
    .greeting, "553 5.7.2 [TSS09] All messages from 192.0.2.7 will be permanently deferred; Retrying will NOT succeed.",
    .blocklisted),
  KnownText(
    .endOfData, "554 5.7.1 This message has been blocked because it is from a FortiGuard - AntiSpam black IP.",
    .blocklisted),
  KnownText(.greeting, "571 Email from 192.0.2.7 is currently blocked by our anti-spam system.", .blocklisted),
  KnownText(.greeting, "554 HL:IPB 163 mx1", .blocklisted),
  KnownText(.mail, "421 HL:ICC 163 mx19, please see http://mail.d.example/help", .tooManyConnections),
  KnownText(
    .greeting, "421 mx closing connection: maximum number of simultaneous sessions for your network reached",
    .tooManyConnections),
  KnownText(.greeting, "554 Your IP has been temporarily blocked due to too many failed logins", .clientRefused),
  KnownText(.greeting, "550 Connecting host started transmitting before SMTP greeting", .protocolError),

  // How much
  KnownText(.mail, "421 Max message per connection reached, closing transmission channel", .rateLimited),
  KnownText(.mail, "421 smtp-12.d.example Too many messages for this session", .rateLimited),
  KnownText(.rcpt, "550 Exceeding outbound thread limit - https://community.d.example/docs#550", .rateLimited),
  KnownText(.rcpt, "550 You have exceeded our limit of 0.5 messages per 1h", .rateLimited),
  KnownText(.endOfData, "550 5.4.6 Unusual sending activity detected. Please try after sometime", .rateLimited),
  KnownText(.endOfData, "550 5.4.6 Hop count exceeded", .loop),
  KnownText(.mail, "550 5.7.1 Email quota exceeded", .rateLimited),
  KnownText(.mail, "451 MI:SFQ 163 mx20", .rateLimited),
  KnownText(.rcpt, "450 4.7.1 You've exceeded your messaging rate: 50 per 10 minutes", .rateLimited),
  KnownText(
    .rcpt, "451 4.7.0 Your server has sent 1000 messages in the last hour, which is over the allowed quota",
    .rateLimited),
  KnownText(.rcpt, "451 4.7.1 Session limit exceeded for this client", .rateLimited),
  KnownText(.rcpt, "450 Please retry in 300 seconds, first contact from 192.0.2.7", .greylisted),
  KnownText(
    .endOfData, "523 Message length (50024 bytes) exceeds administrative limit(50000).", .sizeExceeded),

  // Who may
  KnownText(.mail, "550 5.7.1 relaying denied", .relayDenied),
  KnownText(.mail, "553 Relaying disallowed as a@b.example", .relayDenied),
  KnownText(
    .rcpt, "550-5.7.1 Invalid credentials for relay [192.0.2.7]. The IP address|5.7.1 you've registered", .relayDenied),
  KnownText(.rcpt, "550 5.7.1 Client does not have permission to relay through this server", .relayDenied),
  KnownText(.rcpt, "550 You must check for new mail before sending mail.", .authRequired),
  KnownText(.rcpt, "571 5.7.1 This domain accepts mail only over encrypted connections", .tlsRequired),
  KnownText(
    .endOfData, "550 The from address does not match a verified Sender Identity. Mail cannot be sent.", .policy),
  KnownText(.endOfData, "554 DT:SUM 163 smtp10", .policy),
  KnownText(
    .endOfData,
    "550 5.7.703 Messages to this recipient are blocked by your organization using Tenant Allow Block List.",
    .policy),
  KnownText(.rcpt, "550 Rejected by header based manually blocked senders - https://community.d.example#550", .policy),
  KnownText(.rcpt, "550 Mail is rejected by recipients [x]. https://service.d.example/detail/122/92", .policy),
  KnownText(.endOfData, "550 5.7.1 Email sending denied: the account is disabled", .policy),
  KnownText(.mail, "553 Requested action not taken: NULL sender is not allowed", .senderUnknown),
  KnownText(.data, "554 5.7.1 <DATA>: Data command rejected: Access denied", .policy),

  // What
  KnownText(.endOfData, "554 DT:SPM 163 smtp10,x,please see http://mail.d.example/help?ip=192.0.2.7", .contentRefused),
  KnownText(.endOfData, "550 Mail content denied. http://service.d.example/help", .contentRefused),
  KnownText(.endOfData, "550 Message contained unsafe content", .contentRefused),
  KnownText(.endOfData, "550 Message headers fail syntax check", .contentRefused),
  KnownText(
    .endOfData, "550 This message contains an attachment of a type which we do not accept (.exe)", .contentRefused),
  KnownText(.endOfData, "550 Message has too many MIME parts (max 100)", .contentRefused),
  KnownText(
    .endOfData, "554 5.6.211 Invalid MIME Content: Single text value size (32820) exceeded allowed maximum (32768).",
    .contentRefused),
  KnownText(.endOfData, "550 5.6.3 What stands in it is nothing for us", .contentRefused),
  KnownText(.endOfData, "554 5.7.1 Password protected archives are not accepted here", .contentRefused),
  KnownText(.endOfData, "554 5.7.1 Attachment .iso not allowed here", .contentRefused),
  KnownText(.endOfData, "550 5.7.1 Macro-enabled documents are not accepted", .contentRefused),
  KnownText(.endOfData, "450 4.2.0 Message deferred: content filter (amavis) unavailable", .unspecified),
  KnownText(
    .endOfData,
    "451 4.5.0 Error in processing, id=1-01, notif FAILED: 454 4.7.1 from MTA(smtp:[192.0.2.1]:25): 454 4.7.1 <p@d.example>: Relay access denied",
    .unspecified),

  // To whom
  KnownText(.rcpt, "552 5.1.1 Boite du destinataire pleine. Recipient overquota. OFR_417 [417]", .mailboxFull),
  KnownText(.rcpt, "552 Postfach voll", .mailboxFull),
  KnownText(.rcpt, "452 Buzón lleno", .mailboxFull),
  KnownText(.rcpt, "550 This mailbox has been blocked due to inactivity", .mailboxUnknown),
  KnownText(.rcpt, "450 4.2.1 <c@d.example>: Mailbox disabled for maintenance", .mailboxUnknown),
  KnownText(.rcpt, "550 permanent failure for one or more recipients (c@d.example:blocked)", .unspecified),
  KnownText(
    .rcpt, "550 permanent failure for one or more recipients (c@d.example:550 5.1.1 User unknown)", .mailboxUnknown),
  KnownText(.rcpt, "550 this is not for us, access denied", .unspecified),

  // Errors that are counted
  KnownText(.rcpt, "421 4.7.1 too many rejected commands from your host", .tooManyErrors),
  KnownText(
    .other, "521 Closing connection, 3 unrecognized commands. Perhaps you should read RFC 2821?", .tooManyErrors),
  KnownText(.other, "500 Stop wasting my time, too many consecutive NOOPs", .tooManyErrors),
  KnownText(.rcpt, "421 Exceeded bad SMTP command limit, disconnecting.", .tooManyErrors),
  KnownText(.other, "554 5.7.0 Too Many Unauthenticated commands.", .tooManyErrors),
]
