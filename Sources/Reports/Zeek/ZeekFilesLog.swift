import MIMEParts
import SMTPAnalysis
import TCPStreams
import Wire

extension ZeekLog {
  static let filesColumns: [(name: String, type: String)] = [
    ("ts", "time"), ("fuid", "string"), ("uid", "string"), ("id.orig_h", "addr"), ("id.orig_p", "port"),
    ("id.resp_h", "addr"), ("id.resp_p", "port"), ("source", "string"), ("depth", "count"),
    ("analyzers", "set[string]"), ("mime_type", "string"), ("filename", "string"), ("duration", "interval"),
    ("local_orig", "bool"), ("is_orig", "bool"), ("seen_bytes", "count"), ("total_bytes", "count"),
    ("missing_bytes", "count"), ("overflow_bytes", "count"), ("timedout", "bool"), ("parent_fuid", "string"),
    ("md5", "string"), ("sha1", "string"), ("sha256", "string"), ("extracted", "string"),
    ("extracted_cutoff", "bool"), ("extracted_size", "count"), ("community_id", "string"),
    ("smtpscope.session", "count"), ("smtpscope.transaction", "count"), ("smtpscope.part", "string"),
    ("smtpscope.declared_type", "string"), ("smtpscope.disposition", "string"), ("smtpscope.complete", "bool"),
  ]
}

extension OutputBuffer {
  /// A line for each part of each message.
  mutating func appendFilesLog(of session: Session, _ form: ZeekForm) {
    let identity = FlowIdentity(session.connection)
    var depth = 0
    for transaction in session.transactions {
      guard let message = transaction.message else { continue }
      for part in message.contents?.parts ?? [] {
        depth += 1
        appendFileLine(session, transaction, message, part, depth: depth, identity, form)
      }
    }
  }

  private mutating func appendFileLine(
    _ session: Session, _ transaction: Transaction, _ message: Message, _ part: MIMEPart, depth: Int,
    _ identity: FlowIdentity, _ form: ZeekForm
  ) {
    let connection = session.connection
    // Of several parts nobody knows when each began.
    let isAlone = message.contents?.leafCount == 1
    beginZeekLine(form, at: message.times?.first ?? transaction.start)
    zeek(form, "fuid", text: identity.fuid(transaction: transaction.id, part: part.path))
    zeek(form, identity, connection)
    zeek(form, "source", text: "SMTP")
    zeek(form, "depth", depth)
    var analyzers: [[UInt8]] = []
    if part.md5 != nil { analyzers.append(Array("MD5".utf8)) }
    if part.sha256 != nil { analyzers.append(Array("SHA256".utf8)) }
    zeek(form, "analyzers", list: analyzers)
    zeek(form, "mime_type", text: part.sniffedType ?? part.type)
    zeek(form, "filename", text: part.name)
    if isAlone, let times = message.times {
      zeek(form, "duration", from: times.first, to: max(times.first, times.last))
    } else {
      zeek(form, "duration", interval: nil)
    }
    zeek(form, "local_orig", connection.client.address.isPrivate)
    zeek(form, "is_orig", true)
    zeek(form, "seen_bytes", part.byteCount)
    zeek(form, "total_bytes", nil as Int?)
    zeek(form, "missing_bytes", part.isIncomplete ? (isAlone ? message.missingBytes : nil) : 0)
    zeek(form, "overflow_bytes", 0)
    zeek(form, "timedout", false)
    zeek(form, "parent_fuid", text: nil as [UInt8]?)
    zeek(form, "md5", text: part.md5)
    zeek(form, "sha1", text: nil as [UInt8]?)
    zeek(form, "sha256", text: part.sha256)
    zeek(form, "extracted", text: part.file)
    zeek(form, "extracted_cutoff", part.file.map { _ in false })
    zeek(form, "extracted_size", part.file.map { _ in part.byteCount })
    zeek(form, "community_id", text: Self.communityID(connection))
    zeek(form, "smtpscope.session", session.id)
    zeek(form, "smtpscope.transaction", transaction.id)
    zeek(form, "smtpscope.part", text: part.path)
    zeek(form, "smtpscope.declared_type", text: part.type)
    zeek(form, "smtpscope.disposition", text: part.disposition)
    zeek(form, "smtpscope.complete", !part.isIncomplete)
    endZeekLine(form)
  }
}
