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

  /// A session has ended; it has no number yet.
  struct Ending: Sendable {
    var ordinal: Int
    var session: Session
  }

  var openings: [Opening] = []
  var decisions: [Decision] = []
  var endings: [Ending] = []
  /// What the shard's other connections showed of names.
  var names: [NameObservation] = []

  var isEmpty: Bool { openings.isEmpty && decisions.isEmpty && endings.isEmpty && names.isEmpty }
}
