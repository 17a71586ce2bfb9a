import Wire

/// How interfaces are captured from.
public struct LiveOptions: Sendable {
  /// A libpcap filter; nil for ``LiveOptions/mailFilter(ports:)`` with `mailPorts`.
  public var filter: String?
  /// The TCP ports that the standard filter lets pass; empty for all. Without meaning where `filter` is given.
  public var mailPorts: [UInt16] = []
  /// The most bytes that are taken of a packet. More than any packet has: messages are to be whole.
  public var snapLength = 262_144
  /// The kernel's buffer of each interface, in bytes. At 1 Gbit/s it fills within this many bytes / 125 MB/s when nobody
  /// reads: a quarter of a second.
  public var bufferSize = 32 << 20
  /// Whether each packet is handed over at once, at the price of more work for each, instead of in batches.
  public var isImmediate = false
  /// Whether packets to other hosts are taken too: those of a mirror port are.
  public var isPromiscuous = true

  /// The defaults: all TCP, whole packets, in batches, those to other hosts too.
  public init() {}

  /// How long the kernel gathers packets before it hands them over, in milliseconds.
  public static let batchTime: Int32 = 100

  /// What is taken of the traffic unless a filter is given: the mail ports, fragments of IP datagrams, of which only the
  /// first one has ports, and the ICMP errors that may quote a mail connection; the same within VLANs.
  ///
  /// Fragments: an offset that is not zero in IPv4 (RFC 791 section 3.1), a fragment header in IPv6 (RFC 8200 section 4.5).
  /// ICMP: unreachable, source quench, time exceeded, parameter problem (RFC 792); the error types (RFC 4443 section 2.1).
  public static func mailFilter(ports: [UInt16], withVLANs: Bool) -> String {
    let mail = ports.isEmpty ? "tcp" : "tcp and (\(ports.map { "port \($0)" }.joined(separator: " or ")))"
    let inner =
      "(\(mail)) or (ip[6:2] & 0x1fff != 0) or (ip6 proto 44)"
      + " or (icmp and (icmp[0] = 3 or icmp[0] = 4 or icmp[0] = 11 or icmp[0] = 12)) or (icmp6 and ip6[40] < 128)"
    // Each `vlan` moves what follows by one tag, so that the last one stands innermost.
    return withVLANs ? "(\(inner)) or (vlan and ((\(inner)) or (vlan and (\(inner)))))" : inner
  }
}

/// What has passed an interface, counted since the capture began.
public struct LiveStatistics: Equatable, Sendable {
  /// The interface as it was named when it was opened.
  public var name: String
  /// Packets that passed the filter and were read, and their captured bytes.
  public var packets = 0
  /// The captured bytes of those packets.
  public var bytes = 0
  /// Packets that the kernel dropped because its buffer was full (`ps_drop`).
  public var kernelDropped = 0
  /// Packets that the interface or its driver dropped (`ps_ifdrop`).
  public var interfaceDropped = 0
  /// Whether the interface is there and up.
  public var isUp = true

  /// Nothing counted yet of the interface of this name.
  public init(name: String) {
    self.name = name
  }
}

/// What happened to an interface while it was captured from.
public enum LiveNotice: Equatable, Sendable {
  /// It was taken down or removed, in the system's words.
  case lost(String, String)
  /// It is there again, and captured from.
  case back(String)
  /// It is there again and cannot be opened, in the system's words.
  case closed(String, String)
}

extension LiveNotice: CustomStringConvertible {
  /// One line, fit for a terminal.
  public var description: String {
    switch self {
    case .lost(let name, let words):
      "\(String(visible: name)): nothing comes from it any more (\(String(visible: words))); waiting for it to come back."
    case .back(let name): "\(String(visible: name)): is back and captured from again."
    case .closed(let name, let words):
      "\(String(visible: name)): is back and cannot be captured from (\(String(visible: words)))."
    }
  }
}
