import Wire

/// A datagram of which fragments are missing.
struct PartialDatagram {
  let serial: UInt64
  /// When its first fragment came, which is not the one at its beginning if they came out of order.
  let began: CaptureTime
  private var state = State.waiting(WaitingFragments())

  enum State {
    case waiting(WaitingFragments)
    /// Its fragments are thrown away, also those that come later (RFC 5722 section 4).
    case refused
  }

  enum Addition {
    case isNew
    case isRepeated
    case isDropped
    case endsDatagram
  }

  init(serial: UInt64, began: CaptureTime) {
    self.serial = serial
    self.began = began
  }

  var heldBytes: Int {
    guard case .waiting(let fragments) = state else { return 0 }
    return fragments.heldBytes
  }

  mutating func noteFirst(_ header: IPHeader, _ protocolNumber: UInt8) {
    guard case .waiting(var fragments) = state, fragments.first == nil else { return }
    fragments.first = (header, protocolNumber)
    state = .waiting(fragments)
  }

  /// Takes in a fragment whose range was checked. IPv4's may overlap, the first copy of a byte being kept; IPv6's may not.
  mutating func add(
    _ fragment: Fragment, _ bytes: Span<UInt8>, _ extent: Extent, mayOverlap: Bool, limits: DecodingLimits
  ) -> Addition {
    guard case .waiting(var fragments) = state else { return .isDropped }
    state = .refused  // so that `fragments` is the only copy
    let addition = fragments.add(
      fragment, bytes, extent, mayOverlap: mayOverlap, maximumCount: limits.maximumFragmentsOfDatagram)
    if addition != .endsDatagram { state = .waiting(fragments) }
    return addition
  }

  var whole: Datagram? {
    guard case .waiting(let fragments) = state else { return nil }
    return fragments.whole
  }
}

/// What came of a datagram, in order and without overlaps.
struct WaitingFragments {
  private var pieces: [Piece] = []
  /// Fragments that brought something.
  private var count = 0
  private var receivedLength = 0
  /// Known since the last fragment came.
  private var length: Int?
  /// What the fragment at the beginning says of the datagram.
  var first: (header: IPHeader, protocolNumber: UInt8)?
  private(set) var heldBytes = 0

  private struct Piece {
    var range: Range<Int>
    /// Fewer than the range has when a snap length cut the fragment.
    var bytes: [UInt8]
    /// What an entry of `pieces` and the array behind it take besides the bytes.
    static let overhead = 64
  }

  mutating func add(
    _ fragment: Fragment, _ bytes: Span<UInt8>, _ extent: Extent, mayOverlap: Bool, maximumCount: Int
  ) -> PartialDatagram.Addition {
    let range = fragment.range
    let furthest = pieces.last?.range.upperBound ?? 0
    if fragment.more {
      if let length, range.upperBound >= length { return .isDropped }
    } else if let length {
      guard range.upperBound == length else { return .isDropped }
    } else {
      guard range.upperBound >= furthest else { return .isDropped }
    }
    if !mayOverlap, let hit = pieces.first(where: { $0.range.overlaps(range) }) {
      // RFC 8200 section 4.5 lets copies that a network made pass.
      return hit.range == range ? .isRepeated : .endsDatagram
    }
    if !fragment.more { length = range.upperBound }

    let before = receivedLength
    var index = pieces.firstIndex { $0.range.upperBound > range.lowerBound } ?? pieces.count
    var cursor = range.lowerBound
    while cursor < range.upperBound {
      if index < pieces.count, pieces[index].range.lowerBound <= cursor {
        cursor = pieces[index].range.upperBound
        index += 1
        continue
      }
      guard count < maximumCount else { return .endsDatagram }
      let gapEnd = index < pieces.count ? min(range.upperBound, pieces[index].range.lowerBound) : range.upperBound
      let from = min(extent.start + cursor - range.lowerBound, extent.end)
      let to = min(extent.start + gapEnd - range.lowerBound, extent.end)
      pieces.insert(Piece(range: cursor..<gapEnd, bytes: [UInt8](bytes.extracting(from..<to))), at: index)
      heldBytes += to - from + Piece.overhead
      receivedLength += gapEnd - cursor
      cursor = gapEnd
      index += 1
    }
    guard receivedLength > before else { return .isRepeated }
    count += 1
    return .isNew
  }

  var whole: Datagram? {
    guard let length, let first, receivedLength == length else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(length)
    for piece in pieces {
      bytes.append(contentsOf: piece.bytes)
      if piece.bytes.count < piece.range.count { break }
    }
    return Datagram(bytes: bytes, length: length, header: first.header, protocolNumber: first.protocolNumber)
  }
}
