// TLSProtection: from a logged secret or a server's private key to the plaintext of TLS records. Key logs, key schedules and
// the record layer of TLS 1.0 to 1.3; the primitives are swift-crypto's. It reads no files, knows no handshakes and keeps
// nothing global. Begin reading at `KeyLog` and `RecordDecryptor`.

internal import Crypto
internal import FoundationEssentials
private import Glibc

/// A secret of TLS. Nothing that is printed of it shows what it is; its memory is zeroed when the last copy goes.
public struct Secret: Sendable, Equatable {
  let key: SymmetricKey

  init(key: SymmetricKey) {
    self.key = key
  }

  /// A secret with a copy of the bytes.
  public init(_ bytes: Span<UInt8>) {
    // The buffer lives for the call, in which the key copies it.
    key = unsafe bytes.withUnsafeBytes { buffer in unsafe SymmetricKey(data: buffer) }
  }

  /// A secret with the bytes of an array, which is zeroed.
  init(wiping bytes: inout [UInt8]) {
    self.init(bytes.span)
    bytes.wipe()
  }

  /// How many octets it has.
  public var count: Int { key.bitCount / 8 }

  /// A copy of the octets, for a computation; whoever asks wipes it.
  func exposed() -> [UInt8] {
    unsafe key.withUnsafeBytes { buffer in unsafe Array(buffer) }
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// How long the secret is.
  public var description: String { "secret of \(count) octets" }
  /// How long the secret is.
  public var debugDescription: String { description }
  /// Nothing: `dump` and debuggers that ask for the parts are told of none.
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

extension Array where Element == UInt8 {
  /// Overwrites the bytes with zeros, which the compiler does not take away, and removes them.
  mutating func wipe() {
    unsafe withUnsafeMutableBytes { buffer in
      // The buffer is this array's own storage.
      if let base = buffer.baseAddress { unsafe explicit_bzero(base, buffer.count) }
    }
    removeAll()
  }
}
