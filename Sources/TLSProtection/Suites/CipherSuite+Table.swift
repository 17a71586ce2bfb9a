extension CipherSuite {
  /// The registry's suites whose records can be opened, grouped by what protects them. In TLS 1.2 the hash of the PRF is
  /// SHA-256 unless the suite names a longer one (RFC 5246 section 5, RFC 5289 section 3.2); the HMAC's alone do not change it.
  init?(table code: UInt16) {
    let keyExchange: KeyExchange = Self.isRSA(code) ? .rsa : .other
    switch code {
    case 0x1301: self.init(code, .aead(.aes128GCM), .sha256, .tls13)
    case 0x1302: self.init(code, .aead(.aes256GCM), .sha384, .tls13)
    case 0x1303: self.init(code, .aead(.chaCha20Poly1305), .sha256, .tls13)
    case 0x1304: self.init(code, .aead(.aes128CCM), .sha256, .tls13)
    case 0x1305: self.init(code, .aead(.aes128CCM8), .sha256, .tls13)

    // RFC 5288, 5289, 5487, 8442
    case 0x009c, 0x009e, 0x00a0, 0x00a2, 0x00a4, 0x00a6, 0x00a8, 0x00aa, 0x00ac, 0xc02b, 0xc02d, 0xc02f, 0xc031, 0xd001:
      self.init(code, .aead(.aes128GCM), .sha256, keyExchange)
    case 0x009d, 0x009f, 0x00a1, 0x00a3, 0x00a5, 0x00a7, 0x00a9, 0x00ab, 0x00ad, 0xc02c, 0xc02e, 0xc030, 0xc032, 0xd002:
      self.init(code, .aead(.aes256GCM), .sha384, keyExchange)
    // RFC 7905
    case 0xcca8...0xccae: self.init(code, .aead(.chaCha20Poly1305), .sha256, keyExchange)
    // RFC 6655, 7251, 8442
    case 0xc09c, 0xc09e, 0xc0a4, 0xc0a6, 0xc0ac, 0xd005: self.init(code, .aead(.aes128CCM), .sha256, keyExchange)
    case 0xc09d, 0xc09f, 0xc0a5, 0xc0a7, 0xc0ad: self.init(code, .aead(.aes256CCM), .sha256, keyExchange)
    case 0xc0a0, 0xc0a2, 0xc0a8, 0xc0aa, 0xc0ae, 0xd003: self.init(code, .aead(.aes128CCM8), .sha256, keyExchange)
    case 0xc0a1, 0xc0a3, 0xc0a9, 0xc0ab, 0xc0af: self.init(code, .aead(.aes256CCM8), .sha256, keyExchange)

    // RFC 5246, 4279, 8422, 5489, 5054
    case 0x002f...0x0034, 0x008c, 0x0090, 0x0094, 0xc004, 0xc009, 0xc00e, 0xc013, 0xc018, 0xc01d...0xc01f, 0xc035:
      self.init(code, .cbc(keyLength: 16, mac: .sha1), .sha256, keyExchange)
    case 0x0035...0x003a, 0x008d, 0x0091, 0x0095, 0xc005, 0xc00a, 0xc00f, 0xc014, 0xc019, 0xc020...0xc022, 0xc036:
      self.init(code, .cbc(keyLength: 32, mac: .sha1), .sha256, keyExchange)
    // RFC 5246, 5289, 5487, 5489
    case 0x003c, 0x003e...0x0040, 0x0067, 0x006c, 0x00ae, 0x00b2, 0x00b6, 0xc023, 0xc025, 0xc027, 0xc029, 0xc037:
      self.init(code, .cbc(keyLength: 16, mac: .sha256), .sha256, keyExchange)
    case 0x003d, 0x0068...0x006b, 0x006d: self.init(code, .cbc(keyLength: 32, mac: .sha256), .sha256, keyExchange)
    case 0x00af, 0x00b3, 0x00b7, 0xc024, 0xc026, 0xc028, 0xc02a, 0xc038:
      self.init(code, .cbc(keyLength: 32, mac: .sha384), .sha384, keyExchange)

    // RFC 5246, 4785, 5487, 5489, 8422
    case 0x0001: self.init(code, .null(mac: .md5), .sha256, keyExchange)
    case 0x0002, 0x002c...0x002e, 0xc001, 0xc006, 0xc00b, 0xc010, 0xc015, 0xc039:
      self.init(code, .null(mac: .sha1), .sha256, keyExchange)
    case 0x003b, 0x00b0, 0x00b4, 0x00b8, 0xc03a: self.init(code, .null(mac: .sha256), .sha256, keyExchange)
    case 0x00b1, 0x00b5, 0x00b9, 0xc03b: self.init(code, .null(mac: .sha384), .sha384, keyExchange)
    default: return nil
    }
  }

  private static func isRSA(_ code: UInt16) -> Bool {
    switch code {
    case 0x0001, 0x0002, 0x002f, 0x0035, 0x003b...0x003d, 0x009c, 0x009d, 0xc09c, 0xc09d, 0xc0a0, 0xc0a1: true
    default: false
    }
  }
}

/// Why the records of a suite cannot be opened.
public enum UnsupportedSuite: Error, Equatable, Sendable {
  /// Keys of 40 or 56 bits, as once demanded for export.
  case export
  case rc4, des, tripleDES, idea, seed, camellia, aria, sm4, gost
  /// No protection at all: the state before the first handshake.
  case unprotected
  /// TLS 1.3 without encryption (RFC 9150).
  case integrityOnly
  /// Not in the table.
  case unknown(UInt16)

  /// The reason for a suite that is not in the table of those that can be opened.
  init(_ code: UInt16) {
    switch code {
    case 0x0000: self = .unprotected
    case 0x0003, 0x0006, 0x0008, 0x000b, 0x000e, 0x0011, 0x0014, 0x0017, 0x0019, 0x0026...0x002b, 0x0060...0x0065:
      self = .export
    case 0x0004, 0x0005, 0x0018, 0x0020, 0x0024, 0x0066, 0x008a, 0x008e, 0x0092, 0xc002, 0xc007, 0xc00c, 0xc011, 0xc016,
      0xc033:
      self = .rc4
    case 0x0007, 0x0021, 0x0025: self = .idea
    case 0x0009, 0x000c, 0x000f, 0x0012, 0x0015, 0x001a, 0x001e, 0x0022: self = .des
    case 0x000a, 0x000d, 0x0010, 0x0013, 0x0016, 0x001b, 0x001f, 0x0023, 0x008b, 0x008f, 0x0093, 0xc003, 0xc008, 0xc00d,
      0xc012, 0xc017, 0xc01a...0xc01c, 0xc034:
      self = .tripleDES
    case 0x0041...0x0046, 0x0084...0x0089, 0x00ba...0x00c5, 0xc072...0xc09b: self = .camellia
    case 0x0080...0x0083, 0xc100...0xc106: self = .gost
    case 0x0096...0x009b: self = .seed
    case 0x00c6, 0x00c7: self = .sm4
    case 0xc03c...0xc071: self = .aria
    case 0xc0b4, 0xc0b5: self = .integrityOnly
    default: self = .unknown(code)
    }
  }

  /// What it is called where it is told why a session stays closed.
  public var name: String {
    switch self {
    case .export: "export-grade keys"
    case .rc4: "RC4"
    case .des: "DES"
    case .tripleDES: "3DES"
    case .idea: "IDEA"
    case .seed: "SEED"
    case .camellia: "Camellia"
    case .aria: "ARIA"
    case .sm4: "SM4"
    case .gost: "GOST"
    case .unprotected: "no protection"
    case .integrityOnly: "integrity-only TLS 1.3"
    case .unknown(let code):
      "unknown suite 0x" + String(String(0x1_0000 + Int(code), radix: 16).dropFirst())
    }
  }
}
