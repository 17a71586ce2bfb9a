import Wire

/// Figures in columns, right aligned, with words before or behind them.
///
/// A column that is empty in all rows is left out. Where a terminal is too narrow, the columns that matter least go, then
/// the words are wrapped.
struct FigureTable {
  struct Column {
    var heading: String
    /// The higher it is, the longer the column stays.
    var importance: Int
    var tone = Tone.plain
  }

  struct Row {
    /// Before the figures; in a column of its own.
    var label = ""
    var figures: [String]
    /// Behind the figures.
    var words = ""
    var tone = Tone.plain
  }

  let style: TextStyle
  var title: String
  var columns: [Column]
  var rows: [Row] = []
  /// Columns that the words should have before figures make room for them.
  var wordRoom = 24

  func lines() -> [UInt8] {
    var canvas = TextCanvas(style: style)
    canvas.flow(title, .strong, hanging: 2)
    canvas.newline()
    let label = rows.map { VisibleText.displayWidth(of: $0.label) }.max() ?? 0
    let widths = columns.indices.map { column in
      max(columns[column].heading.count, rows.map { VisibleText.displayWidth(of: $0.figures[column]) }.max() ?? 0)
    }
    let shown = shownColumns(widths, label: label)
    let behind = 2 + label + shown.reduce(0) { $0 + widths[$1] + 2 } + (label == 0 ? 0 : 2)

    let hanging = style.columns(behind: behind, hold: rows.lazy.map(\.words)) ? behind : min(behind, 8)

    if label > 0 { canvas.move(to: 2 + label) }
    for column in shown { putRight(columns[column].heading, widths[column], .faint, into: &canvas) }
    canvas.newline()
    for row in rows {
      if label > 0 {
        canvas.move(to: 2)
        canvas.put(row.label, row.tone)
        canvas.move(to: 2 + label)
      }
      for column in shown {
        let figure = row.figures[column]
        let tone = figure == style.dash ? Tone.faint : row.tone == .plain ? columns[column].tone : row.tone
        putRight(figure, widths[column], tone, into: &canvas)
      }
      if !row.words.isEmpty { canvas.flow(row.words, row.tone, hanging: hanging, spacing: 2) }
      canvas.newline()
    }
    return canvas.bytes
  }

  private func putRight(_ text: String, _ width: Int, _ tone: Tone, into canvas: inout TextCanvas) {
    canvas.blanks(2 + width - VisibleText.displayWidth(of: text))
    canvas.put(text, tone)
  }

  private func shownColumns(_ widths: [Int], label: Int) -> [Int] {
    var shown = columns.indices.filter { column in
      rows.contains { !$0.figures[column].isEmpty && $0.figures[column] != style.dash }
    }
    guard let columns = style.columns else { return shown }
    let words = min(rows.map { VisibleText.displayWidth(of: $0.words) }.max() ?? 0, wordRoom)
    while shown.count > 1, 4 + label + words + shown.reduce(0, { $0 + widths[$1] + 2 }) > columns {
      guard let least = shown.min(by: { self.columns[$0].importance < self.columns[$1].importance }) else { break }
      shown.removeAll { $0 == least }
    }
    return shown
  }
}
