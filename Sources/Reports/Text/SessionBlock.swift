import MIMEParts
import MailMessages
import SMTPAnalysis
import TCPStreams
import TLSHandshake
import Wire

/// How much of one session a text report shows; a hostile session could fill the screen and the memory otherwise.
package struct SessionBlockLimits: Sendable {
  /// Recipients of a mail, those that did not get it first: RFC 5321 asks for 100 at least, some send thousands.
  package var recipients = 50
  /// Mails of a session, those that went wrong first: a newsletter goes out by the thousand.
  package var transactions = 20
  /// Columns of one reply on a terminal: a server may send a page of policy.
  package var replyColumns = 400
  /// Findings of a session, the worst first: a session of thousands of mails may have one for each.
  package var findings = 20
  /// Attachments of a mail.
  package var attachments = 20

  package init() {}
}

/// Writes one session with its phases: handshake, sender, recipients, message, end.
struct SessionBlock {
  var canvas: TextCanvas
  let limits: SessionBlockLimits
  /// Where labels, marks and texts stand.
  private let labelColumn = 2
  private let markColumn = 15
  private let timeEnd = 25
  /// Which capture its frames are counted in, where there are several.
  var file: String?
  /// The day that need not be said.
  var knownDay: String?
  private var isStillOpen = false
  let textColumn: Int

  init(style: TextStyle, limits: SessionBlockLimits) {
    canvas = TextCanvas(style: style)
    self.limits = limits
    // A narrow terminal has the texts below the labels.
    textColumn = (style.columns ?? 80) < 60 ? 6 : 27
  }

  var style: TextStyle { canvas.style }

  mutating func write(_ session: Session) {
    isStillOpen = session.connection.closing == .captureEnd
    writeHeadline(session)
    writeProxy(session.proxy)
    writeHandshake(session)
    writeTLS(session)
    writeAuthentications(session)
    writeTransactions(session)
    writePath(session.connection.errors)
    writeEnd(session)
    writeFindings(session)
  }

  /// `session 1   192.0.2.7:49152 → 203.0.113.25:25 (mx1.harbour.example)   ESMTP, no TLS   09:14:02, 6.6 s`
  mutating func writeHeadline(_ session: Session) {
    let connection = session.connection
    canvas.put("session \(session.id)", .strong)
    canvas.move(to: 9)
    let hanging = 12
    canvas.blanks(max(0, hanging - 3 - canvas.column))
    canvas.flow(connection.client.description, hanging: hanging, spacing: 3, isUnbroken: true)
    if let name = session.clientName(style) {
      canvas.flow("(\(name))", hanging: hanging, spacing: 1, isUnbroken: true)
    }
    canvas.flow("\(style.arrow) \(connection.server)", hanging: hanging, spacing: 1, isUnbroken: true)
    if let name = session.serverName(style) {
      canvas.flow("(\(name))", hanging: hanging, spacing: 1, isUnbroken: true)
    }
    canvas.flow(session.protocolWords, hanging: hanging, spacing: 3, isUnbroken: true)
    if let purpose = session.purpose.words { canvas.flow(purpose, hanging: hanging, spacing: 3, isUnbroken: true) }
    let first = connection.firstFrame.time
    let start = Quantity.date(first) == knownDay ? Quantity.timeOfDay(first) : Quantity.moment(first)
    canvas.flow("\(start), \(Quantity.duration(session.duration))", hanging: hanging, spacing: 3, isUnbroken: true)
    if let file { canvas.flow("in \(style.visible(file))", .faint, hanging: hanging, spacing: 3) }
    canvas.newline()
  }

  /// `  label    ✓   0.35 s  `, then the line stands where the text begins.
  private mutating func begin(_ label: String, _ mark: String, _ tone: Tone, _ duration: Int64? = nil) {
    canvas.move(to: labelColumn)
    canvas.put(label)
    canvas.move(to: markColumn)
    canvas.put(mark, tone)
    if let duration {
      let text = Quantity.duration(duration)
      canvas.move(to: max(canvas.column + 1, timeEnd - text.count))
      canvas.put(text, .faint)
    }
    goToText()
  }

  private mutating func begin(_ label: String, _ mark: Mark, _ duration: Int64? = nil) {
    begin(label, mark.sign(style), mark.tone, duration)
  }

  private mutating func goToText() {
    if canvas.column > textColumn - 2 { canvas.newline() }
    canvas.move(to: textColumn)
  }

  private mutating func line(_ label: String, _ mark: Mark, _ text: String, _ times: TurnTimes = TurnTimes()) {
    begin(label, mark, times.shown)
    canvas.flow(text, hanging: textColumn)
    canvas.newline()
    writeTurn(times)
  }

  /// Of a phase that took long, a line that says who had the turn.
  private mutating func writeTurn(_ times: TurnTimes) {
    guard let turn = times.turn else { return }
    canvas.move(to: textColumn)
    canvas.flow(turn, .faint, hanging: textColumn)
    canvas.newline()
  }

  private mutating func flow(_ reply: ReplyRecord, hanging: Int) {
    canvas.flow(words(reply), hanging: hanging)
    writeFrame(reply.frame, hanging: hanging)
  }

  private func words(_ reply: ReplyRecord) -> String {
    let words = reply.words(style)
    guard style.columns != nil else { return words }
    return VisibleText.truncated(words, columns: limits.replyColumns, ellipsis: style.ellipsis)
  }

  private mutating func writeFrame(_ frame: Int, hanging: Int) {
    canvas.flow("#\(frame)", .faint, hanging: hanging, spacing: 3)
  }

  private mutating func writeProxy(_ proxy: ProxyPreamble?) {
    guard let proxy else { return }
    let kind =
      switch proxy.kind {
      case .proxyV1: "PROXY protocol v1"
      case .proxyV2: "PROXY protocol v2"
      case .socks4: "SOCKS 4"
      case .socks5: "SOCKS 5"
      case .httpConnect: "HTTP CONNECT"
      }
    var text = kind
    if let source = proxy.source { text += " for \(source)" }
    if let destination = proxy.destination { text += " to \(style.visible(destination))" }
    line("proxy", .good, text)
  }

  private mutating func writeHandshake(_ session: Session) {
    let times = session.times(.connect, .greeting, .ehlo)
    switch session.connection.opening {
    case .refused: return line("handshake", .bad, "the server refused the connection (reset)", times)
    case .unanswered: return line("handshake", .bad, "nothing answered the connection attempt", times)
    case .handshake, .midstream: break
    }
    guard let greeting = session.greeting else {
      let text =
        switch (session.connection.opening, session.tls?.method) {
        case (.midstream, _): "the capture begins in the middle of the connection"
        case (_, .implicit): "TLS from the first byte"
        default: "no greeting"
        }
      begin("handshake", .unclear, times.shown)
      canvas.flow(text, hanging: textColumn)
      writeHello(session.helo)
      canvas.newline()
      return writeTurn(times)
    }
    begin("handshake", greeting.reply.mark, times.shown)
    canvas.flow(words(greeting.reply), hanging: textColumn)
    writeHello(session.helo)
    writeFrame(greeting.reply.frame, hanging: textColumn)
    canvas.newline()
    writeTurn(times)
  }

  private mutating func writeHello(_ hello: Hello?) {
    guard let hello else { return }
    canvas.flow(
      "\(style.dot) \(style.visible(hello.verb)) \(style.visible(hello.argument))", hanging: textColumn, spacing: 1,
      isUnbroken: true)
  }

  private mutating func writeTLS(_ session: Session) {
    guard let use = session.tls else { return }
    let times = session.times(.tls)
    let method = use.method == .starttls ? "STARTTLS" : "TLS from the first byte"
    let agreement = use.details.map { style.visible(Array($0.agreement.utf8)) } ?? ""
    let agreed = agreement.isEmpty ? method : "\(method), \(agreement)"
    switch use.outcome {
    case .established:
      line("tls", .good, agreed + reading(of: use), times)
    case .refused: line("tls", .bad, method + " was refused", times)
    case .failed:
      let stage = use.details?.stage.map { ", \($0)" } ?? ""
      line("tls", .bad, "\(agreed): the TLS handshake failed\(stage)", times)
    case .unknown: line("tls", .unclear, agreed + ": what came of it is not in the capture", times)
    }
  }

  /// Whether what followed could be read.
  private func reading(of use: TLSUse) -> String {
    guard use.isReadable else {
      let why = use.details?.keyUse.map { ": \($0.words)" } ?? ""
      return "; what follows is encrypted and cannot be read\(why)"
    }
    guard let details = use.details, details.keyUse == .used else { return ", read" }
    let refused = details.refusedRecords
    guard refused > 0 else { return ", decrypted" }
    return ", decrypted but for \(Quantity.count(refused, "record")) that did not authenticate"
  }

  /// The last one has the time of all.
  private mutating func writeAuthentications(_ session: Session) {
    let last = session.authentications.count - 1
    for (index, authentication) in session.authentications.enumerated() {
      writeAuthentication(authentication, index == last ? session.times(.auth) : TurnTimes())
    }
  }

  private mutating func writeAuthentication(_ authentication: Authentication, _ times: TurnTimes) {
    let mark: Mark =
      switch authentication.outcome {
      case .accepted: .good
      case .refused: .bad
      case .cancelled: .caution
      case .unanswered: .unclear
      }
    var text = style.visible(authentication.mechanism)
    if let username = authentication.username { text += "  " + style.visible(username) }
    if let code = authentication.code { text += "  \(code)" }
    text += authentication.outcome == .unanswered ? ", unanswered" : ", \(authentication.outcome.rawValue)"
    if authentication.isInClear { text += ", in clear" }
    line("login", mark, text, times)
  }

  private mutating func writeTransactions(_ session: Session) {
    let transactions = session.transactions
    var shown = transactions
    if transactions.count > limits.transactions {
      let wrong = transactions.filter { $0.outcome != .accepted }.prefix(limits.transactions)
      let right = transactions.filter { $0.outcome == .accepted }.prefix(limits.transactions - wrong.count)
      shown = (wrong + right).sorted { $0.id < $1.id }
    }
    for transaction in shown {
      if transactions.count > 1 {
        canvas.move(to: labelColumn)
        canvas.put("mail \(transaction.id) of \(transactions.count)", .strong)
        canvas.put(", \(transaction.outcome.words)")
        canvas.newline()
      }
      writeSender(transaction, session.times(.sender, transaction: transaction.id))
      writeRecipients(transaction, session.times(.recipients, transaction: transaction.id))
      writeMessage(transaction, session.times(.data, .endOfData, transaction: transaction.id))
    }
    guard shown.count < transactions.count else { return }
    let hidden = Set(transactions.map(\.id)).subtracting(shown.map(\.id))
    let accepted = transactions.count { hidden.contains($0.id) && $0.outcome == .accepted }
    canvas.move(to: labelColumn)
    let fate = accepted == hidden.count ? "all accepted" : "\(Quantity.grouped(accepted)) of them accepted"
    canvas.flow("and \(Quantity.count(hidden.count, "more mail")), \(fate)", hanging: labelColumn + 2)
    canvas.newline()
  }

  private mutating func writeSender(_ transaction: Transaction, _ times: TurnTimes) {
    let reply = transaction.mailReply
    begin("sender", reply?.mark ?? .unclear, times.shown)
    let sender =
      switch transaction.reversePath {
      case nil: "(not in the capture)"
      case .some(let path): path.isEmpty ? "<> (null reverse-path)" : style.visible(path)
      }
    canvas.flow(sender, hanging: textColumn)
    for parameter in transaction.parameters {
      canvas.flow(style.visible(parameter), .faint, hanging: textColumn, spacing: 2)
    }
    if let reply, reply.refuses {
      canvas.newline()
      canvas.move(to: textColumn)
      flow(reply, hanging: textColumn)
    } else if let reply {
      writeFrame(reply.frame, hanging: textColumn)
    } else if transaction.reversePath != nil {
      canvas.flow("no answer", hanging: textColumn, spacing: 3)
    }
    canvas.newline()
    writeTurn(times)
  }

  private mutating func writeRecipients(_ transaction: Transaction, _ times: TurnTimes) {
    let recipients = transaction.recipients
    guard !recipients.isEmpty else { return }
    let accepted = recipients.count { $0.outcome == .accepted }
    let mark: Mark = accepted == recipients.count ? .good : accepted > 0 ? .partial : .bad
    begin("recipients", "\(accepted)/\(recipients.count)", mark.tone, times.shown)
    var shown = recipients
    if recipients.count > limits.recipients {
      let failed = recipients.filter { $0.outcome != .accepted }.prefix(limits.recipients)
      shown = Array(failed) + recipients.filter { $0.outcome == .accepted }.prefix(limits.recipients - failed.count)
    }
    let room = style.columns.map { max(($0 - textColumn) / 2 - 2, 12) } ?? 60
    let widths = shown.map { VisibleText.displayWidth(of: style.visible($0.address)) }
    let addressWidth = widths.filter { $0 <= room }.max() ?? room
    for recipient in shown { writeRecipient(recipient, of: transaction, addressWidth: addressWidth) }
    defer { writeTurn(times) }
    guard shown.count < recipients.count else { return }
    canvas.move(to: textColumn)
    let failures = recipients.count - accepted
    let hiddenFailures = failures - shown.count { $0.outcome != .accepted }
    let fate = hiddenFailures == 0 ? "all accepted" : "\(Quantity.grouped(hiddenFailures)) of them without the mail"
    canvas.flow("and \(Quantity.grouped(recipients.count - shown.count)) more, \(fate)", hanging: textColumn)
    canvas.newline()
  }

  private mutating func writeRecipient(_ recipient: Recipient, of transaction: Transaction, addressWidth: Int) {
    canvas.move(to: textColumn)
    canvas.put(recipient.outcome.mark)
    canvas.blanks(1)
    let hanging = textColumn + 2
    let address = style.visible(recipient.address)
    canvas.flow(address, hanging: hanging)
    let replyColumn = hanging + addressWidth + 2
    // LMTP (RFC 2033 section 4.2): the reply after the data is the recipient's fate.
    guard let reply = recipient.dataReply ?? recipient.reply else {
      canvas.move(to: replyColumn)
      canvas.flow("no answer", hanging: hanging + 2)
      return canvas.newline()
    }
    if VisibleText.displayWidth(of: address) > addressWidth {
      canvas.newline()
      canvas.move(to: hanging + 2)
      flow(reply, hanging: hanging + 2)
    } else {
      canvas.move(to: replyColumn)
      flow(reply, hanging: replyColumn)
    }
    if let words = transaction.wordsOfWhatFollowed(recipient, isStillOpen: isStillOpen) {
      canvas.newline()
      canvas.move(to: hanging + 2)
      canvas.flow(words, hanging: hanging + 2)
    }
    canvas.newline()
  }

  private mutating func writeMessage(_ transaction: Transaction, _ times: TurnTimes) {
    let reply = transaction.dataOutcomeReply
    guard transaction.message != nil || transaction.transfer != nil || reply != nil else {
      if transaction.mailReply?.refuses == true { return }
      switch transaction.outcome {
      case .aborted: line("message", .caution, "not sent: the client gave the mail up")
      case .lost where isStillOpen: line("message", .bad, "not sent: nothing came through before the capture ended")
      case .lost: line("message", .bad, "not sent: the connection was lost before it")
      case .unknown: line("message", .unclear, "not in the capture")
      case .accepted, .partiallyAccepted, .refused, .deferred: break
      }
      return
    }
    // LMTP's reply for one recipient says nothing of the others (RFC 2033 section 4.2).
    let isPartly = transaction.outcome == .partiallyAccepted && reply?.refuses == true
    begin("message", isPartly ? .partial : reply?.mark ?? transaction.outcome.mark, times.shown)
    if let message = transaction.message {
      writeContents(message)
    } else {
      canvas.flow(transaction.transfer == .bdat ? "BDAT" : "DATA", hanging: textColumn)
    }
    canvas.newline()
    canvas.move(to: textColumn)
    if let reply {
      flow(reply, hanging: textColumn)
    } else {
      let text =
        switch transaction.outcome {
        case .lost where isStillOpen && transaction.message?.isComplete == false:
          "lost: the rest had not come through when the capture ended"
        case .lost where isStillOpen: "lost: no answer had come through when the capture ended"
        case .lost where transaction.message?.isComplete == false: "lost: the connection ended before the message did"
        case .lost: "lost: the connection ended before the server's answer"
        case .aborted: "given up by the client before its end"
        default: "the answer to it is not in the capture"
        }
      canvas.flow(text, hanging: textColumn)
    }
    canvas.newline()
    if let words = transaction.wayWords(style) {
      canvas.move(to: textColumn)
      canvas.flow(words, .faint, hanging: textColumn)
      canvas.newline()
    }
    if let words = transaction.message?.signatureWords(style) {
      canvas.move(to: textColumn)
      canvas.flow(words.text, words.tone, hanging: textColumn)
      canvas.newline()
    }
    if let contents = transaction.message?.contents { writeAttachments(contents) }
    writeTurn(times)
  }

  private mutating func writeContents(_ message: Message) {
    canvas.flow(Quantity.count(message.byteCount, "byte"), hanging: textColumn, isUnbroken: true)
    if !message.isComplete {
      let missing =
        message.missingBytes > 0
        ? "incomplete: \(Quantity.count(message.missingBytes, "byte")) missing from the capture" : "incomplete"
      canvas.flow("(\(missing))", .caution, hanging: textColumn, spacing: 1)
    }
    if let subject = message.header.subject {
      canvas.flow("\"\(style.visible(subject))\"", hanging: textColumn, spacing: 2)
    }
    if let messageID = message.header.messageID {
      canvas.flow(style.visible(messageID), .faint, hanging: textColumn, spacing: 2)
    }
  }

  /// What routers and hosts said of the connection's packets.
  private mutating func writePath(_ errors: [PathError]) {
    for error in errors {
      let limit = error.nextHopMTU.map { ", \($0) bytes at most" } ?? ""
      begin("path", .caution)
      canvas.flow("\(error.name) from \(error.reporter)\(limit)", hanging: textColumn)
      writeFrame(error.frame.number, hanging: textColumn)
      canvas.newline()
    }
  }

  private mutating func writeEnd(_ session: Session) {
    switch session.connection.opening {
    case .refused, .unanswered: return
    case .handshake, .midstream: break
    }
    let (mark, ending): (Mark, String) =
      switch session.connection.closing {
      case .finished(by: let peer): (.good, "closed by the \(peer.word)")
      case .reset(by: let peer): (session.hasQuit ? .good : .caution, "reset by the \(peer.word)")
      case .timeout: (.caution, "fell silent")
      case .captureEnd, nil: (.unclear, "still open when the capture ended")
      }
    if session.hasQuit {
      let answer = session.quitReply.map { String($0.code) } ?? "no answer"
      return line("end", mark, "QUIT, \(answer), \(ending)", session.times(.quit))
    }
    let couldBeSeen = session.tls.map { $0.outcome == .refused || $0.isReadable } ?? (session.greeting != nil)
    line("end", couldBeSeen && mark == .good ? .caution : mark, couldBeSeen ? ending + ", no QUIT" : ending)
  }
}
