internal import TCPStreams
internal import Wire

// Replies of which the capture does not have what they answered.

extension SessionEvidence {
  /// Something was refused that the capture does not have.
  var refusedUnseen: Bool { exchanges.contains { isToUnseen($0) && $0.reply?.isNegative == true } }

  /// What the server said to it, as far as it tells of a mail: refusals, and what came behind a 354. nil where it tells
  /// nothing.
  var repliesToUnseen: String? {
    guard hasHoles else { return nil }
    var telling: [ReplyRecord] = []
    // A capture that begins late most often begins in the text: a reply of one line may answer its end.
    var mayEndText = facts.opening == .midstream
    for exchange in exchanges {
      guard let reply = exchange.reply else { continue }
      if isToUnseen(exchange), reply.isNegative || mayEndText && reply.isPositive && reply.lines.count == 1 {
        telling.append(reply)
      }
      mayEndText = reply.code == 354
    }
    guard !telling.isEmpty else { return nil }
    let shown = telling.prefix(3).map(\.quotedBriefly).joined(separator: "; ")
    let others = telling.count > 3 ? "; and \(telling.count - 3) more" : ""
    return "The server said to what was not captured: \(shown)\(others)."
  }

  private func isToUnseen(_ exchange: Exchange) -> Bool {
    exchange.step == .unseen || isOneSided && exchange.step != .greeting
  }
}
