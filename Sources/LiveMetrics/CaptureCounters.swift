package import Wire

/// What whoever captures knows besides the sessions, once a second. Counts are those since the beginning.
package struct CaptureCounters: Equatable, Sendable {
  /// When the capture began, and what the time is now, by the wall clock.
  package var start: CaptureTime
  package var now: CaptureTime
  /// In the order of the command line.
  package var interfaces: [Interface] = []
  /// Records that nobody took: whoever reads the output is too slow.
  package var droppedRecords = 0
  /// Packets that were to be kept with their connection and were not.
  package var droppedHeldPackets = 0
  /// Bytes of packets that are kept until their connection has ended.
  package var heldPacketBytes = 0
  /// nil where nobody knows.
  package var openConnections: Int?
  /// Connections that were given up to stay within the limits.
  package var evictedConnections: Int?
  /// Bytes of segments that wait for others.
  package var heldBytes: Int?
  /// What the process holds.
  package var residentBytes: Int?

  package init(start: CaptureTime, now: CaptureTime) {
    self.start = start
    self.now = now
  }

  package struct Interface: Equatable, Sendable {
    package var name: String
    package var packets = 0
    package var bytes = 0
    /// Packets that were lost before anybody could look at them, by who lost them.
    package var droppedByKernel = 0
    package var droppedByInterface = 0
    package var isUp = true

    package init(_ name: String) {
      self.name = name
    }
  }

  package var packets: Int { interfaces.reduce(0) { $0 + $1.packets } }
  package var bytes: Int { interfaces.reduce(0) { $0 + $1.bytes } }
  package var dropped: Int { interfaces.reduce(0) { $0 + $1.droppedByKernel + $1.droppedByInterface } }
}
