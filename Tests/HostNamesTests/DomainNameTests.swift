import HostNames
import TestSupport
import Testing
import Wire

@Test(
  arguments: [
    ("Mail.Example", "mail.example"), ("mail.example.", "mail.example"), ("_dmarc.a-b.example", "_dmarc.a-b.example"),
    ("localhost", "localhost"), ("0/25.2.0.192.in-addr.arpa", "0/25.2.0.192.in-addr.arpa"), ("", nil), (".", nil),
    ("a..b", nil), (".a", nil), ("a b", nil), ("a\u{1b}[2J", nil), ("caf\u{e9}.example", nil), ("a\\b", nil),
    (String(repeating: "a", count: 63), String(repeating: "a", count: 63)), (String(repeating: "a", count: 64), nil),
    (String(repeating: "a.", count: 126) + "a", String(repeating: "a.", count: 126) + "a"),
    (String(repeating: "a.", count: 126) + "ab", nil),
  ] as [(String, String?)])
func `a written name is compared in one form`(written: String, text: String?) {
  #expect(DomainName(written)?.description == text)
}

@Test(
  arguments: [
    ("mail.example", true), ("a-b.xn--p1ai", true), ("_spf.example", true), ("example", false), ("192.0.2.7", false),
    ("[192.0.2.7]", false), ("mail.example/25", false),
  ])
func `some names are hosts'`(text: String, isHost: Bool) throws {
  #expect(try #require(DomainName(text)).isHostName == isHost)
}

@Test(arguments: ["192.0.2.7", "0.0.0.0", "255.255.255.255", "2001:db8::7", "fe80::1:ff00"])
func `an address asked for by a name is found again`(text: String) {
  let address = NameServer.address(text)
  #expect(DomainName(NameServer.reversed(address))?.reversedAddress == address)
  #expect(address.description == text)
}

@Test(
  arguments: [
    "2.0.192.in-addr.arpa", "256.2.0.192.in-addr.arpa", "7.2.0.192.1.in-addr.arpa", "a.2.0.192.in-addr.arpa",
    "0007.2.0.192.in-addr.arpa", "7.2.0.192.in-addr.example", "7.2.0.192", "in-addr.arpa",
    String(repeating: "0.", count: 31) + "g.ip6.arpa", String(repeating: "00.", count: 32) + "ip6.arpa",
    String(repeating: "0.", count: 31) + "ip6.arpa",
  ])
func `another name is no address`(text: String) throws {
  #expect(try #require(DomainName(text)).reversedAddress == nil)
}
