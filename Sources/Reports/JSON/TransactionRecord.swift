import MailMessages
package import SMTPAnalysis

extension OutputBuffer {
  /// Appends one element of a session's `transactions`.
  mutating func appendTransaction(_ transaction: Transaction, context: ReportContext) {
    append(literal: "{\"id\":")
    append(transaction.id)
    field("frame", transaction.firstFrame)
    field("start", time: transaction.start, decimals: context.timeDecimals)
    field("end", time: transaction.end, decimals: context.timeDecimals)
    field("mail_from", text: transaction.reversePath)
    field("mail_parameters", texts: transaction.parameters)
    field("mail_code", transaction.mailReply?.code)
    field("mail_enhanced", string: transaction.mailReply?.enhanced)
    field("mail_text", text: transaction.mailReply?.text)
    field("mail_reply_ms", milliseconds: transaction.mailReply?.delay)
    key("recipients")
    appendArray(transaction.recipients) { $0.appendRecipient($1) }
    field("transfer", word: transaction.transfer?.rawValue)
    let decisive = transaction.dataOutcomeReply
    field("data_code", decisive?.code)
    field("data_enhanced", string: decisive?.enhanced)
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

  mutating func appendRecipient(_ recipient: Recipient) {
    append(literal: "{\"outcome\":\"")
    append(recipient.outcome.rawValue)
    append(literal: "\"")
    field("address", text: recipient.address)
    field("parameters", texts: recipient.parameters)
    field("code", recipient.reply?.code)
    field("enhanced", string: recipient.reply?.enhanced)
    field("text", text: recipient.reply?.text)
    field("reply_ms", milliseconds: recipient.reply?.delay)
    if let reply = recipient.dataReply {
      field("data_code", reply.code)
      field("data_enhanced", string: reply.enhanced)
      field("data_text", text: reply.text)
    }
    append(literal: "}")
  }

  /// - Parameter holesInFile: Where each hole stands in the file that the message was written to; nil where that is the
  ///   message byte for byte, or there is none.
  mutating func appendMessage(_ message: Message, of transaction: Transaction, holesInFile: [Int]? = nil) {
    append(literal: "{\"bytes\":")
    append(message.byteCount)
    field("sha256", word: message.sha256)
    field("complete", message.isComplete)
    field("missing_bytes", message.missingBytes)
    if !message.isComplete { appendHoles(message.holes, holesInFile) }
    let header = message.header
    field("subject", string: header.subject)
    field("from", string: header.from)
    field("to", string: header.to)
    field("date", string: header.date)
    field("message_id", string: header.messageID)
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
  /// The text of all lines with a line feed between them.
  var text: [UInt8] {
    guard lines.count > 1 else { return lines.first ?? [] }
    return [UInt8](lines.joined(separator: [UInt8(ascii: "\n")]))
  }
}
