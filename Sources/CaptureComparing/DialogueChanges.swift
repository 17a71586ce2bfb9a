internal import TCPStreams
internal import Wire

/// What became of the lines of one side on their way to the other.
struct DialogueChanges {
  private(set) var changes: [Change] = []
  /// Something became longer or shorter, or came or went.
  private(set) var changesLengths = false
  /// Lines that only the sender's place has, at the end: the other side was not told them.
  private(set) var untold: [ComparedSession.Line] = []
  /// Of replies that are the same: how long it took at either place, and the lines.
  private(set) var matched: [(sent: ComparedSession.Line, arrived: ComparedSession.Line)] = []

  /// - Parameter hasHoles: Bytes are missing from a capture, so that a line that is not there may have passed all the same.
  init(of peer: Peer, sent: ComparedSession, arrived: ComparedSession, hasHoles: Bool) {
    let left = sent.lines.filter { $0.from == peer }
    let right = arrived.lines.filter { $0.from == peer }
    // What stands on either side of the differences; a reply's last line has a blank where others have a hyphen.
    let difference = LineDifference(from: left.map(Key.init), to: right.map(Key.init))
    let (removed, inserted) = (difference.removed, difference.inserted)
    var (i, j) = (0, 0)
    while i < left.count || j < right.count {
      var before: [ComparedSession.Line] = []
      var after: [ComparedSession.Line] = []
      while i < left.count, removed.contains(i) {
        before.append(left[i])
        i += 1
      }
      while j < right.count, inserted.contains(j) {
        after.append(right[j])
        j += 1
      }
      if before.isEmpty, after.isEmpty {
        if i < left.count, j < right.count { matched.append((left[i], right[j])) }
        i += 1
        j += 1
        continue
      }
      let isEnd = i >= left.count && j >= right.count
      if isEnd, after.isEmpty {
        if arrived.closing != .captureEnd, !hasHoles { untold = before }
        return
      }
      if isEnd, before.isEmpty, sent.closing == .captureEnd { return }
      compare(before, after, peer, hasHoles: hasHoles)
    }
  }

  private struct Key: Hashable {
    var from: Peer
    var text: [UInt8]

    init(_ line: ComparedSession.Line) {
      from = line.from
      text = line.text
      if line.from == .server, text.count > 3, text[3] == UInt8(ascii: "-") { text[3] = UInt8(ascii: " ") }
    }
  }

  /// A stretch in which nothing is the same.
  private mutating func compare(
    _ before: [ComparedSession.Line], _ after: [ComparedSession.Line], _ peer: Peer, hasHoles: Bool
  ) {
    var rest = after[...]
    for line in before {
      // Masked in place: as long as before. Else the same command or reply, with another text.
      let place =
        rest.firstIndex { $0.text.count == line.text.count && DialogueChanges.masks($0.text, line.text) }
        ?? (line.kind == .capability
          ? nil : rest.firstIndex { $0.kind == line.kind && $0.text.prefix(4) == line.text.prefix(4) })
        ?? (before.count == after.count && line.kind != .capability ? rest.indices.first : nil)
      guard let place else {
        if !hasHoles { add(line.kind == .capability ? .capabilityRemoved : .lineRemoved, peer, line, nil) }
        continue
      }
      let other = rest[place]
      for skipped in rest[rest.startIndex..<place] where !hasHoles { addAdded(skipped, peer) }
      rest = rest[(place + 1)...]
      matched.append((line, other))
      let isMasked = DialogueChanges.masks(other.text, line.text)
      switch (line.kind, isMasked) {
      case (.greeting, true): add(.bannerMasked, peer, line, other)
      case (.capability, true): add(.capabilityMasked, peer, line, other)
      case (.command, true): add(.commandMasked, peer, line, other)
      default: add(.lineChanged, peer, line, other)
      }
    }
    for line in rest where !hasHoles { addAdded(line, peer) }
  }

  private mutating func addAdded(_ line: ComparedSession.Line, _ peer: Peer) {
    add(line.kind == .capability ? .capabilityAdded : .lineAdded, peer, nil, line)
  }

  private mutating func add(
    _ kind: Change.Kind, _ peer: Peer, _ sent: ComparedSession.Line?, _ arrived: ComparedSession.Line?
  ) {
    var kind = kind
    if let text = sent?.text, sent?.kind == .capability, kind == .capabilityMasked || kind == .capabilityRemoved,
      text.dropFirst(4).elementsEqual("STARTTLS".utf8)
    {
      kind = .starttlsStripped
    }
    if sent?.text.count != arrived?.text.count { changesLengths = true }
    var change = Change(kind, from: peer, sent: sent?.text.visible, arrived: arrived?.text.visible)
    change.sentFrame = sent?.frame
    change.arrivedFrame = arrived?.frame
    changes.append(change)
  }

  /// Whether `text` is `original` with X or asterisks for some of it, as firewalls write them: `250-XXXXXXXA`, `220 ****`. Once
  /// over either line, which `ComparedSession` has cut to its bound; whoever sends such a line is told to have been masked, no more.
  static func masks(_ text: [UInt8], _ original: [UInt8]) -> Bool {
    guard text != original, !text.isEmpty else { return false }
    // A reply keeps its code.
    let hasCode = original.count > 3 && original.prefix(3).allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    let said = hasCode ? text.dropFirst(4) : text[...]
    if hasCode, !text.starts(with: original.prefix(3)) { return false }
    let stars = said.count { $0 == UInt8(ascii: "*") }
    let crosses = said.prefix { $0 == UInt8(ascii: "X") }.count
    return stars >= 4 && stars * 2 >= said.count || crosses >= 4 || crosses > 0 && crosses == said.count
  }
}
