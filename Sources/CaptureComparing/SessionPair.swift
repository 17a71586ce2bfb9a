internal import Wire

/// One of the two captures.
package enum CaptureSide: String, Sendable {
  case a
  case b

  package var other: CaptureSide { self == .a ? .b : .a }
}

/// One session at both places, and what differs.
package struct SessionPair: Sendable {
  package var a: ComparedSession
  package var b: ComparedSession
  package var reason: MatchReason
  package var changes: [Change] = []
  /// Changes beyond the bound.
  package var furtherChanges = 0
  /// The connection is another one at either place: something between took part in both.
  package var isProxied = false
  package var times = PairTimes()

  init(a: ComparedSession, b: ComparedSession, reason: MatchReason) {
    self.a = a
    self.b = b
    self.reason = reason
  }

  package subscript(side: CaptureSide) -> ComparedSession { side == .a ? a : b }
}

/// Where the time of one session arose, in nanoseconds; what is not known is nil.
package struct PairTimes: Equatable, Sendable {
  /// Between the client and the place nearer to it, there and back.
  package var clientSide: Int64?
  /// Between the places, there and back: by the handshake, else by the replies.
  package var between: Int64?
  /// Between the server and the place nearer to it.
  package var serverSide: Int64?
  /// The waits for replies as they are seen at the place nearer to the client, and to the server.
  package var waitAtClient: Int64 = 0
  package var waitAtServer: Int64 = 0
  package var replies = 0
  /// The reply that was held longest between the places, and for how long beyond what the others took.
  package var longestHeld: Held?

  package struct Held: Equatable, Sendable {
    package var duration: Int64
    package var line: String
    package var frame: Int
  }

  package init() {}
}

/// A session that only one capture has, and why, where it can be told.
package struct LoneSession: Sendable {
  package enum Reason: String, Sendable {
    /// The other capture had not begun, or had ended.
    case beforeOtherCapture = "before_other_capture"
    case afterOtherCapture = "after_other_capture"
    /// The SYN was seen nearer to the client and was not answered.
    case synDropped = "syn_dropped"
    /// It was answered by a reset that does not come from beyond the other place.
    case refusedBetween = "refused_between"
    /// Something between answers itself, or the connection takes another way.
    case notAtServerSide = "not_at_server_side"
    /// Something between opened it itself, or it comes another way.
    case notAtClientSide = "not_at_client_side"
    case unknown
  }

  package var session: ComparedSession
  package var reason: Reason
}
