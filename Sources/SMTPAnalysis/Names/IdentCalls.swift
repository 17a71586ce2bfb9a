internal import HostNames
internal import TCPStreams
internal import Wire

/// A call of a host's port 113 (RFC 1413): old servers ask there who a client's user is before they greet, and wait.
struct IdentCall: Equatable, Sendable {
  var caller: IPAddress
  var callee: IPAddress
  var frame: Int
  var began: CaptureTime
  /// The last frame of it so far.
  var last: CaptureTime
  /// Segments of the caller; where nobody answers, the attempts.
  var attempts: Int
  var isUnanswered: Bool

  static let port: UInt16 = 113

  init(_ facts: ConnectionFacts) {
    caller = facts.client.address
    callee = facts.server.address
    frame = facts.firstFrame.number
    began = facts.firstFrame.time
    last = facts.lastFrame.time
    attempts = facts.clientToServer.packets
    isUnanswered = facts.opening == .unanswered
  }
}

/// The calls that were seen, each as it stands.
struct IdentCalls: Sendable {
  /// Bytes for all calls that are remembered: of a scan of that port no more than the last.
  private static let mostBytes = 1 << 20
  /// Calls of one host that are remembered.
  private static let mostCalls = 8

  private var calls = BoundedTable<IPAddress, [IdentCall]>(mostBytes: IdentCalls.mostBytes)

  var isEmpty: Bool { calls.isEmpty }

  /// The calls of a host's port, in the order in which they began.
  func calls(of host: IPAddress) -> [IdentCall] { calls[host] ?? [] }

  /// Takes a call that began, or how one stands that was taken before.
  mutating func take(_ call: IdentCall) {
    var list = calls(of: call.callee)
    if let index = list.firstIndex(where: { $0.began == call.began && $0.caller == call.caller }) {
      list[index] = call
    } else {
      list.append(call)
      if list.count > Self.mostCalls { list.removeFirst() }
    }
    calls.set(list, bytes: list.count * MemoryLayout<IdentCall>.stride, for: call.callee)
  }
}
