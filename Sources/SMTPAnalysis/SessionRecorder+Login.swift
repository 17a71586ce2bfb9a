internal import SMTPDialogue
internal import Wire

// The logins (RFC 4954): each AUTH with the challenges and responses behind it.

extension SessionRecorder {
  mutating func responded(_ response: Span<UInt8>) {
    sasl?.respond(Array(response))
  }

  mutating func exchangedAuth(_ command: Command, with reply: Reply?) {
    if sasl == nil { sasl = SASLExchange(argument: command.argument, limit: options.limits.saslBytes) }
    guard reply?.code != 334, let exchange = sasl else { return }
    sasl = nil
    let outcome: Authentication.Outcome =
      if let reply { reply.isPositive ? .accepted : exchange.isCancelled ? .cancelled : .refused } else { .unanswered }
    let login = Authentication(
      mechanism: exchange.mechanism, username: exchange.username, code: reply?.code, outcome: outcome,
      isInClear: !isEncrypted && !readsOnBehindTLS)
    if authentications.count < options.limits.loginsPerSession {
      authentications.append(login)
      return
    }
    omitted.logins += 1
    // The last one tells what came of them.
    if let last = authentications.indices.last, authentications[last].outcome != .accepted {
      authentications[last] = login
    }
  }
}
