private import CryptoExtras
private import FoundationEssentials
private import Synchronization

/// A server's RSA private key, by which sessions whose premaster secret was encrypted to it can be opened: those of TLS 1.2
/// and below whose suite has `KeyExchange.rsa`, and that are no resumptions.
public final class RSADecryptionKey: Sendable {
  private let key: Mutex<_RSA.Encryption.PrivateKey>

  /// The modulus, in network order without zeros before it: whether the key is that of a certificate.
  public let modulus: [UInt8]

  /// The key in a file: PEM (PKCS #1 or PKCS #8, other things may stand around it) or DER.
  public init(file: Span<UInt8>) throws(RSAKeyFailure) {
    var der = try PrivateKeyFile.der(in: file)
    defer { der.wipe() }
    // Keys of 1024 bits are weak, but old sessions are what this is for.
    guard let key = try? _RSA.Encryption.PrivateKey(unsafeDERRepresentation: der) else { throw .unreadable }
    guard let primitives = try? key.publicKey.getKeyPrimitives() else { throw .unreadable }
    modulus = Array(primitives.modulus.drop { $0 == 0 })
    self.key = Mutex(key)
  }

  /// The premaster secret from the octets of the EncryptedPreMasterSecret, without the length before them.
  ///
  /// RFC 5246 section 7.4.7.1: it begins with the version that the ClientHello offers; a server goes on with a made-up secret
  /// where it does not, or where the padding is wrong, so that such a session never comes to carry data.
  public func premasterSecret(
    encrypted: Span<UInt8>, clientHelloVersion: UInt16
  ) throws(RSAKeyFailure) -> Secret {
    guard encrypted.count == modulus.count else { throw .otherKey }
    let opened: Data? = key.withLock { key in
      // The buffer lives for the call, in which it is decrypted.
      unsafe encrypted.withUnsafeBytes { buffer in
        unsafe try? key.decrypt(buffer, padding: ._WEAK_AND_INSECURE_PKCS_V1_5)
      }
    }
    guard let opened, opened.count == Self.premasterLength else { throw .otherKey }
    var octets = Array(opened)
    let version = UInt16(octets[0]) << 8 | UInt16(octets[1])
    guard version == clientHelloVersion else {
      octets.wipe()
      throw .versionRollback(version)
    }
    return Secret(wiping: &octets)
  }

  private static let premasterLength = 48
}

extension RSADecryptionKey: CustomStringConvertible, CustomReflectable {
  /// How long the key is.
  public var description: String { "RSA private key of \(modulus.count * 8) bits" }
  /// Nothing.
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

/// Why a private key is of no use.
public enum RSAKeyFailure: Error, Equatable, Sendable {
  /// The file holds no private key.
  case noPrivateKey
  /// The private key is encrypted with a pass phrase.
  case encrypted
  /// The private key is for another algorithm, with which sessions are forward-secret.
  case notRSA
  /// It is called an RSA private key, but is none, or one of less than 1024 bits.
  case unreadable
  /// What was to be decrypted was not encrypted to this key.
  case otherKey
  /// The premaster secret names another version than the ClientHello.
  case versionRollback(UInt16)
}
