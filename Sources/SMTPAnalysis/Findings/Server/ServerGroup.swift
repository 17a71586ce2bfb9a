/// What the server says out of turn, out of form or late.
enum ServerGroup {
  /// What explains others stands before them.
  static let checks: [any FindingCheck.Type] = [
    GreetingDelayed.self, ReplyMalformed.self, ReplyIncomplete.self, ReplyCodeChanged.self, ServerErrorSwallowed.self,
    ReplyUnexpected.self, ReplyMissing.self, ReplyInvalidForCommand.self, ReplyTooLong.self, ReplySlow.self,
    EnhancedStatusMismatch.self, ServerClosedWithout421.self,
  ]
}
