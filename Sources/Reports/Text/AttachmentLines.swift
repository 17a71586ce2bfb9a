import MIMEParts
import Wire

extension SessionBlock {
  /// A line for each attachment: `figures.pdf  application/pdf  207 438 bytes`.
  mutating func writeAttachments(_ contents: MIMEContents) {
    let attachments = contents.attachments
    for attachment in attachments.prefix(limits.attachments) { writeAttachment(attachment) }
    guard attachments.count > limits.attachments else { return }
    canvas.move(to: textColumn)
    canvas.flow("and \(Quantity.count(attachments.count - limits.attachments, "more attachment"))", hanging: textColumn)
    canvas.newline()
  }

  private mutating func writeAttachment(_ attachment: MIMEPart) {
    canvas.move(to: textColumn)
    let name = attachment.name.map { VisibleText.truncated(style.visible($0), columns: 120, ellipsis: style.ellipsis) }
    canvas.flow("+ \(name ?? "(no name)")", hanging: textColumn)
    canvas.flow(style.visible(attachment.type), .faint, hanging: textColumn, spacing: 2)
    if let sniffed = attachment.sniffedType, sniffed != attachment.type {
      canvas.flow("(looks like \(sniffed))", .faint, hanging: textColumn, spacing: 1)
    }
    canvas.flow(Quantity.count(attachment.byteCount, "byte"), hanging: textColumn, spacing: 2, isUnbroken: true)
    if attachment.isIncomplete { canvas.flow("(incomplete)", .caution, hanging: textColumn, spacing: 1) }
    canvas.newline()
  }
}
