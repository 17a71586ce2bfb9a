internal import MIMEParts
internal import MailMessages
internal import SMTPDialogue

/// What a mail had that a check asks for: where none of a session's had it, a glance tells.
struct MailMarks: OptionSet, Sendable {
  var rawValue: UInt16

  static let bareLF = MailMarks(rawValue: 1 << 0)
  static let bareCR = MailMarks(rawValue: 1 << 1)
  static let longLine = MailMarks(rawValue: 1 << 2)
  static let eightBit = MailMarks(rawValue: 1 << 3)
  static let nul = MailMarks(rawValue: 1 << 4)
  static let eightBitHeader = MailMarks(rawValue: 1 << 5)
  static let repeatedField = MailMarks(rawValue: 1 << 6)
  static let strayLine = MailMarks(rawValue: 1 << 7)
  static let missingField = MailMarks(rawValue: 1 << 8)
  static let aborted = MailMarks(rawValue: 1 << 9)
  /// SIZE= was declared.
  static let sized = MailMarks(rawValue: 1 << 10)
  /// It has a DKIM signature.
  static let signed = MailMarks(rawValue: 1 << 11)
  static let brokenMIME = MailMarks(rawValue: 1 << 12)
  /// The message is larger than SIZE= had declared.
  static let underdeclared = MailMarks(rawValue: 1 << 13)
}

extension TransactionDraft {
  var marks: MailMarks {
    var marks: MailMarks = []
    if transaction.outcome == .aborted { marks.insert(.aborted) }
    if let declared = Transaction.declaredSize(in: transaction.parameters) {
      marks.insert(.sized)
      if let size = transaction.message?.byteCount, size > declared { marks.insert(.underdeclared) }
    }
    if census.bareLF > 0 { marks.insert(.bareLF) }
    if census.bareCR > 0 { marks.insert(.bareCR) }
    if census.longLines > 0 { marks.insert(.longLine) }
    if census.hasEightBit { marks.insert(.eightBit) }
    if census.hasNUL { marks.insert(.nul) }
    if transaction.message?.contents?.problems.isEmpty == false { marks.insert(.brokenMIME) }
    guard let form = transaction.message?.header.form else { return marks }
    if form.contains(.eightBit) { marks.insert(.eightBitHeader) }
    // One by one: an option set's literal of another module's type is made the slow way.
    if form.contains(.noField) || form.contains(.blankBeforeColon) || form.contains(.longLine) {
      marks.insert(.strayLine)
    }
    if transaction.message?.signatures.isEmpty == false { marks.insert(.signed) }
    if transaction.message?.header.repeated.isEmpty == false { marks.insert(.repeatedField) }
    if form.contains(.whole), let present = transaction.message?.header.present,
      !present.contains(.date) || !present.contains(.from)
    {
      marks.insert(.missingField)
    }
    return marks
  }
}
