import DKIM
import MIMEParts
import MailMessages
import Reports
import SMTPAnalysis
import TCPStreams
import TLSHandshake
import TLSProtection
import TestSupport
import Wire

/// Sessions made by hand, as an analysis would fill them.
enum Samples {
  /// 2026-11-20 09:14:02 UTC.
  static let start = CaptureTime(nanoseconds: 1_795_166_042_000_000_000)
  static let context = ReportContext(fileNames: ["bounce.pcap"])

  static func time(_ seconds: Double) -> CaptureTime {
    start.advanced(byNanoseconds: Int64(seconds * 1e6) * 1000)
  }

  static func frame(_ number: Int, _ seconds: Double) -> FrameDescriptor {
    FrameDescriptor(time: time(seconds), number: number, file: 0, linkType: .ethernet, originalLength: 74)
  }

  static func reply(
    _ code: Int, _ lines: String..., enhanced: EnhancedStatus? = nil, frame: Int, at seconds: Double,
    delay: Double? = 0.01
  ) -> ReplyRecord {
    ReplyRecord(
      code: code, enhanced: enhanced, lines: TextLines(lines.map { Array($0.utf8) }), frame: frame, time: time(seconds),
      delay: delay.map { Int64($0 * 1e9) })
  }

  static func connection(
    lasting seconds: Double = 6.6, closing: ConnectionFacts.Closing? = .finished(by: .client)
  ) -> ConnectionFacts {
    var facts = ConnectionFacts(
      client: Endpoint(address: IPAddress(ipv4: 0xc000_0207), port: 49152),
      server: Endpoint(address: IPAddress(ipv4: 0xcb00_7119), port: 25), opening: .handshake, firstFrame: frame(1, 0))
    facts.closing = closing
    facts.lastFrame = frame(60, seconds)
    facts.handshakeDuration = 12_100_000
    facts.clientToServer.packets = 30
    facts.clientToServer.bytes = 15210
    facts.serverToClient.packets = 30
    facts.serverToClient.bytes = 612
    return facts
  }

  static func message(bytes: Int = 14545, isComplete: Bool = true) -> Message {
    var header = HeaderSummary()
    header.subject = "Quarterly figures"
    header.from = "Ann <ann@kestrel.example>"
    header.to = "bob@harbour.example"
    header.date = "Fri, 20 Nov 2026 09:14:00 +0000"
    header.messageID = "<20261120.0914@kestrel.example>"
    return Message(
      byteCount: bytes, sha256: String(repeating: "0f", count: 32), isComplete: isComplete, header: header,
      missingBytes: 0)
  }

  /// Parts of every shape.
  static var contents: MIMEContents {
    var named = MIMEPart(path: "2", type: "application/pdf")
    named.name = "Figures \u{202e}fdp.exe"
    named.rawName = notText
    named.byteCount = 207_438
    named.sha256 = String(repeating: "0a", count: 32)
    named.md5 = String(repeating: "0b", count: 16)
    named.sniffedType = "application/vnd.microsoft.portable-executable"
    named.disposition = "attachment"
    named.encoding = "base64"
    named.charset = "utf-8"
    named.isIncomplete = true
    named.problems = [.badBase64]
    named.file = "attachments/1-1.2.incomplete.Figures _fdp.exe"
    var inner = MIMEPart(path: "2.1", type: "application/octet-stream")
    inner.kind = .tnef
    inner.disposition = "attachment"
    var contents = MIMEContents()
    var body = MIMEPart(path: "3", type: "text/plain")
    body.file = "attachments/1-1.3.part.txt"
    body.isConverted = true
    contents.parts = [named, inner, body]
    contents.urls = ["https://kestrel.example/?a=1&b=\u{202e}"]
    contents.problems = MIMEProblem.Kind.allCases.map { MIMEProblem($0, path: "2", evidence: notText) }
    contents.problems.append(MIMEProblem(.neverClosed, path: ""))
    return contents
  }

  static func recipient(
    _ address: String, _ reply: ReplyRecord?, _ outcome: Recipient.Outcome, parameters: [String] = []
  ) -> Recipient {
    var recipient = Recipient(address: Array(address.utf8), parameters: parameters.map { Array($0.utf8) }, reply: reply)
    recipient.outcome = outcome
    return recipient
  }

  static func transaction(_ outcome: Transaction.Outcome = .accepted, id: Int = 1, recipients: [Recipient])
    -> Transaction
  {
    var transaction = Transaction(
      id: id, reversePath: Array("ann@kestrel.example".utf8), firstFrame: 25, start: time(0.4))
    transaction.end = time(6.5)
    transaction.parameters = [Array("SIZE=14545".utf8)]
    transaction.mailReply = reply(250, "2.1.0 Ok", enhanced: EnhancedStatus("2.1.0"), frame: 27, at: 0.41)
    transaction.recipients = recipients
    transaction.transfer = .data
    transaction.dataReply = reply(354, "End data with <CR><LF>.<CR><LF>", frame: 33, at: 4.5)
    transaction.endReply = reply(
      250, "2.0.0 Ok: queued as 4XyZ12", enhanced: EnhancedStatus("2.0.0"), frame: 56, at: 6.41, delay: 1.2)
    transaction.outcome = outcome
    transaction.message = message()
    return transaction
  }

  static let bob = recipient(
    "bob@harbour.example", reply(250, "2.1.5 Ok", enhanced: EnhancedStatus("2.1.5"), frame: 29, at: 0.43), .accepted,
    parameters: ["NOTIFY=FAILURE"])
  static let nobody = recipient(
    "nobody@harbour.example",
    reply(
      550, "5.1.1 User unknown in virtual mailbox table", enhanced: EnhancedStatus("5.1.1"), frame: 31, at: 0.45,
      delay: 0.02),
    .refused)

  static func session(
    id: Int = 1, _ outcome: Verdict.Outcome, _ sentence: String, transactions: [Transaction],
    connection: ConnectionFacts = connection()
  ) -> Session {
    var session = Session(
      id: id, connection: connection, kind: .smtp, verdict: Verdict(outcome: outcome, message: sentence))
    session.greeting = Greeting(
      reply: reply(220, "mx1.harbour.example ESMTP Postfix", frame: 4, at: 0.351), delay: 350_200_000)
    session.helo = Hello(verb: "EHLO", argument: Array("kestrel.example".utf8))
    session.extensions = TextLines(["PIPELINING", "SIZE 52428800"].map { Array($0.utf8) })
    session.transactions = transactions
    session.phases = [
      phase(.connect, network: 0.0121), phase(.greeting, server: 0.33), phase(.ehlo, client: 0.001, server: 0.0081),
    ]
    for mail in transactions.map(\.id) {
      session.phases += [
        phase(.sender, of: mail, client: 0.004, server: 0.006), phase(.recipients, of: mail, server: 0.02),
        phase(.data, of: mail, client: 0.01, network: 0.7), phase(.endOfData, of: mail, server: 1.2),
      ]
    }
    return session
  }

  static func phase(
    _ kind: Phase.Kind, of mail: Int? = nil, client: Double = 0, server: Double = 0, network: Double = 0
  ) -> Phase {
    let times = [client, server, network].map { Int64($0 * 1e9) }
    return Phase(
      kind, transaction: mail, start: start, times: TurnTimes(client: times[0], server: times[1], network: times[2]))
  }

  static let bounce = session(
    .partial,
    "1 of 2 recipients did not get the mail: nobody@harbour.example is unknown there (550 5.1.1, permanent: the sender gets a bounce)",
    transactions: [transaction(.partiallyAccepted, recipients: [bob, nobody])])

  static let delivered = session(
    .delivered, "The mail was delivered to bob@harbour.example.", transactions: [transaction(recipients: [bob])])

  /// A mail with these fields behind the DKIM-Signature's name, of which only the form matters here.
  static func signed(_ fields: [[UInt8]]) -> Session {
    var session = delivered
    let header = fields.flatMap { Array("DKIM-Signature: ".utf8) + $0 + Array("\r\n".utf8) }
    guard let mail = SignedMail(header: header.span) else { return session }
    session.transactions[0].message?.furtherSignatures = mail.passedOver
    session.transactions[0].message?.signatures = mail.finish(doubt: nil, at: start)
    return session
  }

  /// A handshake of which every part has a value, and names are no text.
  static var handshake: TLSDetails {
    var client = TLSBuilder.ClientHello()
    client.sessionID = [1]
    client.extensions = [
      (0, TLSBuilder.vector16([0] + TLSBuilder.vector16(notText))), TLSBuilder.groups([29]),
      TLSBuilder.signatures([0x0804]),
    ]
    var server = TLSBuilder.ServerHello()
    server.extensions = [(16, TLSBuilder.vector16(TLSBuilder.vector8(notText)))]
    let steps: [(Peer, [UInt8])] = [
      (.client, TLSBuilder.handshake(client.bytes)),
      (
        .server,
        TLSBuilder.handshake(
          server.bytes, TLSBuilder.certificates([CertificateBuilder().der]), TLSBuilder.serverKeyExchange(curve: 29),
          TLSBuilder.certificateRequest)
      ),
      (.client, TLSBuilder.handshake(TLSBuilder.certificates([])) + TLSBuilder.alert(2, 48)),
      (.server, TLSBuilder.alert(1, 0)),
    ]
    var conversation = TLSConversation(secrets: TLSSecrets(keyLog: KeyLog()))
    for (frame, step) in steps.enumerated() {
      conversation.receive(step.1.span, from: step.0, at: Handshake.Place(frame: frame + 6, time: start))
    }
    return TLSDetails(conversation)
  }

  /// A session whose mail has these lines in its header.
  static func traced(_ lines: String...) -> Session {
    var session = delivered
    session.transactions[0].message?.header = header(lines.map { $0 + "\r\n" }.joined())
    return session
  }

  /// A header section of this text, where `\u{7f}` stands for an octet that is not UTF-8.
  static func header(_ text: String) -> HeaderSummary {
    let bytes: [UInt8] = text.utf8.map { $0 == 0x7f ? 0xff : $0 }
    return HeaderSummary(parsing: bytes.span)
  }

  static var traces: [Session] {
    [
      traced("Received: from a (a [192.0.2.1]) by b with SMTP id 1 for <c@d>; Fri, 20 Nov 2026 09:14:00.5 +0000"),
      traced("Received: nothing", "X-Mailer: \u{1b}[2J", "User-Agent: second"),
      traced("Received: from \u{7f} by \u{7f} with \u{7f} id \u{7f} for \u{7f}", "Message-ID: <1.JavaMail.a@b>"),
      traced("X-Mailer: \u{7f}"),
      traced("Received: (qmail 1 invoked by uid 0); 20 Nov 2026 09:14:00 -0000"),
      traced("Message-ID: <alpine.DEB.2.21@a>"),
      traced(String(repeating: "Received: by a\r\n", count: 120)),
    ]
  }

  /// A session in which every key has a value.
  static var fullest: Session {
    var session = bounce
    session.kind = .lmtp
    session.helo?.verb = "LHLO"
    session.connection.lastFrame.file = 1
    session.proxy = ProxyPreamble(
      kind: .proxyV2, source: "[2001:db8::1]:4242",
      destination: "mx.example:25")
    session.tls = TLSUse(method: .starttls, outcome: .established, isReadable: true, details: handshake)
    session.authentications = [
      Authentication(
        mechanism: notText, username: notText, code: 235, outcome: .accepted, isInClear: true)
    ]
    if let greeting = session.greeting {
      session.greeting?.reply = greeting.reply.saying([notText, Array("ready".utf8)])
    }
    session.helo?.argument = notText
    session.extensions = [notText]
    session.transactions[0].reversePath = notText
    session.transactions[0].parameters = [notText]
    session.transactions[0].mailReply = session.transactions[0].mailReply?.saying([notText])
    session.transactions[0].endReply = session.transactions[0].endReply?.saying([notText])
    session.transactions[0].recipients[0].address = notText
    session.transactions[0].message?.contents = contents
    session.transactions[0].recipients[0].parameters = [notText]
    session.transactions[0].recipients[0].reply = session.transactions[0].recipients[0].reply?.saying([notText])
    session.transactions[0].recipients[0].dataReply = reply(
      250, "2.0.0 Ok", enhanced: EnhancedStatus("2.0.0"), frame: 56, at: 6.41)
    session.transactions[0].recipients[0].dataReply = session.transactions[0].recipients[0].dataReply?.saying([notText])
    session.findings = Severity.allCases.flatMap { [finding(.starttlsNotUsed, $0), bareFinding($0)] }
    session.verdict.cause = .mailboxUnknown
    session.hindsight = [Hindsight(session: 1, kind: .deliveredAfterGreylisting, elapsed: 5_200_000_000, by: 1)]
    session.dialogue =
      [
        .line(notText), .message(bytes: 14545), .gap(bytes: 1460), .encrypted(bytes: 517), .closed,
      ].map { DialogueLine(from: .client, content: $0, time: time(1), frame: 9) }
    return session
  }

  static func finding(_ id: FindingID, _ severity: Severity? = nil, transaction: Int? = 1) -> Finding {
    Finding(
      id, severity: severity, transaction: transaction, at: (12, time(0.37)),
      message: "STARTTLS was offered and not used; the mail passed in clear", evidence: notText + [0x0d, 0x0a])
  }

  static func bareFinding(_ severity: Severity) -> Finding {
    Finding(.captureEnded, severity: severity, at: nil, message: "The capture ends in the middle of it.")
  }

  static let notText: [UInt8] = Array("caf".utf8) + [0xe9]
}

/// What a report gives for these sessions.
func written(
  _ report: some Report, _ sessions: [Session], context: ReportContext = Samples.context,
  captures: [CaptureSummary] = [], notes: [AnalysisSummary.Note] = [], losses: AnalysisSummary.Losses? = nil
) -> [UInt8] {
  var report = report
  var output = OutputBuffer()
  report.begin(into: &output)
  var summary = AnalysisSummary()
  for session in sessions {
    report.session(session, context: context, into: &output)
    summary.count(session)
  }
  summary.notes = notes
  summary.losses = losses
  for capture in captures { report.capture(capture, context: context, into: &output) }
  report.end(summary, captures: captures, context: context, into: &output)
  var bytes: [UInt8] = []
  output.drain { bytes.append($0) }
  return bytes
}

extension Samples {
  static func capture(_ file: String = "bounce.pcap", packets: Int = 60, bytes: Int = 41_000) -> CaptureSummary {
    var capture = CaptureSummary(file: file)
    capture.packets = packets
    capture.bytes = bytes
    capture.linkTypes = ["EN10MB"]
    capture.start = start
    capture.end = time(7)
    return capture
  }

  static func line(_ from: Peer, _ text: String, _ frame: Int, _ seconds: Double) -> DialogueLine {
    DialogueLine(from: from, content: .line(Array(text.utf8)), time: time(seconds), frame: frame)
  }

  /// The dialogue of a submission that fails at AUTH, then STARTTLS that a mirror port shows in clear.
  static let dialogue: [DialogueLine] = [
    line(.server, "220 mx1.harbour.example ESMTP Postfix", 4, 0.351),
    line(.client, "EHLO kestrel.example", 6, 0.352),
    line(.server, "250-mx1.harbour.example", 8, 0.361),
    line(.server, "250-PIPELINING", 8, 0.361),
    line(.server, "250 CHUNKING", 8, 0.361),
    line(.client, "AUTH PLAIN ********", 9, 0.362),
    line(.server, "535 5.7.8 Error: authentication failed", 11, 0.38),
    line(.client, "MAIL FROM:<ann@kestrel.example>", 12, 0.39),
    line(.client, "RCPT TO:<bob@harbour.example>", 12, 0.39),
    line(.server, "250 2.1.0 Ok", 13, 0.4),
    line(.server, "250 2.1.5 Ok", 13, 0.4),
    DialogueLine(from: .client, content: .message(bytes: 14545), time: time(0.5), frame: 16),
    DialogueLine(from: .server, content: .gap(bytes: 1460), time: time(0.6), frame: 40),
    line(.client, "STARTTLS", 41, 0.7), line(.server, "220 2.0.0 Ready to start TLS", 42, 0.71),
    DialogueLine(from: .client, content: .encrypted(bytes: 517), time: time(0.8), frame: 43),
    line(.client, "MAIL FROM:<eve@kestrel.example>", 44, 0.9), line(.server, "550 5.7.1 no", 45, 0.91),
    DialogueLine(from: .client, content: .closed, time: time(6.6), frame: 60),
  ]

  static var refusedData: Session {
    var transaction = transaction(.refused, recipients: [bob])
    transaction.recipients[0].outcome = .refused
    transaction.endReply = reply(
      554, "5.7.1 Message rejected as spam by the content filter of harbour.example, see",
      "5.7.1 https://postmaster.harbour.example/why?id=4XyZ12 for what to do about it",
      enhanced: EnhancedStatus("5.7.1"), frame: 56,
      at: 6.41)
    return session(
      .refused, "The mail was refused after its data: 554 5.7.1 (content filter).", transactions: [transaction])
  }

  static var lost: Session {
    var transaction = transaction(.lost, recipients: [bob])
    transaction.recipients[0].outcome = .unanswered
    transaction.endReply = nil
    transaction.message = message(bytes: 17520, isComplete: false)
    transaction.message?.missingBytes = 1460
    transaction.message?.holes = Message.Holes(listed: [Message.Hole(offset: 8000, byteCount: 1400)], further: 1)
    var session = session(
      .failed, "The mail was lost in the middle of its data.", transactions: [transaction],
      connection: connection(lasting: 63.2, closing: .reset(by: .server)))
    session.tls = TLSUse(method: .starttls, outcome: .refused, isReadable: false)
    session.authentications = [
      Authentication(
        mechanism: Array("PLAIN".utf8), username: Array("ann".utf8), code: 235, outcome: .accepted, isInClear: true)
    ]
    session.phases.insert(phase(.auth, client: 6, server: 0.2), at: 3)
    session.phases[session.phases.count - 2] = phase(.data, of: 1, server: 7, network: 45)
    session.phases.removeLast()
    return session
  }
}

extension ReplyRecord {
  /// The same reply with other words.
  func saying(_ lines: [[UInt8]], enhanced: EnhancedStatus? = nil) -> ReplyRecord {
    ReplyRecord(
      code: code, enhanced: enhanced ?? self.enhanced, lines: TextLines(lines), frame: frame, time: time, delay: delay)
  }
}
