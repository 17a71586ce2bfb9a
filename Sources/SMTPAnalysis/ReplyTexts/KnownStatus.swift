internal import Wire

/// What RFC 3463's enhanced status codes, and those registered since (RFC 5248, 6531, 7293, 7372, 7505, 8689), say of why.
/// Below them those that big providers use as if they were registered.
///
/// A code that is not here says nothing precise (`x.0.0`, `x.7.1`); neither do codes that are widely said of other things
/// than the registry means (`x.7.29` and `x.7.30` at Gmail): there the words decide.
struct KnownStatus: Sendable {
  /// Without its class, `1.1` of `5.1.1`.
  var detail: String
  var meaning: ReplyMeaning
  var steps: ReplySteps
  /// Whether words that are particular say more, and the code counts only without them.
  var isVague: Bool
  var subject: String?

  init(
    _ detail: String, _ meaning: ReplyMeaning, at steps: ReplySteps = .any, isVague: Bool = false,
    subject: String? = nil
  ) {
    self.detail = detail
    self.meaning = meaning
    self.steps = steps
    self.isVague = isVague
    self.subject = subject
  }

  /// What the code says; nil where it says nothing.
  static func meaning(of enhanced: EnhancedStatus?, at step: ReplyMeaning.Step) -> KnownStatus? {
    guard let enhanced, let entries = byDetail["\(enhanced.subject).\(enhanced.detail)"] else { return nil }
    return entries.first { $0.steps.contains(ReplySteps(step)) }
  }

  private static let byDetail = Dictionary(grouping: all, by: \.detail)

  private static let addressed: ReplySteps = [.rcpt, .data]

  static let all: [KnownStatus] = [
    // Addresses (RFC 3463 section 3.2)
    KnownStatus("1.0", .mailboxUnknown, at: .rcpt, isVague: true),
    KnownStatus("1.0", .senderUnknown, at: .mail, isVague: true),
    KnownStatus("1.1", .mailboxUnknown, at: addressed),
    KnownStatus("1.1", .senderUnknown, at: .mail),
    KnownStatus("1.2", .mailboxUnknown, at: addressed, subject: "the recipient's domain"),
    KnownStatus("1.2", .senderUnknown, at: .mail),
    KnownStatus("1.3", .badAddress, at: [.mail, .rcpt, .data]),
    KnownStatus("1.4", .mailboxUnknown, at: addressed, subject: "the address is ambiguous"),
    KnownStatus("1.6", .userMoved, at: addressed),
    KnownStatus("1.7", .badAddress, at: .mail),
    KnownStatus("1.7", .senderUnknown, at: addressed, subject: "the form of the sender's address"),
    KnownStatus("1.8", .senderUnknown, at: [.mail, .rcpt], isVague: true, subject: "the sender's domain"),
    KnownStatus("1.8", .policy, at: .data, isVague: true, subject: "the sender is blocked for outbound mail"),
    // Exchange says it of an unknown recipient.
    KnownStatus(
      "1.10", .mailboxUnknown, at: addressed, isVague: true, subject: "the domain takes no mail (null MX)"),
    KnownStatus("7.27", .senderUnknown, isVague: true, subject: "the sender's domain takes no mail (null MX)"),
    // Mailboxes (section 3.3)
    KnownStatus("2.1", .mailboxUnknown, at: addressed, isVague: true, subject: "the mailbox is disabled"),
    KnownStatus("2.2", .mailboxFull, at: addressed),
    KnownStatus("2.2", .serverStorage, at: .mail, isVague: true),
    KnownStatus("2.3", .sizeExceeded),
    // The server (section 3.4)
    KnownStatus("3.1", .serverStorage),
    KnownStatus("3.4", .sizeExceeded),
    // Network and routing (section 3.5)
    KnownStatus("4.6", .loop),
    KnownStatus("4.14", .loop),  // Exchange
    // Protocol (section 3.6)
    KnownStatus("5.3", .tooManyRecipients, at: .rcpt, isVague: true),
    KnownStatus("5.6", .authSyntax),
    // Content (section 3.7, RFC 6531 section 3.7.4)
    KnownStatus("6.0", .contentRefused, at: .data, isVague: true, subject: "the form of the message"),
    KnownStatus("6.1", .contentRefused, at: .data, isVague: true, subject: "its media type"),
    KnownStatus("6.2", .contentRefused, at: .data, isVague: true, subject: "it must not be converted"),
    KnownStatus("6.3", .contentRefused, at: .data, isVague: true, subject: "it would have to be converted"),
    KnownStatus(
      "6.7", .contentRefused, at: .data, isVague: true, subject: "it needs SMTPUTF8, which not all on its way have"),
    KnownStatus(
      "6.9", .contentRefused, at: .data, isVague: true, subject: "it needs SMTPUTF8, which not all on its way have"),
    // Security and policy (section 3.8; RFC 4954, 7293, 7372, 8689)
    KnownStatus("7.2", .policy, isVague: true, subject: "posting to the list"),
    KnownStatus("7.4", .authSyntax, at: .auth),
    KnownStatus("7.8", .authFailed, at: .auth, isVague: true),
    KnownStatus("7.9", .authFailed, at: .auth, isVague: true, subject: "the mechanism is too weak"),
    KnownStatus("7.10", .tlsRequired),
    KnownStatus("7.11", .tlsRequired),
    KnownStatus("7.12", .authFailed, at: .auth, subject: "the password must be changed first"),
    KnownStatus("7.13", .authFailed, at: .auth, subject: "the account is disabled"),
    KnownStatus("7.13", .mailboxUnknown, at: addressed, subject: "the account is disabled"),
    KnownStatus("7.16", .sizeExceeded),
    KnownStatus("7.17", .policy, subject: "the mailbox has another owner now"),
    KnownStatus("7.18", .policy, subject: "the domain has another owner now"),
    KnownStatus("7.20", .policy, subject: "DKIM"),
    KnownStatus("7.21", .policy, subject: "DKIM"),
    KnownStatus("7.22", .policy, subject: "DKIM"),
    KnownStatus("7.23", .policy, isVague: true, subject: "SPF"),
    KnownStatus("7.24", .policy, isVague: true, subject: "SPF"),
    KnownStatus("7.25", .clientRefused, subject: "reverse DNS"),
    KnownStatus("7.26", .policy, isVague: true, subject: "SPF, DKIM or DMARC"),
    KnownStatus("7.28", .rateLimited),
    // Microsoft 365 and Exchange
    KnownStatus("1.90", .rateLimited, subject: "the sender's recipients of a day"),
    KnownStatus("2.121", .rateLimited, subject: "what the recipient may get in an hour"),
    KnownStatus("2.122", .rateLimited, subject: "what the recipient may get in an hour"),
    KnownStatus("7.57", .authRequired),
    KnownStatus("7.54", .relayDenied),
    KnownStatus("7.60", .policy, subject: "the login may not use this sender"),
    KnownStatus("7.64", .relayDenied),
    KnownStatus("7.133", .policy, subject: "the group takes mail from inside only"),
    KnownStatus("7.134", .policy, subject: "the mailbox takes mail from inside only"),
    KnownStatus("7.139", .authFailed),
    KnownStatus("7.500", .rateLimited),
    KnownStatus("7.501", .policy, isVague: true, subject: "the sender is held for a spammer"),
    KnownStatus("7.502", .policy, isVague: true, subject: "the sender is banned"),
    KnownStatus("7.503", .policy, isVague: true, subject: "the sender is banned"),
    KnownStatus("7.506", .clientRefused, isVague: true, subject: "the HELO name"),
    KnownStatus("7.508", .rateLimited),
    KnownStatus("7.509", .policy, subject: "DMARC"),
    KnownStatus("7.511", .blocklisted),
    KnownStatus("7.515", .policy, subject: "SPF, DKIM or DMARC"),
    KnownStatus("7.606", .blocklisted),
    KnownStatus("7.650", .rateLimited, isVague: true),
    KnownStatus("7.705", .rateLimited),
    KnownStatus("7.708", .blocklisted),
    // Gmail
    KnownStatus("7.32", .policy, isVague: true, subject: "DMARC"),
    KnownStatus("7.40", .policy, isVague: true, subject: "DMARC"),
  ]
}
