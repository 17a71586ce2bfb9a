import SMTPDialogue
import TestSupport
import Testing
import Wire

private let opened = """
  S: 220 mx ESMTP
  C: EHLO c
  S: 250 mx

  """

/// What a client is made to send so that much waits, and all of it is looked at again.
private enum Waiting: String, CaseIterable {
  /// Each DATA waits for a reply that never comes, with all that is behind it.
  case data
  /// Behind a lone dot and a reply that decides nothing, with others on which its commands could follow.
  case lonelyDots
  func script(_ count: Int) -> Script {
    switch self {
    case .data:
      let group = String(repeating: "DATA\\r\\n", count: 200)
      return Script(opened + String(repeating: "C: \(group)\\\n", count: count / 1200))
    case .lonelyDots:
      let dots = String(repeating: "x\\n.\\nNOOP\\n", count: 16)
      return Script(
        opened + "C: DATA\nS: 354 go\nC: one\\n.\\n\\\nS: 451 later\nC: \(dots)\\\n"
          + String(repeating: "C: \(String(repeating: "y", count: 300))\\\n", count: count / 300))
    }
  }
}

@Suite(.serialized) struct HeldBytesTests {
  @Test(arguments: Waiting.allCases)
  fileprivate func `four times as much that waits takes four times the time`(waiting: Waiting) {
    let small = waiting.script(60_000)
    let large = waiting.script(240_000)
    var limits = DialogueLimits()
    limits.heldBytes = 1 << 24
    #expect(growth(enough: 6, small: { _ = run(small, limits: limits) }, large: { _ = run(large, limits: limits) }) < 6)
  }

  /// They were read within each other, which went as deep as there were commands.
  @Test func `commands that each wait for a reply are read one behind the other where too many wait`() {
    var limits = DialogueLimits()
    limits.heldBytes = 1 << 16
    let count = 40_000
    let sink = run(
      Script(opened + "C: \(String(repeating: "DATA\\r\\n", count: count))\\\n"), limits: limits)
    #expect(sink.events.count { $0 == "DATA | -" } == count)
  }
}
