/// A group that keys are agreed in (RFC 8446 section 4.2.7; IANA's registry "TLS Supported Groups").
public struct NamedGroup: Hashable, Sendable {
  /// The number on the wire.
  public var code: UInt16

  /// The group of this number, known or not.
  public init(_ code: UInt16) {
    self.code = code
  }

  /// Whether it is a value that clients send so that nobody gets used to a fixed list (RFC 8701).
  public var isGREASE: Bool { GREASE.contains(code) }

  /// As the registry calls it; the number in hexadecimal where it is none that we know.
  public var name: String {
    switch code {
    case 1: "sect163k1"
    case 2: "sect163r1"
    case 3: "sect163r2"
    case 4: "sect193r1"
    case 5: "sect193r2"
    case 6: "sect233k1"
    case 7: "sect233r1"
    case 8: "sect239k1"
    case 9: "sect283k1"
    case 10: "sect283r1"
    case 11: "sect409k1"
    case 12: "sect409r1"
    case 13: "sect571k1"
    case 14: "sect571r1"
    case 15: "secp160k1"
    case 16: "secp160r1"
    case 17: "secp160r2"
    case 18: "secp192k1"
    case 19: "secp192r1"
    case 20: "secp224k1"
    case 21: "secp224r1"
    case 22: "secp256k1"
    case 23: "secp256r1"
    case 24: "secp384r1"
    case 25: "secp521r1"
    case 26: "brainpoolP256r1"
    case 27: "brainpoolP384r1"
    case 28: "brainpoolP512r1"
    case 29: "x25519"
    case 30: "x448"
    case 31: "brainpoolP256r1tls13"
    case 32: "brainpoolP384r1tls13"
    case 33: "brainpoolP512r1tls13"
    case 41: "curveSM2"
    case 256: "ffdhe2048"
    case 257: "ffdhe3072"
    case 258: "ffdhe4096"
    case 259: "ffdhe6144"
    case 260: "ffdhe8192"
    case 512: "MLKEM512"
    case 513: "MLKEM768"
    case 514: "MLKEM1024"
    case 4587: "SecP256r1MLKEM768"
    case 4588: "X25519MLKEM768"
    case 4589: "SecP384r1MLKEM1024"
    case 0x6399: "X25519Kyber768Draft00"
    case 0x639a: "SecP256r1Kyber768Draft00"
    case 0xff01: "arbitrary_explicit_prime_curves"
    case 0xff02: "arbitrary_explicit_char2_curves"
    default: ProtocolVersion.hexadecimal(code)
    }
  }
}
