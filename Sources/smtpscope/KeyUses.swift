internal import SMTPAnalysis
internal import TLSHandshake

/// Which sessions the TLS secrets served, and which not and why.
struct KeyUses {
  private var served = 0
  /// The sessions of each reason, the first ones.
  private var unserved: [KeyUse: (count: Int, first: [Int])] = [:]

  private static let mostNamed = 5
  /// Reasons kept: a hostile peer may choose any cipher suite.
  private static let mostReasons = 32

  mutating func count(_ session: Session) {
    guard let use = session.tls?.details?.keyUse else { return }
    guard use != .used else { return served += 1 }
    guard unserved[use] != nil || unserved.count < Self.mostReasons else { return }
    unserved[use, default: (0, [])].count += 1
    if let first = unserved[use]?.first, first.count < Self.mostNamed { unserved[use]?.first.append(session.id) }
  }

  /// A line for those that they served, and one for each reason.
  var lines: [String] {
    guard served > 0 || !unserved.isEmpty else { return [] }
    let reasons = unserved.sorted { $0.key.words < $1.key.words }.map { use, sessions in
      let named = sessions.first.map(String.init).joined(separator: ", ")
      let more = sessions.count > sessions.first.count ? " and more" : ""
      return "TLS secrets did not serve \(sessions.count) (session \(named)\(more)): \(use.words)."
    }
    return ["TLS secrets served \(served) session\(served == 1 ? "" : "s")."] + reasons
  }
}
