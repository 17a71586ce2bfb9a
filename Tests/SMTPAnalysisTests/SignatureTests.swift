import DKIM
import MailMessages
import Reports
import SMTPAnalysis
import TestSupport
import Testing

/// The message of RFC 8463 appendix A, as lines of a script.
private let signedHeader = """
  DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
   d=football.example.com; i=@football.example.com;
   q=dns/txt; s=brisbane; t=1528637909; h=from : to :
   subject : date : message-id : from : subject : date;
   bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
   b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
   Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
  From: Joe SixPack <joe@football.example.com>
  To: Suzie Q <suzie@shopping.example.net>
  Subject: Is dinner ready?
  Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
  Message-ID: <20030712040037.46341.5F8J@football.example.com>
  """
private let body = ["Hi.", "", "We lost the game. Are you hungry yet?", "", "Joe."]
private let key = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
private let keyName = "brisbane._domainkey.football.example.com"

private func lines(_ lines: [some StringProtocol]) -> String {
  lines.map { "C: \($0.isEmpty ? "" : String($0))\n" }.joined()
}

private func mail(
  _ body: [String] = body, adding fields: [String] = [], end: String = "C: .\nS: 250 queued\nC: QUIT\nS: 221 bye\n"
) -> String {
  Dialogues.data + lines(fields + signedHeader.components) + lines([""]) + lines(body) + end
}

extension String {
  fileprivate var components: [String] { split(separator: "\n").map(String.init) }
}

/// A signature of the same body by a list, as far as its hash goes.
private func listSignature(bodyHash: String) -> [String] {
  ["DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=list.example; s=l; h=from;", " bh=\(bodyHash); b=AAAA"]
}

private let altered: [FindingCase] = [
  FindingCase(.dkimBodyAltered, "a word", .warning, says: "football.example.com", mail(["Hello."])),
  FindingCase(.dkimBodyAltered, "a footer", .warning, says: "before or at this hop", mail(body + ["-- ", "a list"])),
  FindingCase(
    .dkimBodyAltered, "signed again by a list", .warning, says: "list.example signed it as it is now",
    mail(
      ["Hello."], adding: listSignature(bodyHash: "yZQq1c8wjBl0fZ4Wc/oraMCAG1mZJv5v/hlvyFy+t6A="))),
  FindingCase(.dkimBodyAltered, "as it was signed", nil, mail()),
  FindingCase(.dkimBodyAltered, "empty lines at the end", nil, mail(body + ["", "", ""])),
  FindingCase(.dkimBodyAltered, "not finished", nil, mail(["Hi."], end: "C.\nS.\n")),
  FindingCase(.dkimBodyAltered, "given up", nil, mail(["Hi."], end: "C!\n")),
  FindingCase(
    .dkimBodyAltered, "bytes of the body are missing", nil,
    mail(["Hi.", "x"], end: "C? 20\nC: Joe.\nC: .\nS: 250 queued\nC: QUIT\nS: 221 bye\n")),
  FindingCase(
    .dkimBodyAltered, "bytes of the header are missing", nil,
    Dialogues.data + lines(signedHeader.components) + "C? 20\n" + lines(["", "changed"])
      + "C: .\nS: 250 queued\nC: QUIT\nS: 221 bye\n"),
  FindingCase(.dkimBodyAltered, "bare LF", nil, mail([#"Hi.\nWe lost."#])),
  FindingCase(
    .dkimBodyAltered, "a lone dot that ends it too early", nil,
    mail(
      ["Hi.", ".", "We lost the game.", "And more."],
      end: "S: 250 queued\nS: 500 what?\nS: 500 what?\nC: .\nS: 500 what?\n")),
  FindingCase(
    .dkimBodyAltered, "a signature that verifiers pass over", nil,
    mail(["Hello."]).replacing("d=football.example.com;", with: "")),
  FindingCase(
    .dkimBodyAltered, "a signature that cannot be read", nil,
    mail(["Hello."]).replacing("a=ed25519-sha256", with: "a=ed25519-sha512")),
]

@Suite struct SignatureTests {
  @Test(arguments: altered, [1460, 7, 1])
  func `a body that is not the signed one is told`(_ one: FindingCase, piece: Int) {
    one.check(piece: piece)
  }

  private func message(_ script: String, piece: Int = 1460, keys: String? = nil, checks: Bool = true) throws -> Message
  {
    var options = AnalysisOptions()
    options.checksSignatures = checks
    options.keys = try keys.map { try KeyFile(Array($0.utf8)) }
    let analysis = Analysis(Conversation(script, piece: piece), options: options)
    return try #require(analysis.sessions.first?.transactions.first?.message)
  }

  @Test(arguments: [1460, 100, 13, 2, 1])
  func `a whole body is proven whole, however it is cut`(piece: Int) throws {
    let message = try message(mail(), piece: piece, keys: "\(keyName) \(key)")
    #expect(message.isProvenWhole && message.isComplete)
    #expect(message.signatures.map(\.signature) == [.verified] && message.signatures.first?.keySource == .file)
  }

  @Test func `where nobody asks nothing is checked`() throws {
    #expect(try message(mail(), checks: false).signatures.isEmpty)
  }

  @Test(arguments: [1460, 2, 1])
  func `a message that begins with an empty line has no header section, however it is cut`(piece: Int) throws {
    let script = mail().replacing("C: DKIM-Signature", with: "C:\nC: DKIM-Signature")
    let message = try message(script, piece: piece)
    #expect(message.signatures.isEmpty && message.header.subject == nil)
  }

  @Test func `a message that has no body is one with an empty body`() throws {
    let message = try message(
      Dialogues.data + lines(signedHeader.components) + "C: .\nS: 250 queued\nC: QUIT\nS: 221 bye\n")
    #expect(message.signatures.map(\.body) == [.altered])
  }

  @Test func `an end that was not seen changes nothing for a body that fits`() throws {
    let message = try message(mail(end: "C.\nS.\n"))
    #expect(!message.isComplete && message.isProvenWhole)
    #expect(try self.message(mail(["Hi."], end: "C.\nS.\n")).signatures.map(\.body) == [.unknown(.unfinished)])
  }

  @Test func `chunks are one body`() throws {
    let text = Array((signedHeader.components + [""] + body).map { $0 + "\r\n" }.joined().utf8)
    let cut = text.count - 30
    let script =
      Dialogues.envelope + "C: BDAT \(cut)\n" + chunk(text.prefix(cut)) + "S: 250 ok\nC: BDAT 30 LAST\n"
      + chunk(text.suffix(30)) + "S: 250 queued\nC: QUIT\nS: 221 bye\n"
    #expect(try message(script).isProvenWhole)
  }

  private func chunk(_ octets: some Sequence<UInt8>) -> String {
    let written = octets.map { $0 == 13 ? #"\r"# : $0 == 10 ? #"\n"# : String(UnicodeScalar($0)) }
    return "C: " + written.joined() + "\\\n"
  }

  /// The text report, without the dialogue that would stand for the sessions.
  private func text(_ analysis: Analysis) -> String {
    var report = TextReport(style: TextStyle(), showsAll: true)
    var output = OutputBuffer()
    let context = ReportContext(fileNames: ["test.pcap"])
    for session in analysis.sessions { report.session(session, context: context, into: &output) }
    report.end(analysis.summary, captures: [], context: context, into: &output)
    return output.text
  }

  @Test(
    arguments: [
      ["\(keyName) TXT \(key)"],
      ["\(keyName) CNAME b.keys.example", "b.keys.example TXT \(key)"],
      ["\(keyName) TXT hello", "\(keyName) TXT \(key)"],
    ], [false, true])
  func `a key that was answered in the capture is used`(records: [String], overTCP: Bool) throws {
    var scene = NameScene(mail())
    scene.answer(NameServer.response(keyName, .txt, records), at: 0.1, overTCP: overTCP)
    let report = try #require(scene.session?.transactions.first?.message?.signatures.first)
    #expect(report.signature == .verified && report.body == .matches)
    guard case .dns? = report.keySource else { Issue.record("the key is not from DNS"); return }
    #expect(scene.analysis.shown.contains(#""signature":"verified","#))
    #expect(text(scene.analysis).contains("DKIM: signed by football.example.com, verified"))
  }

  @Test(
    arguments: [
      ("other._domainkey.football.example.com", key, SignatureReport.SignatureCheck.noKey),
      (keyName, "v=DKIM1; p=", .revokedKey),
      (keyName, "v=DKIM1; k=ed25519; p=O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik=", .failed),
    ])
  func `another key, or none any more, verifies nothing`(
    name: String, key: String, check: SignatureReport.SignatureCheck
  ) throws {
    var scene = NameScene(mail())
    scene.answer(NameServer.response(name, .txt, ["\(name) TXT \(key)"]), at: 0.1)
    #expect(scene.session?.transactions.first?.message?.signatures.map(\.signature) == [check])
  }

  @Test func `the reports say what there is to say`() {
    let changed = Analysis(Conversation(mail(["Hello."])))
    let record = #""proven_whole":false,"dkim":[{"body":"altered","body_reason":null,"signature":"no_key""#
    #expect(changed.shown.contains(record))
    #expect(text(changed).contains("DKIM: not the body that football.example.com signed"))
    let whole = Analysis(Conversation(mail()))
    #expect(whole.shown.contains(#""proven_whole":true,"dkim":[{"body":"matches""#) && !text(whole).contains("DKIM:"))
    let unfinished = text(Analysis(Conversation(mail(end: "C.\nS.\n"))))
    #expect(unfinished.contains("DKIM: whole all the same, by the body hash of football.example.com"))
    #expect(!Analysis(Conversation(Dialogues.delivered)).shown.contains("dkim"))
  }
}
