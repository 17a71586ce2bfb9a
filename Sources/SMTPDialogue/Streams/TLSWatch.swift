package import Wire

/// What the headers of TLS records show without any key (RFC 8446 section 5.1): who has sent what kind of record.
///
/// Enough to say whether the handshake came to its end. The records' contents are another module's business.
package struct TLSWatch: Sendable {
  package private(set) var isActive = false
  package private(set) var clientBytes = 0
  package private(set) var serverBytes = 0
  private var client = Side()
  private var server = Side()
  /// The records up to the one that shows the handshake over.
  package private(set) var handshake: Handshake?

  package init() {}

  /// When the records of a handshake passed, and whose turn it was between them.
  package struct Handshake: Sendable {
    package fileprivate(set) var begin: CaptureTime
    package fileprivate(set) var end: CaptureTime
    package fileprivate(set) var times = TurnTimes()
    fileprivate var speaker: Peer
    fileprivate var isOver = false
  }

  /// Whether the bytes can begin a TLS record: a handshake or an alert of SSL 3.0 to TLS 1.3.
  package static func looksLikeRecord(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count > 0, bytes[0] == 0x16 || bytes[0] == 0x15 else { return false }
    return bytes.count < 2 || bytes[1] == 3
  }

  /// Whether the bytes begin with the header of a record of any kind (RFC 8446 section 5.1).
  static func looksLikeHeader(_ bytes: Span<UInt8>) -> Bool {
    bytes.count >= 5 && (20...23).contains(bytes[0]) && bytes[1] == 3 && bytes[2] <= 4 && bytes[3] <= 0x48
  }

  /// Whether the bytes can be clear text: what stands behind a hole may be the middle of a record.
  static func looksClear(_ bytes: Span<UInt8>) -> Bool {
    for index in 0..<min(bytes.count, 16) where bytes[index] >= 0x7f || bytes[index] < 0x20 {
      guard bytes[index] == 0x0d || bytes[index] == 0x0a || bytes[index] == 0x09 else { return false }
    }
    return true
  }

  /// Whether the bytes can be a record in the middle of a TLS connection.
  static func looksLikeApplicationRecord(_ bytes: Span<UInt8>) -> Bool {
    bytes.count >= 5 && bytes[0] == 0x17 && bytes[1] == 3 && bytes[2] <= 4
  }

  /// Both sides have sent what only a finished handshake lets them send.
  package var isEstablished: Bool {
    client.applicationRecords > 0 && server.applicationRecords > 0 && client.records > 1 && !isRefused
  }

  /// An alert that could be read (RFC 8446 section 6).
  package var clearAlert: (from: Peer, number: Int, name: String)? {
    if let number = server.alert { return (.server, number, Self.alertName(number)) }
    if let number = client.alert { return (.client, number, Self.alertName(number)) }
    return nil
  }

  private static func alertName(_ number: Int) -> String {
    switch number {
    case 0: "close_notify"
    case 10: "unexpected_message"
    case 20: "bad_record_mac"
    case 22: "record_overflow"
    case 40: "handshake_failure"
    case 42: "bad_certificate"
    case 43: "unsupported_certificate"
    case 44: "certificate_revoked"
    case 45: "certificate_expired"
    case 46: "certificate_unknown"
    case 47: "illegal_parameter"
    case 48: "unknown_ca"
    case 49: "access_denied"
    case 50: "decode_error"
    case 51: "decrypt_error"
    case 70: "protocol_version"
    case 71: "insufficient_security"
    case 80: "internal_error"
    case 86: "inappropriate_fallback"
    case 90: "user_canceled"
    case 109: "missing_extension"
    case 110: "unsupported_extension"
    case 112: "unrecognized_name"
    case 116: "certificate_required"
    case 120: "no_application_protocol"
    default: "alert"
    }
  }

  /// A fatal alert in clear ended the handshake.
  package var isRefused: Bool {
    (client.sentAlertInClear || server.sentAlertInClear)
      && (client.applicationRecords == 0 || server.applicationRecords == 0)
  }

  /// Bytes are missing, so that what was not seen proves nothing.
  package var hasHoles: Bool { client.hasHoles || server.hasHoles }

  mutating func receive(_ bytes: Span<UInt8>, from peer: Peer, at time: CaptureTime) {
    isActive = true
    if handshake?.isOver != true { noteTurn(of: peer, at: time) }
    switch peer {
    case .client:
      clientBytes += bytes.count
      client.receive(bytes)
      // TLS 1.3: its Finished is the first of them; before, its first words behind the handshake are.
      if client.applicationRecords > 0 { handshake?.isOver = true }
    case .server:
      serverBytes += bytes.count
      server.receive(bytes)
    }
  }

  private mutating func noteTurn(of peer: Peer, at time: CaptureTime) {
    guard var known = handshake else {
      handshake = Handshake(begin: time, end: time, speaker: peer)
      return
    }
    let passed = max(0, time.nanoseconds(since: known.end))
    switch peer {
    case known.speaker:
      known.times += TurnTimes(network: passed)
    case .client:
      known.times += TurnTimes(client: passed)
      known.times.clientTurns += 1
    case .server:
      known.times += TurnTimes(server: passed)
      known.times.serverTurns += 1
    }
    known.speaker = peer
    known.end = max(known.end, time)
    handshake = known
  }

  mutating func skip(_ count: Int, from peer: Peer) {
    switch peer {
    case .client: client.skip(count)
    case .server: server.skip(count)
    }
  }

  private struct Side: Sendable {
    var records = 0
    var applicationRecords = 0
    var sentAlertInClear = false
    /// The number of the alert that was sent in clear.
    var alert: Int?
    private var alertIsDue = false
    private var sentChangeCipherSpec = false
    private var header: [UInt8] = []
    private var remaining = 0
    private var isLost = false
    private(set) var hasHoles = false

    mutating func receive(_ bytes: Span<UInt8>) {
      if isLost, TLSWatch.looksLikeHeader(bytes) { isLost = false }  // most segments begin with a record
      var offset = 0
      while offset < bytes.count, !isLost {
        if remaining > 0 {
          if alertIsDue, remaining == 1 {
            alert = Int(bytes[offset])
            alertIsDue = false
          }
          if alertIsDue, bytes.count - offset >= 2, remaining == 2 {
            alert = Int(bytes[offset + 1])
            alertIsDue = false
          }
          let step = min(remaining, bytes.count - offset)
          remaining -= step
          offset += step
          continue
        }
        header.append(bytes[offset])
        offset += 1
        if header.count == 5 {
          begin(kind: header[0], length: Int(header[3]) << 8 | Int(header[4]), major: header[1])
          header.removeAll(keepingCapacity: true)
        }
      }
    }

    mutating func skip(_ count: Int) {
      hasHoles = true
      if header.isEmpty, count <= remaining {
        remaining -= count
      } else {
        isLost = true
        remaining = 0
        header = []
      }
    }

    private mutating func begin(kind: UInt8, length: Int, major: UInt8) {
      guard (20...24).contains(kind), major == 3, length <= 18_432 else {  // 2^14 + 2048: RFC 5246 section 6.2.3
        isLost = true
        return
      }
      records += 1
      remaining = length
      switch kind {
      case 20: sentChangeCipherSpec = true
      case 21:
        if length == 2, !sentChangeCipherSpec {
          sentAlertInClear = true
          alertIsDue = true
        }
      case 23: applicationRecords += 1
      default: break
      }
    }
  }
}
