/// What the server refused, and why. Where several are equally near to the root the first is named as the cause: what is
/// refused for good and known by its reason stands before what is put off. They look at `SessionRefusals` first, and at
/// nothing where it is empty.
enum RefusalGroup {
  static let checks: [any FindingCheck.Type] = [
    SenderRefused.self, SenderDeferred.self, RelayDenied.self, MailboxUnknown.self, UserMoved.self,
    RecipientRefused.self, Greylisted.self, MailboxFull.self, ServerStorage.self, ServerShuttingDown.self,
    TooManyErrors.self, Blocklisted.self, PolicyRefused.self, ContentRefused.self, RateLimited.self,
    TooManyRecipients.self, SizeExceeded.self, RecipientDeferred.self, MessageRefused.self, MessageDeferred.self,
  ]
}
