public import Wire

/// What is known of a connection besides its bytes.
public struct ConnectionFacts: Sendable {
  /// Who opened it; of one that was there before the capture this is a guess by port.
  public var client: Endpoint
  /// Who was called.
  public var server: Endpoint
  /// How the capture saw it begin.
  public var opening: Opening
  /// nil while it is open.
  public var closing: Closing?
  /// The first frame of it in the capture.
  public var firstFrame: FrameDescriptor
  /// The last frame so far that was taken for one of it, second copies included.
  public var lastFrame: FrameDescriptor
  /// From the SYN to the segment that completed the handshake, in nanoseconds.
  public var handshakeDuration: Int64?
  /// From the capture point to the server and back, as SYN and SYN-ACK show it, in nanoseconds: nearly nothing where the
  /// capture was made at the server.
  public var serverRoundTrip: Int64?
  /// From the capture point to the client and back, as SYN-ACK and the ACK behind it show it.
  public var clientRoundTrip: Int64?
  /// The silences that a retransmission ended, the first ones.
  public var stalls: [Stall] = []
  /// What was counted of the client's stream.
  public var clientToServer = DirectionFacts()
  /// What was counted of the server's stream.
  public var serverToClient = DirectionFacts()
  /// What each side's packets show of the path.
  public var clientPath = PathFacts()
  /// What the server's packets show of the path, likewise.
  public var serverPath = PathFacts()
  /// How silent it was, and whether a silence was its end.
  public var silence = SilenceFacts()
  /// ICMP errors that quote a segment of it, those that are alike once.
  public var errors: [PathError] = []
  /// How many packets they were.
  public var errorCount = 0
  /// What flow monitors tell; nil where it was not asked for.
  public var flow: FlowFacts?

  /// How the capture saw the connection begin.
  public enum Opening: Hashable, Sendable {
    /// SYN and SYN-ACK, or one of them where one direction only was captured.
    case handshake
    /// It was there before the capture began; who is the client is a guess by port.
    case midstream
    /// The SYN was answered by a reset.
    case refused
    /// The SYN was never answered.
    case unanswered
  }

  /// How the connection ended: by whoever closed or reset it first.
  public enum Closing: Hashable, Sendable {
    case finished(by: Peer)
    case reset(by: Peer)
    /// Nothing passed for longer than the idle limit, or it was evicted for its memory.
    case timeout
    case captureEnd
  }

  /// A silence of the connection that ended with something sent again: nobody's turn but the network's.
  public struct Stall: Equatable, Sendable {
    /// Who sent again.
    public var peer: Peer
    /// When it did.
    public var end: CaptureTime
    /// How long nothing had passed before, in nanoseconds.
    public var duration: Int64

    /// Made of who sent again, when, and how many nanoseconds nothing had passed before.
    public init(from peer: Peer, until end: CaptureTime, lasting duration: Int64) {
      self.peer = peer
      self.end = end
      self.duration = duration
    }
  }

  /// Whether anything went wrong with the packets of either side.
  @inlinable public var isTroubled: Bool { !clientPath.troubles.isEmpty || !serverPath.troubles.isEmpty }

  /// What the packets of `peer` show of the path.
  public func path(of peer: Peer) -> PathFacts { peer == .client ? clientPath : serverPath }

  /// The facts of the stream that `peer` sent.
  public subscript(peer: Peer) -> DirectionFacts {
    get { peer == .client ? clientToServer : serverToClient }
    set {
      switch peer {
      case .client: clientToServer = newValue
      case .server: serverToClient = newValue
      }
    }
  }
}

extension ConnectionFacts {
  /// A connection of which its first frame is known and nothing is counted.
  public init(client: Endpoint, server: Endpoint, opening: Opening, firstFrame: FrameDescriptor) {
    self.init(client: client, server: server, opening: opening, firstFrame: firstFrame, lastFrame: firstFrame)
  }
}

/// Counts of what one side sent. Frames that the capture saw twice are counted once.
public struct DirectionFacts: Equatable, Sendable {
  /// Segments of it in the capture, resets and those with a wrong checksum among them.
  public var packets = 0
  /// Payload bytes handed up in order.
  public var bytes = 0
  /// Payload bytes that came again after they had been captured, those of keep-alives and window probes aside.
  public var retransmittedBytes = 0
  /// Bytes that were sent and are not in the capture.
  public var missingBytes = 0
  /// Bytes of retransmissions that differed from the first copy.
  public var conflictingBytes = 0
  // There are many connections, and few of them count far here: 32 bits do, and saturate.
  private var retransmitted: UInt32 = 0
  private var reordered: UInt32 = 0
  private var closed: UInt32 = 0
  private var corrupt: UInt32 = 0
  private var duplicate: UInt32 = 0
  private var clipped: UInt32 = 0

  /// Nothing counted.
  public init() {}

  /// Segments that repeat a SYN, a FIN or payload that had been captured; keep-alives and window probes are none.
  public var retransmittedSegments: Int {
    get { Int(retransmitted) }
    set { retransmitted = UInt32(clamping: newValue) }
  }

  /// Segments that repeat nothing and do not begin where the farthest one captured before them ended.
  public var outOfOrder: Int {
    get { Int(reordered) }
    set { reordered = UInt32(clamping: newValue) }
  }

  /// Segments that announced a window of zero (not RST).
  public var zeroWindows: Int {
    get { Int(closed) }
    set { closed = UInt32(clamping: newValue) }
  }

  /// Segments dropped because their checksum was wrong among right ones.
  public var badChecksums: Int {
    get { Int(corrupt) }
    set { corrupt = UInt32(clamping: newValue) }
  }

  /// Frames seen twice by the capture.
  public var duplicateFrames: Int {
    get { Int(duplicate) }
    set { duplicate = UInt32(clamping: newValue) }
  }

  /// Segments cut by a snap length.
  public var clippedSegments: Int {
    get { Int(clipped) }
    set { clipped = UInt32(clamping: newValue) }
  }
}
