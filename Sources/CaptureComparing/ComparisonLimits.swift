/// The bounds of what a comparison holds of each capture. What is left out is counted.
package struct ComparisonLimits: Sendable {
  /// Sessions: a capture may have millions.
  package var sessions = 100_000
  /// Lines of one session's dialogue, and bytes of a line: a peer sends as many and as long ones as it likes.
  package var lines = 2000
  package var lineBytes = 1000
  /// Bytes of all dialogues together.
  package var dialogueBytes = 256 << 20
  /// Bytes of a message's header section that are compared; of a longer one the whole message is.
  package var headerBytes = 65_536
  /// Segments of one connection, and of all.
  package var segments = 20_000
  package var segmentsInAll = 4_000_000
  /// Segments of one direction that are cut in another way at the other place; they are compared byte range by byte range.
  package var recutSegments = 2000
  /// Sessions that share a line and are weighed against each other: the same test mail may pass ten thousand times.
  package var rivals = 64
  /// Changes that are told of one session.
  package var changes = 200

  package init() {}
}
