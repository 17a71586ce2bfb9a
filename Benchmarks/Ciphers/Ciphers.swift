import Crypto
import Foundation
import TLSProtection
import Wire

// Opens full records of 16 KiB with one cipher for a while, and says how many millions of octets a second that were.
//
//   ciphers ours CIPHER SECONDS       as smtpscope does: from the record on the wire to its content
//   ciphers library CIPHER SECONDS    with swift-crypto and nothing around it: what ours cannot be faster than

/// A cipher with its records, all sealed with the same secret.
struct Sealed {
  /// As they stand behind their heads.
  var records: [[UInt8]] = []
  /// As the library takes them: nonce, text, tag.
  var boxes: [Data] = []
  var suite: UInt16
  var key: SymmetricKey
  var secret: [UInt8]

  static let content = [UInt8](repeating: 0x61, count: 1 << 14)
  static let count = 64
  static let head: [UInt8] = [23, 3, 3, 0x40, 0x11]

  init(_ cipher: Cipher) throws {
    suite = cipher.suite
    secret = [UInt8](repeating: 0x5a, count: cipher.hashLength)
    key = cipher.expand(secret, "key", cipher.keyLength)
    // The buffer lives for the call, in which its bytes are copied.
    let iv = unsafe cipher.expand(secret, "iv", 12).withUnsafeBytes { buffer in unsafe Array(buffer) }
    // RFC 8446 sections 5.2 and 5.3.
    for number in 0..<Self.count {
      var nonce = iv
      for index in 0..<8 { nonce[4 + index] ^= UInt8(truncatingIfNeeded: number >> (56 - 8 * index)) }
      let box = try cipher.seal(Self.content + [23], key, nonce, Self.head)
      boxes.append(box)
      records.append(Array(box.dropFirst(12)))
    }
  }
}

enum Cipher: String, CaseIterable {
  case aes128gcm, aes256gcm, chacha20

  var suite: UInt16 {
    switch self {
    case .aes128gcm: 0x1301
    case .aes256gcm: 0x1302
    case .chacha20: 0x1303
    }
  }
  var keyLength: Int { self == .aes128gcm ? 16 : 32 }
  var hashLength: Int { self == .aes256gcm ? 48 : 32 }

  /// RFC 8446 section 7.1, without a context.
  func expand(_ secret: [UInt8], _ label: String, _ count: Int) -> SymmetricKey {
    let words = Array("tls13 \(label)".utf8)
    let info = [0, UInt8(count), UInt8(words.count)] + words + [0]
    if self == .aes256gcm {
      return HKDF<SHA384>.expand(pseudoRandomKey: secret, info: info, outputByteCount: count)
    }
    return HKDF<SHA256>.expand(pseudoRandomKey: secret, info: info, outputByteCount: count)
  }

  func seal(_ text: [UInt8], _ key: SymmetricKey, _ nonce: [UInt8], _ head: [UInt8]) throws -> Data {
    if self == .chacha20 {
      return try ChaChaPoly.seal(text, using: key, nonce: ChaChaPoly.Nonce(data: nonce), authenticating: head).combined
    }
    let box = try AES.GCM.seal(text, using: key, nonce: AES.GCM.Nonce(data: nonce), authenticating: head)
    return Data(nonce) + box.ciphertext + box.tag
  }

  func open(_ box: Data, _ key: SymmetricKey, _ head: [UInt8]) throws -> Int {
    if self == .chacha20 {
      return try ChaChaPoly.open(ChaChaPoly.SealedBox(combined: box), using: key, authenticating: head).count
    }
    return try AES.GCM.open(AES.GCM.SealedBox(combined: box), using: key, authenticating: head).count
  }
}

@main
enum Ciphers {
  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    guard words.count == 3, let cipher = Cipher(rawValue: words[1]), let seconds = Double(words[2]), seconds > 0,
      ["ours", "library"].contains(words[0])
    else {
      print("usage: ciphers ours|library \(Cipher.allCases.map(\.rawValue).joined(separator: "|")) SECONDS")
      exit(2)
    }
    let sealed = try Sealed(cipher)
    let pass = words[0] == "ours" ? ours : library
    // The processor's time, as `openssl speed` counts it: what else the machine does is not in it.
    let start = clock()
    var octets = 0
    var passed = 0.0
    repeat {
      octets += try pass(sealed, cipher)
      passed = Double(clock() - start) / Double(CLOCKS_PER_SEC)
    } while passed < seconds
    print(String(format: "%.0f", Double(octets) / passed / 1e6))
  }

  private static func ours(_ sealed: Sealed, _: Cipher) throws -> Int {
    let suite = try CipherSuite.lookUp(sealed.suite)
    var decryptor = try RecordDecryptor(tls13: suite, trafficSecret: Secret(sealed.secret.span))
    var plaintext: [UInt8] = []
    var octets = 0
    for record in sealed.records {
      _ = try decryptor.open(RecordHeader(contentType: 23, version: 0x0303), record.span, into: &plaintext)
      octets += plaintext.count
    }
    return octets
  }

  private static func library(_ sealed: Sealed, _ cipher: Cipher) throws -> Int {
    var octets = 0
    for box in sealed.boxes { octets += try cipher.open(box, sealed.key, Sealed.head) - 1 }
    return octets
  }
}
