/// How the connection began, carried the mail, and ended. What is nearer to the cause comes first: the others keep silent then.
enum TransferGroup {
  static let checks: [any FindingCheck.Type] = [
    ConnectionRefused.self, ConnectionBlocked.self, ConnectionUnanswered.self, GreetingMissing.self,
    PathMTUBlackhole.self, PathLostAfterIdle.self, ReceiverStalled.self, ReplyLost.self, ConnectionSilent.self,
    ConnectionResetByMiddlebox.self, ConnectionReset.self, EndOfDataMissing.self, ServerTimeout.self,
    TransferIncomplete.self, ClientGaveUp.self, HeavyLoss.self,
  ]
}
