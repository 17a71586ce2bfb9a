internal import TCPStreams
internal import Wire

/// Bytes of one side that had to be sent again and again, and what must have become of them.
///
/// Each has one cause, so that one finding tells it.
struct PathStall {
  var peer: Peer
  var stall: StallFacts
  var cause: Cause

  enum Cause {
    /// Segments of that size never pass, smaller ones do.
    case tooLarge
    /// Everything died in a silence.
    case idle
    /// Nothing comes back any more.
    case silence
    /// The other side is there, and these bytes do not get to it.
    case swallowed
  }

  /// The fewest retransmissions that prove something: loss by chance takes one, rarely two in a row (RFC 6298 doubles the
  /// wait before each).
  static let provingRepeats = 3
  /// The shortest stall that they take: no sender waits less than a fifth of a second for the first (RFC 6298 asks for one).
  static let provingDuration: Int64 = 500_000_000
  /// The shortest silence that a device can have lost a connection in.
  static let shortestIdle: Int64 = 5_000_000_000
  /// The smallest payload that a path may refuse: each link carries 576 bytes (RFC 1122 section 3.3.3), with what is
  /// taken for headers and options.
  static let smallestRefused = 500
}

extension ConnectionFacts {
  /// What stalled in this connection and did not go on; where both sides wait, the one that waited first. Where nothing
  /// hangs, segments that passed only when they were made smaller.
  var pathStall: PathStall? {
    guard !clientPath.troubles.isEmpty || !serverPath.troubles.isEmpty, !isOneSided else { return nil }
    let open = Peer.allCases.compactMap { peer in
      path(of: peer).openStall.flatMap { stall in
        stall.isProof && !isHeldBack(peer) ? (peer, stall) : nil
      }
    }
    if let (peer, stall) = open.min(by: { $0.1.since < $1.1.since }) {
      let cause = cause(of: stall, peer)
      // A reset of the other side is an answer.
      return cause != .tooLarge && closing == .reset(by: peer.other)
        ? nil : PathStall(peer: peer, stall: stall, cause: cause)
    }
    for peer in Peer.allCases {
      guard let trouble = path(of: peer).trouble else { continue }
      for stall in [trouble.stall, trouble.longestPastStall] {
        guard let stall, !stall.isOpen, stall.isProof, stall.smallestSize < stall.size, isTooLarge(stall, peer),
          tooBig(for: peer) == nil
        else { continue }
        return PathStall(peer: peer, stall: stall, cause: .tooLarge)
      }
    }
    return nil
  }

  /// Whether the connection died although nobody closed it: what it still owed will not come.
  var isDead: Bool { pathStall?.stall.isOpen == true }

  /// The other side's window is closed: it is not the path that holds the bytes back.
  private func isHeldBack(_ peer: Peer) -> Bool {
    path(of: peer.other).trouble?.closure?.isOpen == true
  }

  /// A router's word that it does not pass such packets of `peer`.
  func tooBig(for peer: Peer) -> PathError? {
    errors.first { $0.kind == .packetTooBig && $0.about == peer }
  }

  private func cause(of stall: StallFacts, _ peer: Peer) -> PathStall.Cause {
    if isTooLarge(stall, peer) { return .tooLarge }
    if silence.unanswered >= PathStall.shortestIdle, silence.brokenBy == peer,
      silence.unanswered > silence.longestSurvived
    {
      return .idle
    }
    return stall.peerHeard <= stall.firstRepeat ? .silence : .swallowed
  }

  /// Whether its size is what keeps the segment from passing: none so large ever did, and the other side is there; or else
  /// it is a full one, nothing smaller was tried in vain, and there was nothing that the other side would have had to say.
  private func isTooLarge(_ stall: StallFacts, _ peer: Peer) -> Bool {
    let path = path(of: peer)
    guard stall.size >= PathStall.smallestRefused, stall.size > path.largestAcknowledged,
      stall.widestSelective < stall.size, stall.dontFragment
    else { return false }
    if !stall.isOpen || tooBig(for: peer) != nil || stall.peerHeard - stall.since > livingDelay { return true }
    // It has what came behind, in a smaller packet of the same flight, and never this: chance takes one segment, not each
    // of its repetitions.
    if stall.widestSelective > 0, stall.repeats > PathStall.provingRepeats { return true }
    return stall.isOpen && stall.smallestOther >= stall.size && isFull(stall.size)
      && self.path(of: peer.other).isSurelyAcknowledged && silence.unanswered < 2 * PathStall.shortestIdle
  }

  /// What may still arrive after the path died: it was on its way.
  private var livingDelay: Int64 { max(50_000_000, 2 * (handshakeDuration ?? 0)) }

  /// Whether a segment's payload is about as large as both sides allow; options of TCP and IP take some of it.
  private func isFull(_ size: Int) -> Bool {
    let limits = [clientPath, serverPath].compactMap(\.options).map { Int($0.maximumSegmentSize) }.filter { $0 > 0 }
    return size >= (limits.min() ?? 1200) - 40
  }
}

extension StallFacts {
  /// It was sent again often enough, over long enough.
  var isProof: Bool { repeats >= PathStall.provingRepeats && duration >= PathStall.provingDuration }
}

extension PathStall {
  /// `7 transmissions of a 1448-byte segment (#15, #32–#36)`.
  var story: String {
    let what = stall.size == 0 ? "the close" : "a \(stall.size)-byte segment"
    return "\(stall.transmissions) transmissions of \(what) (\(frames))"
  }

  var frames: String {
    let (first, last) = (stall.begin.number, stall.end.number)
    let again = first == last ? "#\(first)" : "#\(first)–#\(last)"
    guard let sent = stall.firstFrame else { return again }
    return sent + 1 == first ? "#\(sent)–#\(last)" : "#\(sent), \(again)"
  }

  var place: (frame: Int, time: CaptureTime) { (stall.begin.number, stall.begin.time) }
}
