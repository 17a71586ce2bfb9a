internal import SMTPDialogue
internal import TCPStreams
internal import Wire

/// size-exceeded where no reply says it: more was declared than is offered, or the client left for the limit's sake.
enum SizeLimitHeeded: FindingCheck {
  static func look(at evidence: borrowing SessionEvidence, into findings: inout FindingCollector) {
    let transactions = evidence.session.transactions
    guard transactions.isEmpty || evidence.marks.contains(.sized), !evidence.hasHoles,
      let limit = limit(evidence), limit > 0
    else { return }
    // By index: a transaction is much to copy.
    for index in transactions.indices {
      guard let declared = Transaction.declaredSize(in: transactions[index].parameters), declared > limit else {
        continue
      }
      let transaction = transactions[index]
      let isDelivered = transaction.outcome == .accepted || transaction.outcome == .partiallyAccepted
      findings.add(
        Finding(
          .sizeExceeded, severity: isDelivered ? .warning : nil, transaction: transaction.id,
          at: (transaction.firstFrame, transaction.start),
          message: "SIZE=\(declared) was declared and the server takes at most \(limit) bytes."))
    }
    if transactions.isEmpty { lookAtLeave(limit, evidence, &findings) }
  }

  /// RFC 1870 section 6.1: a client that knows the limit and its message's size does not begin. It says nothing of that, so
  /// that only a limit and a leave can be seen.
  private static func lookAtLeave(
    _ limit: Int, _ evidence: borrowing SessionEvidence, _ findings: inout FindingCollector
  ) {
    guard limit < 1_000_000, evidence.session.authentications.isEmpty, evidence.session.tls == nil,
      let last = evidence.exchanges.last(where: { $0.verb != .quit }), last.verb == .ehlo,
      evidence.session.connection.closing == .finished(by: .client), let hello = last.reply, !hello.isNegative,
      last.oddities.isEmpty
    else { return }
    findings.add(
      Finding(
        .sizeExceeded, at: hello.place,
        message:
          "The client left after it had learned that the server takes at most \(limit) bytes (SIZE): its message may be larger. The capture shows no other reason."
      ))
  }

  private static func limit(_ evidence: borrowing SessionEvidence) -> Int? {
    evidence.session.extensions.firstLine { $0.count > 5 && $0.hasBytesIgnoringCase("SIZE ") }
      .flatMap { Int(String(decoding: $0.dropFirst(5), as: UTF8.self)) }
  }
}
