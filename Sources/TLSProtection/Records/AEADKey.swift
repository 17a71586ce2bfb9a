internal import Crypto
internal import CryptoExtras
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
    let length = sealed.count - cipher.tagLength
    guard length >= 0, key.bitCount == 8 * cipher.keyLength else { return false }
    switch cipher {
    case .aes128CCM, .aes256CCM, .aes128CCM8, .aes256CCM8:
      return CounterCBCMAC(key: key, tagLength: cipher.tagLength)
        .open(sealed, nonce: nonce, authenticating: associated, into: &plaintext)
    case .aes128GCM, .aes256GCM, .chaCha20Poly1305: break
    }
    // The three buffers live for the call; `length` is between zero and the count of the first.
    let opened: Data? = unsafe sealed.withUnsafeBytes { sealed in
      unsafe nonce.withUnsafeBytes { nonce in
        unsafe associated.withUnsafeBytes { associated in
          let text = unsafe UnsafeRawBufferPointer(rebasing: sealed[..<length])
          let tag = unsafe UnsafeRawBufferPointer(rebasing: sealed[length...])
          return cipher == .chaCha20Poly1305
            ? unsafe Self.openChaCha(text, tag, nonce, associated, key)
            : unsafe Self.openGCM(text, tag, nonce, associated, key)
        }
      }
    }
    guard let opened else { return false }
    plaintext.append(contentsOf: opened)
    return true
  }

  private static func openGCM(
    _ text: UnsafeRawBufferPointer, _ tag: UnsafeRawBufferPointer, _ nonce: UnsafeRawBufferPointer,
    _ associated: UnsafeRawBufferPointer, _ key: SymmetricKey
  ) -> Data? {
    guard let nonce = unsafe try? AES.GCM.Nonce(data: nonce),
      let box = unsafe try? AES.GCM.SealedBox(nonce: nonce, ciphertext: text, tag: tag)
    else { return nil }
    return unsafe try? AES.GCM.open(box, using: key, authenticating: associated)
  }

  private static func openChaCha(
    _ text: UnsafeRawBufferPointer, _ tag: UnsafeRawBufferPointer, _ nonce: UnsafeRawBufferPointer,
    _ associated: UnsafeRawBufferPointer, _ key: SymmetricKey
  ) -> Data? {
    guard let nonce = unsafe try? ChaChaPoly.Nonce(data: nonce),
      let box = unsafe try? ChaChaPoly.SealedBox(nonce: nonce, ciphertext: text, tag: tag)
    else { return nil }
    return unsafe try? ChaChaPoly.open(box, using: key, authenticating: associated)
  }
}
