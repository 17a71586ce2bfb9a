import Testing

@testable import TLSProtection

@Suite struct `AEAD ciphers` {
  /// Packet vectors 1 to 12 of RFC 3610 section 8: nonce, octets that are only authenticated, length, tag length, what is
  /// sealed.
  @Test(arguments: [
    ("00000003020100a0a1a2a3a4a5", 8, 31, 8, "588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0"),
    ("00000004030201a0a1a2a3a4a5", 8, 32, 8, "72c91a36e135f8cf291ca894085c87e3cc15c439c9e43a3ba091d56e10400916"),
    ("00000005040302a0a1a2a3a4a5", 8, 33, 8, "51b1e5f44a197d1da46b0f8e2d282ae871e838bb64da8596574adaa76fbd9fb0c5"),
    ("00000006050403a0a1a2a3a4a5", 12, 31, 8, "a28c6865939a9a79faaa5c4c2a9d4a91cdac8c96c861b9c9e61ef1"),
    ("00000007060504a0a1a2a3a4a5", 12, 32, 8, "dcf1fb7b5d9e23fb9d4e131253658ad86ebdca3e51e83f077d9c2d93"),
    ("00000008070605a0a1a2a3a4a5", 12, 33, 8, "6fc1b011f006568b5171a42d953d469b2570a4bd87405a0443ac91cb94"),
    ("00000009080706a0a1a2a3a4a5", 8, 31, 10, "0135d1b2c95f41d5d1d4fec185d166b8094e999dfed96c048c56602c97acbb7490"),
    ("0000000a090807a0a1a2a3a4a5", 8, 32, 10, "7b75399ac0831dd2f0bbd75879a2fd8f6cae6b6cd9b7db24c17b4433f434963f34b4"),
    (
      "0000000b0a0908a0a1a2a3a4a5", 8, 33, 10,
      "82531a60cc24945a4b8279181ab5c84df21ce7f9b73f42e197ea9c07e56b5eb17e5f4e"
    ),
    ("0000000c0b0a09a0a1a2a3a4a5", 12, 31, 10, "07342594157785152b074098330abb141b947b566aa9406b4d999988dd"),
    ("0000000d0c0b0aa0a1a2a3a4a5", 12, 32, 10, "676bb20380b0e301e8ab79590a396da78b834934f53aa2e9107a8b6c022c"),
    ("0000000e0d0c0ba0a1a2a3a4a5", 12, 33, 10, "c0ffa0d6f05bdb67f24d43a4338d2aa4bed7b20e43cd1aa31662e7ad65d6db"),
  ])
  func `CCM as in RFC 3610`(_ nonce: String, _ header: Int, _ length: Int, _ tagLength: Int, _ sealed: String) {
    let key = Array(UInt8(0xc0)...0xcf)
    let packet = (0..<length).map { UInt8($0) }
    let cipher = CounterCBCMAC(key: Secret(key).key, tagLength: tagLength)
    let associated = Array(packet.prefix(header))
    var plaintext: [UInt8] = []
    #expect(cipher.open(hex(sealed), nonce: hex(nonce), authenticating: associated, into: &plaintext))
    #expect(plaintext == Array(packet.dropFirst(header)))
    // And the counterpart that seals for other tests.
    #expect(
      RecordSealer.ccm(plaintext, key, nonce: hex(nonce), authenticating: associated, tagLength: tagLength)
        == hex(sealed))
  }

  @Test func `CCM without anything authenticated beside the text`() {
    // From another implementation (pyca/cryptography): key 0 to 15, nonce of 12 zeros.
    let key = Array(UInt8(0)...15)
    let cipher = CounterCBCMAC(key: Secret(key).key, tagLength: 16)
    var plaintext: [UInt8] = []
    let nonce = [UInt8](repeating: 0, count: 12)
    #expect(
      cipher.open(
        hex("1ad2f58322d2a11121fdf5048455fa15c252552ae79f049b7a"), nonce: nonce, authenticating: [UInt8](),
        into: &plaintext))
    #expect(plaintext == Array("no header".utf8))
  }

  @Test func `ChaCha20-Poly1305 as in RFC 8439 section 2.8.2`() {
    let key = Secret(Array(UInt8(0x80)...0x9f))
    let sealed = hex(
      """
      d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b29
      05d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b
      61161ae10b594f09e26a7e902ecbd0600691
      """)
    var plaintext: [UInt8] = []
    let opened = AEADKey(.chaCha20Poly1305, key).open(
      sealed, nonce: hex("070000004041424344454647"),
      authenticating: hex("50515253c0c1c2c3c4c5c6c7"), into: &plaintext)
    #expect(opened)
    #expect(
      String(decoding: plaintext, as: UTF8.self)
        == "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it."
    )
  }

  /// Test cases 4 and 16 of the GCM specification.
  @Test(arguments: [
    (
      AEADCipher.aes128GCM, "feffe9928665731c6d6a8f9467308308",
      """
      42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac97
      3d58e0915bc94fbc3221a5db94fae95ae7121a47
      """
    ),
    (
      AEADCipher.aes256GCM, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
      """
      522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a
      bcc9f66276fc6ece0f4e1768cddf8853bb2d551b
      """
    ),
  ])
  func `GCM as specified`(_ cipher: AEADCipher, _ key: String, _ sealed: String) {
    var plaintext: [UInt8] = []
    let opened = AEADKey(cipher, Secret(hex(key))).open(
      hex(sealed), nonce: hex("cafebabefacedbaddecaf888"),
      authenticating: hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"), into: &plaintext)
    #expect(opened)
    #expect(
      plaintext
        == hex(
          """
          d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657
          ba637b39
          """))
  }

  @Test(arguments: [
    AEADCipher.aes128GCM, .aes256GCM, .chaCha20Poly1305, .aes128CCM, .aes256CCM, .aes128CCM8, .aes256CCM8,
  ])
  func `a key of another length opens nothing`(_ cipher: AEADCipher) {
    var plaintext: [UInt8] = [1]
    let sealed = [UInt8](repeating: 0, count: 40)
    let nonce = [UInt8](repeating: 0, count: 12)
    for length in [0, 1, 15, 31, 33] {
      let key = AEADKey(cipher, Secret([UInt8](repeating: 0, count: length)))
      #expect(!key.open(sealed, nonce: nonce, authenticating: nonce, into: &plaintext))
      #expect(plaintext.isEmpty)
    }
  }
}
