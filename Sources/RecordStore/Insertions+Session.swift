import GRDB
internal import Reports
internal import SMTPAnalysis
internal import TCPStreams
internal import Wire

extension Insertions {
  /// Puts everything that is told of a session into the database.
  ///
  /// - Parameter captures: The rows of its first and its last frame's input.
  func insert(
    _ session: Session, ofRun run: Int64, captures: (first: Int64, last: Int64), context: ReportContext
  ) throws {
    let connection = session.connection
    let decimals = context.timeDecimals
    var row = Row(columns: 39)
    row.add(nil as Int?)
    row.add(run)
    row.add(session.id)
    row.add(word: StoredText.communityID(connection.client, connection.server))
    row.add(captures.first)
    row.add(connection.firstFrame.number)
    row.add(captures.last)
    row.add(connection.lastFrame.number)
    let (start, end) = (connection.firstFrame.time, connection.lastFrame.time)
    row.add(time: start, decimals: decimals)
    row.add(start.nanoseconds)
    row.add(time: end, decimals: decimals)
    row.add(end.nanoseconds)
    row.add(milliseconds: end.nanoseconds(since: start))
    row.add(address: connection.client.address)
    row.add(Int(connection.client.port))
    row.add(text: session.names?.client.names.first)
    row.add(address: connection.server.address)
    row.add(Int(connection.server.port))
    row.add(text: session.names?.server.names.first)
    row.add(word: session.kind.rawValue)
    row.add(word: session.purpose.rawValue)
    row.add(word: session.proxy?.kind.rawValue)
    row.add(text: session.proxy?.source)
    row.add(text: session.proxy?.destination)
    row.add(word: connection.opening.word)
    row.add(word: connection.closing?.word)
    row.add(milliseconds: connection.handshakeDuration)
    row.add(session.greeting?.reply.code)
    row.add(wire: session.greeting?.reply.text)
    row.add(milliseconds: session.greeting?.delay)
    row.add(text: session.helo?.verb)
    row.add(wire: session.helo?.argument)
    row.add(list: Array(session.extensions))
    row.add(word: session.verdict.outcome.rawValue)
    row.add(word: session.verdict.cause?.rawValue)
    row.add(text: session.verdict.message)
    let id = try insert(row, into: .sessions)

    try insert(connection.clientToServer, from: .client, ofSession: id)
    try insert(connection.serverToClient, from: .server, ofSession: id)
    for (index, error) in connection.errors.enumerated() { try insert(error, index + 1, ofSession: id) }
    if let use = session.tls { try insert(use, ofSession: id) }
    for (index, one) in session.authentications.enumerated() { try insert(one, index + 1, ofSession: id) }
    for transaction in session.transactions { try insert(transaction, ofSession: id, decimals: decimals) }
    for (index, phase) in session.phases.enumerated() { try insert(phase, index + 1, of: session, id) }
    for (index, finding) in session.findings.enumerated() {
      try insert(finding, index + 1, of: session, id, decimals: decimals)
    }
    for (index, one) in session.hindsight.enumerated() { try insert(one, index + 1, ofSession: id) }
    if context.showsDialogue { try insert(session.dialogue, ofSession: id, decimals: decimals) }
  }

  private func insert(_ dialogue: [DialogueLine], ofSession id: Int64, decimals: Int) throws {
    for (index, line) in dialogue.enumerated() {
      var row = Row(columns: 9)
      row.add(id)
      row.add(index + 1)
      row.add(time: line.time, decimals: decimals)
      row.add(line.frame)
      row.add(word: line.from.word)
      let (kind, bytes): (String, Int?) =
        switch line.content {
        case .line: ("line", nil)
        case .message(let bytes): ("message", bytes)
        case .gap(let bytes): ("gap", bytes)
        case .encrypted(let bytes): ("encrypted", bytes)
        case .handshake: ("tls", nil)
        case .closed: ("closed", nil)
        }
      row.add(word: kind)
      switch line.content {
      case .line(let text): row.add(wire: text)
      case .handshake(let words): row.add(wire: Array(words.utf8))
      case .message, .gap, .encrypted, .closed: row.add(wire: nil)
      }
      row.add(bytes)
      try insert(row, into: .dialogue)
    }
  }

  private func insert(_ facts: DirectionFacts, from sender: Peer, ofSession id: Int64) throws {
    var row = Row(columns: 13)
    row.add(id)
    row.add(word: sender.word)
    row.add(facts.packets)
    row.add(facts.bytes)
    row.add(facts.retransmittedBytes)
    row.add(facts.retransmittedSegments)
    row.add(facts.outOfOrder)
    row.add(facts.missingBytes)
    row.add(facts.zeroWindows)
    row.add(facts.badChecksums)
    row.add(facts.conflictingBytes)
    row.add(facts.duplicateFrames)
    row.add(facts.clippedSegments)
    try insert(row, into: .tcp)
  }

  private func insert(_ error: PathError, _ number: Int, ofSession id: Int64) throws {
    var row = Row(columns: 10)
    row.add(id)
    row.add(number)
    row.add(word: error.kind.rawValue)
    row.add(address: error.reporter)
    row.add(word: error.about.word)
    row.add(Int(error.type))
    row.add(Int(error.code))
    row.add(error.nextHopMTU)
    row.add(error.frame.number)
    row.add(error.count)
    try insert(row, into: .icmpErrors)
  }

  private func insert(_ authentication: Authentication, _ number: Int, ofSession id: Int64) throws {
    var row = Row(columns: 9)
    row.add(id)
    row.add(number)
    row.add(wire: authentication.mechanism)
    row.add(wire: authentication.username)
    row.add(authentication.code)
    row.add(word: authentication.outcome.rawValue)
    row.add(authentication.isInClear)
    try insert(row, into: .auth)
  }

  private func insert(_ phase: Phase, _ number: Int, of session: Session, _ id: Int64) throws {
    var row = Row(columns: 8)
    row.add(id)
    row.add(number)
    row.add(phase.transaction.flatMap { session.hasTransaction($0) ? $0 : nil })
    row.add(word: phase.kind.rawValue)
    row.add(milliseconds: phase.duration)
    row.add(milliseconds: phase.times.client)
    row.add(milliseconds: phase.times.server)
    row.add(milliseconds: phase.times.network)
    try insert(row, into: .phases)
  }

  private func insert(_ finding: Finding, _ number: Int, of session: Session, _ id: Int64, decimals: Int) throws {
    var row = Row(columns: 10)
    row.add(id)
    row.add(number)
    row.add(finding.transaction.flatMap { session.hasTransaction($0) ? $0 : nil })
    row.add(word: finding.id.rawValue)
    row.add(word: finding.severity.rawValue)
    row.add(finding.frame)
    row.add(time: finding.time, decimals: decimals)
    row.add(text: finding.message)
    row.add(text: finding.evidence.map { String(visible: $0.span) })
    row.add(word: finding.id.entry.references.first)
    try insert(row, into: .findings)
  }

  private func insert(_ hindsight: Hindsight, _ number: Int, ofSession id: Int64) throws {
    var row = Row(columns: 6)
    row.add(id)
    row.add(number)
    row.add(hindsight.session)
    row.add(word: hindsight.kind.rawValue)
    row.add(milliseconds: hindsight.elapsed)
    row.add(hindsight.by)
    try insert(row, into: .hindsight)
  }
}

extension Session {
  /// Whether it has a transaction of this id: a limit, or a selection, may have left it out. They are in their order.
  fileprivate func hasTransaction(_ wanted: Int) -> Bool {
    if transactions.indices.contains(wanted - 1), transactions[wanted - 1].id == wanted { return true }
    return transactions.contains { $0.id == wanted }
  }
}
