import Testing

@testable import SMTPAnalysis

// What servers say in words of their own, and what is said with nearly the same words for other reasons.

let ownWords: [KnownText] = [
  KnownText(.endOfData, "451 4.7.1 Spam check unavailable", .unspecified),
  KnownText(.endOfData, "450 Spam filter is down", .unspecified),
  KnownText(.endOfData, "451 4.3.0 SpamAssassin timed out", .unspecified),
  KnownText(.endOfData, "451 Cannot contact spam filter, try later", .unspecified),
  KnownText(.endOfData, "451 Could not connect to the anti-spam service", .unspecified),
  KnownText(.endOfData, "421 Anti-spam engine is overloaded", .unspecified),
  KnownText(.rcpt, "451 4.7.1 RBL lookup error", .unspecified),
  KnownText(.rcpt, "451 DNSBL query timed out", .unspecified),
  KnownText(.mail, "451 4.7.1 Could not query RBL bl.lists.example", .unspecified),
  KnownText(.greeting, "421 4.7.0 Reputation service timeout", .unspecified),
  KnownText(.rcpt, "451 rbl lookup at zen.spamhaus.org: RBL lookup failed", .unspecified),
  KnownText(.endOfData, "451 Virus scanner is restarting", .unspecified),
  KnownText(.endOfData, "421 4.3.0 filter process is restarting", .unspecified),
  KnownText(.endOfData, "421 Timed out talking to the content filter", .unspecified),
  KnownText(.rcpt, "421 4.3.0 LDAP timed out", .unspecified),
  KnownText(.mail, "421 DNS server timed out", .unspecified),
  KnownText(.rcpt, "451 4.3.5 policy server timeout", .unspecified),
  KnownText(.auth, "421 Authentication service timed out", .unspecified),
  KnownText(
    .rcpt,
    "550-Verification failed for <a@b.example>|The account or domain may not exist, they may be blacklisted, or missing the proper dns entries.|Sender verify failed",
    .senderUnknown),
  KnownText(
    .rcpt,
    "550-Verification failed for <a@b.example>|Called:   192.0.2.4|Sent:     RCPT TO:<a@b.example>|Response: 550 5.1.1 User unknown|Sender verify failed",
    .senderUnknown),
  KnownText(.greeting, "421 you already have 5 connections open", .tooManyConnections),
  KnownText(.greeting, "421 Only 3 connections at a time, please", .tooManyConnections),
  KnownText(.hello, "421 4.7.0 You have already 10 sessions open", .tooManyConnections),
  KnownText(.greeting, "421 You connect too often", .rateLimited),
  KnownText(.greeting, "450 4.7.1 You are connecting more often than once a minute", .rateLimited),
  KnownText(.greeting, "421 Please wait at least 60 seconds between connections", .rateLimited),
  KnownText(.rcpt, "450 You may send 10 mails an hour", .rateLimited),
  KnownText(.mail, "421 More than 100 messages in this connection", .rateLimited),
  KnownText(.data, "452 Traffic limit reached", .rateLimited),
  KnownText(.mail, "530 5.7.0 STARTTLS is needed", .tlsRequired),
  KnownText(.mail, "550 5.7.1 Unencrypted connections are not accepted", .tlsRequired),
  KnownText(.rcpt, "554 Plain text sessions are not allowed", .tlsRequired),
  KnownText(.auth, "530 Secure the connection first", .tlsRequired),
  KnownText(.auth, "504 5.7.4 PLAIN only over TLS", .tlsRequired),
  KnownText(.auth, "535 5.7.8 LOGIN is disabled on unencrypted connections", .tlsRequired),
  KnownText(.rcpt, "550 5.7.1 Relaying is off", .relayDenied),
  KnownText(.rcpt, "550 5.7.1 Only local recipients", .relayDenied),
  KnownText(.rcpt, "554 5.7.1 <c@d.example>: Not our domain", .relayDenied),
  KnownText(.rcpt, "550 5.7.1 d.example is not handled here", .relayDenied),
  KnownText(.rcpt, "550 5.7.1 mx.b.example is not the MX for d.example", .relayDenied),
  KnownText(.rcpt, "551 mx.b.example takes mail for b.example only", .relayDenied),
  KnownText(.rcpt, "550 I don't accept mail for that domain", .relayDenied),
  KnownText(.rcpt, "572 Relay not authorized", .relayDenied),
  KnownText(.rcpt, "550 5.1.1 address changed to al@new.example", .userMoved),
  KnownText(.rcpt, "550 <c@d.example> was replaced by alice@new.example", .userMoved),
  KnownText(.mail, "503 Must issue authentication first", .authRequired),
  KnownText(.mail, "550 5.7.1 Log in with your account before sending", .authRequired),
  KnownText(.rcpt, "450 New sender, temporarily delayed", .greylisted),
  KnownText(.rcpt, "451 4.7.1 unknown combination of sender and recipient", .greylisted),
  KnownText(.rcpt, "450 Please send it again in ten minutes", .greylisted),
  KnownText(.rcpt, "451 4.7.1 anti-spam delay", .greylisted),
  KnownText(.endOfData, "451 Deferred as an anti-spam measure", .greylisted),
  KnownText(.endOfData, "550 5.7.1 This looks like advertising", .contentRefused),
  KnownText(.endOfData, "554 5.7.1 Suspected scam", .contentRefused),
  KnownText(.endOfData, "550 5.7.1 A script file is attached", .contentRefused),
  KnownText(.endOfData, "550 5.7.1 Message-ID is missing", .contentRefused),
  KnownText(.endOfData, "550 5.7.1 Body is empty", .contentRefused),
  KnownText(.endOfData, "550 5.7.1 Header line forbidden", .contentRefused),
  KnownText(.endOfData, "554 The archive has an .exe inside", .contentRefused),
  KnownText(.endOfData, "554 Too many recipients in To header", .contentRefused),
  KnownText(.endOfData, "554 Lone CR or LF", .protocolError),
  KnownText(.endOfData, "550 Bare newline", .protocolError),
  KnownText(.endOfData, "550 Lines must end in CRLF", .protocolError),
  KnownText(.endOfData, "550 Lines must end in <CRLF>", .protocolError),
  KnownText(.mail, "550 5.7.1 too many complaints from your IP", .blocklisted),
  KnownText(.mail, "554 5.7.1 Client certificate is not trusted", .clientRefused),
  KnownText(.rcpt, "452 no space on the spool", .serverStorage),
]

/// Texts that hold the words of those above and mean something else.
let nearOwnWords: [KnownText] = [
  KnownText(.endOfData, "550 5.7.1 Spam filter is down on you: rejected as spam", .contentRefused),
  KnownText(.endOfData, "451 4.7.1 Your message failed the spam check", .contentRefused),
  KnownText(.endOfData, "451 Held by the spam filter until it is released", .contentRefused),
  KnownText(.endOfData, "451 4.7.1 Deferred as spam; please contact spam support", .contentRefused),
  KnownText(.endOfData, "550 Spam check failed", .contentRefused),
  KnownText(.rcpt, "450 4.7.1 You are on our blocklist until 12:00", .blocklisted),
  KnownText(
    .rcpt, "450 4.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org", .blocklisted),
  KnownText(.rcpt, "451 Your address failed the RBL check", .blocklisted),
  KnownText(.greeting, "554 5.7.1 RBL lookup: 192.0.2.7 is blacklisted", .blocklisted),
  KnownText(.rcpt, "450 4.1.1 <c@d.example>: User unknown (LDAP timed out)", .mailboxUnknown),
  KnownText(.other, "421 4.4.2 Timed out waiting for the next command", .timeout),
  KnownText(.other, "421 Timed out talking to client.example", .timeout),
  KnownText(.other, "421 mail service is restarting", .shuttingDown),
  KnownText(.other, "421 mx.d.example is restarting", .shuttingDown),
  KnownText(.rcpt, "451 4.7.1 Sender verification: SPF failed", .policy),
  KnownText(.rcpt, "550 5.1.1 Recipient verify failed: User unknown", .mailboxUnknown),
  KnownText(.rcpt, "452 4.5.3 One recipient at a time", .tooManyRecipients),
  KnownText(.mail, "452 Too many recipients in one hour", .rateLimited),
  KnownText(.rcpt, "450 4.7.1 Rate limit exceeded, send it again in ten minutes", .rateLimited),
  KnownText(.rcpt, "450 4.7.1 Rejected by an anti-spam measure: 192.0.2.7 is blacklisted", .blocklisted),
  KnownText(.mail, "450 4.7.1 Rate limit for a new sender", .rateLimited),
  KnownText(.endOfData, "554 Only plain text messages are accepted", .unspecified),
  KnownText(.auth, "535 5.7.8 Authentication failed over TLS", .authFailed),
  KnownText(.auth, "504 5.7.4 Unrecognized authentication type", .authSyntax),
  KnownText(.rcpt, "530 5.7.0 Relaying is off for you: authentication required", .authRequired),
  KnownText(.rcpt, "551 5.7.1 User not local; please try <c@new.example>", .userMoved),
  KnownText(.rcpt, "550 5.1.1 <c@d.example>: no such user; was the address changed", .mailboxUnknown),
  KnownText(.mail, "550 5.7.1 Wait before sending more", .policy),
  KnownText(.endOfData, "554 The attached note says nothing", .unspecified),
  KnownText(.rcpt, "550 5.7.1 Body and header were fine", .policy),
  KnownText(.rcpt, "452 4.2.2 no space on the disk for this mailbox", .mailboxFull),
  KnownText(.mail, "554 5.7.1 Client certificate required", .clientCertificate),
  KnownText(.mail, "421 4.7.1 No client certificate presented", .clientCertificate),
  KnownText(.mail, "421 4.7.0 [TSS04] temporarily deferred due to user complaints", .rateLimited),
  KnownText(.endOfData, "451 End data with <CR><LF>.<CR><LF>", .unspecified),
  KnownText(.rcpt, "554 anti-spam delay", .policy),
  KnownText(.endOfData, "451 4.7.1 Held as spam; release it by contacting spam support", .contentRefused),
  KnownText(.rcpt, "450 4.7.1 You are on our blacklist; time left: 1 hour", .blocklisted),
  KnownText(.other, "421 4.4.2 Timeout while waiting for the content of the message", .timeout),
]

@Suite struct OwnWordsTests {
  @Test(arguments: ownWords)
  func `what servers say in words of their own`(text: KnownText) {
    #expect(ReplyMeaning(reply(text.text), to: text.step) == text.meaning)
  }

  @Test(arguments: nearOwnWords)
  func `what is said with nearly the same words`(text: KnownText) {
    #expect(ReplyMeaning(reply(text.text), to: text.step) == text.meaning)
  }

  @Test func `a certificate that is not trusted is told as the reason`() {
    let reading = ReplyReading(of: reply("554 5.7.1 Client certificate not trusted"), to: .mail)
    #expect(reading.meaning == .clientRefused && reading.subject == "the client's certificate")
  }

  @Test func `phrases stand in the table as their words do in a reply`() {
    for entry in KnownReply.all {
      for phrase in entry.phrases {
        #expect(PhraseIndex.words(of: phrase) == ReplyText(phrase: phrase).words, "\(phrase)")
      }
    }
    #expect(PhraseIndex.words(of: "two  blanks") == ReplyText(phrase: "two blanks").words)
  }
}
