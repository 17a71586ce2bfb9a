internal import SwiftASN1

/// Names of the object identifiers in certificates: algorithms and curves (RFC 3279, RFC 4055, RFC 5480, RFC 5758, RFC 8410,
/// FIPS 204).
enum ObjectName {
  /// The name of the identifier in a node; its number where it is none that we know.
  static func of(_ node: ASN1Node) -> String? {
    number(of: node).map { names[$0] ?? $0 }
  }

  static func number(of node: ASN1Node) -> String? {
    (try? ASN1ObjectIdentifier(derEncoded: node))?.description
  }

  /// The size of the numbers of a curve.
  static func bits(ofCurve name: String?) -> Int? {
    switch name {
    case "secp224r1": 224
    case "secp256r1", "secp256k1", "brainpoolP256r1": 256
    case "secp384r1", "brainpoolP384r1": 384
    case "brainpoolP512r1": 512
    case "secp521r1": 521
    default: nil
    }
  }

  private static let names: [String: String] = [
    "1.2.840.113549.1.1.1": "RSA",
    "1.2.840.113549.1.1.2": "md2WithRSAEncryption",
    "1.2.840.113549.1.1.4": "md5WithRSAEncryption",
    "1.2.840.113549.1.1.5": "sha1WithRSAEncryption",
    "1.2.840.113549.1.1.10": "RSA-PSS",
    "1.2.840.113549.1.1.11": "sha256WithRSAEncryption",
    "1.2.840.113549.1.1.12": "sha384WithRSAEncryption",
    "1.2.840.113549.1.1.13": "sha512WithRSAEncryption",
    "1.2.840.113549.1.1.14": "sha224WithRSAEncryption",
    "1.2.840.10040.4.1": "DSA",
    "1.2.840.10040.4.3": "dsa-with-sha1",
    "2.16.840.1.101.3.4.3.2": "dsa-with-sha256",
    "1.2.840.10045.2.1": "EC",
    "1.2.840.10045.4.1": "ecdsa-with-SHA1",
    "1.2.840.10045.4.3.2": "ecdsa-with-SHA256",
    "1.2.840.10045.4.3.3": "ecdsa-with-SHA384",
    "1.2.840.10045.4.3.4": "ecdsa-with-SHA512",
    "1.2.840.10045.3.1.7": "secp256r1",
    "1.3.132.0.33": "secp224r1",
    "1.3.132.0.34": "secp384r1",
    "1.3.132.0.35": "secp521r1",
    "1.3.132.0.10": "secp256k1",
    "1.3.36.3.3.2.8.1.1.7": "brainpoolP256r1",
    "1.3.36.3.3.2.8.1.1.11": "brainpoolP384r1",
    "1.3.36.3.3.2.8.1.1.13": "brainpoolP512r1",
    "1.3.101.112": "Ed25519",
    "1.3.101.113": "Ed448",
    "2.16.840.1.101.3.4.3.17": "ML-DSA-44",
    "2.16.840.1.101.3.4.3.18": "ML-DSA-65",
    "2.16.840.1.101.3.4.3.19": "ML-DSA-87",
  ]
}
