internal import MIMEParts
internal import MailMessages
internal import Reports
internal import SMTPAnalysis
internal import TCPStreams

/// A session's mails for their template.
struct MailFields {
  private let limits: HTMLReportLimits.SessionLimits
  private let style = TextStyle()

  init(limits: HTMLReportLimits.SessionLimits) {
    self.limits = limits
  }

  /// Those that went wrong first where there are many, in their order.
  func fields(of session: Session) -> Fields? {
    let mails = session.transactions
    guard !mails.isEmpty else { return nil }
    var shown = mails
    if mails.count > limits.mails {
      let wrong = mails.filter { $0.outcome != .accepted }.prefix(limits.mails)
      let right = mails.filter { $0.outcome == .accepted }.prefix(limits.mails - wrong.count)
      shown = (wrong + right).sorted { $0.id < $1.id }
    }
    return [
      "mails": shown.map { fields(of: $0, in: session) },
      "title": mails.count == 1 ? "The mail" : Quantity.count(mails.count, "mail"),
      "omitted": shown.count < mails.count ? Quantity.count(mails.count - shown.count, "more mail") : nil,
    ]
  }

  private func fields(of mail: Transaction, in session: Session) -> Fields {
    let look = OutcomeLook(mail.outcome)
    // What stands above all mails is not said again.
    let explanation = mail.explanation.flatMap { $0 == session.verdict.message ? nil : $0 }
    var fields: Fields = [
      "number": session.transactions.count == 1 ? nil : mail.id, "symbol": look.symbol, "tone": look.tone,
      "words": look.words,
      "explanation": explanation.map { ShownText.sentence($0, limit: limits.textBytes) },
      "sender": sender(mail), "parameters": parameters(mail.parameters),
      "senderReply": mail.mailReply.flatMap { $0.refuses ? reply($0) : nil },
    ]
    addRecipients(mail, in: session, to: &fields)
    fields["reply"] = mail.dataOutcomeReply.map(reply)
    if let message = mail.message { add(message, to: &fields) }
    fields["way"] = mail.wayWords(style).map { ShownText.sentence($0, limit: limits.textBytes) }
    return fields
  }

  private func sender(_ mail: Transaction) -> String {
    guard let path = mail.reversePath else { return "not in the capture" }
    return path.isEmpty ? "<> (null reverse-path)" : ShownText.wire(path, limit: limits.textBytes)
  }

  private func parameters(_ parameters: [[UInt8]]) -> String? {
    guard !parameters.isEmpty else { return nil }
    return ShownText.wire(Array(parameters.joined(separator: [0x20])), limit: limits.textBytes)
  }

  private func reply(_ reply: ReplyRecord) -> Fields {
    [
      "text": ShownText.reply(reply.code, reply.lines, limit: limits.textBytes), "frame": reply.frame,
      "tone": reply.code >= 500 ? "bad" : reply.code >= 400 ? "later" : nil,
      "delay": reply.delay.flatMap { $0 >= 100_000_000 ? Quantity.duration($0) : nil },
    ]
  }

  private func addRecipients(_ mail: Transaction, in session: Session, to fields: inout Fields) {
    let recipients = mail.recipients
    let isStillOpen = session.connection.closing == .captureEnd
    guard !recipients.isEmpty else { return }
    var shown = recipients
    if recipients.count > limits.recipients {
      let failed = recipients.filter { $0.outcome != .accepted }.prefix(limits.recipients)
      shown = Array(failed) + recipients.filter { $0.outcome == .accepted }.prefix(limits.recipients - failed.count)
    }
    fields["recipients"] = shown.map { recipient -> Fields in
      let look = OutcomeLook(recipient.outcome)
      return [
        "address": ShownText.wire(recipient.address, limit: limits.textBytes), "symbol": look.symbol, "tone": look.tone,
        "words": look.words, "parameters": parameters(recipient.parameters),
        // LMTP (RFC 2033 section 4.2): the reply behind the data is the recipient's fate.
        "reply": (recipient.dataReply ?? recipient.reply).map(reply),
        "followed": mail.wordsOfWhatFollowed(recipient, isStillOpen: isStillOpen),
      ]
    }
    let accepted = recipients.count { $0.outcome == .accepted }
    fields["recipientCount"] = "\(Quantity.grouped(accepted)) of \(Quantity.grouped(recipients.count))"
    guard shown.count < recipients.count else { return }
    let hidden = recipients.count - accepted - shown.count { $0.outcome != .accepted }
    let fate = hidden > 0 ? "\(Quantity.grouped(hidden)) of them without the mail" : "all accepted"
    fields["moreRecipients"] = "and \(Quantity.grouped(recipients.count - shown.count)) more, \(fate)"
  }

  private func add(_ message: Message, to fields: inout Fields) {
    let header = message.header
    var size = Quantity.count(message.byteCount, "byte")
    if !message.isComplete {
      size +=
        message.missingBytes > 0
        ? ", incomplete: \(Quantity.count(message.missingBytes, "byte")) missing from the capture" : ", incomplete"
    }
    let said: [(String, String?)] = [
      ("Subject", header.subject), ("From", header.from), ("To", header.to), ("Date", header.date),
      ("Message-ID", header.messageID),
    ]
    var headers: [Fields] = said.compactMap { name, text in
      text.map { ["name": name, "text": ShownText.wire($0, limit: limits.textBytes)] }
    }
    let trace = message.trace
    for (index, hop) in trace.hops.prefix(limits.mails).enumerated() {
      headers.append(["name": "Received", "text": words(of: hop, delay: trace.delay(of: index))])
    }
    if let software = trace.software {
      headers.append(["name": "made with", "text": ShownText.wire(software.name, limit: limits.textBytes)])
    }
    fields["headers"] = headers
    fields["hasHeaders"] = !headers.isEmpty
    fields["size"] = size
    fields["sha256"] = message.sha256
    if let words = message.signatureWords(style) {
      fields["signature"] = ShownText.sentence(words.text, limit: limits.textBytes)
    }
    guard let contents = message.contents else { return }
    let attachments = contents.attachments
    guard !attachments.isEmpty else { return }
    fields["hasAttachments"] = true
    fields["attachments"] = attachments.prefix(limits.attachments).map { part -> Fields in
      let sniffed = part.sniffedType.flatMap { $0 == part.type ? nil : $0 }
      return [
        "name": part.name.map { ShownText.wire($0, limit: 240) } ?? "(no name)",
        "type": ShownText.wire(part.type, limit: 120), "looksLike": sniffed,
        "size": Quantity.grouped(part.byteCount), "sha256": part.sha256, "isIncomplete": part.isIncomplete,
      ]
    }
    if attachments.count > limits.attachments {
      fields["moreAttachments"] = Quantity.count(attachments.count - limits.attachments, "more attachment")
    }
  }

  /// `from pc.example [192.0.2.7] by mx.example with ESMTP, 2026-11-20 09:14:02, 5 min 2 s after the one below`.
  private func words(of hop: Hop, delay: Int64?) -> String {
    var parts: [String] = []
    if hop.from != nil || hop.address != nil {
      let address = hop.address.map { "[\($0)]" }
      let name = hop.from.map { ShownText.wire($0, limit: 200) }
      parts.append("from " + [name, address].compactMap(\.self).joined(separator: " "))
    }
    if let by = hop.by { parts.append("by \(ShownText.wire(by, limit: 200))") }
    if let with = hop.with { parts.append("with \(ShownText.wire(with, limit: 60))") }
    var words = parts.joined(separator: " ")
    if let date = hop.date { words += ", \(Quantity.moment(date))" }
    if let delay, delay >= 1_000_000_000 { words += ", \(Quantity.duration(delay)) after the one below" }
    return words
  }
}
