internal import TCPStreams
internal import Wire

/// Compares one session at both places. `near` is nearer to the client.
struct PairChanges {
  let near: ComparedSession
  let far: ComparedSession
  /// How far the far place's clock is ahead, and when either capture was made, each by its own clock.
  let offset: Int64
  let nearCapture: ClosedRange<Int64>
  let farCapture: ClosedRange<Int64>
  let limits: ComparisonLimits

  func complete(_ pair: inout SessionPair) {
    var changes = addressChanges
    let toServer = DialogueChanges(of: .client, sent: near, arrived: far, hasHoles: hasHoles)
    let toClient = DialogueChanges(of: .server, sent: far, arrived: near, hasHoles: hasHoles)
    pair.times = times(toClient.matched)

    let nearStarts = (client: near.trace.start(of: .client), server: near.trace.start(of: .server))
    let farStarts = (client: far.trace.start(of: .client), server: far.trace.start(of: .server))
    let clientDiffers = nearStarts.client != nil && farStarts.client != nil && nearStarts.client != farStarts.client
    let serverDiffers = nearStarts.server != nil && farStarts.server != nil && nearStarts.server != farStarts.server
    pair.isProxied = clientDiffers && serverDiffers && isAnotherConnection
    if pair.isProxied {
      changes.append(Change(.connectionProxied, from: .client))
    } else {
      if clientDiffers { changes.append(Change(.sequenceNumbersRewritten, from: .client)) }
      if serverDiffers { changes.append(Change(.sequenceNumbersRewritten, from: .server)) }
      changes += optionChanges(.client, near.clientPath, far.clientPath)
      changes += optionChanges(.server, far.serverPath, near.serverPath)
    }
    changes += toClient.changes + toServer.changes
    let mails = mailChanges
    changes += mails.changes
    if !pair.isProxied {
      let sent = SegmentChanges.Place(trace: near.trace, otherCapture: whereFarWatched)
      let arrived = SegmentChanges.Place(trace: far.trace, otherCapture: whereNearWatched)
      let client = SegmentChanges(
        of: .client, sent: sent, arrived: arrived,
        comparesData: !toServer.changesLengths && !mails.changesLengths, limits: limits)
      let server = SegmentChanges(
        of: .server, sent: arrived, arrived: sent, comparesData: !toClient.changesLengths, limits: limits)
      // What stands in the lines need not be told of the segments again.
      let isTold = { (peer: Peer) in changes.contains { $0.from == peer && $0.kind.isOfContent } }
      let (toldClient, toldServer) = (isTold(.client), isTold(.server))
      changes += client.changes.filter { $0.kind != .payloadRewritten || !toldClient }
      changes += server.changes.filter { $0.kind != .payloadRewritten || !toldServer }
    }
    // What never arrived although no packet was lost was swallowed.
    for (lines, peer) in [(toClient.untold, Peer.server), (toServer.untold, .client)] {
      guard !changes.contains(where: { $0.kind == .packetsLost && $0.from == peer }) else { continue }
      for line in lines {
        var change = Change(.lineRemoved, from: peer, sent: line.text.visible)
        change.sentFrame = line.frame
        changes.append(change)
      }
    }
    pair.changes = Array(changes.prefix(limits.changes))
    pair.furtherChanges = changes.count - pair.changes.count
  }

  private var hasHoles: Bool {
    near.missingBytes > 0 || far.missingBytes > 0 || near.isCut || far.isCut || near.opening == .midstream
      || far.opening == .midstream
  }

  /// What is on its way while a capture begins or ends may be missing there.
  private static let margin: Int64 = 1_000_000

  private var margin: Int64 { max(abs(near.serverRoundTrip ?? 0), PairChanges.margin) }

  /// When the far place would have had what the near one has, by the near one's clock, and the other way round.
  private var whereFarWatched: ClosedRange<Int64> { watched(farCapture, far, shiftedBy: -offset) }
  private var whereNearWatched: ClosedRange<Int64> { watched(nearCapture, near, shiftedBy: offset) }

  /// A capture that ends while the session goes on may have ended before something that is on its way; one that has its end
  /// has missed nothing.
  private func watched(
    _ capture: ClosedRange<Int64>, _ session: ComparedSession, shiftedBy shift: Int64
  ) -> ClosedRange<Int64> {
    let room = session.closing == .captureEnd ? -margin : margin
    let low = capture.lowerBound.addingSaturated(shift).subtractingSaturated(margin)
    let high = capture.upperBound.addingSaturated(shift).addingSaturated(room)
    return min(low, high)...high
  }

  private var addressChanges: [Change] {
    var changes: [Change] = []
    if near.client != far.client {
      changes.append(
        Change(
          .clientAddressTranslated, from: .client, sent: near.client.description, arrived: far.client.description))
    }
    if near.server != far.server {
      changes.append(
        Change(
          .serverAddressTranslated, from: .client, sent: near.server.description, arrived: far.server.description))
    }
    return changes
  }

  /// Whether the handshakes are of two connections: what a SYN offers besides its segment size is another host's, or the near
  /// one was complete before the far one began.
  private var isAnotherConnection: Bool {
    func offers(_ options: HandshakeOptions?) -> HandshakeOptions? {
      var options = options
      options?.maximumSegmentSize = 0
      return options
    }
    if let one = offers(near.clientPath), let other = offers(far.clientPath), one != other { return true }
    if let one = offers(near.serverPath), let other = offers(far.serverPath), one != other { return true }
    guard let atNear = near.serverRoundTrip, let atFar = far.serverRoundTrip else { return false }
    return atNear < atFar - PairChanges.margin
  }

  private func optionChanges(_ peer: Peer, _ sent: HandshakeOptions?, _ arrived: HandshakeOptions?) -> [Change] {
    guard let sent, let arrived else { return [] }
    var changes: [Change] = []
    func add(_ kind: Change.Kind, _ one: String?, _ other: String?) {
      changes.append(Change(kind, from: peer, sent: one, arrived: other))
    }
    if sent.maximumSegmentSize != arrived.maximumSegmentSize {
      add(.maximumSegmentSizeChanged, String(sent.maximumSegmentSize), String(arrived.maximumSegmentSize))
    }
    let options: [(String, Bool, Bool)] = [
      ("window scale", sent.windowScale != nil, arrived.windowScale != nil),
      ("selective acknowledgment", sent.selectiveAcknowledgment, arrived.selectiveAcknowledgment),
      ("timestamps", sent.timestamps, arrived.timestamps), ("fast open", sent.fastOpen, arrived.fastOpen),
    ]
    for (name, one, other) in options where one != other {
      if one { add(.tcpOptionRemoved, name, nil) } else { add(.tcpOptionAdded, nil, name) }
    }
    return changes
  }

  private var mailChanges: (changes: [Change], changesLengths: Bool) {
    var changes: [Change] = []
    var changesLengths = false
    for (sent, arrived) in zip(near.mails, far.mails) where sent.isComplete && arrived.isComplete {
      if sent.byteCount != arrived.byteCount { changesLengths = true }
      guard let one = sent.digest, let other = arrived.digest, one != other else { continue }
      func add(_ kind: Change.Kind, _ line: String?, _ otherLine: String?) {
        var change = Change(kind, from: .client, sent: line, arrived: otherLine)
        change.sentFrame = sent.frame
        change.arrivedFrame = arrived.frame
        changes.append(change)
      }
      if let header = one.header, let otherHeader = other.header {
        let difference = LineDifference(from: header, to: otherHeader)
        for index in header.indices where difference.removed.contains(index) {
          add(.headerRemoved, header[index].visible, nil)
        }
        for index in otherHeader.indices where difference.inserted.contains(index) {
          add(.headerAdded, nil, otherHeader[index].visible)
        }
      }
      if one.body != other.body || (one.header == nil) != (other.header == nil) {
        add(.bodyChanged, "\(one.bodyBytes) bytes", "\(other.bodyBytes) bytes")
      }
    }
    return (changes, changesLengths)
  }

  private func times(_ matched: [(sent: ComparedSession.Line, arrived: ComparedSession.Line)]) -> PairTimes {
    var times = PairTimes()
    times.clientSide = near.clientRoundTrip
    times.serverSide = far.serverRoundTrip
    var differences: [(difference: Int64, line: ComparedSession.Line)] = []
    for (sent, arrived) in matched {
      guard let atFar = sent.wait, let atNear = arrived.wait else { continue }
      times.replies += 1
      times.waitAtClient = times.waitAtClient.addingSaturated(atNear)
      times.waitAtServer = times.waitAtServer.addingSaturated(atFar)
      differences.append((atNear.subtractingSaturated(atFar), arrived))
    }
    let ordered = differences.map(\.difference).sorted()
    let median = ordered.isEmpty ? nil : ordered[ordered.count / 2]
    let handshake = near.serverRoundTrip.flatMap { one in far.serverRoundTrip.map { one.subtractingSaturated($0) } }
    times.between = (handshake.map { $0 < 0 } ?? true) ? median : handshake
    if let longest = differences.max(by: { $0.difference < $1.difference }), let median {
      let held = longest.difference.subtractingSaturated(median)
      if held >= PairChanges.worthTelling {
        times.longestHeld = PairTimes.Held(
          duration: held, line: longest.line.text.visible, frame: longest.line.frame)
      }
    }
    return times
  }

  /// What is held for a shorter time is the network's jitter.
  private static let worthTelling: Int64 = 20_000_000
}

extension Change.Kind {
  /// Whether it is about what was said.
  fileprivate var isOfContent: Bool {
    switch self {
    case .bannerMasked, .starttlsStripped, .capabilityMasked, .capabilityRemoved, .capabilityAdded, .commandMasked,
      .lineChanged, .lineRemoved, .lineAdded, .headerAdded, .headerRemoved, .bodyChanged:
      true
    default: false
    }
  }
}

extension Int64 {
  func addingSaturated(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? -.max : .max) : sum
  }
}
