internal import Wire

// When what is held is handed up, and when a hole is given up.

extension Connection {
  /// Hands up what has become next, gives up what has run out of patience, and keeps within the limits.
  mutating func settle(_ work: inout StreamWork) {
    let isQuiet =
      client.held.isEmpty && server.held.isEmpty && client.acknowledged <= client.position
      && server.acknowledged <= server.position
    if !isQuiet {
      deliver(&work)
      while client.heldCost + server.heldCost > work.limits.heldBytesPerConnection
        || client.held.count + server.held.count > work.limits.heldPiecesPerConnection
      {
        work.counts.holesGivenUp += 1
        giveUpOne(&work)
        deliver(&work)
      }
      watch(work)
      losePatience(&work)
    } else {
      client.waiting = nil
      server.waiting = nil
    }
    if !client.doubtful.isEmpty { client.dropPastDoubtful(&work) }
    if !server.doubtful.isEmpty { server.dropPastDoubtful(&work) }
    finishSides(&work)
  }
}

extension Connection {
  /// The connection is over: everything that waits is handed up, with its gaps. `reason` counts if no FIN or reset does.
  mutating func end(_ reason: ConnectionFacts.Closing, _ work: inout StreamWork) {
    leaveStep()
    life.phase = .closed
    if !life.isIgnored {
      deliver(&work)
      while !client.held.isEmpty || !server.held.isEmpty || client.confirmedDeficit > 0 || server.confirmedDeficit > 0 {
        giveUpOne(&work)
        deliver(&work)
      }
      // Whoever acknowledges a FIN that was not captured with its own came second.
      if client.marks.contains(.finPresumed) {
        client.finPosition = client.position
        if server.finRequirement > client.position { life.closedFirst(.client) }
      }
      if server.marks.contains(.finPresumed) {
        server.finPosition = server.position
        if client.finRequirement > server.position { life.closedFirst(.server) }
      }
      finishSides(&work)
    }
    dropHeld(&work)
    life.closing = life.closer ?? life.doubtfulReset.map { .reset(by: $0) } ?? reason
    work.events.closed(id)
  }

  /// Gives up what has waited for too long by the clock.
  mutating func timePassed(_ work: inout StreamWork) {
    losePatience(&work)
    finishSides(&work)
  }

  /// When the patience of the first of the two sides ends; `Int64.max` while nothing is missing.
  func deadline(_ limits: StreamLimits) -> Int64 {
    min(client.deadline(limits), server.deadline(limits))
  }

  /// Everything that waits is handed up, because others need the memory.
  mutating func flush(_ work: inout StreamWork) {
    while !client.held.isEmpty || !server.held.isEmpty {
      work.counts.holesGivenUp += 1
      giveUpOne(&work)
      deliver(&work)
    }
    client.dropDoubtful(&work)
    server.dropDoubtful(&work)
    watch(work)
    finishSides(&work)
  }

  /// Forgets what waits.
  mutating func dropHeld(_ work: inout StreamWork) {
    client.dropHeld(&work)
    server.dropHeld(&work)
  }

  private mutating func deliver(_ work: inout StreamWork) {
    while true {
      if client.hasNext, client.held.firstRequirement <= server.reach {
        client.handUp(id, from: .client, &life, &work)
      } else if server.hasNext, server.held.firstRequirement <= client.reach {
        server.handUp(id, from: .server, &life, &work)
      } else if client.hasNext, server.hasNext {
        // Each acknowledges the other. One of them is a retransmission whose first copy was not captured and which
        // acknowledges more than that did: the one that was captured later.
        if Connection.isLater(client.held.firstFrame, than: server.held.firstFrame) {
          client.handUp(id, from: .client, &life, &work)
        } else {
          server.handUp(id, from: .server, &life, &work)
        }
      } else {
        break
      }
    }
  }

  private static func isLater(_ frame: FrameDescriptor?, than other: FrameDescriptor?) -> Bool {
    guard let frame, let other else { return false }
    return frame.time != other.time ? frame.time > other.time : frame.number > other.number
  }

  private mutating func watch(_ work: StreamWork) {
    client.watch(now: work.now, otherSeen: server.isSeen)
    server.watch(now: work.now, otherSeen: client.isSeen)
  }

  private mutating func losePatience(_ work: inout StreamWork) {
    while true {
      let clientIsDue = client.isOutOfPatience(now: work.now, work.limits)
      let serverIsDue = server.isOutOfPatience(now: work.now, work.limits)
      guard clientIsDue || serverIsDue else { return }
      giveUp(clientIsDue && serverIsDue ? life.lastSpeaker.other : clientIsDue ? .client : .server, &work)
      deliver(&work)
      watch(work)
    }
  }

  /// Gives up the hole that was most likely sent first, though its patience has not run out.
  private mutating func giveUpOne(_ work: inout StreamWork) {
    let clientIsConfirmed = client.confirmedDeficit > 0
    let serverIsConfirmed = server.confirmedDeficit > 0
    if clientIsConfirmed || serverIsConfirmed {
      giveUp(
        clientIsConfirmed && serverIsConfirmed ? life.lastSpeaker.other : clientIsConfirmed ? .client : .server, &work)
    } else if !client.held.isEmpty, server.held.isEmpty || client.held.firstRequirement <= server.reach {
      giveUp(.client, &work)
    } else {
      giveUp(.server, &work)
    }
  }

  private mutating func giveUp(_ peer: Peer, _ work: inout StreamWork) {
    switch peer {
    case .client: client.giveUp(id, from: .client, other: server, &life, &work)
    case .server: server.giveUp(id, from: .server, other: client, &life, &work)
    }
  }

  private mutating func finishSides(_ work: inout StreamWork) {
    if client.position < client.finPosition, server.position < server.finPosition { return }
    // Whoever's FIN acknowledges the other's finished second.
    if client.finRequirement > server.finPosition {
      finish(.server, &work)
      finish(.client, &work)
    } else {
      finish(.client, &work)
      finish(.server, &work)
    }
  }

  private mutating func finish(_ peer: Peer, _ work: inout StreamWork) {
    let isOver = life.phase == .closed
    switch peer {
    case .client: client.finish(id, from: .client, requiring: isOver ? .max : server.reach, &work)
    case .server: server.finish(id, from: .server, requiring: isOver ? .max : client.reach, &work)
    }
  }
}

extension StreamDirection {
  /// Hands up the first held piece.
  mutating func handUp(_ id: ConnectionID, from peer: Peer, _ life: inout ConnectionLife, _ work: inout StreamWork) {
    guard let run = held.popFirst() else { return }
    heldCost -= run.cost
    work.heldCost -= run.cost
    let end = min(run.end, finPosition)
    advance(to: max(position, end))
    life.lastSpeaker = peer
    if !run.bytes.isEmpty {
      counts.bytes += run.bytes.count
      work.events.heldBytes(id, from: peer, HeldBytes(bytes: run.bytes, frame: run.frame))
    }
    if run.clipped > 0 {
      counts.missingBytes += run.clipped
      work.events.gap(id, from: peer, run.clipped)
    }
  }

  /// Gives up the bytes that are missing at the front: as far as they are known to be missing, but no farther than what the
  /// other side waits for, so that its next bytes find their place between two gaps; else up to the next held piece.
  mutating func giveUp(
    _ id: ConnectionID, from peer: Peer, other: StreamDirection, _ life: inout ConnectionLife,
    _ work: inout StreamWork
  ) {
    var confirmed = confirmedDeficit
    if other.hasNext, other.held.firstRequirement > position {
      confirmed = min(confirmed, other.held.firstRequirement - position)
    }
    if confirmed > 0 {
      if useDoubtful(&work) { return }
      if !isSeen { marks.insert(.uncaptured) }
      if confirmed == 1, confirmedDeficit == 1, held.isEmpty, finPosition == .max {
        marks.insert(.finPresumed)
        waiting = nil
        return
      }
      lose(min(confirmed, doubtful.firstStart - position), id, from: peer, &life, &work)
    } else if hasNext {
      handUp(id, from: peer, &life, &work)
    } else if !held.isEmpty {
      path.lost(unconfirmed: held.firstStart - position)
      lose(held.firstStart - position, id, from: peer, &life, &work)
    }
  }

  mutating func dropDoubtful(_ work: inout StreamWork) {
    work.heldCost -= doubtfulCost
    doubtfulCost = 0
    doubtful.removeAll()
  }

  /// Holds as next what was set aside with a wrong checksum, if it begins with the first byte that is acknowledged and
  /// missing.
  ///
  /// A receiver takes a segment whole or not at all (RFC 9293 section 3.10.7.4): one whose first bytes were acknowledged
  /// and never came again was taken, and came before whatever overlaps it; one of which another copy came was thrown away.
  private mutating func useDoubtful(_ work: inout StreamWork) -> Bool {
    while doubtful.firstStart <= position, let run = doubtful.popFirst() {
      doubtfulCost -= run.cost
      work.heldCost -= run.cost
      guard run.start == position else { continue }
      let overruled = held.overrule(with: run)
      heldCost += run.cost - overruled.cost
      work.heldCost += run.cost - overruled.cost
      counts.conflictingBytes += overruled.conflicting
      counts.badChecksums -= 1
      return true
    }
    return false
  }

  private mutating func lose(
    _ count: Int, _ id: ConnectionID, from peer: Peer, _ life: inout ConnectionLife, _ work: inout StreamWork
  ) {
    counts.missingBytes += count
    work.events.gap(id, from: peer, count)
    advance(to: position + count)
    life.lastSpeaker = peer
  }

  mutating func dropHeld(_ work: inout StreamWork) {
    work.heldCost -= heldCost
    heldCost = 0
    held.removeAll()
    dropDoubtful(&work)
  }

  /// Tells the end when its FIN is in order and what that acknowledges, within `reach`, was handed up.
  mutating func finish(_ id: ConnectionID, from peer: Peer, requiring reach: Int, _ work: inout StreamWork) {
    guard position >= finPosition, finRequirement <= reach, !marks.contains(.finished) else { return }
    marks.insert(.finished)
    work.events.finished(id, from: peer)
  }
}
