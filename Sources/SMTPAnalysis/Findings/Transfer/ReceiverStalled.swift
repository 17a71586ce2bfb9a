internal import TCPStreams
internal import Wire

extension CatalogueEntry {
  static let receiverStalled = CatalogueEntry(
    .receiverStalled, .warning, "the receiver stopped reading",
    explanation: """
      The receiving program did not take the data that had arrived, its buffer filled and it told the sender to wait. \
      Not the network is slow but that program: a busy content filter, a slow disk. Where the transfer died of it, \
      this is an error.
      """,
    seenWhen: "a zero window is announced for longer than 2 seconds; how long, and at which step, is told",
    whatToDo: """
      look at load, disk and filters of the receiving host at that time; scan after acceptance or in parallel instead \
      of while reading
      """,
    references: ["RFC 9293 section 3.8.6", "RFC 9293 section 3.8.6.1"])
}

enum ReceiverStalled: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    guard evidence.facts.isTroubled, !evidence.isOneSided else { return }
    for peer in Peer.allCases {
      guard let trouble = evidence.facts.path(of: peer).trouble,
        let closure = [trouble.closure, trouble.longestPastClosure].compactMap(\.self)
          .filter({ $0.duration > shortest && $0.probes > 0 }).max(by: { $0.duration < $1.duration })
      else { continue }
      // What a client does not read it has been answered all the same.
      let isUnread =
        peer == .client && !evidence.session.hasQuit && evidence.session.verdict.outcome != .delivered
      let ended = closure.isOpen && (evidence.isUnfinished || isUnread)
      let step = closure.isOpen ? evidence.openStep : evidence.step(at: closure.begin)
      let frames =
        closure.begin.number == closure.last.number
        ? "#\(closure.begin.number)" : "#\(closure.begin.number)–#\(closure.last.number)"
      var message =
        "\(sentenceStart(step)) stood still: the \(peer.word)'s receive window was zero for \(spoken(closure.duration)) (\(frames))"
      message += closure.isOpen ? " and did not open again" : ""
      if closure.answers > 0 {
        message +=
          ". Its host answers the probes (\(closure.answers) times), so the path is alive: the program there does not read."
      } else {
        message += "."
      }
      findings.add(
        Finding(
          .receiverStalled, severity: ended ? .error : .warning,
          transaction: closure.isOpen ? evidence.openDraft?.transaction.id : nil,
          at: (closure.begin.number, closure.begin.time), message: message + evidence.optionsNote))
    }
  }

  private static let shortest: Int64 = 2_000_000_000
}
