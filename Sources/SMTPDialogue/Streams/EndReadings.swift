internal import Wire

/// The places in held bytes where the data may have ended, and the commands that follow each.
///
/// They are read on as bytes come: begun anew for each segment it would take the square of what is held.
struct EndReadings: Sendable {
  /// The one at hand, the lone dots behind it that a lenient reader may take, and `<CRLF>.<CRLF>`.
  private var readings: [Reading] = []
  /// Where dots are looked for.
  private var searched = 1
  /// The last lone dot's line end may go on.
  private var isOpen = false
  private var hasStrict = false

  struct Reading: Sendable {
    /// Those of the command lines up to DATA, where text begins.
    private(set) var verbs: [Verb] = []
    private var line: Int
    private var searched: Int

    init(behind end: Int) {
      line = end
      searched = end
    }

    /// Whether there are more of them.
    fileprivate mutating func read(_ bytes: Span<UInt8>) -> Bool {
      let before = verbs.count
      while verbs.count < Reading.limit, verbs.last != .data, let feed = bytes.firstIndex(of: 0x0a, from: searched) {
        let end = feed > line && bytes[feed - 1] == 0x0d ? feed - 1 : feed
        verbs.append(Verb(of: bytes.extracting(line..<end)))
        line = feed + 1
        searched = line
      }
      searched = bytes.count
      return verbs.count > before
    }

    private static let limit = 256
  }

  var here: [Verb] { readings.first?.verbs ?? [] }
  var strict: [Verb]? { hasStrict ? readings.last?.verbs : nil }
  var lenient: ArraySlice<Reading> { readings.dropFirst().dropLast(hasStrict ? 1 : 0) }

  /// Whether there is more to go by than before. The same bytes as before come with those behind them.
  ///
  /// - Parameters:
  ///   - lineEnd: Octets of the line end that follows the dot at hand.
  ///   - limit: How many lone dots are tried.
  mutating func read(_ bytes: Span<UInt8>, behind lineEnd: Int, limit: Int) -> Bool {
    var isNew = readings.isEmpty || isOpen
    if readings.isEmpty { readings.append(Reading(behind: min(lineEnd, bytes.count))) }
    if isOpen { readings.removeLast() }
    isOpen = false
    while !hasStrict {
      guard let dot = bytes.firstIndex(of: 0x2e, from: searched) else {
        searched = max(searched, bytes.count)
        break
      }
      // What the bytes end with is looked at again.
      searched = dot
      guard dot + 1 < bytes.count else { break }
      searched = dot + 1
      let before = bytes[dot - 1]
      guard before == 0x0a || before == 0x0d || before == 0 else { continue }
      let isCRLF = bytes.hasBytes("\r\n", at: dot + 1)
      if isCRLF, before == 0x0a, dot >= 2, bytes[dot - 2] == 0x0d {
        readings.append(Reading(behind: dot + 3))
        hasStrict = true
        isNew = true
        break
      }
      let mayGoOn = bytes[dot + 1] == 0x0d && dot + 2 == bytes.count
      if mayGoOn { searched = dot }
      if readings.count <= limit, isCRLF || bytes[dot + 1] == 0x0a || bytes[dot + 1] == 0x0d {
        readings.append(Reading(behind: dot + (isCRLF ? 3 : 2)))
        isOpen = mayGoOn
        isNew = true
      }
      if mayGoOn { break }
    }
    for index in readings.indices where readings[index].read(bytes) { isNew = true }
    return isNew
  }
}
