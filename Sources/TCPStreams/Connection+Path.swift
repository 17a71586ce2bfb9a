internal import PacketDecoding
internal import Wire

// What is known of the path, as diagnosis needs it.

extension Connection {
  /// RFC 5927 section 4.1: an error that quotes no segment which may be under way is forged, or too old to mean anything.
  mutating func receive(_ error: ICMPError, frame: FrameDescriptor, _ limits: StreamLimits) {
    guard life.phase != .closed, life.phase != .free, !life.isIgnored else { return }
    let isFromLow = key.isLow(error.source)
    let about: Peer = isFromLow == clientIsLow ? .client : .server
    let sender = about == .client ? client : server
    guard sender.isKnown else { return }
    let position = sender.position(of: TCPSequence(error.sequence))
    // A SYN stands before the first byte.
    let isSYN = position == -1 && sender.acknowledged == 0 && sender.position == 0
    guard isSYN || position >= sender.acknowledged - Connection.recentBytes && position <= sender.end else { return }
    let found = PathError(
      about: about, reporter: error.reporter, isICMPv6: error.isICMPv6, type: error.type, code: error.code,
      nextHopMTU: error.nextHopMTU, frame: frame)
    switch about {
    case .client: client.path.quoted(by: found, error, limits)
    case .server: server.path.quoted(by: found, error, limits)
    }
  }

  /// What may have been acknowledged while the error was on its way: the window of a connection without scaling.
  private static let recentBytes = 65_535
}

extension StreamDirection {
  /// Behind the last byte of it that was captured, or that a hole before it proves.
  var end: Int { max(position, highest, acknowledged) }

  /// Its packets without resets, which anybody may have sent.
  var heard: Int { counts.packets - (path.troubles.first?.reset?.count ?? 0) }

  /// The first byte that waits for its acknowledgement; where only the FIN does, its place.
  var front: Int? {
    if acknowledged < finPosition { return acknowledged < end || finPosition != .max ? acknowledged : nil }
    return marks.contains(.finAcknowledged) ? nil : finPosition
  }

  /// Tells its path, when its last segment came at `until` by the packet clock.
  func fill(_ facts: inout PathFacts, other: borrowing StreamDirection, until: Int64) {
    facts.options = path.options
    facts.largestAcknowledged = Int(path.largestAcknowledged)
    facts.timeToLive = path.timeToLive
    facts.unacknowledged = max(0, highest - acknowledged)
    facts.isSurelyAcknowledged = path.isSurelyAcknowledged
    guard var trouble = path.troubles.first else { return }
    if var stall = trouble.stall {
      stall.isOpen = front == stall.position
      stall.peerHeard = other.path.lastTime
      if trouble.selectiveFront == stall.position { stall.widestSelective = trouble.selectiveWidth }
      trouble.stall = stall
    }
    if var closure = trouble.closure, closure.isOpen {
      closure.end(others: other.counts.packets, now: until)
      trouble.closure = closure
    }
    // Reordering lets an acknowledgement claim what is captured a moment later.
    if let claimedEnd = trouble.claimedEnd { trouble.unseen = max(0, claimedEnd - highest) }
    facts.troubles = [trouble]
  }
}
