/// The number of a link-layer header type, as tcpdump.org assigns them (LINKTYPE_…).
package struct LinkType: Hashable, Sendable {
  package var number: UInt32

  @inlinable
  package init(number: UInt32) {
    self.number = number
  }

  package static let null = LinkType(number: 0)
  package static let ethernet = LinkType(number: 1)
}

/// What is known of a captured frame besides its bytes.
package struct FrameDescriptor: Hashable, Sendable {
  /// When it was captured.
  package var time: CaptureTime
  /// Its number in its own file, from 1, as Wireshark numbers it; packets that a filter drops are counted.
  package var number: Int
  /// Which of the inputs it came from, from 0.
  package var file: Int
  /// The header its bytes begin with.
  package var linkType: LinkType
  /// How long the frame was on the wire; more than its captured bytes when a snap length cut it.
  package var originalLength: Int

  @inlinable
  package init(time: CaptureTime, number: Int, file: Int, linkType: LinkType, originalLength: Int) {
    self.time = time
    self.number = number
    self.file = file
    self.linkType = linkType
    self.originalLength = originalLength
  }
}

/// The two ends of a connection: the client opened it, the server was called.
package enum Peer: UInt8, Hashable, Sendable, CaseIterable {
  case client
  case server

  /// The other end.
  @inlinable
  package var other: Peer {
    self == .client ? .server : .client
  }
}
