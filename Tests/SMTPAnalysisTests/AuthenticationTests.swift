import Foundation
import Reports
import SMTPAnalysis
import TestSupport
import Testing
import Wire

private func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

private let password = "tr0ub4dor-and-3"

/// An AUTH exchange, with what may be told of it and what never.
struct AuthenticationCase: CustomTestStringConvertible, Sendable {
  var mechanism: String
  var script: String
  var username: String?
  var outcome = Authentication.Outcome.accepted
  /// As they stand in the client's lines.
  var secrets: [String]

  var testDescription: String { "\(mechanism), \(outcome)" }
}

/// NTLM's third message (MS-NLMP section 2.2.1.3) with a user name in UTF-16LE at offset 64, and a response behind it.
private func ntlm(user: String, response: String) -> String {
  let name = user.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
  var message = Array("NTLMSSP\0".utf8) + [3, 0, 0, 0]
  message += [UInt8](repeating: 0, count: 24)
  message += [UInt8(name.count), 0, UInt8(name.count), 0, 64, 0, 0, 0]
  message += [UInt8](repeating: 0, count: 16) + [1, 0, 0, 0]
  return Data(message + name + Array(response.utf8)).base64EncodedString()
}

private let accepted = "S: 235 2.7.0 ok\n"

private let exchanges = [
  AuthenticationCase(
    mechanism: "PLAIN", script: "C: AUTH PLAIN \(base64("\0ann\0" + password))\n" + accepted, username: "ann",
    secrets: [base64("\0ann\0" + password)]),
  AuthenticationCase(
    mechanism: "PLAIN", script: "C: auth plain\nS: 334 \nC: \(base64("admin\0ann\0" + password))\nS: 535 5.7.8 no",
    username: "ann", outcome: .refused, secrets: [base64("admin\0ann\0" + password)]),
  AuthenticationCase(
    mechanism: "LOGIN",
    script: "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: \(base64("ann@b"))\nS: 334 UGFzc3dvcmQ6\nC: \(base64(password))\n"
      + accepted, username: "ann@b", secrets: [base64(password)]),
  AuthenticationCase(
    mechanism: "LOGIN",
    script: "C: AUTH LOGIN \(base64("ann"))\nS: 334 UGFzc3dvcmQ6\nC: \(base64(password))\n" + accepted,
    username: "ann", secrets: [base64(password)]),
  AuthenticationCase(
    mechanism: "LOGIN",
    script: "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: \(base64("ann"))\nS: 334 UGFzc3dvcmQ6\nC: *\nS: 501 ok",
    username: "ann", outcome: .cancelled, secrets: []),
  AuthenticationCase(
    mechanism: "CRAM-MD5",
    script: "C: AUTH CRAM-MD5\nS: 334 \(base64("<1@mx>"))\nC: \(base64("ann lee 9e107d9d372bb6826bd81d3542a419d6"))\n"
      + accepted, username: "ann lee", secrets: [base64("ann lee 9e107d9d372bb6826bd81d3542a419d6")]),
  AuthenticationCase(
    mechanism: "SCRAM-SHA-256",
    script:
      "C: AUTH SCRAM-SHA-256 \(base64("n,,n=ann=2Clee=3D,r=clientnonce"))\nS: 334 \(base64("r=xy,s=QQ==,i=4096"))\n"
      + "C: \(base64("c=biws,r=xy,p=c2VjcmV0cHJvb2Y="))\nS: 334 \(base64("v=dmVyaWZpZXI="))\nC:\n" + accepted,
    username: "ann,lee=", secrets: [base64("c=biws,r=xy,p=c2VjcmV0cHJvb2Y=")]),
  AuthenticationCase(
    mechanism: "XOAUTH2",
    script: "C: AUTH XOAUTH2 \(base64("user=ann@b\u{1}auth=Bearer \(password)\u{1}\u{1}"))\n" + accepted,
    username: "ann@b", secrets: [base64("user=ann@b\u{1}auth=Bearer \(password)\u{1}\u{1}")]),
  AuthenticationCase(
    mechanism: "OAUTHBEARER",
    script: "C: AUTH OAUTHBEARER \(base64("n,a=ann@b,\u{1}host=mx\u{1}auth=Bearer \(password)\u{1}\u{1}"))\n"
      + "S: 334 \(base64("{\"status\":\"401\"}"))\nC: AQ==\nS: 535 no", username: "ann@b", outcome: .refused,
    secrets: [base64("n,a=ann@b,\u{1}host=mx\u{1}auth=Bearer \(password)\u{1}\u{1}")]),
  AuthenticationCase(
    mechanism: "EXTERNAL", script: "C: AUTH EXTERNAL \(base64("ann@b"))\n" + accepted, username: "ann@b", secrets: []),
  AuthenticationCase(
    mechanism: "EXTERNAL", script: "C: AUTH EXTERNAL =\n" + accepted, username: nil, secrets: []),
  AuthenticationCase(
    mechanism: "NTLM",
    script: "C: AUTH NTLM\nS: 334 ntlm supported\nC: \(base64("NTLMSSP\0\u{1}\0\0\0"))\nS: 334 TlRMTVNTUAAC\n"
      + "C: \(ntlm(user: "ann", response: password))\n" + accepted, username: "ann",
    secrets: [ntlm(user: "ann", response: password)]),
  AuthenticationCase(
    mechanism: "GSSAPI", script: "C: AUTH GSSAPI YII\(base64(password))\n" + accepted, username: nil,
    secrets: ["YII" + base64(password)]),
  AuthenticationCase(
    mechanism: "PLAIN", script: "C: AUTH PLAIN \(base64("\0ann\0" + password))\nS!", username: "ann",
    outcome: .unanswered, secrets: [base64("\0ann\0" + password)]),
]

@Suite struct AuthenticationTests {
  /// A slip of the pen, or another protocol's login: the server knows no such command, and the password was said.
  @Test(arguments: ["AUTH=PLAIN", "AUTH-PLAIN", "Authenticate PLAIN", "PASS", "LOGIN ann"])
  func `what is no AUTH shows no password either`(command: String) throws {
    var options = AnalysisOptions()
    options.keepsDialogue = true
    let secret = base64("\0ann\0" + password)
    let script =
      Dialogues.hello + "C: \(command) \(secret)\nS: 500 what\nC: \(secret)\nS: 500 what\nC: QUIT\nS: 221 bye\n"
    let shown = Analysis(Conversation(script), options: options).shown
    #expect(!shown.contains(secret) && shown.contains("********"))
  }

  @Test(arguments: exchanges, [1460, 1])
  func `who logs in is told, with what is not`(example: AuthenticationCase, piece: Int) throws {
    var options = AnalysisOptions()
    options.keepsDialogue = true
    let conversation = Conversation(Dialogues.hello + example.script, piece: piece)
    let analysis = Analysis(conversation, options: options)
    try #require(analysis.sessions.count == 1 && analysis.sessions[0].authentications.count == 1)
    let authentication = analysis.sessions[0].authentications[0]
    #expect(String(decoding: authentication.mechanism, as: UTF8.self) == example.mechanism)
    #expect(authentication.username.map { String(decoding: $0, as: UTF8.self) } == example.username)
    #expect(authentication.outcome == example.outcome)
    #expect(authentication.isInClear)

    let shown = analysis.shown
    for secret in example.secrets + [password] { #expect(!shown.contains(secret), "\(secret) is shown") }
    let isMasked = shown.contains("********")
    #expect(isMasked || example.secrets.isEmpty)

    options.revealsSecrets = true
    let revealed = Analysis(conversation, options: options).output(as: NDJSONReport())
    for secret in example.secrets {
      let isRevealed = revealed.contains(secret)
      #expect(isRevealed)
    }
  }

  /// A client that goes on as if it had been asked, a capture that begins or has a hole in the exchange.
  @Test(arguments: [
    Dialogues.hello
      + "C: AUTH LOGIN\nS: 503 not now\nC: \(base64("ann"))\nS: 500 what\nC: \(base64(password))\nS: 500 what",
    Dialogues.hello
      + "C: AUTH LOGIN\\r\\n\(base64("ann"))\\r\\n\(base64(password))\nS: 504 no\\r\\n500 what\\r\\n500 what",
    Dialogues.hello + "C: AUTH PLAIN\\r\\n\(base64("\0ann\0" + password))\nS: 503 no\\r\\n500 what",
    Dialogues.hello
      + "C: AUTH LOGIN\nS? 18\nC: \(base64("ann"))\nS: 334 UGFzc3dvcmQ6\nC: \(base64(password))\nS: 235 ok",
    Dialogues.hello
      + "C? 12\nS: 334 VXNlcm5hbWU6\nC: \(base64("ann"))\nS: 334 UGFzc3dvcmQ6\nC: \(base64(password))\nS: 235 ok",
    Dialogues.hello
      + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC? 6\nS: 334 UGFzc3dvcmQ6\nC: \(base64(password))\nS: 235 ok",
    Dialogues.hello + "C: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC? 6\nS? 18\nC: \(base64(password))\nS: 235 ok",
    Dialogues.hello + "C: AUTH PLAIN \\\nC? 4\nC: \(base64(password))\nS: 235 ok",
    Dialogues.hello + "C: STARTTLS\\r\\nAUTH PLAIN \(base64("\0ann\0" + password))\nS: 220 go",
    Dialogues.hello + "C: STARTTLS\\r\\nRSET\\r\\nAUTH LOGIN\\r\\n\(base64(password))\nS: 220 go",
    Dialogues.hello + "C: STARTTLS\nS: 220 go\nC: AUTH PLAIN \(base64("\0ann\0" + password))\nS: 530 no",
    Dialogues.hello + "C: STARTTLS\nS: 220 go\nC: AUTH LOGIN\\r\\n\(base64(password))\nS: 500 what",
    Dialogues.hello + "C: AUTH PLAIN \(base64("\0ann\0" + password))\\\nC.\nS.",
  ])
  func `no accident shows a secret`(script: String) {
    var options = AnalysisOptions()
    options.keepsDialogue = true
    let analysis = Analysis(Conversation(script), options: options)
    #expect(analysis.sessions.count == 1)
    let shown = analysis.shown
    let leaks = shown.contains(base64(password)) || shown.contains(base64("\0ann\0" + password))
    #expect(!leaks)
  }

  @Test(arguments: [0, 1, 2, 3, 4])
  func `a capture that begins in the exchange shows no secret`(skipped: Int) {
    var options = AnalysisOptions()
    options.keepsDialogue = true
    var conversation = Conversation(
      "S: 334 VXNlcm5hbWU6\nC: \(base64("ann"))\nS: 334 UGFzc3dvcmQ6\nC: \(base64(password))\nS: 235 ok\n"
        + "C: MAIL FROM:<a@b>\nS: 250 ok\n", seesHandshake: false)
    conversation.segments.removeFirst(skipped)
    let analysis = Analysis(conversation, options: options)
    #expect(analysis.sessions.first?.transactions.count == 1)
    let leaks = analysis.shown.contains(base64(password))
    #expect(!leaks)
  }
}
