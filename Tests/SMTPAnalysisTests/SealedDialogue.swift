import Crypto
import Foundation
import SMTPAnalysis
import TLSHandshake
import TLSProtection
import TestSupport
import Wire

/// A dialogue inside TLS 1.3 (RFC 8446), with the secrets that open it: the sender's side, written down in the plainest way.
struct SealedDialogue {
  private(set) var conversation: Conversation
  let secrets: TLSSecrets

  /// - Parameters:
  ///   - steps: What is said inside; each is one flight.
  ///   - opening: What is said before TLS begins.
  ///   - largest: How many octets a record has at most, each time anew.
  init(_ steps: [Script.Step], behind opening: [Script.Step] = [], largest: () -> Int) {
    conversation = Conversation("", closes: false)
    for case .bytes(let peer, let bytes) in opening { conversation.add(peer, [.psh, .ack], after: 10, payload: bytes) }
    let traffic = ["c hs traffic", "s hs traffic", "c ap traffic", "s ap traffic"].map(Self.secret)
    var hello = TLSBuilder.ClientHello()
    hello.ciphers = [0x1301]
    hello.extensions = [TLSBuilder.supportedVersions([0x0304])]
    var answer = TLSBuilder.ServerHello()
    answer.cipher = 0x1301
    answer.extensions = [(43, [3, 4])]
    let random = hello.random.map { String(format: "%02x", $0) }.joined()
    let labels = [
      "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0",
      "SERVER_TRAFFIC_SECRET_0",
    ]
    let lines = zip(labels, traffic).map { label, secret in
      "\(label) \(random) \(secret.map { String(format: "%02x", $0) }.joined())\n"
    }
    secrets = Recording.secrets(lines.joined())

    var handshake = [Sender(traffic[0]), Sender(traffic[1])]
    let end = TLSBuilder.message(20, [UInt8](repeating: 0x5a, count: 32))
    conversation.add(.client, [.psh, .ack], after: 10, payload: TLSBuilder.handshake(hello.bytes))
    conversation.add(
      .server, [.psh, .ack], after: 10,
      payload: TLSBuilder.handshake(answer.bytes) + TLSBuilder.changeCipherSpec
        + handshake[1].record(TLSBuilder.message(8, [0, 0]) + end, 22))
    conversation.add(
      .client, [.psh, .ack], after: 10, payload: TLSBuilder.changeCipherSpec + handshake[0].record(end, 22))
    var application = [Sender(traffic[2]), Sender(traffic[3])]
    var finished: Set<Peer> = []
    for step in steps {
      switch step {
      case .bytes(let peer, let bytes):
        var rest = bytes[...]
        var flight: [UInt8] = []
        while !rest.isEmpty {
          let piece = Array(rest.prefix(max(1, largest())))
          rest = rest.dropFirst(piece.count)
          flight += application[peer == .client ? 0 : 1].record(piece, 23)
        }
        while !flight.isEmpty {
          conversation.add(peer, [.psh, .ack], after: 10, payload: Array(flight.prefix(1460)))
          flight.removeFirst(min(1460, flight.count))
        }
      case .finish(let peer):
        conversation.add(
          peer, [.fin, .ack], after: 10,
          acknowledging: conversation.end(of: peer.other) + (finished.contains(peer.other) ? 1 : 0))
        finished.insert(peer)
      case .reset(let peer): conversation.add(peer, .rst, after: 10)
      case .missing: break
      }
    }
  }

  /// Made of nothing but its name: nobody hides anything here.
  private static func secret(_ name: String) -> [UInt8] { Array(SHA256.hash(data: Data(name.utf8))) }

  /// One side's keys (RFC 8446 section 7.3) and its count of records.
  private struct Sender {
    let key: [UInt8]
    let iv: [UInt8]
    var number: UInt64 = 0

    init(_ secret: [UInt8]) {
      key = Sender.expand(secret, "key", 16)
      iv = Sender.expand(secret, "iv", 12)
    }

    /// Section 7.1; the context is empty.
    private static func expand(_ secret: [UInt8], _ label: String, _ length: UInt16) -> [UInt8] {
      let info = TLSBuilder.uint16(length) + TLSBuilder.vector8(Array("tls13 \(label)".utf8)) + [0]
      // The key's bytes are copied while they are there.
      return unsafe HKDF<SHA256>.expand(
        pseudoRandomKey: SymmetricKey(data: secret), info: info, outputByteCount: Int(length)
      ).withUnsafeBytes { unsafe Array($0) }
    }

    /// Section 5.2.
    mutating func record(_ content: [UInt8], _ type: UInt8) -> [UInt8] {
      let counter =
        [UInt8](repeating: 0, count: 4) + (0..<8).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
      number += 1
      let head = [23, 3, 3] + TLSBuilder.uint16(UInt16(content.count + 17))
      guard let nonce = try? AES.GCM.Nonce(data: zip(iv, counter).map { $0 ^ $1 }),
        let box = try? AES.GCM.seal(
          content + [type], using: SymmetricKey(data: key), nonce: nonce, authenticating: head)
      else { return [] }
      return head + box.ciphertext + box.tag
    }
  }
}
