import TLSHandshake
import TestSupport
import Testing
import Wire

private func hello(_ hello: TLSBuilder.ClientHello) -> ClientHello? {
  conversation([(.client, TLSBuilder.handshake(hello.bytes))]).handshake.clientHello
}

@Suite struct FingerprintTests {
  /// The examples of JA3's own description.
  @Test(
    arguments: [
      (
        769, [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4], true, "ada70206e40642a3e4461f35503241d5"
      ),
      (769, [4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99], false, "de350869b8c85de67a350c8d186f11e6"),
    ] as [(UInt16, [UInt16], Bool, String)])
  func `JA3 as its authors give it`(version: UInt16, ciphers: [UInt16], hasExtensions: Bool, hash: String) {
    var builder = TLSBuilder.ClientHello()
    builder.version = version
    builder.ciphers = ciphers
    if hasExtensions {
      builder.extensions = [
        TLSBuilder.serverName("mx.example"), TLSBuilder.groups([23, 24, 25]), TLSBuilder.pointFormats([0]),
      ]
    }
    #expect(hello(builder)?.ja3 == hash)
  }

  @Test func `JA3S is the MD5 of what the server chose`() {
    var builder = TLSBuilder.ServerHello()
    builder.version = 769
    builder.cipher = 47
    builder.extensions = [(65281, [0]), (0, []), (11, [1, 0]), (35, []), (5, []), (16, [])]
    let server = conversation([(.server, TLSBuilder.handshake(builder.bytes))]).handshake.serverHello
    // 769,47,65281-0-11-35-5-16
    #expect(server?.ja3s == "836ce314215654b5b1f85f97c73e506f")
  }

  /// The browser of JA4's specification, with GREASE in every list.
  @Test func `JA4 as its specification gives it`() {
    var builder = TLSBuilder.ClientHello()
    builder.ciphers = [
      0x2a2a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d,
      0x002f, 0x0035,
    ]
    let rest: [UInt16] = [0x0005, 0x0012, 0x0015, 0x0017, 0x001b, 0x0023, 0x002d, 0x4469, 0xff01]
    builder.extensions =
      [
        (0xdada, []), TLSBuilder.serverName("mx.example"), TLSBuilder.protocols(["h2", "http/1.1"]),
        TLSBuilder.supportedVersions([0x3a3a, 0x0304, 0x0303]), TLSBuilder.groups([0x4a4a, 29, 23]),
        TLSBuilder.pointFormats([0]), TLSBuilder.keyShares([(0x4a4a, 1), (29, 32)]),
        TLSBuilder.signatures([0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601]),
      ] + rest.map { ($0, []) }
    #expect(hello(builder)?.ja4 == "t13d1516h2_8daaf6152771_e5627efa2ab1")
  }

  @Test(
    arguments: [
      ([], "t12i000000_000000000000_000000000000"), (["h"], "t12i0001hh_000000000000_000000000000"),
      (["\u{1}a"], "t12i000101_000000000000_000000000000"),
    ] as [([String], String)])
  func `JA4 of next to nothing`(protocols: [String], expected: String) {
    var builder = TLSBuilder.ClientHello()
    builder.ciphers = []
    if !protocols.isEmpty { builder.extensions = [TLSBuilder.protocols(protocols)] }
    #expect(hello(builder)?.ja4 == expected)
  }
}
