import CaptureReading
import PeerCertificates
import TLSHandshake
import TLSProtection
import Wire

/// TLS as both sides sent it, and the same in pieces.
///
/// Script: pieces of a kind (client, server, missing, key log), a length (two bytes) and their bytes.
enum TLSTarget {
  static func receive(_ input: Span<UInt8>) throws(Broken) {
    let whole = read(input, piece: .max)
    // Behind what is no record one is looked for at the begin of the next segment: that is the cut's affair.
    guard isFramed(input) else { return }
    let cut = read(input, piece: 11)
    try demand(whole == cut, "in pieces it says something else: \(whole) \(cut)")
  }

  /// Whether each side's bytes are records (RFC 8446 section 5.1) and nothing is missing.
  private static func isFramed(_ input: Span<UInt8>) -> Bool {
    var script = ByteScript(input)
    var sides: [[UInt8]] = [[], []]
    while !script.isAtEnd {
      let kind = script.byte() & 7
      let bytes = script.run(script.halfWord())
      if kind < 2 { sides[Int(kind)] += bytes } else if kind != 4 { return false }
    }
    for bytes in sides {
      var offset = 0
      while offset < bytes.count {
        guard offset + 5 <= bytes.count, (20...23).contains(bytes[offset]), bytes[offset + 1] == 3 else { return false }
        offset += 5 + (Int(bytes[offset + 3]) << 8 | Int(bytes[offset + 4]))
      }
      guard offset == bytes.count else { return false }
    }
    return true
  }

  private static func read(_ input: Span<UInt8>, piece: Int) -> [String] {
    var script = ByteScript(input)
    let log = KeyLog()
    var pieces: [(kind: UInt8, bytes: [UInt8])] = []
    while !script.isAtEnd {
      let kind = script.byte() & 7
      let bytes = script.run(script.halfWord())
      if kind == 4 {
        var reader = KeyLogReader()
        reader.receive(bytes.span, into: log)
        reader.finish(into: log)
      } else {
        pieces.append((kind, bytes))
      }
    }
    let conversation = TLSConversation(secrets: TLSSecrets(keyLog: log))
    var frame = 0
    var inside = [Digest(), Digest()]
    for (kind, bytes) in pieces {
      let peer: Peer = kind & 1 == 0 ? .client : .server
      frame += 1
      let place = Handshake.Place(frame: frame, time: CaptureTime(nanoseconds: Int64(frame)))
      if kind & 2 != 0 {
        conversation.skip(bytes.count, from: peer, at: place)
      } else {
        inPieces(bytes, of: min(piece, max(bytes.count, 1))) { conversation.receive($0, from: peer, at: place) }
      }
      for content in conversation.takeContents() {
        switch content {
        case .bytes(let bytes, let peer, _): inside[peer == .client ? 0 : 1].add(bytes.span)
        case .missing: break
        }
      }
    }
    let handshake = conversation.handshake
    let certificates = (handshake.serverCertificates ?? []).map { PeerCertificate(der: $0)?.sha256 ?? "-" }
    return [
      handshake.clientHello?.ja3 ?? "-", handshake.clientHello?.ja4 ?? "-", handshake.serverHello?.ja3s ?? "-",
      "\(conversation.isEstablished) \(conversation.isRefused) \(conversation.alerts.map(\.description.name))",
      "\(inside.map(\.value))", "\(certificates)",
    ]
  }
}

/// A key log in pieces; a private key.
enum KeyLogsTarget {
  static func receive(_ input: Span<UInt8>) throws(Broken) {
    let bytes = [UInt8](input)
    let whole = read(bytes, piece: max(bytes.count, 1))
    try demand(whole == read(bytes, piece: 3), "in pieces it has other secrets")
    if bytes.count > 40, bytes[0] == UInt8(ascii: "-") { _ = try? RSADecryptionKey(file: input) }
  }

  private static func read(_ bytes: [UInt8], piece: Int) -> KeyLogSummary {
    var limits = KeyLogLimits()
    limits.secrets = 50
    let log = KeyLog(limits: limits)
    var reader = KeyLogReader(limits: limits)
    inPieces(bytes, of: piece) { reader.receive($0, into: log) }
    reader.finish(into: log)
    return log.summary
  }
}

/// The blocks of a pcapng: the secrets found in it, in pieces too, and its packets by libpcap.
enum PcapNGTarget {
  /// A section header (draft-ietf-opsawg-pcapng section 4.1), so that mutations need not find it.
  private static let sectionHeader: [UInt8] = [
    0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 28, 0, 0, 0,
  ]

  static func receive(_ input: Span<UInt8>) throws(Broken) {
    let bytes = (input.count > 0 && input[0] == 0x0a ? [] : sectionHeader) + [UInt8](input)
    let whole = read(bytes, piece: bytes.count)
    try demand(whole == read(bytes, piece: 5), "in pieces it has other secrets")
    try CaptureInMemory(bytes).frames { (_, _) throws(Broken) in }
  }

  private static func read(_ bytes: [UInt8], piece: Int) -> [Int] {
    let log = KeyLog()
    var scanner = SecretsBlockScanner()
    inPieces(bytes, of: piece) { scanner.receive($0, into: log) }
    return [scanner.keyLogs, scanner.otherSecrets, log.summary.secrets]
  }
}
