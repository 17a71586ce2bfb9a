internal import Crypto
internal import FoundationEssentials
private import Wire

/// A key of an AEAD cipher (RFC 5116).
struct AEADKey: Sendable {
  let cipher: AEADCipher
  private let key: SymmetricKey

  /// The key must be as long as the cipher's; with any other nothing opens.
  init(_ cipher: AEADCipher, _ key: Secret) {
    self.cipher = cipher
    self.key = key.key
  }

  /// Opens what was sealed with a nonce, and replaces `plaintext` by it; false when it is not authentic.
  func open(
    _ sealed: Span<UInt8>, nonce: Span<UInt8>, authenticating associated: Span<UInt8>, into plaintext: inout [UInt8]
  ) -> Bool {
    plaintext.removeAll(keepingCapacity: true)
    guard sealed.count >= cipher.tagLength, key.bitCount == 8 * cipher.keyLength else { return false }
    switch cipher {
    case .aes128CCM, .aes256CCM, .aes128CCM8, .aes256CCM8:
      return CounterCBCMAC(key: key, tagLength: cipher.tagLength)
        .open(sealed, nonce: nonce, authenticating: associated, into: &plaintext)
    case .aes128GCM, .aes256GCM, .chaCha20Poly1305: break
    }
    guard nonce.count == 12 else { return false }
    let box = Self.combined(nonce, sealed)
    // The buffer lives for the call.
    let opened: Data? = unsafe associated.withUnsafeBytes { associated in
      if cipher == .chaCha20Poly1305 {
        guard let box = try? ChaChaPoly.SealedBox(combined: box) else { return nil }
        return unsafe try? ChaChaPoly.open(box, using: key, authenticating: associated)
      }
      guard let box = try? AES.GCM.SealedBox(combined: box) else { return nil }
      return unsafe try? AES.GCM.open(box, using: key, authenticating: associated)
    }
    guard let opened else { return false }
    plaintext.append(contentsOf: opened)
    return true
  }

  /// The nonce, the text and the tag in a row: handed over one by one they cost a small record a quarter more. The box takes a
  /// copy of whatever it is given, and of `Data` not the fastest.
  private static func combined(_ nonce: Span<UInt8>, _ sealed: Span<UInt8>) -> [UInt8] {
    var combined: [UInt8] = []
    combined.reserveCapacity(nonce.count + sealed.count)
    combined.append(nonce)
    combined.append(sealed)
    return combined
  }
}
