/// The number of a link-layer header type, as tcpdump.org assigns them (LINKTYPE_…).
public struct LinkType: Hashable, Sendable {
  /// The assigned number; captures may hold ones that nobody assigned.
  public var number: UInt32

  /// The type of this number, known or not.
  @inlinable
  public init(number: UInt32) {
    self.number = number
  }

  /// LINKTYPE_NULL, of BSD's loopback: four octets tell the protocol, in the byte order of the host that captured.
  public static let null = LinkType(number: 0)
  /// LINKTYPE_ETHERNET: an Ethernet header.
  public static let ethernet = LinkType(number: 1)
}

/// What is known of a captured frame besides its bytes.
public struct FrameDescriptor: Hashable, Sendable {
  /// When it was captured.
  public var time: CaptureTime
  /// Its number in its own file, from 1, as Wireshark numbers it; packets that a filter drops are counted.
  public var number: Int
  // In half a word: a descriptor of four words is handed over in registers, a larger one is copied for each call.
  @usableFromInline var fileNumber: Int32
  /// The header its bytes begin with.
  public var linkType: LinkType
  /// How long the frame was on the wire; more than its captured bytes when a snap length cut it.
  public var originalLength: Int

  /// Made of the time, the number in the file, the file among the inputs, the link type and the length on the wire.
  @inlinable
  public init(time: CaptureTime, number: Int, file: Int, linkType: LinkType, originalLength: Int) {
    self.time = time
    self.number = number
    fileNumber = Int32(clamping: file)
    self.linkType = linkType
    self.originalLength = originalLength
  }

  /// Which of the inputs it came from, from 0.
  @inlinable
  public var file: Int {
    get { Int(fileNumber) }
    set { fileNumber = Int32(clamping: newValue) }
  }
}

/// The two ends of a connection: the client opened it, the server was called.
public enum Peer: UInt8, Hashable, Sendable, CaseIterable {
  case client
  case server

  /// Both, made once: what the compiler writes makes a new array each time.
  public static let allCases: [Peer] = [.client, .server]

  /// The other end.
  @inlinable
  public var other: Peer {
    self == .client ? .server : .client
  }
}
