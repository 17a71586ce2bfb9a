internal import SMTPDialogue
internal import Wire

enum GreetingDelayed: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard let slow = evidence.slowReplies.first, slow.wait > 10_000_000_000,
      evidence.exchanges.indices.contains(slow.exchange)
    else { return }
    let exchange = evidence.exchanges[slow.exchange]
    guard exchange.step == .greeting, let reply = exchange.reply else { return }
    findings.add(
      Finding(
        .greetingDelayed, severity: slow.wait >= 30_000_000_000 ? .warning : .info, at: reply.place,
        message: "The server took \(spoken(slow.wait)) for its greeting\(cause(slow.wait, evidence))."))
  }

  private static func cause(_ wait: Int64, _ evidence: borrowing SessionEvidence) -> String {
    if let timer = UsualTimer(wait) { return ": \(timer.words(for: .greeting))" }
    // The reply to EHLO needs no look-up: where it is slow too, the server has too much to do (or its system has).
    guard let hello = evidence.session.phases.first(where: { $0.kind == .ehlo }) else { return "" }
    if hello.times.server >= 1_000_000_000 { return "; its answer to EHLO was slow too, it may be overloaded" }
    return "; its answer to EHLO came at once, so it looked something up or paused on purpose"
  }
}

extension CatalogueEntry {
  static let greetingDelayed = CatalogueEntry(
    .greetingDelayed, .info, "the greeting took long",
    explanation: """
      The server let the client wait for its greeting. Delays of round numbers are deliberate (to catch clients that \
      cannot wait), or a look-up that ran into its timeout: reverse DNS, ident, block lists. From 30 seconds on this \
      is a warning: impatient clients leave.
      """,
    seenWhen: "more than 10 seconds between the handshake and the end of the greeting",
    whatToDo: """
      check the server's resolver for the client's address; do without ident (port 113) or reject it instead of \
      dropping; lower a deliberate delay for known clients
      """,
    references: ["RFC 5321 section 4.5.3.2.1", "RFC 5321 section 3.1"])
}
