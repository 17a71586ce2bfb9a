import MIMEParts
import SMTPAnalysis
import TestSupport
import Testing

private func dialogue(_ lines: String, end: String = "C: .\nS: 250 queued\nC: QUIT\nS: 221 bye\n") -> String {
  """
  S: 220 mx.example ESMTP
  C: EHLO client.example
  S: 250 mx.example
  C: MAIL FROM:<a@b.example>
  S: 250 ok
  C: RCPT TO:<c@d.example>
  S: 250 ok
  C: DATA
  S: 354 go
  C: From: a@b.example
  C: Date: Mon, 23 Nov 2026 10:00:00 +0000

  """ + lines + "\n" + end
}

private let mixed = "C: Content-Type: multipart/mixed; boundary=b\nC:\nC: --b\nC:\nC: one\n"

struct MIMECase: CustomTestStringConvertible {
  var testDescription: String
  var script: String
  /// What the finding says; nil where there is none.
  var words: String?

  static let all = [
    MIMECase(testDescription: "whole", script: dialogue(mixed + "C: --b--"), words: nil),
    MIMECase(testDescription: "no MIME", script: dialogue("C:\nC: --b"), words: nil),
    MIMECase(
      testDescription: "never closed", script: dialogue(mixed + "C: end"),
      words: "closing line of its boundary b is missing"),
    MIMECase(
      testDescription: "never closed, and the end never came", script: dialogue(mixed + "C: end", end: "C.\n"),
      words: nil
    ),
    MIMECase(
      testDescription: "never closed behind a hole", script: dialogue(mixed + "C? 100\nC: end"), words: nil),
    MIMECase(
      testDescription: "no delimiter", script: dialogue("C: Content-Type: multipart/mixed; boundary=c\nC:\nC: text"),
      words: "no line with its boundary c"),
    MIMECase(
      testDescription: "no boundary", script: dialogue("C: Content-Type: multipart/mixed\nC:\nC: text"),
      words: "names no boundary"),
    MIMECase(
      testDescription: "bad base64",
      script: dialogue("C: Content-Transfer-Encoding: base64\nC:\nC: T-WFu"), words: "declared as base64"),
    MIMECase(
      testDescription: "base64 with blanks and without padding",
      script: dialogue("C: Content-Transfer-Encoding: base64\nC:\nC: T WE"), words: nil),
    MIMECase(
      testDescription: "a raw equals sign",
      script: dialogue("C: Content-Transfer-Encoding: quoted-printable\nC:\nC: a=?"), words: "equals sign"),
    MIMECase(
      testDescription: "an unknown encoding",
      script: dialogue("C: Content-Transfer-Encoding: utf-8\nC:\nC: a=?"), words: "nobody knows: utf-8"),
    MIMECase(
      testDescription: "two faults",
      script: dialogue(
        "C: Content-Type: multipart/mixed; boundary=b\nC:\nC: --b\nC: Content-Transfer-Encoding: base64\nC:\nC: ?"),
      words: "There is 1 more fault."),
  ]
}

@Test(arguments: MIMECase.all, [1, 7, 1460])
func `broken MIME is found where messages are taken apart`(_ example: MIMECase, piece: Int) {
  var options = AnalysisOptions()
  options.listsAttachments = true
  let conversation = Conversation(example.script, piece: piece)
  let sessions = Analysis(conversation, options: options).sessions
  let found = sessions.flatMap(\.findings).filter { $0.id == .mimeBroken }
  #expect(found.count == (example.words == nil ? 0 : 1), "\(found.map(\.message))")
  if let words = example.words { #expect(found.allSatisfy { $0.message.contains(words) }, "\(found.map(\.message))") }
  let plain = Analysis(conversation).sessions
  #expect(!plain.flatMap(\.findings).contains { $0.id == .mimeBroken })
  #expect(plain.flatMap(\.transactions).allSatisfy { $0.message?.contents == nil })
}

@Test(arguments: [1, 2])
func `attachments are listed, whatever thread takes the message apart`(jobs: Int) {
  var options = AnalysisOptions()
  options.listsAttachments = true
  let text = dialogue(
    mixed + "C: --b\nC: Content-Type: a/b; name=x.bin\nC: Content-Transfer-Encoding: base64\nC:\nC: YWJj\nC: --b--")
  let sessions = Analysis(Conversation(text).frames, options: options, jobs: jobs).sessions
  let parts = sessions.flatMap(\.transactions).compactMap { $0.message?.contents }.flatMap(\.attachments)
  #expect(parts.map(\.name) == ["x.bin"])
  #expect(parts.first?.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
}
