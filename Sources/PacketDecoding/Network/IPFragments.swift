import Wire

// Reassembly of RFC 791 section 3.2 and RFC 8200 section 4.5 for a reader who is not the receiver: bounded, in packet
// time, with the header of the first fragment, and with clipped fragments giving a clipped datagram.

/// What the fragments of one datagram have in common.
public struct FragmentKey: Hashable, Sendable {
  var source: IPAddress
  var destination: IPAddress
  /// IPv4's; zero for IPv6, where fragments may announce different headers.
  var protocolNumber: UInt8
  var identification: UInt32
}

/// A datagram of which all fragments came.
struct Datagram {
  /// What was captured of it, from its beginning to where the first fragment was cut.
  var bytes: [UInt8]
  /// How long it was on the wire.
  var length: Int
  /// The first fragment's, and what it announces.
  var header: IPHeader
  var protocolNumber: UInt8
}

extension PacketDecoder {
  /// A fragment of `key` whose payload, `extent`, belongs at `offset`.
  mutating func decodeFragment(
    _ bytes: Span<UInt8>, _ extent: Extent, _ header: IPHeader, key: FragmentKey, protocolNumber: UInt8, offset: Int,
    more: Bool
  ) -> DecodedPacket {
    // A datagram that was completed inside another could have its next fragment within.
    guard extent.depth < limits.maximumNesting else { return .malformed(.nestedTooDeep) }
    lastFragment = key
    let fragment = Fragment(range: offset..<offset + max(0, extent.wireEnd - extent.start), more: more)
    switch fragments.receive(fragment, bytes, extent, header, key: key, protocolNumber: protocolNumber) {
    case .waits: return .fragment
    case .contradicts: return .malformed(.headerInvalid)
    case .completes(let datagram):
      let inner = Extent(
        start: 0, end: datagram.bytes.count, wireEnd: datagram.length, depth: extent.depth + 1, time: extent.time)
      let whole = datagram.bytes
      let packet = decodeTransport(datagram.protocolNumber, whole.span, inner, datagram.header)
      switch packet {
      case .segment(let segment): return .reassembledSegment(segment, whole)
      case .datagram(let datagram): return .reassembledDatagram(datagram, whole)
      default: return packet
      }
    }
  }
}

/// Where a fragment's payload belongs, and whether another follows.
struct Fragment {
  var range: Range<Int>
  var more: Bool
}

enum FragmentOutcome {
  case waits
  case contradicts
  case completes(Datagram)
}

/// The datagrams of which fragments wait, within the bounds of ``DecodingLimits``.
struct FragmentStore: ~Copyable {
  private let limits: DecodingLimits
  private(set) var counters = DecodingCounters()
  private var datagrams: [FragmentKey: PartialDatagram] = [:]
  /// In the order of their first fragments, the oldest at `oldest`; those that are gone are skipped by their serial number.
  private var arrivals: [(key: FragmentKey, serial: UInt64)] = []
  private var oldest = 0
  private var lastSerial: UInt64 = 0
  private var heldBytes = 0
  private var completed: RecentDatagrams

  init(limits: DecodingLimits) {
    self.limits = limits
    completed = RecentDatagrams(capacity: limits.maximumDatagrams)
  }

  mutating func receive(
    _ fragment: Fragment, _ bytes: Span<UInt8>, _ extent: Extent, _ header: IPHeader, key: FragmentKey,
    protocolNumber: UInt8
  ) -> FragmentOutcome {
    removeTimedOut(at: extent.time)
    // Only the last fragment has a length of its own choice; none may be empty or reach over what an IP header can say
    // (the ping of death).
    let range = fragment.range
    guard !range.isEmpty, range.upperBound <= 65535, !fragment.more || range.count % 8 == 0 else {
      counters.fragmentsDropped += 1
      return .contradicts
    }
    if let time = completed[key], extent.time.nanoseconds(since: time) <= limits.duplicateWindow {
      counters.fragmentsRepeated += 1
      return .waits
    }

    var partial = datagrams.removeValue(forKey: key) ?? begin(key, at: extent.time)
    heldBytes -= partial.heldBytes
    let outcome = partial.add(fragment, bytes, extent, mayOverlap: !key.source.isIPv6, limits: limits)
    if range.lowerBound == 0 { partial.noteFirst(header, protocolNumber) }
    heldBytes += partial.heldBytes
    switch outcome {
    case .isNew: break
    case .isRepeated: counters.fragmentsRepeated += 1
    case .isDropped: counters.fragmentsDropped += 1
    case .endsDatagram:
      counters.fragmentsDropped += 1
      counters.datagramsRefused += 1
    }
    if let datagram = partial.whole {
      heldBytes -= partial.heldBytes
      completed.insert(key, at: extent.time)
      return .completes(datagram)
    }
    datagrams[key] = partial
    while datagrams.count > limits.maximumDatagrams || heldBytes > limits.maximumFragmentBytes, oldest < arrivals.count
    {
      if removeOldest() { counters.datagramsEvicted += 1 }
    }
    return .waits
  }

  private mutating func begin(_ key: FragmentKey, at time: CaptureTime) -> PartialDatagram {
    lastSerial &+= 1
    // What is gone leaves its entry behind; they must not pile up behind one that waits.
    if arrivals.count > 2 * limits.maximumDatagrams {
      arrivals = arrivals[oldest...].filter { datagrams[$0.key]?.serial == $0.serial }
      oldest = 0
    }
    arrivals.append((key, lastSerial))
    return PartialDatagram(serial: lastSerial, began: time)
  }

  private mutating func removeTimedOut(at time: CaptureTime) {
    while oldest < arrivals.count {
      let (key, serial) = arrivals[oldest]
      if let datagram = datagrams[key], datagram.serial == serial,
        time.nanoseconds(since: datagram.began) <= limits.reassemblyTimeout
      {
        return
      }
      if removeOldest() { counters.datagramsTimedOut += 1 }
    }
  }

  /// Takes the first entry off the queue; true when fragments waited for it.
  private mutating func removeOldest() -> Bool {
    let (key, serial) = arrivals[oldest]
    oldest += 1
    if oldest == arrivals.count {
      arrivals.removeAll(keepingCapacity: true)
      oldest = 0
    }
    guard let datagram = datagrams[key], datagram.serial == serial else { return false }
    heldBytes -= datagram.heldBytes
    datagrams[key] = nil
    return datagram.heldBytes > 0
  }
}

/// Keys of datagrams that were completed lately; the oldest gives way.
private struct RecentDatagrams {
  private let capacity: Int
  private var times: [FragmentKey: CaptureTime] = [:]
  private var order: [FragmentKey] = []
  private var next = 0

  init(capacity: Int) {
    self.capacity = max(1, capacity)
  }

  subscript(key: FragmentKey) -> CaptureTime? { times[key] }

  mutating func insert(_ key: FragmentKey, at time: CaptureTime) {
    guard times.updateValue(time, forKey: key) == nil else { return }
    if order.count < capacity {
      order.append(key)
    } else {
      times[order[next]] = nil
      order[next] = key
      next = (next + 1) % capacity
    }
  }
}
