internal import TLSHandshake

/// The TLS of a session: one reference where there is some, and a nil where there is none.
final class SessionTLS {
  var conversation: TLSConversation

  init(secrets: TLSSecrets?) {
    conversation = TLSConversation(secrets: secrets)
  }
}
