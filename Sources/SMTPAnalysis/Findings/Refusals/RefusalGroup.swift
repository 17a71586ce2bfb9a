/// What the server refused, and why.
enum RefusalGroup {
  static let checks: [any FindingCheck.Type] = [
    SenderRefused.self, SenderDeferred.self, RecipientRefused.self, RecipientDeferred.self, Greylisted.self,
    RelayDenied.self, MailboxUnknown.self, MailboxFull.self, UserMoved.self, ServerStorage.self,
    ServerShuttingDown.self, TooManyErrors.self, Blocklisted.self, PolicyRefused.self, ContentRefused.self,
    RateLimited.self, TooManyRecipients.self, SizeExceeded.self, MessageRefused.self, MessageDeferred.self,
  ]
}
