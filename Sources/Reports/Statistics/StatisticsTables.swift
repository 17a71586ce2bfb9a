import MailStatistics
import SMTPAnalysis
import Wire

/// The tables of the text report of statistics.
struct StatisticsTables {
  let style: TextStyle
  let view: StatisticsView

  /// Columns of a name; who sends mail chooses how long it is.
  private static let nameColumns = 72

  // MARK: By time

  func days(_ statistics: MailStatistics) -> [UInt8] {
    let rows = statistics.orderedDays
    return time("by day (UTC)", rows, others: statistics.hours.others) {
      Quantity.date(CaptureTime(nanoseconds: Int64($0) &* 86_400_000_000_000))
    }
  }

  /// The hours of the one day that there is, or those of all days together.
  func hours(_ statistics: MailStatistics) -> [UInt8] {
    let isOneDay = statistics.orderedDays.count <= 1
    let title = isOneDay ? "by hour (UTC)" : "by hour of the day (UTC), all days together"
    return time(title, statistics.hoursOfDay, others: isOneDay ? statistics.hours.others : Traffic()) {
      ($0 < 10 ? "0" : "") + "\($0):00"
    }
  }

  private func time(
    _ title: String, _ entries: [(name: Int, counts: Traffic)], others: Traffic, _ label: (Int) -> String
  ) -> [UInt8] {
    let most = entries.map { max($0.counts.mails, 0) }.max() ?? 0
    var rows = entries.map { entry in
      FigureTable.Row(
        label: label(entry.name), figures: figures(entry.counts), words: bar(entry.counts.mails, of: most))
    }
    if others.weight > 0 { rows.append(FigureTable.Row(label: "others", figures: figures(others), tone: .faint)) }
    var table = FigureTable(style: style, title: title, columns: columns, rows: rows)
    table.wordRoom = 12
    return table.lines()
  }

  /// A bar of at most twelve columns.
  private func bar(_ part: Int, of whole: Int) -> String {
    guard whole > 0, part > 0 else { return "" }
    let eighths = max(Int((Double(part) / Double(whole) * 96).rounded()), 1)
    guard style.usesUnicode else { return String(repeating: "#", count: (eighths + 7) / 8) }
    let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    return String(repeating: "█", count: eighths / 8) + rest[eighths % 8]
  }

  // MARK: By name

  func servers(_ statistics: MailStatistics) -> [UInt8] {
    let listed = view.listed(statistics.servers) { left, right in
      left.address != right.address ? left.address < right.address : left.port < right.port
    }
    return table("by server", listed) { name, counts in host(name.description, counts.name) }
  }

  func clients(_ statistics: MailStatistics) -> [UInt8] {
    table("by client", view.listed(statistics.clients, by: <)) { name, counts in host(name.description, counts.name) }
  }

  func names(_ title: String, _ names: NameTable<MailName, Traffic>) -> [UInt8] {
    table(title, view.listed(names, by: MailName.areInOrder)) { name, _ in words(name) }
  }

  private func table<Name>(
    _ title: String, _ listed: ListedTraffic<Name>, _ words: (Name, Traffic) -> String
  ) -> [UInt8] {
    var rows = listed.rows.map { FigureTable.Row(figures: figures($0.counts), words: words($0.name, $0.counts)) }
    if let others = listed.others {
      let count = "\(listed.isExact ? "" : "more than ")\(Quantity.count(listed.omitted, "other"))"
      rows.append(
        FigureTable.Row(
          figures: figures(others),
          words: listed.omitted > 0 ? "\(count) together" : "others that there was no room for",
          tone: .faint))
    }
    return FigureTable(style: style, title: title, columns: columns, rows: rows).lines()
  }

  private func host(_ address: String, _ name: [UInt8]?) -> String {
    guard let name else { return address }
    return "\(address) (\(cut(name)))"
  }

  private func words(_ name: MailName) -> String {
    switch name {
    case .name(let text): cut(text)
    case .null: "<> (the null sender: bounces)"
    case .local: "(no domain)"
    case .unknown: "(not captured)"
    }
  }

  private func cut(_ text: [UInt8]) -> String {
    VisibleText.truncated(style.visible(text), columns: StatisticsTables.nameColumns, ellipsis: style.ellipsis)
  }

  // MARK: Columns of traffic

  private var columns: [FigureTable.Column] {
    [
      FigureTable.Column(heading: "sessions", importance: 5),
      FigureTable.Column(heading: "mails", importance: 11),
      FigureTable.Column(heading: "accepted", importance: 8, tone: .good),
      FigureTable.Column(heading: "partly", importance: 6, tone: .caution),
      FigureTable.Column(heading: "refused", importance: 10, tone: .bad),
      FigureTable.Column(heading: "deferred", importance: 9, tone: .caution),
      FigureTable.Column(heading: "lost", importance: 7, tone: .bad),
      FigureTable.Column(heading: "other", importance: 2),
      FigureTable.Column(heading: "rcpts", importance: 4),
      FigureTable.Column(heading: "not got", importance: 3, tone: .bad),
      FigureTable.Column(heading: "size", importance: 4),
      FigureTable.Column(heading: "wait p50", importance: 1),
      FigureTable.Column(heading: "p95", importance: 1),
    ]
  }

  private func figures(_ traffic: Traffic) -> [String] {
    let isOnlyCounted = traffic.mails == 0
    func number(_ count: Int) -> String { count == 0 ? style.dash : Quantity.grouped(count) }
    func outcome(_ outcome: Transaction.Outcome) -> String { isOnlyCounted ? "" : number(traffic[mails: outcome]) }
    let missed = traffic.recipients - traffic[recipients: .accepted]
    return [
      number(traffic.sessions), number(traffic.mails), outcome(.accepted), outcome(.partiallyAccepted),
      outcome(.refused), outcome(.deferred), outcome(.lost),
      isOnlyCounted
        ? ""
        : number(traffic[mails: .aborted] + traffic[mails: .unknown]),
      number(traffic.recipients), number(missed),
      traffic.messages == 0 ? style.dash : Quantity.size(traffic.messageBytes),
      traffic.waits.percentile(0.5).map(Quantity.duration) ?? "",
      traffic.waits.percentile(0.95).map(Quantity.duration) ?? "",
    ]
  }

  // MARK: Codes, refusals, waits

  func codes(_ statistics: MailStatistics) -> [UInt8] {
    let headings = ["all", "greeting", "AUTH", "MAIL", "RCPT", "DATA", "end of data", "QUIT"]
    let columns = headings.enumerated().map { FigureTable.Column(heading: $1, importance: $0 == 0 ? 9 : 8 - $0) }
    let rows = statistics.codes.entries.sorted { $0.name < $1.name }.map { entry in
      FigureTable.Row(
        label: String(entry.name),
        figures: ([entry.counts.weight] + ReplyStage.allCases.map { entry.counts[$0] }).map {
          $0 == 0 ? style.dash : Quantity.grouped($0)
        }, tone: entry.name >= 500 ? .bad : entry.name >= 400 ? .caution : .plain)
    }
    return FigureTable(style: style, title: "by reply code", columns: columns, rows: rows).lines()
  }

  func refusals(_ statistics: MailStatistics) -> [UInt8] {
    let (rows, others) = statistics.listedRefusals(view.top)
    let width = (rows.map(\.counts.count) + [others.count]).map { Quantity.grouped($0).count }.max() ?? 0
    var canvas = TextCanvas(style: style)
    canvas.put("commonest refusals", .strong)
    canvas.flow("(an example of each; what differs from mail to mail does not count)", .faint, hanging: 2, spacing: 1)
    canvas.newline()
    for row in rows {
      let number = Quantity.grouped(row.counts.count)
      canvas.blanks(2 + width - number.count)
      canvas.put(number)
      canvas.blanks(2)
      canvas.put(row.name.code >= 500 ? Mark.bad : .caution)
      let code = "\(row.name.code)\(row.name.enhanced.map { " \($0)" } ?? "")"
      let text = style.visible(row.counts.example)
      canvas.flow(text.isEmpty ? code : "\(code) \(text)", hanging: 6 + width, spacing: 1)
      canvas.flow(
        "(\(row.name.stage.words), session \(row.counts.session), #\(row.counts.frame))", .faint, hanging: 6 + width,
        spacing: 2, isUnbroken: true)
      canvas.newline()
    }
    if others.count > 0 {
      let number = Quantity.grouped(others.count)
      canvas.blanks(2 + width - number.count)
      canvas.put(number, .faint)
      let most = statistics.refusals.undercount
      canvas.flow(
        "of other kinds\(most > 0 ? "; what came no more than \(Quantity.count(most, "time")) may be among them" : "")",
        .faint,
        hanging: 6 + width, spacing: 4)
      canvas.newline()
    }
    return canvas.bytes
  }

  /// What server and network took of each phase, over all servers.
  func waits(_ times: ServerTimes) -> [UInt8] {
    guard let all = times.listed(limit: 0).others else { return [] }
    let shares = [0.5, 0.9, 0.95, 0.99]
    let columns = ["times", "p50", "p90", "p95", "p99", "max"].enumerated().map {
      FigureTable.Column(heading: $1, importance: [5, 9, 3, 8, 2, 7][$0])
    }
    let rows = Phase.Kind.allCases.filter { !all[$0].isEmpty }.map { kind in
      let sketch = all[kind]
      let figures = shares.map { sketch.percentile($0) ?? 0 } + [sketch.maximum]
      return FigureTable.Row(
        label: kind.words, figures: [Quantity.grouped(sketch.count)] + figures.map(Quantity.duration))
    }
    guard !rows.isEmpty else { return [] }
    return FigureTable(
      style: style, title: "waits by phase (the server's and the network's part)", columns: columns, rows: rows
    ).lines()
  }
}

extension ReplyStage {
  var words: String {
    switch self {
    case .greeting: "greeting"
    case .auth: "AUTH"
    case .mail: "MAIL"
    case .recipient: "RCPT"
    case .data: "DATA"
    case .endOfData: "end of data"
    case .quit: "QUIT"
    }
  }
}
