public import SMTPDialogue
internal import Wire

/// What kinds of octets a message was made of (RFC 5321 sections 2.3.8, 4.5.2 and 4.5.3.1.6).
public struct TextCensus: Equatable, Sendable {
  /// LF without CR before it.
  public private(set) var bareLF = 0
  /// CR without LF behind it.
  public private(set) var bareCR = 0
  /// Lines of more than 1000 octets with their CRLF (section 4.5.3.1.6).
  public private(set) var longLines = 0
  /// The longest of them.
  public private(set) var longestLine = 0
  /// Octets over 127.
  public private(set) var hasEightBit = false
  /// An octet of value 0, which only binary content may have (RFC 2045 sections 2.7 to 2.9).
  public private(set) var hasNUL = false
  /// Where the first of each stands: of most messages there is none, and the census costs no more than one reference.
  private var firsts: [First] = []

  /// Where the first of the bare LFs stands; nil where there is none, as with those below.
  public var firstBareLF: Place? { first(.bareLF) }
  /// Where the first of the bare CRs stands.
  public var firstBareCR: Place? { first(.bareCR) }
  /// Where the first of the long lines begins, or goes on in the segment that ends it.
  public var firstLongLine: Place? { first(.longLine) }
  /// Where the first of the octets over 127 stands.
  public var firstEightBit: Place? { first(.eightBit) }
  /// Where the first NUL stands.
  public var firstNUL: Place? { first(.nul) }

  private enum Kind {
    case bareLF, bareCR, longLine, eightBit, nul
  }

  private struct First: Equatable {
    var kind: Kind
    var place: Place
  }

  private func first(_ kind: Kind) -> Place? { firsts.first { $0.kind == kind }?.place }

  private mutating func note(_ kind: Kind, _ place: Place) { firsts.append(First(kind: kind, place: place)) }

  /// Where something stands, with the octets around it, as far as the segment has them.
  public struct Place: Equatable, Sendable {
    /// The frame that brought it, and when.
    public var moment: Moment
    /// At most twenty octets before the place, and at most twenty from it on.
    public var octets: [UInt8]

    init(_ moment: Moment, in bytes: Span<UInt8>, at index: Int) {
      self.moment = moment
      let start = max(0, index - Place.octets)
      octets = Array(bytes.extracting(start..<min(bytes.count, index + Place.octets)))
    }

    private static let octets = 20
  }

  private var lineLength = 0
  private var endsWithCR = false
  private var isBehindHole = false

  /// Of no octets yet.
  public init() {}

  mutating func add(_ bytes: Span<UInt8>, at moment: Moment) {
    guard bytes.count > 0 else { return }
    if isBehindHole {
      isBehindHole = false
      // Its CR may be the last byte of the hole.
      if bytes[0] == 0x0a { return add(bytes.extracting(1..<bytes.count), at: moment) }
    }
    let kinds = bytes.octetKinds
    if kinds.contains(.eightBit), !hasEightBit {
      hasEightBit = true
      let index = bytes.indices.first { bytes[$0] >= 0x80 } ?? 0
      note(.eightBit, Place(moment, in: bytes, at: index))
    }
    if kinds.contains(.nul), !hasNUL {
      hasNUL = true
      note(.nul, Place(moment, in: bytes, at: bytes.firstIndex(of: 0) ?? 0))
    }
    // Where every CR has its LF and no line can be too long, there is nothing to count but what the last line has so far.
    let isPlain =
      kinds.hasPlainLines && endsWithCR == (bytes[0] == 0x0a)
      && lineLength <= TextCensus.longestLimit - OctetKinds.longestSureStretch
    if isPlain {
      endsWithCR = bytes[bytes.count - 1] == 0x0d
      if let feed = bytes.lastIndex(of: 0x0a) {
        lineLength = bytes.count - 1 - feed
      } else {
        lineLength += bytes.count
      }
    } else {
      count(bytes, at: moment)
    }
  }

  /// Counts line ends and measures lines.
  private mutating func count(_ bytes: Span<UInt8>, at moment: Moment) {
    var returns = bytes.count(of: 0x0d)
    var start = 0
    while let feed = bytes.firstIndex(of: 0x0a, from: start) {
      let isCRLF = feed > 0 ? bytes[feed - 1] == 0x0d : endsWithCR
      if isCRLF {
        if feed > 0 { returns -= 1 }
      } else {
        bareLF += 1
        if bareLF == 1 { note(.bareLF, Place(moment, in: bytes, at: feed)) }
      }
      endLine(of: lineLength + feed + 1 - start, in: bytes, from: start, at: moment)
      start = feed + 1
    }
    // A CR that ended the last run and has no LF behind it now.
    if endsWithCR, bytes[0] != 0x0a { noteBareCR(1, in: bytes, at: moment) }
    endsWithCR = bytes[bytes.count - 1] == 0x0d
    if endsWithCR { returns -= 1 }
    if returns > 0 { noteBareCR(returns, in: bytes, at: moment) }
    lineLength += bytes.count - start
  }

  /// Bytes are missing: the line around them is not measured.
  mutating func skip() {
    lineLength = 0
    endsWithCR = false
    isBehindHole = true
  }

  private mutating func noteBareCR(_ count: Int, in bytes: Span<UInt8>, at moment: Moment) {
    bareCR += count
    guard bareCR == count else { return }
    let index = bytes.indices.first { bytes[$0] == 0x0d && ($0 + 1 == bytes.count || bytes[$0 + 1] != 0x0a) }
    note(.bareCR, Place(moment, in: bytes, at: index ?? 0))
  }

  private mutating func endLine(of length: Int, in bytes: Span<UInt8>, from start: Int, at moment: Moment) {
    lineLength = 0
    guard length > TextCensus.longestLimit else { return }
    longestLine = max(longestLine, length)
    longLines += 1
    if longLines == 1 { note(.longLine, Place(moment, in: bytes, at: start)) }
  }

  /// Octets that a line may have with its CRLF (RFC 5321 section 4.5.3.1.6).
  private static let longestLimit = 1000
}
