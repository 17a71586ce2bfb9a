/// What keeps the dialogue from beginning: the wrong protocol or mode at either end, a server that does not want the client.
/// How the connection itself failed is the transfer group's.
enum OpeningGroup {
  static let checks: [any FindingCheck.Type] = [
    TLSOnPlaintextPort.self, PlaintextOnTLSPort.self, ProxyPreambleMismatch.self, NotSMTPServer.self,
    NotSMTPClient.self, GreetingRefused.self, GreetingDeferred.self, TooManyConnections.self, ClientRefused.self,
    HELORefused.self,
  ]
}
