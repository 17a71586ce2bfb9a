internal import Wire

/// What the readers of one message's streams share: the bounds, what was found, and where parts are handed out.
final class MIMEContext {
  let limits: MIMELimits
  let output: (any MIMEPartOutput)?
  /// Parts are listed that are no attachments.
  private let listsAll: Bool
  private(set) var contents = MIMEContents()
  /// Addresses found so far.
  private var knownURLs: Set<[UInt8]> = []
  /// Messages within messages whose bytes are being hashed.
  var hashedContainers = 0
  /// Bytes are missing: what is open is not whole.
  private(set) var hasHoles = false
  private var spareBlocks: [[UInt8]] = []

  init(limits: MIMELimits, listsAll: Bool, output: (any MIMEPartOutput)?) {
    self.limits = limits
    self.listsAll = listsAll || output != nil
    self.output = output
  }

  /// Begins to list a part, if it is one that is; nil if not.
  func begin(
    type: String, header: PartHeader, kind: MIMEPart.Kind, isContainer: Bool = false, path: String
  ) -> OpenPart? {
    guard listsAll && !isContainer || header.name != nil || header.disposition == "attachment" else { return nil }
    guard contents.parts.count < limits.listedParts else {
      note(.tooManyParts, path: "")
      return nil
    }
    var record = MIMEPart(path: path, type: type)
    record.kind = kind
    record.name = header.name
    record.rawName = header.rawName
    record.charset = header.charset
    record.disposition = header.disposition
    record.encoding = header.encoding
    record.problems = header.problems
    let isHashed = !isContainer || hashedContainers < limits.hashedContainers
    if isContainer, isHashed { hashedContainers += 1 }
    let part = OpenPart(record, at: contents.parts.count, in: self, isHashed: isHashed)
    contents.parts.append(record)
    if !isHashed { part.note(.notHashed) }
    return part
  }

  func countLeaf() { contents.leafCount += 1 }

  func end(_ part: OpenPart, at index: Int) {
    contents.parts[index] = part.record
  }

  func note(_ problem: MIMEProblem.Kind, path: String, evidence: [UInt8] = []) {
    guard contents.problems.count < limits.problems else { return }
    let isKnown = contents.problems.contains { $0.kind == problem && $0.path == path }
    if !isKnown { contents.problems.append(MIMEProblem(problem, path: path, evidence: evidence)) }
  }

  func add(url: [UInt8]) {
    guard !knownURLs.contains(url) else { return }
    guard contents.urls.count < limits.urls else { return note(.tooManyURLs, path: "") }
    knownURLs.insert(url)
    contents.urls.append(String(repairing: url.span))
  }

  /// Bytes are missing: nothing proves a fault of the message's any more.
  func noteHole() { hasHoles = true }

  /// A block to decode into, kept from leaf to leaf: decoding allocates nothing.
  func lendBlock() -> [UInt8] {
    spareBlocks.popLast() ?? [UInt8](repeating: 0, count: Self.blockBytes + Self.blockRoom)
  }

  func giveBack(_ block: consuming [UInt8]) {
    if spareBlocks.count < 4 { spareBlocks.append(block) }
  }

  /// Encoded bytes that are decoded at a time.
  static let blockBytes = 1 << 14
  /// What a decoder may write beyond them.
  static let blockRoom = 128
}
