internal import HostNames

/// Something that a frame showed of who the hosts are. Every session of the capture may need it, whichever shard found it:
/// it is brought into the order of the frames before anything is made of it.
struct NameObservation: Sendable {
  enum Content: Sendable {
    case message(SeenMessage)
    /// A call of an ident port, as it stands.
    case call(IdentCall)
  }

  /// The place of its frame among all frames of the run.
  var ordinal: Int
  var content: Content
}
