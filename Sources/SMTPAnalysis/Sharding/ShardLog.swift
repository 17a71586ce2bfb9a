internal import TCPStreams
internal import Wire

/// What a shard has found out since it was last asked, for those that bring all shards' findings into one order.
///
/// A connection is named by its `ordinal`, the place of its first frame among all frames of the run: no two have the same
/// one, and their order is that of the connections' first packets.
struct ShardLog: Sendable {
  /// A connection began that carries mail, or may.
  struct Opening: Sendable {
    var ordinal: Int
    var connection: SessionOpening
    var isMail: Bool
  }

  /// A connection turned out to carry mail, or not to.
  struct Decision: Sendable {
    var ordinal: Int
    /// Where it carries mail.
    var connection: SessionOpening?

    var isMail: Bool { connection != nil }
  }

  /// A session has ended; it has no number yet. The one that ended before is less.
  struct Ending: Comparable, Sendable {
    let ordinal: Int
    /// When its last frame was captured.
    let time: CaptureTime
    /// An array of one, until it is taken: bringing endings into order copies them often, and a session is much to copy.
    private var kept: [Session]

    init(ordinal: Int, session: consuming Session) {
      self.ordinal = ordinal
      time = session.connection.lastFrame.time
      kept = [session]
    }

    static func == (left: Ending, right: Ending) -> Bool { left.ordinal == right.ordinal }

    static func < (left: Ending, right: Ending) -> Bool {
      left.time != right.time ? left.time < right.time : left.ordinal < right.ordinal
    }

    /// Changes the session where it lies.
    mutating func amend(_ body: (inout Session) -> Void) {
      guard !kept.isEmpty else { return }
      body(&kept[0])
    }

    /// Gives the session away; nil where that was done before.
    mutating func take() -> Session? { kept.popLast() }
  }

  var openings: [Opening] = []
  var decisions: [Decision] = []
  var endings: [Ending] = []
  /// What the shard's other connections showed of names.
  var names: [NameObservation] = []
  /// Transactions that ended while their sessions go on.
  var transactions: [Session] = []

  var isEmpty: Bool {
    openings.isEmpty && decisions.isEmpty && endings.isEmpty && names.isEmpty && transactions.isEmpty
  }
}
