/// The bounds of the page: it runs beside a mail server for months, and whoever is on the wire decides what it is shown.
package struct PageLimits: Sendable {
  /// Sessions that can be looked at, and as many again of those that failed: a busy minute must not push out the failures
  /// of the night.
  package var sessions = 500
  /// Bytes of all their records, and of one. A session may carry ten thousand recipients, and a flood such sessions.
  package var recordBytes = 24 << 20
  package var bytesOfRecord = 1 << 20
  /// Lines of a dialogue that are shown.
  package var dialogueLines = 1500
  /// Records made in a second, of sessions that failed and of others each. The making is the capturing thread's time.
  package var recordsPerSecond = 200
  /// Sessions that are sent to the page in a second. Nobody reads more.
  package var listedPerSecond = 40
  /// Sessions of each kind that a page is sent when it opens.
  package var listedAtOnce = 200
  /// Bytes of a text from the wire in a list.
  package var textBytes = 300
  /// Connections of readers at once; more wait in the kernel's queue.
  package var connections = 256
  /// Pages that are kept up to date at once, so that there is room for whoever collects the metrics.
  package var streams = 24
  /// Seconds for a request to arrive, and for a reader to take what was written. A half request costs a connection so long.
  package var patience: Int64 = 15
  /// Bytes of a request's head.
  package var requestBytes = 16 << 10

  package init() {}
}
