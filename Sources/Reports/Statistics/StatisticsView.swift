import MailStatistics
import SMTPAnalysis

/// What of the statistics is shown, and in which order.
package struct StatisticsView: Sendable {
  /// What mail is counted by.
  package enum Section: String, CaseIterable, Sendable {
    case hour
    case server
    case client
    case senderDomain = "sender-domain"
    case recipientDomain = "recipient-domain"
    case sender
    case recipient
    case code
    case refusal
    case wait
  }

  /// What comes first. Hours, days and codes keep their own order.
  package enum Order: String, CaseIterable, Sendable {
    case mails
    case sessions
    case recipients
    case refused
    case deferred
    case size
    case wait
    case name
  }

  package var sections: Set<Section>
  package var order: Order
  /// Rows of a table; the rest is one row together. nil for all.
  package var top: Int?

  package init(sections: Set<Section>, order: Order = .mails, top: Int? = 10) {
    self.sections = sections
    self.order = order
    self.top = top
  }

  func shows(_ section: Section) -> Bool { sections.contains(section) }

  /// The rows of a table: the first by the order, and all others together.
  func listed<Name>(_ table: NameTable<Name, Traffic>, by isBefore: (Name, Name) -> Bool) -> ListedTraffic<Name> {
    let ordered = table.entries.enumerated().sorted { left, right in
      if order == .name { return isBefore(left.element.name, right.element.name) }
      let (one, other) = (figure(left.element.counts), figure(right.element.counts))
      if one != other { return one > other }
      let (weight, otherWeight) = (left.element.counts.weight, right.element.counts.weight)
      return weight != otherWeight ? weight > otherWeight : left.offset < right.offset
    }.map(\.element)
    let rows = Array(ordered.prefix(top ?? .max))
    var others = table.others
    for entry in ordered.dropFirst(rows.count) { others.merge(entry.counts) }
    return ListedTraffic(
      rows: rows, others: others.weight > 0 ? others : nil, omitted: ordered.count - rows.count,
      isExact: table.forgotten == 0)
  }

  private func figure(_ traffic: Traffic) -> Int {
    switch order {
    case .mails, .name: traffic.mails
    case .sessions: traffic.sessions
    case .recipients: traffic.recipients
    case .refused: traffic[mails: .refused] + traffic[recipients: .refused]
    case .deferred: traffic[mails: .deferred] + traffic[recipients: .deferred]
    case .size: traffic.messageBytes
    case .wait: Int(clamping: traffic.waits.percentile(0.95) ?? -1)
    }
  }
}

/// A table as it is shown.
struct ListedTraffic<Name> {
  var rows: [(name: Name, counts: Traffic)]
  /// What is not in the rows, together; nil where nothing is.
  var others: Traffic?
  /// How many names that are.
  var omitted: Int
  /// Whether there were no more than those.
  var isExact: Bool
}

extension MailStatistics {
  /// The hours in their order, with the days that they are of.
  var orderedHours: [(name: Int, counts: Traffic)] {
    hours.entries.sorted { $0.name < $1.name }
  }

  /// The days since 1970-01-01 in their order.
  var orderedDays: [(name: Int, counts: Traffic)] {
    grouped { $0 >= 0 ? $0 / 24 : ($0 - 23) / 24 }
  }

  /// The hours of the day, all days together.
  var hoursOfDay: [(name: Int, counts: Traffic)] {
    grouped { (($0 % 24) + 24) % 24 }
  }

  private func grouped(_ key: (Int) -> Int) -> [(name: Int, counts: Traffic)] {
    var sums: [Int: Traffic] = [:]
    for entry in hours.entries { sums[key(entry.name), default: Traffic()].merge(entry.counts) }
    return sums.sorted { $0.key < $1.key }.map { (name: $0.key, counts: $0.value) }
  }

  /// The refusals that came most often, and how many came besides them.
  func listedRefusals(_ top: Int?) -> (rows: [(name: RefusalKind, counts: RefusalCounts)], others: RefusalCounts) {
    let ordered = refusals.entries.enumerated().sorted { left, right in
      let (one, other) = (left.element.counts.count, right.element.counts.count)
      return one != other ? one > other : left.offset < right.offset
    }.map(\.element)
    let rows = Array(ordered.prefix(top ?? .max))
    var others = refusals.others
    for entry in ordered.dropFirst(rows.count) { others.merge(entry.counts) }
    return (rows, others)
  }
}

extension MailName {
  /// Names by the alphabet, then what has none.
  static func areInOrder(_ left: MailName, _ right: MailName) -> Bool {
    switch (left, right) {
    case (.name(let one), .name(let other)): one.lexicographicallyPrecedes(other)
    default: left.rank < right.rank
    }
  }

  private var rank: Int {
    switch self {
    case .name: 0
    case .null: 1
    case .local: 2
    case .unknown: 3
    }
  }
}
