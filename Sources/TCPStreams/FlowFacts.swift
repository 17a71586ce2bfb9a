public import Wire

/// What flow monitors tell of a connection besides its streams: Zeek's connection log, Suricata's flow records.
///
/// A class, so that the many connections of which nobody asks for it hold a nil.
public final class FlowFacts: Sendable {
  /// What the client sent.
  public let client: Side
  /// What the server sent.
  public let server: Side
  /// Which kinds of packets passed in which order: Zeek's letters, the client's in upper case.
  public let history: [UInt8]
  /// When the last packet passed before both sides had ended; a last acknowledgement lies behind it.
  public let end: CaptureTime

  /// Made of both sides' counts, the letters of what passed, and the time of the last packet that counts.
  public init(client: Side, server: Side, history: [UInt8], end: CaptureTime) {
    self.client = client
    self.server = server
    self.history = history
    self.end = end
  }

  /// What one side sent. Frames that the capture saw twice are counted once.
  public struct Side: Equatable, Sendable {
    /// Segments, those with a wrong checksum among them.
    public var packets = 0
    /// Octets of its IP packets with their headers, as they were on the wire.
    public var packetBytes = 0
    /// Octets of the frames that they came in.
    public var frameBytes = 0
    /// The control bits of all its segments, as they stand in the header's octet.
    public var flags: UInt8 = 0
    /// How far it came in opening and closing the connection.
    public var state = State.silent
    /// It has closed or reset the connection.
    public var hasEnded = false

    /// A side that has sent nothing.
    public init() {}
  }

  /// How far one side came, as its control bits show it.
  public enum State: Equatable, Sendable {
    case silent
    /// It was there before the capture began.
    case midstream
    /// Its SYN was not answered.
    case asking
    case established
    case closed
    /// It sent a reset; it may have closed its direction before.
    case reset(afterClosing: Bool)
  }

  /// The same connection with client and server the other way round.
  public var swapped: FlowFacts {
    let letters = history.map { letter in
      switch letter {
      case 0x41...0x5a, 0x61...0x7a: letter ^ 0x20
      default: letter
      }
    }
    return FlowFacts(client: server, server: client, history: letters, end: end)
  }
}
