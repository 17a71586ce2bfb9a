import SMTPAnalysis
package import Wire

extension Session {
  /// The time of its phases of these kinds: all of them, or one mail's.
  func times(_ kinds: Phase.Kind..., transaction: Int? = nil) -> TurnTimes {
    var times = TurnTimes()
    for phase in phases where kinds.contains(phase.kind) {
      if transaction == nil || phase.transaction == transaction { times += phase.times }
    }
    return times
  }
}

extension TurnTimes {
  /// What a line shows; nil where nothing is known, or commands waited for others only.
  var shown: Int64? { total >= 50_000 ? total : nil }

  /// `9.0 s of it the server's turn`, where it took long.
  package var turn: String? {
    guard total >= TurnTimes.slow else { return nil }
    let longest = max(client, server, network)
    let whose =
      switch longest {
      case server: "the server's turn"
      case client: "the client's turn"
      default: "the network's"
      }
    return "\(Quantity.duration(longest)) of it \(whose)"
  }

  /// From here on it is worth asking who it was.
  private static let slow: Int64 = 5_000_000_000
}
