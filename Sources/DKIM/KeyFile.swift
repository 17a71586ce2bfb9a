import Wire

/// Keys that a person has at hand (`--dkim-keys`), by their names.
///
/// A line holds a name and the text of its TXT record: `s1._domainkey.example.org v=DKIM1; p=…`. Lines of a zone file pass
/// too, with their strings in quotation marks, parentheses over several lines and comments (RFC 1035 section 5.1), for that
/// is what key generators write: `s1._domainkey.example.org. IN TXT ( "v=DKIM1; k=rsa; " "p=…" )`.
public struct KeyFile: Sendable {
  private var records: [[UInt8]: KeyRecord] = [:]

  /// Why a file is none, with the line.
  public struct Fault: Error, Equatable {
    /// The line of the file, from 1, where what is wrong begins.
    public var line: Int
    /// What is wrong with it.
    public var reason: Reason

    /// What is wrong with an entry, in the words of messages.
    public enum Reason: String, Sendable {
      case noText = "a name without the text of its record"
      case noKeyName = "no name of a key: selector._domainkey.domain"
      case openEnd = "a quotation mark or parenthesis that is not closed"
    }
  }

  /// Reads a whole file's text; throws at the first entry that is wrong.
  public init(_ text: [UInt8]) throws(Fault) {
    var reader = KeyFileReader(text)
    while reader.skipToEntry() {
      let line = reader.line
      let name = reader.word()
      if name.first == UInt8(ascii: "$") {
        let value = reader.restOfLine()
        if name.elementsEqual("$ORIGIN".utf8) { reader.origin = value }
        continue
      }
      let record = try reader.recordText()
      guard !record.isEmpty else { throw Fault(line: line, reason: .noText) }
      guard let key = Self.key(name, origin: reader.origin) else { throw Fault(line: line, reason: .noKeyName) }
      records[key] = KeyRecord(record)
    }
  }

  /// The key that a signature asks for.
  public func key(for report: SignatureReport) -> KeyRecord? { records[report.keyName] }

  /// How many keys it has; of those with the same name the last one counts.
  public var count: Int { records.count }

  /// The name in small letters, without the dot at its end; one without such a dot is below the origin, where there is one.
  private static func key(_ written: [UInt8], origin: [UInt8]) -> [UInt8]? {
    var name = written.map(SignatureField.small)
    let dot = UInt8(ascii: ".")
    if name.last != dot, !origin.isEmpty { name += [dot] + origin.map(SignatureField.small) }
    if name.last == dot { name.removeLast() }
    let parts = name.split(separator: dot)
    guard let place = parts.firstIndex(where: { $0.elementsEqual("_domainkey".utf8) }), place > 0,
      place + 1 < parts.count
    else { return nil }
    return name
  }
}
