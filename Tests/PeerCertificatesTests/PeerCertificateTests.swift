import PeerCertificates
import TestSupport
import Testing
import Wire

/// Made by OpenSSL: a P-384 key, a wildcard, an address and a mailbox among the names, valid until 2081.
private let wildcard = """
  MIICLzCCAbWgAwIBAgIUTVMNt1bZCWtRkdAywJJvvh16LiQwCgYIKoZIzj0EAwMwLzEWMBQGA1UECgwNRXhhbXBsZSwgSW5jLjEV\
  MBMGA1UEAwwMRXhhbXBsZSBSb290MCAXDTI2MTEyNjEwMzAzNFoYDzIwODEwODI5MTAzMDM0WjAvMRYwFAYDVQQKDA1FeGFtcGxl\
  LCBJbmMuMRUwEwYDVQQDDAxFeGFtcGxlIFJvb3QwdjAQBgcqhkjOPQIBBgUrgQQAIgNiAASDkK0nfxxDk7PcbJ1Do6NZE6pTzNzD\
  NlvO/lPEqg4P5Utm8VhimJZidy4T2jt+vCuqReLpnZyqNEODJbK3rEesb/d/KeqlS93QihNbSJBQgKujxkVbkmOV6Inwo10ZjNuj\
  gY8wgYwwHQYDVR0OBBYEFFubYmflLVZIfY6uy8KaDhbQwkwuMB8GA1UdIwQYMBaAFFubYmflLVZIfY6uy8KaDhbQwkwuMA8GA1Ud\
  EwEB/wQFMAMBAf8wOQYDVR0RBDIwMIIMKi5teC5leGFtcGxlgg1yZWxheS5leGFtcGxlhwTAAAIBgQthQGIuZXhhbXBsZTAKBggq\
  hkjOPQQDAwNoADBlAjA04VMMquFO224mNE4NSP1fiGH6IDJey1NrhpaLFhQNI3yyabHOJqP5xFxp16t0BFMCMQC9mqt4hXVTphPy\
  dqcX9pQSTT9zG5NYmc4gn3Hh5cpV0jnqPHTJ+cqnWM5MuZfc564=
  """
/// Made by OpenSSL: an Ed25519 key, no alternative name.
private let edwards = """
  MIIBPjCB8aADAgECAhR7WQNOX8itpfqIYyL7sX17iGUvkDAFBgMrZXAwFTETMBEGA1UEAwwKZWQuZXhhbXBsZTAeFw0yNjExMjYx\
  MDMwMzRaFw0yNjEyMjYxMDMwMzRaMBUxEzARBgNVBAMMCmVkLmV4YW1wbGUwKjAFBgMrZXADIQB7Ul124VG60U96m/1/8yRAB56J\
  afSsMwNOoNHiveMPu6NTMFEwHQYDVR0OBBYEFOTPsb/waoJaFhdh/zAKM2htClWEMB8GA1UdIwQYMBaAFOTPsb/waoJaFhdh/zAK\
  M2htClWEMA8GA1UdEwEB/wQFMAMBAf8wBQYDK2VwA0EAsyC4hYv7DuJ4Vu1ZgPMu7CNOxXpxXQrj3CAs1HalHeqjQCfOSnDcVR6g\
  WT3O6QtJoXY+XQNoy5s3xEzSS0TDDw==
  """

private let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

/// What RFC 4648 section 4 makes of well-formed text.
private func decoded(_ text: String) -> [UInt8] {
  let values = text.utf8.compactMap { digits.firstIndex(of: $0) }
  let bits = values.flatMap { value in (0..<6).map { value >> (5 - $0) & 1 } }
  return stride(from: 0, to: bits.count - 7, by: 8).map { start in
    UInt8(bits[start..<(start + 8)].reduce(0) { $0 << 1 | $1 })
  }
}

@Suite struct PeerCertificateTests {
  @Test func `an elliptic curve's certificate`() throws {
    let certificate = try #require(PeerCertificate(der: decoded(wildcard)))
    #expect(certificate.subject == #"CN=Example Root,O=Example\, Inc."#)
    #expect(certificate.issuer == certificate.subject)
    #expect(certificate.isSelfIssued)
    #expect(certificate.dnsNames == ["*.mx.example", "relay.example"])
    #expect(certificate.commonName == "Example Root")
    #expect(certificate.key == .init(kind: "EC secp384r1", bits: 384))
    #expect(certificate.signatureAlgorithm == "ecdsa-with-SHA384")
    #expect(certificate.notBefore?.text == "2026-11-26T10:30:34Z")
    #expect(certificate.notAfter?.text == "2081-08-29T10:30:34Z")
    #expect(certificate.notBefore?.time == CaptureTime(nanoseconds: 1_795_689_034_000_000_000))
    #expect(certificate.sha256 == "b35b63b09cd53e4a6bef648d94b61d22a4a7e2f565920a78fb99e7e95e5963c0")
  }

  @Test func `an Edwards curve's certificate`() throws {
    let certificate = try #require(PeerCertificate(der: decoded(edwards)))
    #expect(certificate.key == .init(kind: "Ed25519", bits: nil))
    #expect(certificate.signatureAlgorithm == "Ed25519")
    #expect(certificate.dnsNames == [])
    #expect(certificate.sha256 == "c1e47c4244d07af42472665d020c2303dc7127f10c3ad0a1a5bbbf4792248c62")
  }

  @Test func `an RSA key's size, and dates beyond every clock`() throws {
    var builder = CertificateBuilder()
    builder.keyBits = 1024
    builder.notBefore = "19500101000000Z"
    builder.notAfter = "99991231235959Z"
    let certificate = try #require(PeerCertificate(der: builder.der))
    #expect(certificate.key == .init(kind: "RSA", bits: 1024))
    #expect(certificate.notBefore?.text == "1950-01-01T00:00:00Z")
    #expect(certificate.notAfter?.text == "9999-12-31T23:59:59Z")
    #expect(certificate.notAfter?.time == CaptureTime(nanoseconds: .max))
    #expect(certificate.isValid(at: CaptureTime(nanoseconds: 0)) == true)
  }

  @Test(arguments: [
    ("a.mx.example", true), ("A.MX.example.", true), ("relay.example", true), ("mx.example", false),
    ("b.a.mx.example", false), ("Example Root", false), ("", false),
  ])
  func `which hosts it is for`(host: String, isRight: Bool) throws {
    #expect(try #require(PeerCertificate(der: decoded(wildcard))).isFor(host) == isRight)
  }

  @Test func `the common name counts where there is no other`() throws {
    #expect(try #require(PeerCertificate(der: decoded(edwards))).isFor("ed.example"))
  }

  @Test(arguments: 0..<60)
  func `mutated certificates are read without harm`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let original = [decoded(wildcard), decoded(edwards), CertificateBuilder().der].randomElement(using: &random) ?? []
    for _ in 0..<60 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: index)
        default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
        }
      }
      #expect(PeerCertificate(der: bytes).map { $0.sha256.count } ?? 64 == 64)
    }
    #expect(PeerCertificate(der: []) == nil)
  }
}
