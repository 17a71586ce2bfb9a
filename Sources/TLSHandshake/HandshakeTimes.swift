public import Wire

/// When the records of a handshake passed, and whose turn it was between them.
public struct HandshakeTimes: Sendable {
  /// When the first record passed.
  public private(set) var begin: CaptureTime
  /// When the last record of the handshake so far passed.
  public private(set) var end: CaptureTime
  /// How the time between them divides between client, server and network.
  public private(set) var times = TurnTimes()
  private var speaker: Peer
  /// The client has sent the first record of its own keys: in TLS 1.3 its Finished, before it its first words.
  var isOver = false

  init(speaker: Peer, at time: CaptureTime) {
    begin = time
    end = time
    self.speaker = speaker
  }

  mutating func noteTurn(of peer: Peer, at time: CaptureTime) {
    let passed = max(0, time.nanoseconds(since: end))
    switch peer {
    case speaker:
      times += TurnTimes(network: passed)
    case .client:
      times += TurnTimes(client: passed)
      times.clientTurns += 1
    case .server:
      times += TurnTimes(server: passed)
      times.serverTurns += 1
    }
    speaker = peer
    end = max(end, time)
  }
}
