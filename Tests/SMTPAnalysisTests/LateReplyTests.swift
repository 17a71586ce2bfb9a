import SMTPAnalysis
import TestSupport
import Testing
import Wire

// What the server says to a client that has gone was not heard (RFC 1047).

private let steps = Script(Dialogues.text).steps.count
private let asked = Script(Dialogues.envelope).steps.count
private let greeted = Script(Dialogues.hello).steps.count

/// The script, and then the client's host answers with a reset.
private func gone(_ script: String, pauses: [Int: Int64]) -> Conversation {
  var scene = PathScenes.open(script, pauses: pauses)
  scene.add(.client, .rst, after: 0)
  return scene
}

@Suite struct LateReplyTests {
  // MARK: The end of the data

  @Test(
    arguments: [
      ("C: .\nC.\nS: 250 2.0.0 queued\n", [steps + 1: 6000, steps + 2: 2000]),
      ("C: .\nC: QUIT\nC.\nS: 250 2.0.0 queued\nS: 221 bye\n", [steps + 1: 6000, steps + 3: 2000]),
      // Exim closes its half with the text, waits and closes the rest unseen.
      ("C: .\\r\\nQUIT\nC.\nS: 250 2.0.0 queued\nS: 221 bye\n", [steps + 2: 9000]),
      ("C: .\nC.\nS: 554 5.7.1 spam\n", [steps + 1: 6000, steps + 2: 2000]),
    ] as [(String, [Int: Int64])])
  func `an answer to a client that has gone is lost`(end: String, pauses: [Int: Int64]) throws {
    let session = try #require(gone(Dialogues.text + end, pauses: pauses).analyzed())
    #expect(session.transactions.map(\.outcome) == [.lost])
    #expect(session.transactions.first?.recipients.map(\.outcome) == [.unanswered])
    #expect(session.verdict.outcome == .failed)
    #expect(session.verdict.cause == .replyLost)
    #expect(session.verdict.message.contains("it does not know that, and will send it again"))
    #expect(!session.findings.contains { $0.id == .noQUIT || $0.id == .connectionReset })
  }

  @Test func `the same in chunks`() throws {
    let script = Dialogues.envelope + "C: BDAT 5 LAST\nC: abc\nC.\nS: 250 2.0.0 queued\n"
    let session = try #require(gone(script, pauses: [asked + 2: 6000, asked + 3: 2000]).analyzed())
    #expect(session.transactions.map(\.outcome) == [.lost])
    #expect(session.verdict.cause == .replyLost)
  }

  @Test func `who acknowledges the answer behind its own close has heard it`() {
    var scene = PathScenes.open(Dialogues.text + "C: .\\r\\nQUIT\nC.\nS: 250 2.0.0 queued\n", pauses: [steps + 2: 3000])
    scene.add(.client, after: 1)
    scene.add(.server, after: 5, payload: Array("221 bye\r\n".utf8))
    scene.add(.client, .rst, after: 1)
    #expect(scene.told() == ["accepted"])
  }

  @Test(
    arguments: [
      ("C: .\nC: QUIT\nS: 250 2.0.0 queued\n", [steps + 1: 6000, steps + 2: 2000]),
      ("C: .\nC: QUIT\nS: 250 2.0.0 queued\nS: 221 bye\n", [steps + 1: 6000, steps + 2: 2000]),
      ("C: .\nC: QUIT\nS: 250 2.0.0 queued\nS: 221 bye\nS.\nC.", [steps + 1: 6000, steps + 2: 2000]),
    ] as [(String, [Int: Int64])])
  func `who says QUIT while it waits has given up, though its host acknowledges the answer`(
    end: String, pauses: [Int: Int64]
  ) throws {
    var scene = PathScenes.open(Dialogues.text + end, pauses: pauses)
    if !end.hasSuffix("C.") {
      scene.add(.client, after: 1)
      scene.add(.client, .rst, after: 1)
    }
    let session = try #require(scene.analyzed())
    #expect(session.transactions.map(\.outcome) == [.lost])
    #expect(session.transactions.first?.recipients.map(\.outcome) == [.unanswered])
    #expect(session.verdict.outcome == .failed)
    #expect(session.verdict.cause == .replyLost)
    #expect(
      session.verdict.message
        == "The server took the message (250 2.0.0 queued), but the client had given up and said QUIT 2.0 s before the answer: it does not know that, and will send it again."
    )
    #expect(!session.findings.contains { $0.id == .connectionReset || $0.id == .clientGaveUp })
  }

  @Test func `the same of the last chunk, from its last octet on`() throws {
    let script = Dialogues.envelope + "C: BDAT 5 LAST\nC: abc\nC: QUIT\nS: 250 2.0.0 queued\nS: 221 bye\nS.\nC."
    let late = try #require(PathScenes.open(script, pauses: [asked + 2: 6000, asked + 3: 2000]).analyzed())
    #expect(late.transactions.map(\.outcome) == [.lost])
    // A chunk may take long.
    let slow = try #require(PathScenes.open(script, pauses: [asked + 1: 6000, asked + 3: 2000]).analyzed())
    #expect(slow.transactions.map(\.outcome) == [.accepted])
  }

  @Test(arguments: [0, 2000] as [Int64])
  func `QUIT that is sent ahead with the end of the data gives nothing up`(pause: Int64) {
    let end = "C: .\nC: QUIT\nS: 250 2.0.0 queued\nS: 221 bye\nS.\nC."
    let scene = PathScenes.open(Dialogues.text + end, pauses: [steps + 1: pause, steps + 2: 20_000])
    #expect(scene.told() == ["accepted"])
  }

  @Test func `LMTP's recipients are told one by one, until nobody hears it`() throws {
    let script = """
      S: 220 store LMTP
      C: LHLO c
      S: 250 store
      C: MAIL FROM:<a@b>
      S: 250 ok
      C: RCPT TO:<one@d>
      S: 250 ok
      C: RCPT TO:<two@d>
      S: 250 ok
      C: DATA
      S: 354 go
      C: x
      C: .
      S: 250 one has it
      C.
      S: 250 two has it
      """
    var scene = PathScenes.open(script, pauses: [14: 6000, 15: 2000])
    scene.add(.client, .rst, after: 0)
    let transaction = try #require(scene.analyzed()?.transactions.first)
    #expect(transaction.outcome == .partiallyAccepted)
    #expect(transaction.recipients.map(\.outcome) == [.accepted, .unanswered])
    #expect(scene.message(.replyLost).contains("answered for 1 of 2 recipients, and not for two@d"))
  }

  // MARK: A half-close

  @Test(arguments: ["C: .\nC.\n", "C: .\\r\\nQUIT\nC.\n"])
  func `who closes its half with the text waits for the answer, which the capture does not show`(end: String) {
    let scene = PathScenes.open(Dialogues.text + end)
    #expect(scene.told() == ["capture-ended info", "unknown"])
    #expect(scene.analyzed()?.verdict.cause == .captureEnded)
    let late = PathScenes.open(Dialogues.text + "C: .\nC.\n", pauses: [steps + 1: 6000])
    #expect(late.told() == ["reply-lost error", "lost"])
    #expect(late.message(.replyLost).contains("no answer came in 6.0 s; the client closed the connection"))
  }

  @Test(arguments: [("S.", "the server closed the other"), ("S!", "the server reset it")])
  func `a server that lets it wait in vain is named`(end: String, says: String) {
    let scene = PathScenes.open(Dialogues.text + "C: .\nC.\n" + end)
    #expect(scene.told() == ["reply-lost error", "lost"])
    #expect(scene.message(.replyLost).contains(says), "\(scene.message(.replyLost))")
  }

  // MARK: Before the data

  @Test(
    arguments: [
      (
        Dialogues.hello + "C: MAIL FROM:<a@b>\nC: QUIT\nC.\nS: 250 ok\nS: 221 bye\n",
        [greeted + 1: 6000, greeted + 3: 3000], "MAIL FROM:<a@b>"
      ),
      (
        Dialogues.hello + "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nC.\nS: 250 ok\n",
        [greeted + 3: 6000, greeted + 4: 3000], "RCPT TO:<c@d>"
      ),
      (
        Dialogues.hello
          + "C: MAIL FROM:<a@b>\\r\\nRCPT TO:<c@d>\\r\\nDATA\nS: 250 ok\nC.\nS: 250 ok\nS: 354 go\n",
        [greeted + 2: 6000, greeted + 3: 3000], "RCPT TO:<c@d>"
      ),
      (Dialogues.envelope + "C: DATA\nC.\nS: 354 go\n", [asked + 1: 6000, asked + 2: 3000], "DATA"),
    ] as [(String, [Int: Int64], String)])
  func `a client that leaves before the answer has given up, whatever comes then`(
    script: String, pauses: [Int: Int64], command: String
  ) {
    let scene = gone(script, pauses: pauses)
    #expect(scene.told() == ["client-gave-up error", "aborted"])
    #expect(scene.message(.clientGaveUp).contains("waited for the answer to \(command), after 6.0 s"))
    let session = scene.analyzed()
    #expect(session?.verdict.cause == .clientGaveUp)
    #expect(session?.findings.contains { $0.id == .noQUIT || $0.id == .transactionAbandoned } == false)
  }

  @Test(
    arguments: [
      (
        Dialogues.hello + "C: MAIL FROM:<a@b>\nC: QUIT\nS: 250 ok\nS: 221 bye\nS.\nC.",
        [greeted + 1: 6000, greeted + 2: 3000], "MAIL FROM:<a@b>"
      ),
      (
        Dialogues.hello
          + "C: MAIL FROM:<a@b>\nS: 250 ok\nC: RCPT TO:<c@d>\nC: QUIT\nS: 250 ok\nS: 221 bye\nS.\nC.",
        [greeted + 3: 6000, greeted + 4: 3000], "RCPT TO:<c@d>"
      ),
    ] as [(String, [Int: Int64], String)])
  func `QUIT that is said while a command waits gives up, and what is heard behind it changes nothing`(
    script: String, pauses: [Int: Int64], command: String
  ) {
    let scene = PathScenes.open(script, pauses: pauses)
    #expect(scene.told() == ["client-gave-up error", "aborted"])
    #expect(scene.message(.clientGaveUp).contains("waited for the answer to \(command), after 6.0 s"))
    #expect(scene.analyzed()?.findings.contains { $0.id == .transactionAbandoned } == false)
    // Sent ahead, it is only the end of a mail that was given up.
    #expect(PathScenes.open(script).told() == ["aborted"])
  }

  @Test func `what is said to a client that left within its message is no time-out`() {
    let scene = PathScenes.open(Dialogues.text + "C.\nS: 451 4.4.2 timeout exceeded\nS.")
    #expect(scene.told() == ["transfer-incomplete error", "aborted"])
  }

  @Test func `a greeting that comes when the client has left is none`() {
    let scene = gone("C.\nS: 220 mx.example ESMTP\n", pauses: [0: 6000, 1: 3000])
    #expect(scene.told() == ["greeting-missing error"])
    #expect(scene.analyzed()?.verdict.outcome == .failed)
    #expect(scene.analyzed()?.verdict.cause == .greetingMissing)
    #expect(
      scene.message(.greetingMissing)
        == "The server did not greet in the 6.0 s that the client waited; its greeting came 3.0 s after the client had closed the connection."
    )
    // A health check does not wait for it.
    #expect(gone("C.\nS: 220 mx.example ESMTP\n", pauses: [1: 3000]).told() == [])
  }
}
