internal import SMTPDialogue
internal import Wire

/// What the server has said since the client was last heard, piece by piece: nobody may have heard it.
///
/// Most often it is one piece, which lies in the session itself; further ones are kept elsewhere.
struct LastWords {
  private var further: [Piece] = []
  private var first: Piece?
  /// When the client was last heard.
  private(set) var clientHeard: Moment?

  private struct Piece {
    var moment: Moment
    var count: Int
  }

  /// Pieces kept while the client is silent: the server may go on for ever. What comes behind them belongs to the last.
  static let limit = 16

  /// So many bytes of a side's stream passed.
  mutating func passed(_ count: Int, from peer: Peer, at moment: Moment) {
    guard peer == .server else {
      clientHeard = moment
      first = nil
      if !further.isEmpty { further.removeAll(keepingCapacity: true) }
      return
    }
    if first == nil {
      first = Piece(moment: moment, count: count)
    } else if further.count < Self.limit - 1 {
      further.append(Piece(moment: moment, count: count))
    } else {
      further[further.count - 1].count += count
    }
  }

  /// When the piece passed in which the last `count` bytes begin; the first that is known where they begin before it. nil
  /// where nothing was said, or they are none.
  func start(ofLast count: Int) -> Moment? {
    guard count > 0, let first else { return nil }
    var rest = count
    for piece in further.reversed() {
      rest -= piece.count
      if rest <= 0 { return piece.moment }
    }
    return first.moment
  }
}
