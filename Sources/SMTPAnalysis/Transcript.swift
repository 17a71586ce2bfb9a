internal import SMTPDialogue
internal import Wire

/// The dialogue line by line, for those who want to read it.
struct Transcript {
  private var lines: [DialogueLine] = []
  /// Which of them the client said before a reply that told what they were, by their places.
  private var late: [Int] = []
  /// Lines over the limit.
  private(set) var omitted = 0
  /// Whose bytes are being read; nil where it is nobody's, as at the end.
  var hears: Peer?

  /// Adds a line; TLS goes on in the line that it began.
  ///
  /// - Parameter limit: Lines kept of one session: a dialogue may go on for ever.
  mutating func add(_ content: DialogueLine.Content, from peer: Peer, at moment: Moment, limit: Int) {
    if case .encrypted(let count) = content, let last = lines.last, last.from == peer,
      case .encrypted(let before) = last.content
    {
      lines[lines.count - 1].content = .encrypted(bytes: before + count)
      return
    }
    guard lines.count < limit else {
      omitted += 1
      return
    }
    // What waited for a reply that never came is known for what it is when all is over.
    var place = lines.count
    while place > 0, lines[place - 1].content == .closed, moment.time < lines[place - 1].time { place -= 1 }
    // Nothing has to tell what a close is.
    if peer == .client, hears != .client, place == lines.count, content != .closed { late.append(place) }
    lines.insert(DialogueLine(from: peer, content: content, time: moment.time, frame: moment.frame), at: place)
  }

  /// The lines in the order in which they were said: what a reply told of the client's was said before that reply.
  var asSaid: [DialogueLine] {
    guard !late.isEmpty else { return lines }
    var ordered: [DialogueLine] = []
    ordered.reserveCapacity(lines.count)
    // What the server said behind the client's last line.
    var replies: ArraySlice<DialogueLine> = []
    var late = late[...]
    for (place, line) in lines.enumerated() {
      if late.first == place {
        late.removeFirst()
        let sooner = replies.prefix { $0.time <= line.time }
        ordered += sooner
        replies = replies.dropFirst(sooner.count)
        ordered.append(line)
      } else if line.from == .client {
        ordered += replies
        replies = []
        ordered.append(line)
      } else {
        replies.append(line)
      }
    }
    return ordered + replies
  }

  /// The same with a line where the TLS handshake ended.
  func asSaid(with handshake: TLSDetails?) -> [DialogueLine] {
    var lines = asSaid
    guard let handshake, let end = handshake.handshakeEnd, handshake.isActive else { return lines }
    let words = handshake.stage.map { "TLS handshake \($0)" } ?? handshake.agreement
    guard !words.isEmpty else { return lines }
    let place = lines.firstIndex { end < $0.time } ?? lines.count
    let before = lines[..<place].last
    lines.insert(
      DialogueLine(
        from: before?.from ?? .client, content: .handshake(words), time: end, frame: before?.frame ?? 0), at: place)
    return lines
  }
}
