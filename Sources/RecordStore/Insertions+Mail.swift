import GRDB
internal import MailMessages
internal import Reports
internal import SMTPAnalysis
internal import Wire

extension Insertions {
  func insert(_ transaction: Transaction, ofSession session: Int64, decimals: Int) throws {
    let decisive = transaction.dataOutcomeReply
    var row = Row(columns: 28)
    row.add(nil as Int?)
    row.add(session)
    row.add(transaction.id)
    row.add(transaction.firstFrame)
    row.add(time: transaction.start, decimals: decimals)
    row.add(transaction.start.nanoseconds)
    row.add(time: transaction.end, decimals: decimals)
    row.add(transaction.end.nanoseconds)
    row.add(wire: transaction.reversePath)
    row.add(word: StoredText.domain(of: transaction.reversePath))
    row.add(list: transaction.parameters)
    row.add(transaction.mailReply?.code)
    row.add(word: transaction.mailReply?.enhanced?.description)
    row.add(wire: transaction.mailReply?.text)
    row.add(milliseconds: transaction.mailReply?.delay)
    row.add(word: transaction.transfer?.rawValue)
    row.add(decisive?.code)
    row.add(word: decisive?.enhanced?.description)
    row.add(wire: decisive?.text)
    row.add(milliseconds: transaction.dataReply?.delay)
    row.add(milliseconds: transaction.endReply?.delay)
    row.add(word: transaction.outcome.rawValue)
    row.add(word: transaction.cause?.rawValue)
    row.add(text: transaction.explanation)
    let id = try insert(row, into: .transactions)

    for (index, recipient) in transaction.recipients.enumerated() { try insert(recipient, index + 1, ofMail: id) }
    if let message = transaction.message { try insert(message, of: transaction, id) }
    try insertTexts(of: transaction, id, decisive)
  }

  private func insert(_ recipient: Recipient, _ number: Int, ofMail id: Int64) throws {
    var row = Row(columns: 18)
    row.add(nil as Int?)
    row.add(id)
    row.add(number)
    row.add(wire: recipient.address)
    row.add(word: StoredText.domain(of: recipient.address))
    row.add(list: recipient.parameters)
    row.add(recipient.reply?.code)
    row.add(word: recipient.reply?.enhanced?.description)
    row.add(wire: recipient.reply?.text)
    row.add(milliseconds: recipient.reply?.delay)
    row.add(recipient.dataReply?.code)
    row.add(word: recipient.dataReply?.enhanced?.description)
    row.add(wire: recipient.dataReply?.text)
    row.add(word: recipient.outcome.rawValue)
    try insert(row, into: .recipients)
  }

  /// What the search looks through. It must be what the view `mail_texts` says of the mail: the index is asked by that.
  private func insertTexts(of transaction: Transaction, _ id: Int64, _ decisive: ReplyRecord?) throws {
    var addresses: [String] = []
    var replies: [String] = []
    if let text = transaction.mailReply?.text { replies.append(StoredText.of(text)) }
    for recipient in transaction.recipients {
      addresses.append(StoredText.of(recipient.address))
      if let text = recipient.reply?.text { replies.append(StoredText.of(text)) }
      if let text = recipient.dataReply?.text { replies.append(StoredText.of(text)) }
    }
    if let text = decisive?.text { replies.append(StoredText.of(text)) }
    let header = transaction.message?.header
    var row = Row(columns: 7)
    row.add(id)
    row.add(text: header?.subject)
    row.add(word: transaction.reversePath.map(StoredText.of))
    row.add(word: addresses.joined(separator: " "))
    row.add(text: header?.from)
    row.add(text: header?.to)
    row.add(word: replies.joined(separator: " "))
    try insert(row, into: .mailSearch)
  }
}
