internal import Reports
internal import SMTPAnalysis
internal import Wire

/// Looks on while live traffic is analyzed: metrics, a page.
///
/// All calls come from the thread that captures, which waits for them: whoever has more to do than to keep what it is given
/// does it in a thread of its own. They begin when privileges have been given up.
protocol LiveObserver: AnyObject {
  /// The capture has begun. Threads and listening sockets are made here and not before: what has no privileges to lose, and
  /// may write nowhere but into the output directories.
  func begin(_ context: ReportContext) throws(Failure)
  /// A session has ended. What `--finding` and the like leave out is shown too; `isKept` tells.
  func session(_ session: Session, isKept: Bool, context: ReportContext)
  /// A second has passed.
  func tick(_ counters: LiveCounters)
  /// The capture has ended and every session was shown.
  func end(_ counters: LiveCounters)
}

/// What is counted while live traffic is analyzed; everything but `memory` and the flows grows only.
struct LiveCounters: Sendable {
  /// The time of the wall clock.
  var time = CaptureTime(nanoseconds: 0)
  /// When the capture began.
  var start = CaptureTime(nanoseconds: 0)
  /// In the order of the command line; `FrameDescriptor.file` is an index into it.
  var interfaces: [Interface] = []
  /// Sessions that have ended, those that the selection leaves out too.
  var sessions = 0
  /// Records that were not written because whoever reads the output is too slow.
  var droppedRecords = 0
  /// Packets that `--write` could not keep until their connection ended.
  var droppedHeldPackets = 0
  /// Packets that `--write` holds now, in bytes.
  var heldPacketBytes = 0
  /// Connections in the tables; nil where the tables are other threads'.
  var openConnections: Int?
  /// Bytes of out-of-order segments that wait.
  var heldBytes: Int?
  /// What was given up so far to stay within the limits; nil as above.
  var limited: AnalysisSummary.Limited?
  /// Resident memory in bytes; nil where the system does not tell.
  var memory: Int?

  struct Interface: Sendable {
    var name: String
    /// Packets that passed the filter and were analyzed, and their captured bytes.
    var packets = 0
    var bytes = 0
    /// Packets that the kernel dropped because its buffer was full.
    var kernelDropped = 0
    /// Packets that the interface or its driver dropped.
    var interfaceDropped = 0
    var isUp = true
  }

  /// Packets of all interfaces.
  var packets: Int { interfaces.reduce(0) { $0 + $1.packets } }
  /// Packets dropped by the kernel or an interface.
  var droppedPackets: Int { interfaces.reduce(0) { $0 + $1.kernelDropped + $1.interfaceDropped } }
}
