private import Wire

/// Where in a file a private key is (RFC 7468).
enum PrivateKeyFile {
  /// The key in DER: the file itself where it is not text.
  static func der(in file: Span<UInt8>) throws(RSAKeyFailure) -> [UInt8] {
    guard file.holds("-----BEGIN ") else {
      // A DER file is one SEQUENCE.
      guard file.count > 1, file[0] == 0x30 else { throw .noPrivateKey }
      return Array(file)
    }
    var kinds = KindsSeen()
    var block: Block?
    var start = 0
    while start < file.count {
      let end = file.firstIndex(of: UInt8(ascii: "\n"), from: start) ?? file.count
      let line = file.extracting(start..<end)
      start = end + 1
      if line.hasBytes("-----BEGIN ") {
        block = Block(line)
        kinds.note(line)
      } else if line.hasBytes("-----END ") {
        if let done = block?.done() { return done }
        if block?.isEncrypted == true { kinds.encrypted = true }
        block?.text.wipe()
        block = nil
      } else {
        block?.take(line)
      }
    }
    block?.text.wipe()
    throw kinds.failure
  }

  /// What a block of text holds, if it may be an RSA key.
  private struct Block {
    var text: [UInt8] = []
    private(set) var isEncrypted = false

    init?(_ line: Span<UInt8>) {
      guard line.hasBytes("-----BEGIN PRIVATE KEY-----") || line.hasBytes("-----BEGIN RSA PRIVATE KEY-----") else {
        return nil
      }
      text.reserveCapacity(4096)
    }

    mutating func take(_ line: Span<UInt8>) {
      // The headers of RFC 1421, which a key that is encrypted in the old way has.
      if line.firstIndex(of: UInt8(ascii: ":")) != nil {
        isEncrypted = isEncrypted || line.holds("ENCRYPTED")
        return
      }
      for index in line.indices where line[index] > UInt8(ascii: " ") { text.append(line[index]) }
    }

    mutating func done() -> [UInt8]? {
      guard !isEncrypted else { return nil }
      let der = Base64.decoded(text)
      text.wipe()
      return der
    }
  }

  /// What there was in place of a key that can be used.
  private struct KindsSeen {
    var encrypted = false
    private var other = false
    private var rsa = false

    mutating func note(_ line: Span<UInt8>) {
      if line.hasBytes("-----BEGIN ENCRYPTED PRIVATE KEY-----") {
        encrypted = true
      } else if line.hasBytes("-----BEGIN RSA PRIVATE KEY-----") || line.hasBytes("-----BEGIN PRIVATE KEY-----") {
        rsa = true
      } else if line.holds(" PRIVATE KEY-----") {
        other = true
      }
    }

    var failure: RSAKeyFailure {
      if encrypted { return .encrypted }
      if rsa { return .unreadable }
      return other ? .notRSA : .noPrivateKey
    }
  }
}
