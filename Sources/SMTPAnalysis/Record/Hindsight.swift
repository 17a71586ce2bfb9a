extension Session {
  /// What a client came for.
  public enum Purpose: String, CaseIterable, Sendable {
    /// To deliver mail, as far as anybody can tell.
    case mail
    /// To see at a fixed period whether the server is there; nothing it does or leaves out is a failure.
    case healthCheck = "health_check"
    /// To ask whether an address would be taken, for the sake of another session.
    case callout
  }

  /// Commands of the client.
  public struct Requests: OptionSet, Sendable {
    /// A bit for each kind of command.
    public var rawValue: UInt8

    /// From the bits of the kinds.
    public init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    /// XFORWARD or XCLIENT: a mail system hands on what it has taken, or a proxy speaks for its client.
    public static let handsOver = Requests(rawValue: 1)
    /// More than greeting, leaving and NOOP.
    public static let beyondHello = Requests(rawValue: 2)
  }
}

/// What is known of an earlier session since this one; of this one itself where the other came first to its end.
public struct Hindsight: Equatable, Sendable {
  /// What became of the earlier session's mail, or what that session was.
  public enum Kind: String, Sendable {
    /// All that greylisting had put off there is delivered now.
    case deliveredAfterGreylisting = "delivered_after_greylisting"
    /// All that was put off there is delivered now.
    case deliveredAfterDeferral = "delivered_after_deferral"
    /// All that was lost or given up there is delivered now.
    case deliveredAfterLoss = "delivered_after_loss"
    /// What was sent whole there and got no answer was sent again and is delivered now, perhaps for the second time.
    case deliveredAgain = "delivered_again"
    /// Nobody answered there by IPv6, and the mail is delivered by IPv4.
    case deliveredByIPv4 = "delivered_by_ipv4"
    /// It was a visit of the same health check.
    case healthCheck = "health_check"
  }

  /// The session that it is about.
  public var session: Int
  /// What is known of it.
  public var kind: Kind
  /// From then to what made the difference, in nanoseconds.
  public var elapsed: Int64
  /// The session that made the difference.
  public var by: Int

  /// What the session `by` made known of `session`, `elapsed` nanoseconds after it.
  public init(session: Int, kind: Kind, elapsed: Int64, by: Int) {
    self.session = session
    self.kind = kind
    self.elapsed = elapsed
    self.by = by
  }
}
