import MailMessages
package import SMTPAnalysis
import Wire

extension OutputBuffer {
  /// Appends a session's `transactions`, each read where it lies.
  mutating func appendTransactions(_ transactions: Span<Transaction>, context: ReportContext) {
    append(byte: UInt8(ascii: "["))
    for index in transactions.indices {
      if index > 0 { append(byte: UInt8(ascii: ",")) }
      transactions.lend(index, to: &self) { $1.appendTransaction($0, context: context) }
    }
    append(byte: UInt8(ascii: "]"))
  }

  /// Appends a mail's `recipients`, likewise.
  mutating func appendRecipients(_ recipients: Span<Recipient>) {
    append(byte: UInt8(ascii: "["))
    for index in recipients.indices {
      if index > 0 { append(byte: UInt8(ascii: ",")) }
      recipients.lend(index, to: &self) { $1.appendRecipient($0) }
    }
    append(byte: UInt8(ascii: "]"))
  }

  /// Appends one element of a session's `transactions`. A call, for where it is inlined what it is given is copied.
  @inline(never)
  mutating func appendTransaction(_ transaction: borrowing Transaction, context: ReportContext) {
    append(literal: "{\"id\":")
    append(transaction.id)
    field("frame", transaction.firstFrame)
    field("start", time: transaction.start, decimals: context.timeDecimals)
    field("end", time: transaction.end, decimals: context.timeDecimals)
    field("mail_from", text: transaction.reversePath)
    field("mail_parameters", texts: transaction.parameters)
    field("mail_code", transaction.mailReply?.digits)
    field("mail_enhanced", status: transaction.mailReply?.enhanced)
    field("mail_text", text: transaction.mailReply?.text)
    field("mail_reply_ms", milliseconds: transaction.mailReply?.delay)
    key("recipients")
    appendRecipients(transaction.recipients.span)
    field("transfer", word: transaction.transfer?.rawValue)
    let decisive = transaction.dataOutcomeReply
    field("data_code", decisive?.digits)
    field("data_enhanced", status: decisive?.enhanced)
    field("data_text", text: decisive?.text)
    field("data_reply_ms", milliseconds: transaction.dataReply?.delay)
    field("end_reply_ms", milliseconds: transaction.endReply?.delay)
    field("outcome", word: transaction.outcome.rawValue)
    field("cause", word: transaction.cause?.rawValue)
    field("explanation", string: transaction.explanation)
    key("message")
    if let message = transaction.message { appendMessage(message, of: transaction) } else { append(literal: "null") }
    append(literal: "}")
  }

  @inline(never)
  private mutating func appendRecipient(_ recipient: borrowing Recipient) {
    append(literal: "{\"outcome\":\"")
    append(recipient.outcome.rawValue)
    append(literal: "\"")
    field("address", text: recipient.address)
    field("parameters", texts: recipient.parameters)
    field("code", recipient.reply?.digits)
    field("enhanced", status: recipient.reply?.enhanced)
    field("text", text: recipient.reply?.text)
    field("reply_ms", milliseconds: recipient.reply?.delay)
    if let reply = recipient.dataReply {
      field("data_code", reply.digits)
      field("data_enhanced", status: reply.enhanced)
      field("data_text", text: reply.text)
    }
    append(literal: "}")
  }

  /// - Parameter holesInFile: Where each hole stands in the file that the message was written to; nil where that is the
  ///   message byte for byte, or there is none.
  mutating func appendMessage(_ message: Message, of transaction: borrowing Transaction, holesInFile: [Int]? = nil) {
    append(literal: "{\"bytes\":")
    append(message.byteCount)
    field("sha256", word: message.sha256)
    field("complete", message.isComplete)
    field("missing_bytes", message.missingBytes)
    if !message.isComplete { appendHoles(message.holes, holesInFile) }
    field("subject", string: message.subject)
    field("from", string: message.from)
    field("to", string: message.to)
    field("date", string: message.date)
    field("message_id", string: message.messageID)
    appendTrace(of: message, passing: transaction.start)
    appendSignatures(of: message)
    if let contents = message.contents { appendContents(contents) }
    append(literal: "}")
  }
}

extension OutputBuffer {
  private mutating func appendHoles(_ holes: Message.Holes?, _ holesInFile: [Int]?) {
    key("holes")
    append(byte: UInt8(ascii: "["))
    for (index, hole) in (holes?.listed ?? []).enumerated() {
      append(index > 0 ? ",{\"offset\":" : "{\"offset\":")
      append(hole.offset)
      field("bytes", hole.byteCount)
      if let holesInFile, holesInFile.indices.contains(index) { field("file_offset", holesInFile[index]) }
      append(literal: "}")
    }
    append(byte: UInt8(ascii: "]"))
    if let holes, holes.further > 0 { field("further_holes", holes.further) }
  }
}

extension Transaction {
  /// The reply that decided about the data: to its end, else to DATA itself where that was refused. A 354 only asks for
  /// the text, and a chunk's 250 (RFC 3030 section 2) decides nothing.
  package var dataOutcomeReply: ReplyRecord? {
    if let endReply { return endReply }
    guard let dataReply, dataReply.code >= 400 || (transfer != .bdat && dataReply.code != 354) else { return nil }
    return dataReply
  }
}

extension ReplyRecord {
  /// Its code (RFC 5321 section 4.2.1); nil where its first line has none.
  var digits: Int? { code > 0 ? code : nil }

  /// The text of all lines with a line feed between them.
  package var text: [UInt8] {
    lines.joined
  }
}
