package import FuzzSupport
internal import PeerCertificates
internal import TLSHandshake
internal import TLSProtection
internal import Wire

/// TLS as both sides sent it, and the same in pieces.
///
/// Script: pieces of a kind (client, server, missing, key log), a length (two bytes) and their bytes.
package enum TLSTarget: FuzzedPart {
  package static func receive(_ input: Span<UInt8>) throws(Broken) {
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
        let length = Int(bytes[offset + 3]) << 8 | Int(bytes[offset + 4])
        guard length <= 18_432 else { return false }
        offset += 5 + length
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
    var conversation = TLSConversation(secrets: TLSSecrets(keyLog: log))
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
