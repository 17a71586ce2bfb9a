/// How something is signed (RFC 8446 section 4.2.3; before it a hash and a signature algorithm, RFC 5246 section 7.4.1.4.1).
public struct SignatureScheme: Hashable, Sendable {
  /// The number on the wire.
  public var code: UInt16

  /// The scheme of this number, known or not.
  public init(_ code: UInt16) {
    self.code = code
  }

  /// Whether it is a value that clients send so that nobody gets used to a fixed list (RFC 8701).
  public var isGREASE: Bool { GREASE.contains(code) }

  /// As the registry calls it; the number in hexadecimal where it is none that we know.
  public var name: String {
    switch code {
    case 0x0101: "rsa_pkcs1_md5"
    case 0x0201: "rsa_pkcs1_sha1"
    case 0x0202: "dsa_sha1"
    case 0x0203: "ecdsa_sha1"
    case 0x0301: "rsa_pkcs1_sha224"
    case 0x0302: "dsa_sha224"
    case 0x0303: "ecdsa_sha224"
    case 0x0401: "rsa_pkcs1_sha256"
    case 0x0402: "dsa_sha256"
    case 0x0403: "ecdsa_secp256r1_sha256"
    case 0x0501: "rsa_pkcs1_sha384"
    case 0x0502: "dsa_sha384"
    case 0x0503: "ecdsa_secp384r1_sha384"
    case 0x0601: "rsa_pkcs1_sha512"
    case 0x0602: "dsa_sha512"
    case 0x0603: "ecdsa_secp521r1_sha512"
    case 0x0708: "sm2sig_sm3"
    case 0x0804: "rsa_pss_rsae_sha256"
    case 0x0805: "rsa_pss_rsae_sha384"
    case 0x0806: "rsa_pss_rsae_sha512"
    case 0x0807: "ed25519"
    case 0x0808: "ed448"
    case 0x0809: "rsa_pss_pss_sha256"
    case 0x080a: "rsa_pss_pss_sha384"
    case 0x080b: "rsa_pss_pss_sha512"
    case 0x081a: "ecdsa_brainpoolP256r1tls13_sha256"
    case 0x081b: "ecdsa_brainpoolP384r1tls13_sha384"
    case 0x081c: "ecdsa_brainpoolP512r1tls13_sha512"
    case 0x0904: "mldsa44"
    case 0x0905: "mldsa65"
    case 0x0906: "mldsa87"
    default: ProtocolVersion.hexadecimal(code)
    }
  }
}
