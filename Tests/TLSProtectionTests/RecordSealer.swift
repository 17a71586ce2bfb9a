import Crypto
import CryptoExtras
import Foundation

@testable import TLSProtection

/// Seals records as a sender does: the counterpart of `RecordDecryptor`, written down in the plainest way.
struct RecordSealer {
  enum Kind {
    case tls13(AEADCipher, key: [UInt8], iv: [UInt8])
    case aead(AEADCipher, key: [UInt8], iv: [UInt8], nonceOffset: UInt64)
    case cbc(mac: HashKind, macKey: [UInt8], key: [UInt8], iv: [UInt8], version: TLSVersion, encryptThenMAC: Bool)
    case null(mac: HashKind, macKey: [UInt8])
  }

  var kind: Kind
  var number: UInt64 = 0
  /// Padding beyond what must be: blocks in CBC mode, octets in TLS 1.3.
  var padding = 0

  static func tls13(_ suite: CipherSuite, secret: [UInt8]) -> RecordSealer {
    guard case .aead(let cipher) = suite.cipher else { fatalError("no AEAD") }
    let secret = Secret(secret)
    return RecordSealer(
      kind: .tls13(
        cipher, key: TrafficKeys.key(secret, suite, cipher).exposed(), iv: TrafficKeys.iv(secret, suite).exposed()))
  }

  mutating func seal(_ content: [UInt8], contentType: UInt8 = 23, version: UInt16 = 0x0303) -> [UInt8] {
    defer { number += 1 }
    let counter = Self.octets(number, 8)
    let head = [contentType] + Self.octets(UInt64(version), 2)
    switch kind {
    case .tls13(let cipher, let key, let iv):
      let inner = content + [contentType] + [UInt8](repeating: 0, count: padding)
      let length = UInt64(inner.count + cipher.tagLength)
      return Self.sealed(
        inner, cipher, key, nonce: Self.xor(iv, [0, 0, 0, 0] + counter),
        authenticating: [23] + Self.octets(UInt64(version), 2) + Self.octets(length, 2))
    case .aead(let cipher, let key, let iv, let nonceOffset):
      let associated = counter + head + Self.octets(UInt64(content.count), 2)
      if iv.count == 12 {
        return Self.sealed(
          content, cipher, key, nonce: Self.xor(iv, [0, 0, 0, 0] + counter), authenticating: associated)
      }
      let explicit = Self.octets(number &+ nonceOffset, 8)
      return explicit + Self.sealed(content, cipher, key, nonce: iv + explicit, authenticating: associated)
    case .cbc(let mac, let macKey, let key, let iv, let version13, let encryptThenMAC):
      let explicit = version13 == .tls10 ? [] : [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 16)
      let start = version13 == .tls10 ? iv : explicit
      var clear = content
      if !encryptThenMAC {
        clear += Self.code(counter + head + Self.octets(UInt64(content.count), 2) + content, mac, macKey)
      }
      let pad = 15 - clear.count % 16 + 16 * padding
      clear += [UInt8](repeating: UInt8(pad), count: pad + 1)
      let encrypted = explicit + Self.cbc(clear, key, start)
      if version13 == .tls10 {
        kind = .cbc(
          mac: mac, macKey: macKey, key: key, iv: Array(encrypted.suffix(16)), version: version13,
          encryptThenMAC: encryptThenMAC)
      }
      guard encryptThenMAC else { return encrypted }
      return encrypted + Self.code(counter + head + Self.octets(UInt64(encrypted.count), 2) + encrypted, mac, macKey)
    case .null(let mac, let macKey):
      return content + Self.code(counter + head + Self.octets(UInt64(content.count), 2) + content, mac, macKey)
    }
  }

  static func octets(_ number: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) }
  }

  private static func xor(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] { zip(left, right).map { $0 ^ $1 } }

  static func cbc(_ clear: [UInt8], _ key: [UInt8], _ iv: [UInt8]) -> [UInt8] {
    var previous = iv
    var encrypted: [UInt8] = []
    for start in stride(from: 0, to: clear.count, by: 16) {
      previous = xor(previous, Array(clear[start..<(start + 16)]))
      try? AES.permute(&previous, key: SymmetricKey(data: key))
      encrypted += previous
    }
    return encrypted
  }

  static func code(_ message: [UInt8], _ hash: HashKind, _ key: [UInt8]) -> [UInt8] {
    let key = SymmetricKey(data: key)
    return switch hash {
    case .md5: Array(HMAC<Insecure.MD5>.authenticationCode(for: message, using: key))
    case .sha1: Array(HMAC<Insecure.SHA1>.authenticationCode(for: message, using: key))
    case .sha256: Array(HMAC<SHA256>.authenticationCode(for: message, using: key))
    case .sha384: Array(HMAC<SHA384>.authenticationCode(for: message, using: key))
    }
  }

  static func sealed(
    _ text: [UInt8], _ cipher: AEADCipher, _ key: [UInt8], nonce: [UInt8], authenticating associated: [UInt8]
  ) -> [UInt8] {
    let secret = SymmetricKey(data: key)
    switch cipher {
    case .aes128GCM, .aes256GCM:
      guard let nonce = try? AES.GCM.Nonce(data: nonce),
        let box = try? AES.GCM.seal(text, using: secret, nonce: nonce, authenticating: associated)
      else { return [] }
      return Array(box.ciphertext + box.tag)
    case .chaCha20Poly1305:
      guard let nonce = try? ChaChaPoly.Nonce(data: nonce),
        let box = try? ChaChaPoly.seal(text, using: secret, nonce: nonce, authenticating: associated)
      else { return [] }
      return Array(box.ciphertext + box.tag)
    case .aes128CCM, .aes256CCM, .aes128CCM8, .aes256CCM8:
      return ccm(text, key, nonce: nonce, authenticating: associated, tagLength: cipher.tagLength)
    }
  }

  /// RFC 3610, block by block.
  static func ccm(
    _ text: [UInt8], _ key: [UInt8], nonce: [UInt8], authenticating associated: [UInt8], tagLength: Int
  ) -> [UInt8] {
    let lengthOctets = 15 - nonce.count
    let flags = 64 + 8 * ((tagLength - 2) / 2) + lengthOctets - 1
    var blocks = [UInt8(flags)] + nonce + octets(UInt64(text.count), lengthOctets)
    blocks += octets(UInt64(associated.count), 2) + associated
    blocks += [UInt8](repeating: 0, count: (16 - blocks.count % 16) % 16)
    blocks += text
    blocks += [UInt8](repeating: 0, count: (16 - blocks.count % 16) % 16)
    let tag = cbc(blocks, key, [UInt8](repeating: 0, count: 16)).suffix(16).prefix(tagLength)
    func stream(_ counter: Int) -> [UInt8] {
      var block = [UInt8(lengthOctets - 1)] + nonce + octets(UInt64(counter), lengthOctets)
      try? AES.permute(&block, key: SymmetricKey(data: key))
      return block
    }
    var sealed: [UInt8] = []
    for (index, start) in stride(from: 0, to: text.count, by: 16).enumerated() {
      sealed += xor(Array(text[start..<min(start + 16, text.count)]), stream(index + 1))
    }
    return sealed + xor(Array(tag), stream(0))
  }
}
