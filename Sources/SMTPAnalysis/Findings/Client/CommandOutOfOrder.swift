internal import SMTPDialogue

extension CatalogueEntry {
  static let commandOutOfOrder = CatalogueEntry(
    .commandOutOfOrder, .warning, "a command came where it may not",
    explanation: """
      The client sent a command that the state of the dialogue does not allow, and servers answer it with 503. It \
      counts replies wrongly, goes on after a refusal, or was written against one lenient server.
      """,
    seenWhen: """
      RCPT without an accepted MAIL, DATA or BDAT without an accepted RCPT, MAIL within a transaction and the like, by \
      the server's own replies; commands that were sent ahead by pipelining and failed with the one before do not \
      count
      """,
    whatToDo: """
      correct the client: judge each reply before the next step; after a refused MAIL or RCPT go back with RSET
      """,
    references: ["RFC 5321 section 4.1.4", "RFC 5321 section 3.3"])
}

enum CommandOutOfOrder: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.traits.contains(.refused), !evidence.hasHoles else { return }
    var state = State()
    var misplaced: (first: Exchange, what: String, count: Int)?
    for exchange in evidence.exchanges {
      if let what = state.misplacement(of: exchange) {
        misplaced = (misplaced?.first ?? exchange, misplaced?.what ?? what, (misplaced?.count ?? 0) + 1)
      }
      state.advance(behind: exchange)
    }
    guard let (first, what, count) = misplaced else { return }
    findings.add(
      Finding(
        .commandOutOfOrder, at: first.commandPlace,
        message:
          "\(visible(first.line)) came out of order, \(what)\(first.answer)\(count > 1 ? "; \(count - 1) more command\(count == 2 ? "" : "s") did likewise" : "").",
        evidence: first.line))
  }

  /// How far the dialogue has come, by the server's replies (RFC 5321 section 4.1.4).
  private struct State {
    var hasMail = false
    var hasRecipient = false
    /// A MAIL or RCPT of the transaction at hand was refused: what fails behind it fails for its sake.
    var hasRefusal = false
    var isAuthenticated = false

    mutating func advance(behind exchange: Exchange) {
      let isPositive = exchange.reply.map { $0.code >= 200 && $0.code < 300 } ?? false
      switch exchange.step {
      case .command(.mail), .command(.send), .command(.soml), .command(.saml):
        if isPositive {
          self = State(hasMail: true, isAuthenticated: isAuthenticated)
        } else if !hasMail {
          hasRefusal = true
        }
      case .command(.rcpt):
        if isPositive { hasRecipient = true } else if hasMail { hasRefusal = true }
      case .command(.helo), .command(.ehlo), .command(.lhlo), .command(.rset):
        if isPositive { self = State(isAuthenticated: isAuthenticated) }
      case .endOfData, .chunk(isLast: true):
        self = State(isAuthenticated: isAuthenticated)
      case .command(.auth), .command(.xExps):
        if exchange.reply?.code == 235 { isAuthenticated = true }
      default: break
      }
    }

    /// Why the command was refused, where its place was the reason.
    func misplacement(of exchange: Exchange) -> String? {
      // 503 speaks of the order, however the command is written.
      guard let reply = exchange.reply, reply.isPermanent, !exchange.traits.contains(.malformed) || reply.code == 503
      else { return nil }
      switch exchange.verb {
      case .mail?:
        guard hasMail, !exchange.traits.contains(.beforeHello) else { return nil }
        return ReplyMeaning(reply, to: .other) == .badSequence ? "within a transaction" : nil
      case .rcpt?:
        return hasMail || hasRefusal ? nil : "with no MAIL before it"
      case .data?, .bdat?:
        // Further replies to the last chunk, for recipients of their own (RFC 2033 section 4.2), answer no other command.
        if hasRecipient || hasRefusal || exchange.sent == nil { return nil }
        return hasMail ? "with no RCPT before it" : "with no MAIL before it"
      case .auth?, .xExps?:
        guard reply.code == 503 else { return nil }
        return isAuthenticated ? "after a login that had worked" : hasMail ? "within a transaction" : nil
      default: return nil
      }
    }
  }
}
