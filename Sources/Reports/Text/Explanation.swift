package import SMTPAnalysis

extension OutputBuffer {
  /// Appends what the catalogue says of a finding, wrapped to the terminal or to 72 columns.
  package mutating func appendExplanation(of id: FindingID, style: TextStyle) {
    let columns = style.columns ?? 72
    var canvas = TextCanvas(
      style: TextStyle(columns: columns, usesColor: style.usesColor, usesUnicode: style.usesUnicode))
    let entry = id.entry
    canvas.put(id.rawValue, .strong)
    canvas.flow(entry.severity.rawValue, entry.severity.mark.tone, hanging: 2, spacing: 3, isUnbroken: true)
    canvas.flow(entry.title, hanging: 2, spacing: 3, isUnbroken: true)
    canvas.newline()
    canvas.newline()
    canvas.flow(entry.explanation, hanging: 0)
    canvas.newline()
    canvas.newline()
    canvas.writeLabelled("Seen when", [entry.seenWhen], columns: columns)
    canvas.writeLabelled("What to do", [entry.whatToDo], columns: columns)
    canvas.writeLabelled("See", entry.references, columns: columns)
    append(canvas.bytes.span)
  }

  /// Appends all findings with their severities and titles, part by part.
  package mutating func appendCatalogue(style: TextStyle) {
    var canvas = TextCanvas(style: style)
    let titleColumn = 2 + (FindingID.allCases.map(\.rawValue.count).max() ?? 0) + 2 + 9
    let isNarrow = style.columns.map { $0 < titleColumn + 24 } ?? false
    for (index, group) in FindingGroup.allCases.enumerated() {
      if index > 0 { canvas.newline() }
      canvas.put(group.rawValue, .strong)
      canvas.newline()
      for id in group.findings {
        let entry = id.entry
        canvas.move(to: 2)
        canvas.put(id.rawValue)
        if isNarrow { canvas.blanks(2) } else { canvas.move(to: titleColumn - 9) }
        canvas.flow(entry.severity.rawValue, entry.severity.mark.tone, hanging: 4, isUnbroken: true)
        if isNarrow { canvas.blanks(2) } else { canvas.move(to: titleColumn) }
        canvas.flow(entry.title, hanging: isNarrow ? 4 : titleColumn)
        canvas.newline()
      }
    }
    append(canvas.bytes.span)
  }
}

extension TextCanvas {
  /// `See           RFC 1047 · RFC 5321 section 4.5.3.2.6`; what is no sentence is not broken.
  fileprivate mutating func writeLabelled(_ label: String, _ texts: [String], columns: Int) {
    guard !texts.isEmpty else { return }
    let hanging = columns < 50 ? 2 : 14
    put(label, .strong)
    if hanging < 14 { newline() }
    move(to: hanging)
    for (index, text) in texts.enumerated() {
      let separator = index < texts.count - 1 ? " " + style.dot : ""
      flow(text + separator, hanging: hanging, spacing: index > 0 ? 1 : 0, isUnbroken: texts.count > 1)
    }
    newline()
  }
}
