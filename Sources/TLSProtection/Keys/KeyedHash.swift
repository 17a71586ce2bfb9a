internal import Crypto
internal import FoundationEssentials

/// An HMAC (RFC 2104) with the hash that a suite names: the key is worked in once, and each message takes a copy.
struct KeyedHash: Sendable {
  private var state: State

  init(_ kind: HashKind, key: SymmetricKey) {
    state =
      switch kind {
      case .md5: .md5(HMAC(key: key))
      case .sha1: .sha1(HMAC(key: key))
      case .sha256: .sha256(HMAC(key: key))
      case .sha384: .sha384(HMAC(key: key))
      }
  }

  /// The code of a message that comes in two parts.
  func code(of first: Span<UInt8>, _ second: Span<UInt8>) -> [UInt8] {
    switch state {
    case .md5(let hash): Self.code(of: first, second, hash)
    case .sha1(let hash): Self.code(of: first, second, hash)
    case .sha256(let hash): Self.code(of: first, second, hash)
    case .sha384(let hash): Self.code(of: first, second, hash)
    }
  }

  private static func code<Hash>(of first: Span<UInt8>, _ second: Span<UInt8>, _ keyed: HMAC<Hash>) -> [UInt8] {
    var hash = keyed
    // The buffers live for the calls, in which their bytes are hashed.
    unsafe first.withUnsafeBytes { buffer in unsafe hash.update(data: buffer) }
    unsafe second.withUnsafeBytes { buffer in unsafe hash.update(data: buffer) }
    return unsafe hash.finalize().withUnsafeBytes { buffer in unsafe Array(buffer) }
  }

  private enum State: Sendable {
    case md5(HMAC<Insecure.MD5>)
    case sha1(HMAC<Insecure.SHA1>)
    case sha256(HMAC<SHA256>)
    case sha384(HMAC<SHA384>)
  }
}

extension HashKind {
  /// The hash of some bytes.
  func digest(of bytes: Span<UInt8>) -> [UInt8] {
    // The buffer lives for the call, in which its bytes are hashed.
    unsafe bytes.withUnsafeBytes { buffer in
      switch self {
      case .md5: unsafe Array(Insecure.MD5.hash(data: buffer))
      case .sha1: unsafe Array(Insecure.SHA1.hash(data: buffer))
      case .sha256: unsafe Array(SHA256.hash(data: buffer))
      case .sha384: unsafe Array(SHA384.hash(data: buffer))
      }
    }
  }
}
