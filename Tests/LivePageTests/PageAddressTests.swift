import LivePage
import Testing

@Suite struct PageAddressTests {
  @Test(arguments: [
    ("9025", "127.0.0.1", 9025, true), (":9025", "127.0.0.1", 9025, true), ("localhost:80", "127.0.0.1", 80, true),
    ("127.8.9.1:1", "127.8.9.1", 1, true), ("[::1]:65535", "::1", 65535, true),
    ("0.0.0.0:9025", "0.0.0.0", 9025, false),
    ("[::]:9025", "::", 9025, false), ("192.0.2.1:0", "192.0.2.1", 0, false),
    ("[::ffff:127.0.0.1]:1", "::ffff:127.0.0.1", 1, false),
  ]) func `An address is a host and a port`(text: String, host: String, port: UInt16, isLoopback: Bool) throws {
    let address = try #require(PageAddress(text))
    #expect(address == PageAddress(host: host, port: port))
    #expect(address.isLoopback == isLoopback)
  }

  @Test(arguments: [
    "", ":", "x", "65536", "-1", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "mail.example:25", "::1:25", "[::1]", "[]:1",
    "[127.0.0.1]:1", "256.0.0.1:1", "127.0.0.1:٣", "127.0.0.1:+1",
  ]) func `Anything else is none`(text: String) {
    #expect(PageAddress(text) == nil)
  }

  @Test func `IPv6 has brackets in a browser`() {
    #expect(PageAddress(host: "::1", port: 9025).url == "http://[::1]:9025/")
  }
}
