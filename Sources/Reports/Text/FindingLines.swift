package import SMTPAnalysis
import Wire

extension SessionBlock {
  /// `  ! starttls-not-used   STARTTLS was offered and not used; the mail passed in clear   #12`, the worst first, then in the order of the dialogue.
  mutating func writeFindings(_ session: Session) {
    guard !session.findings.isEmpty else { return }
    let style = canvas.style
    let ordered = session.findings.enumerated().sorted { left, right in
      let (one, other) = (left.element, right.element)
      if one.severity != other.severity { return one.severity > other.severity }
      let (time, otherTime) = (one.time?.nanoseconds ?? .max, other.time?.nanoseconds ?? .max)
      return time != otherTime ? time < otherTime : left.offset < right.offset
    }.map(\.element)
    let shown = ordered.prefix(limits.findings)
    let idColumn = 4
    let textColumn = idColumn + (shown.map(\.id.rawValue.count).max() ?? 0) + 3
    let isNarrow = style.columns.map { $0 < textColumn + 36 } ?? false
    let hanging = isNarrow ? idColumn + 2 : textColumn
    for finding in shown {
      canvas.move(to: 2)
      canvas.put(finding.severity.mark)
      canvas.move(to: idColumn)
      canvas.put(finding.id.rawValue, finding.severity == .error ? .strong : .plain)
      if isNarrow { canvas.blanks(3) } else { canvas.move(to: textColumn) }
      if session.transactions.count > 1, let transaction = finding.transaction {
        canvas.flow("mail \(transaction):", hanging: hanging, isUnbroken: true)
        canvas.blanks(1)
      }
      var message = style.sentence(finding.message)
      if style.columns != nil {
        message = VisibleText.truncated(message, columns: limits.replyColumns, ellipsis: style.ellipsis)
      }
      canvas.flow(message, hanging: hanging)
      if let frame = finding.frame { canvas.flow("#\(frame)", .faint, hanging: hanging, spacing: 3) }
      canvas.newline()
    }
    guard shown.count < ordered.count else { return }
    canvas.move(to: 2)
    canvas.flow("and \(Quantity.count(ordered.count - shown.count, "more finding"))", hanging: idColumn)
    canvas.newline()
  }
}

extension Severity {
  package var mark: Mark {
    switch self {
    case .error: .bad
    case .warning: .caution
    case .info: .remark
    }
  }

  /// `1 error`, `2 warnings`.
  func count(_ number: Int) -> String {
    switch self {
    case .error: Quantity.count(number, "error")
    case .warning: Quantity.count(number, "warning")
    case .info: Quantity.count(number, "remark")
    }
  }
}
