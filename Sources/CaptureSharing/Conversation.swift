internal import Wire

/// Both directions of a connection while it is planned: bytes to lines, and the lines through the mask.
struct Conversation {
  /// The number of the connection's plan.
  let plan: Int
  /// The side that TCP takes for the client is the mail server.
  private let sidesAreSwapped: Bool
  /// By the sides as TCP takes them.
  private(set) var plans = (client: StreamPlan(), server: StreamPlan())
  private var state = LineMask.State()
  private var client = Side()
  private var server = Side()
  /// Octets of a chunk that are still to come.
  private var chunk = 0

  /// Bytes of a line that are looked at together; what has no line ends is masked in pieces.
  static let lineLimit = 16_384

  private struct Side {
    /// A line whose end has not come.
    var line: [UInt8] = []
    /// Its next byte may be the first of a TLS record.
    var mayTurnToTLS = true
    /// TLS records: they tell nothing to whoever has no keys.
    var isEncrypted = false

    mutating func isEncrypted(before bytes: Span<UInt8>) -> Bool {
      guard mayTurnToTLS, line.isEmpty else { return isEncrypted }
      mayTurnToTLS = false
      // A record's type and version (RFC 8446 section 5.1), as far as they are there.
      isEncrypted = (20...23).contains(bytes[0]) && (bytes.count < 3 || bytes[1] == 3 && bytes[2] <= 4)
      return isEncrypted
    }
  }

  init(plan: Int, sidesAreSwapped: Bool) {
    self.plan = plan
    self.sidesAreSwapped = sidesAreSwapped
  }

  mutating func receive(_ bytes: Span<UInt8>, from peer: Peer, _ mask: inout LineMask) {
    var offset = 0
    while offset < bytes.count {
      if isEncrypted(peer, before: bytes.extracting(offset..<bytes.count)) {
        keep(bytes.count - offset, of: peer)
        return
      }
      let end = bytes.firstIndex(of: 0x0a, from: offset).map { $0 + 1 }
      var piece = bytes.extracting(offset..<(end ?? bytes.count))
      let isInChunk = chunk > 0 && (peer == .client) != sidesAreSwapped
      if isInChunk {
        // RFC 3030 section 2: the next command stands right behind the last octet, which may be in the middle of a line.
        piece = piece.extracting(0..<min(chunk, piece.count))
        chunk -= piece.count
      }
      offset += piece.count
      if peer == .client { client.line.append(piece) } else { server.line.append(piece) }
      let length = peer == .client ? client.line.count : server.line.count
      let isWhole = end == offset || isInChunk && chunk == 0 || length >= Conversation.lineLimit
      guard isWhole else { continue }
      flush(peer, &mask)
      // What reads like a BDAT within a chunk is none.
      if isInChunk { state.announcedChunk = nil }
      if let size = state.announcedChunk { chunk = max(0, size) }
      state.announcedChunk = nil
    }
  }

  mutating func skip(_ count: Int, of peer: Peer, _ mask: inout LineMask) {
    flush(peer, &mask)
    if (peer == .client) != sidesAreSwapped { chunk = max(0, chunk - count) }
    if peer == .client {
      client.mayTurnToTLS = false
      if client.isEncrypted { plans.client.keep(count) } else { plans.client.mask(count) }
    } else {
      server.mayTurnToTLS = false
      if server.isEncrypted { plans.server.keep(count) } else { plans.server.mask(count) }
    }
  }

  mutating func finish(_ mask: inout LineMask) {
    flush(.client, &mask)
    flush(.server, &mask)
  }

  /// TLS begins with a connection's first byte or behind the 220 to STARTTLS; bytes that merely look like a record within a
  /// message do not begin it.
  private mutating func isEncrypted(_ peer: Peer, before bytes: Span<UInt8>) -> Bool {
    switch peer {
    case .client: client.isEncrypted(before: bytes)
    case .server: server.isEncrypted(before: bytes)
    }
  }

  private mutating func keep(_ count: Int, of peer: Peer) {
    if peer == .client { plans.client.keep(count) } else { plans.server.keep(count) }
  }

  private mutating func flush(_ peer: Peer, _ mask: inout LineMask) {
    let whole = peer == .client ? client.line : server.line
    guard !whole.isEmpty else { return }
    var length = whole.count
    if whole.last == 0x0a { length -= 1 }
    if length > 0, length < whole.count, whole[length - 1] == 0x0d { length -= 1 }
    let line = Array(whole[..<length])
    let isFromClient = (peer == .client) != sidesAreSwapped
    defer {
      if state.startTLS.accepted {
        state.startTLS.accepted = false
        client.mayTurnToTLS = true
        server.mayTurnToTLS = true
      }
    }
    let shared = isFromClient ? mask.clientLine(line, &state) : mask.serverLine(line, &state)
    switch peer {
    case .client:
      client.line.removeAll(keepingCapacity: true)
      plans.client.append(line, as: shared)
      plans.client.mask(whole.count - length)
    case .server:
      server.line.removeAll(keepingCapacity: true)
      plans.server.append(line, as: shared)
      plans.server.mask(whole.count - length)
    }
  }
}
