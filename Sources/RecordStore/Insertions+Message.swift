import DKIM
import GRDB
internal import MIMEParts
internal import MailMessages
internal import Reports
internal import SMTPAnalysis
internal import Wire

extension Insertions {
  func insert(_ message: Message, of transaction: Transaction, _ id: Int64) throws {
    let header = message.header
    let trace = message.trace
    let isSigned = !message.signatures.isEmpty
    let holes = message.isComplete ? nil : message.holes
    var row = Row(columns: 19)
    row.add(id)
    row.add(message.byteCount)
    row.add(word: message.sha256)
    row.add(message.isComplete)
    row.add(message.missingBytes)
    row.add(
      word: message.isComplete
        ? nil
        : StoredText.array(of: holes?.listed ?? []) { (output, hole) in
          output.append("{\"offset\":\(hole.offset),\"bytes\":\(hole.byteCount)}")
        })
    row.add(holes?.further)
    row.add(text: header.subject)
    row.add(text: header.from)
    row.add(text: header.to)
    row.add(text: header.date)
    row.add(text: header.messageID)
    row.add(trace.hops.isEmpty ? nil : trace.furtherHops)
    row.add(milliseconds: trace.hops.isEmpty ? nil : trace.transit(until: transaction.start))
    row.add(wire: trace.software?.name)
    row.add(word: trace.software?.source.rawValue)
    row.add(isSigned ? message.isProvenWhole : nil)
    row.add(isSigned ? message.furtherSignatures : nil)
    try insert(row, into: .messages)

    for index in trace.hops.indices { try insert(trace.hops[index], trace.delay(of: index), index + 1, ofMail: id) }
    for (index, report) in message.signatures.enumerated() { try insert(report, index + 1, ofMail: id) }
    if let contents = message.contents { try insert(contents, ofMail: id) }
  }

  private func insert(_ hop: Hop, _ delay: Int64?, _ number: Int, ofMail id: Int64) throws {
    var row = Row(columns: 15)
    row.add(id)
    row.add(number)
    row.add(time: hop.date, decimals: (hop.date?.nanoseconds ?? 0) % 1_000_000_000 == 0 ? 0 : 3)
    row.add(milliseconds: delay)
    row.add(wire: hop.from)
    row.add(address: hop.address)
    row.add(wire: hop.by)
    row.add(wire: hop.with)
    row.add(wire: hop.id)
    row.add(wire: hop.recipient)
    try insert(row, into: .received)
  }

  private func insert(_ report: SignatureReport, _ number: Int, ofMail id: Int64) throws {
    var row = Row(columns: 21)
    row.add(id)
    row.add(number)
    row.add(word: report.body.word)
    row.add(word: report.body.reason)
    row.add(word: report.signature.word)
    row.add(word: report.signatureReason)
    row.add(wire: report.domain)
    row.add(wire: report.selector)
    row.add(wire: report.algorithm)
    row.add(word: "\(report.headerForm.rawValue)/\(report.bodyForm.rawValue)")
    row.add(report.bodyLength)
    row.add(report.unsignedOctets)
    row.add(report.signedAt)
    row.add(report.expires)
    row.add(report.isExpired)
    row.add(report.keyBits)
    row.add(word: report.keySource?.word)
    row.add(report.keySource?.frame)
    try insert(row, into: .dkim)
  }

  private func insert(_ contents: MIMEContents, ofMail id: Int64) throws {
    for (index, part) in contents.attachments.enumerated() {
      var row = Row(columns: 17)
      row.add(id)
      row.add(index + 1)
      row.add(text: part.name)
      row.add(text: part.type)
      row.add(part.byteCount)
      row.add(word: part.sha256)
      row.add(word: part.md5)
      row.add(word: part.sniffedType)
      row.add(text: part.disposition)
      row.add(text: part.encoding)
      row.add(text: part.charset)
      row.add(wire: part.rawName)
      row.add(word: part.path)
      row.add(word: part.kind.rawValue)
      row.add(part.isIncomplete)
      row.add(word: StoredText.array(part.problems.map(\.rawValue)))
      try insert(row, into: .attachments)
    }
    for (index, url) in contents.urls.enumerated() {
      var row = Row(columns: 3)
      row.add(id)
      row.add(index + 1)
      row.add(text: url)
      try insert(row, into: .urls)
    }
    for (index, problem) in contents.problems.enumerated() {
      var row = Row(columns: 6)
      row.add(id)
      row.add(index + 1)
      row.add(word: problem.kind.rawValue)
      row.add(word: problem.path)
      row.add(wire: problem.evidence.isEmpty ? nil : problem.evidence)
      try insert(row, into: .mimeProblems)
    }
  }
}
