import SMTPAnalysis
import TCPStreams
import Wire

/// Many sessions, a line each.
struct SessionTable {
  /// Two names with an arrow between, and what is counted behind them.
  private struct Pair {
    var left: String
    var arrow: String
    var right: String
    var rest = ""

    var whole: String { left + arrow + right + rest }

    /// In so many columns: both names are cut, for neither says it alone.
    func fitted(_ columns: Int, ellipsis: String) -> String {
      let (left, right) = (VisibleText.displayWidth(of: self.left), VisibleText.displayWidth(of: self.right))
      let room = columns - VisibleText.displayWidth(of: arrow + rest)
      guard left + right > room, room >= 8 else {
        return VisibleText.truncated(whole, columns: columns, ellipsis: ellipsis)
      }
      let shown = min(left, max(room / 2, room - right))
      return VisibleText.truncated(self.left, columns: shown, ellipsis: ellipsis) + arrow
        + VisibleText.truncated(self.right, columns: room - shown, ellipsis: ellipsis) + rest
    }
  }

  /// What a line shows, ready to be laid out.
  private struct Row {
    var rank: Int
    var mark: Mark
    var id: String
    var time: String
    var ends: Pair
    var mail: Pair
    var size: String
    var duration: String
    var outcome: String
  }

  private let style: TextStyle
  private var rows: [Row] = []

  init(style: TextStyle) {
    self.style = style
  }

  var count: Int { rows.count }

  mutating func add(_ session: Session) {
    let connection = session.connection
    let server = session.serverName(style) ?? connection.server.address.description
    rows.append(
      Row(
        rank: session.verdict.rank, mark: session.mark, id: String(session.id),
        time: Quantity.timeOfDay(connection.firstFrame.time),
        ends: Pair(left: connection.client.address.description, arrow: " \(style.arrow) ", right: server),
        mail: mail(session.transactions),
        size: size(session.transactions), duration: Quantity.duration(session.duration),
        outcome: session.outcomeWords))
  }

  /// `ann@kestrel.example → bob@harbour.example +1`, of the first mail.
  private func mail(_ transactions: [Transaction]) -> Pair {
    guard let first = transactions.first else { return Pair(left: "", arrow: "", right: "") }
    var pair = Pair(
      left: first.reversePath.map { $0.isEmpty ? "<>" : cut($0) } ?? "?", arrow: " \(style.arrow) ",
      right: first.recipients.first.map { cut($0.address) } ?? "?")
    if first.recipients.count > 1 { pair.rest += " +\(first.recipients.count - 1)" }
    if transactions.count > 1 { pair.rest += ", \(Quantity.count(transactions.count - 1, "more mail"))" }
    return pair
  }

  /// An address may be as long as its line; a row is no place for that.
  private func cut(_ address: [UInt8]) -> String {
    VisibleText.truncated(style.visible(address), columns: 64, ellipsis: style.ellipsis)
  }

  private func size(_ transactions: [Transaction]) -> String {
    let messages = transactions.compactMap(\.message)
    return messages.isEmpty ? "" : Quantity.size(messages.reduce(0) { $0 + $1.byteCount })
  }

  /// Puts the worst outcomes first, what is alike in the order in which it came.
  mutating func sortByOutcome() {
    rows.sort { $0.rank < $1.rank }
  }

  /// The lines, columns one below the other; on a terminal the ends and the mail are cut to fit.
  func lines() -> [UInt8] {
    var canvas = TextCanvas(style: style)
    let widths = (
      id: widest(\.id), ends: widest(\.ends.whole), mail: widest(\.mail.whole), size: widest(\.size),
      duration: widest(\.duration),
      outcome: widest(\.outcome)
    )
    var (ends, mail) = (widths.ends, widths.mail)
    // The sign says the outcome too, and the size is the least of it.
    let isWide = (style.columns ?? .max) >= 100
    if let columns = style.columns {
      let fixed = 2 + widths.id + 2 + 8 + 2 + 2 + 2 + widths.duration
      let room = max(columns - fixed - (isWide ? widths.size + 2 + widths.outcome + 2 : 0), 16)
      if ends + mail > room {
        ends = min(ends, max(room * 2 / 5, room - mail))
        mail = room - ends
      }
    }
    for row in rows {
      canvas.put(row.mark)
      canvas.blanks(1)
      putRight(row.id, width: widths.id, into: &canvas)
      canvas.blanks(2)
      canvas.put(row.time, .faint)
      canvas.blanks(2)
      putLeft(row.ends.fitted(ends, ellipsis: style.ellipsis), width: ends, into: &canvas)
      putLeft(row.mail.fitted(mail, ellipsis: style.ellipsis), width: mail, into: &canvas)
      if isWide {
        putRight(row.size, width: widths.size, into: &canvas)
        canvas.blanks(2)
      }
      putRight(row.duration, width: widths.duration, into: &canvas)
      if isWide {
        canvas.blanks(2)
        canvas.put(row.outcome, row.mark.tone)
      }
      canvas.newline()
    }
    return canvas.bytes
  }

  private func widest(_ text: (Row) -> String) -> Int {
    rows.map { VisibleText.displayWidth(of: text($0)) }.max() ?? 0
  }

  private func putLeft(_ text: String, width: Int, into canvas: inout TextCanvas) {
    let end = canvas.column + width + 2
    canvas.put(text)
    canvas.move(to: end)
  }

  private func putRight(_ text: String, width: Int, into canvas: inout TextCanvas) {
    canvas.blanks(width - VisibleText.displayWidth(of: text))
    canvas.put(text)
  }
}
