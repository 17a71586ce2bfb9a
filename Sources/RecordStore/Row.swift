internal import GRDB
internal import Reports
internal import Wire

/// The values of one row, in the order of its table's columns.
struct Row {
  private(set) var values: [DatabaseValue] = []

  init(columns: Int = 0) {
    values.reserveCapacity(columns)
  }

  mutating func add(_ number: Int64?) {
    values.append(number?.databaseValue ?? .null)
  }

  mutating func add(_ number: Int?) {
    values.append(number?.databaseValue ?? .null)
  }

  mutating func add(_ flag: Bool?) {
    values.append(flag.map { ($0 ? 1 : 0).databaseValue } ?? .null)
  }

  /// A word of our own.
  mutating func add(word: String?) {
    values.append(word?.databaseValue ?? .null)
  }

  /// Text that may hold anything. SQLite's own functions take a NUL for the end.
  mutating func add(text: String?) {
    guard let text else { return values.append(.null) }
    values.append((text.utf8.contains(0) ? text.replacing("\0", with: "\u{fffd}") : text).databaseValue)
  }

  /// Text from the wire: two columns, the second one for bytes that cannot stand in the first.
  mutating func add(wire bytes: [UInt8]?) {
    guard let bytes else {
      values.append(.null)
      return values.append(.null)
    }
    if let text = StoredText.whole(bytes) {
      values.append(text.databaseValue)
      values.append(.null)
    } else {
      values.append(StoredText.repaired(bytes).databaseValue)
      values.append(StoredText.base64(bytes).databaseValue)
    }
  }

  /// Texts from the wire as JSON arrays: two columns, the second one where one of the texts is not UTF-8.
  mutating func add(list: [[UInt8]]) {
    guard !list.isEmpty else {
      values.append(Row.emptyList)
      return values.append(.null)
    }
    let (text, isWhole) = StoredText.array(list)
    values.append(text.databaseValue)
    values.append(isWhole ? .null : StoredText.array(base64: list).databaseValue)
  }

  private static let emptyList = "[]".databaseValue

  mutating func add(milliseconds nanoseconds: Int64?) {
    values.append(nanoseconds.map { Row.milliseconds($0).databaseValue } ?? .null)
  }

  /// The nearest number to it, also where it is more nanoseconds than a double can count.
  static func milliseconds(_ nanoseconds: Int64) -> Double {
    guard nanoseconds.magnitude >= 1 << 53 else { return Double(nanoseconds) / 1e6 }
    let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000)
    return Double(whole) + Double(rest) / 1e6
  }

  mutating func add(time: CaptureTime?, decimals: Int) {
    values.append(time.map { StoredText.time($0, decimals: decimals).databaseValue } ?? .null)
  }

  mutating func add(address: IPAddress?) {
    values.append(address.map { String(decoding: $0.text, as: UTF8.self).databaseValue } ?? .null)
  }
}
