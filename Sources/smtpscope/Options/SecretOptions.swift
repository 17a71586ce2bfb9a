internal import ArgumentParser
internal import CaptureReading
private import Glibc
internal import TLSHandshake
internal import TLSProtection
internal import Wire

/// What TLS is decrypted with.
struct SecretOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "TLS secrets in the NSS key log format (SSLKEYLOGFILE); secrets inside a pcapng are used without asking.",
      valueName: "file"), completion: .file())
  var keylog: [String] = []

  @Option(
    help: ArgumentHelp(
      "An RSA private key (PEM or DER) of a server, for old sessions without forward secrecy.", valueName: "file"),
    completion: .file())
  var privateKey: [String] = []

  /// Reads the files.
  ///
  /// - Parameter mayGrow: Whether more will be in them, so that one without secrets is nothing to be told.
  func secrets(isVerbose: Bool, mayGrow: Bool = false) throws(Failure) -> CaptureSecrets {
    let log = KeyLog()
    for path in keylog {
      var reader = KeyLogReader()
      try SecretFile.read(path) { reader.receive($0, into: log) }
      reader.finish(into: log)
      let name = String(visible: path)
      if reader.secrets == 0, !mayGrow {
        StandardError.say(
          "smtpscope: \(name): no TLS secrets in it; a line of a key log is CLIENT_RANDOM or another label and two numbers in hexadecimal."
        )
      } else if isVerbose {
        StandardError.say("smtpscope: \(name): \(reader.secrets) TLS secrets.")
      }
      if isVerbose, reader.malformedLines > 0 {
        let first = reader.malformedLineNumbers.map(String.init).joined(separator: ", ")
        StandardError.say("smtpscope: \(name): \(reader.malformedLines) lines are no key log's, first \(first).")
      }
    }
    var keys: [RSADecryptionKey] = []
    for path in privateKey { keys.append(try key(in: path)) }
    return CaptureSecrets(
      TLSSecrets(
        keyLog: log, privateKeys: keys, areGiven: !keylog.isEmpty || !privateKey.isEmpty,
        mayGrow: mayGrow && !keylog.isEmpty))
  }

  private func key(in path: String) throws(Failure) -> RSADecryptionKey {
    var bytes: [UInt8] = []
    try SecretFile.read(path) { bytes.append($0) }
    do throws(RSAKeyFailure) {
      return try RSADecryptionKey(file: bytes.span)
    } catch {
      let reason =
        switch error {
        case .noPrivateKey: "no private key in it; a PEM file of one begins with -----BEGIN"
        case .encrypted: "the key is encrypted with a pass phrase; take the pass phrase off first"
        case .notRSA: "the key is not for RSA: sessions of such servers are forward secret, only a key log opens them"
        case .unreadable, .otherKey, .versionRollback: "no RSA private key that can be read"
        }
      throw Failure(status: .usage, message: "\(String(visible: path)): \(reason).")
    }
  }
}

/// The secrets of the command line, and those that captures bring along.
final class CaptureSecrets: DecryptionSecrets.Receiver {
  let secrets: TLSSecrets

  init(_ secrets: TLSSecrets) {
    self.secrets = secrets
  }

  /// The type of blocks with a TLS key log (draft-ietf-opsawg-pcapng section 4.7).
  private static let tlsKeyLog: UInt32 = 0x544c_534b

  func receive(_ block: DecryptionSecrets.Block) {
    guard block.type == Self.tlsKeyLog else { return }
    var reader = KeyLogReader()
    reader.receive(block.bytes.span, into: secrets.keyLog)
    reader.finish(into: secrets.keyLog)
  }
}

/// Reads a file of secrets piece by piece.
private enum SecretFile {
  static func read(_ path: String, _ take: (Span<UInt8>) -> Void) throws(Failure) {
    // The path is a copy that ends with a zero, for the call; what strerror(3) gives is copied at once.
    let descriptor = path == "-" ? 0 : unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { if descriptor > 0 { Glibc.close(descriptor) } }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    // What is left in the buffer is a secret.
    defer { for index in buffer.indices { buffer[index] = 0 } }
    while true {
      // read(2) writes at most `count` bytes into the buffer during the call.
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure(path) }
      guard count > 0 else { return }
      take(buffer.span.extracting(0..<count))
    }
  }

  private static func failure(_ path: String) -> Failure {
    Failure(status: .usage, message: "\(String(visible: path)): \(unsafe String(cString: strerror(errno))).")
  }
}
