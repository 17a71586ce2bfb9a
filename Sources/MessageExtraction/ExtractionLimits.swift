/// The bounds of extraction, each against a capture made of very many messages at once.
package struct ExtractionLimits: Equatable, Sendable {
  /// Files kept open together; the least recently written is closed and opened again when its next bytes come. Thousands
  /// of messages in flight would use up the process's descriptors. At least one is used.
  package var openFiles = 128
  /// Bytes of a message gathered before they are written, so that a file is not written a segment at a time.
  package var gatheredBytesPerMessage = 1 << 16
  /// Bytes gathered of all messages; beyond it they are written as they come. Thousands of messages that stop after some
  /// bytes would hold the first bound each.
  package var gatheredBytes = 16 << 20

  /// Bytes of whole messages that wait in memory for their place in a mailbox file; beyond it they wait in files. A session
  /// that never ends would keep all of its messages waiting.
  package var waitingBytes = 16 << 20

  /// The defaults, fit for a daemon.
  package init() {}

  /// The limits of one of several writers that share what these allow in all.
  package func divided(among writers: Int) -> ExtractionLimits {
    var limits = self
    limits.openFiles = max(1, openFiles / writers)
    limits.gatheredBytes = max(1, gatheredBytes / writers)
    return limits
  }
}
