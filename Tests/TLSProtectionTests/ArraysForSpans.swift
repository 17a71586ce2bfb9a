@testable import TLSProtection

// The macros of Swift Testing take no spans among the arguments of what they look into: here arrays in their place.

extension Secret {
  init(_ octets: [UInt8]) {
    self.init(octets.span)
  }
}

extension HandshakeRandom {
  init?(_ octets: [UInt8]) {
    self.init(octets.span)
  }
}

extension RecordDecryptor {
  mutating func open(
    _ header: RecordHeader, _ fragment: [UInt8], into plaintext: inout [UInt8]
  ) throws(RecordFailure) -> UInt8 {
    try open(header, fragment.span, into: &plaintext)
  }

  mutating func resynchronize(
    _ header: RecordHeader, _ fragment: [UInt8], afterLosing bytes: Int, into plaintext: inout [UInt8]
  ) throws(RecordFailure) -> Resynchronization {
    try resynchronize(header, fragment.span, afterLosing: bytes, into: &plaintext)
  }

  mutating func pass(over fragment: [UInt8]) {
    pass(over: fragment.span)
  }
}

extension CounterCBCMAC {
  func open(
    _ sealed: [UInt8], nonce: [UInt8], authenticating associated: [UInt8], into plaintext: inout [UInt8]
  ) -> Bool {
    open(sealed.span, nonce: nonce.span, authenticating: associated.span, into: &plaintext)
  }
}

extension AEADKey {
  func open(
    _ sealed: [UInt8], nonce: [UInt8], authenticating associated: [UInt8], into plaintext: inout [UInt8]
  ) -> Bool {
    open(sealed.span, nonce: nonce.span, authenticating: associated.span, into: &plaintext)
  }
}

extension RSADecryptionKey {
  convenience init(file text: String) throws(RSAKeyFailure) {
    try self.init(file: Array(text.utf8).span)
  }

  func premasterSecret(encrypted: [UInt8], clientHelloVersion: UInt16) throws(RSAKeyFailure) -> Secret {
    try premasterSecret(encrypted: encrypted.span, clientHelloVersion: clientHelloVersion)
  }
}
