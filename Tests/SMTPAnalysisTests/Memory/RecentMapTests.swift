import Testing
import Wire

@testable import SMTPAnalysis

@Test func `the one set longest ago is forgotten`() {
  var map = RecentMap<Int>(limit: 3)
  for key in 1...3 { map.set(Int(key) * 10, for: UInt64(key)) }
  map.set(11, for: 1)
  map.set(40, for: 4)
  #expect(map[1] == 11 && map[2] == nil && map[3] == 30 && map[4] == 40)
  #expect(map.values == [30, 11, 40])
  map.remove(3)
  #expect(map.values == [11, 40] && map.count == 2)
}

@Test func `however often it is set, it stays within its limit`() {
  var map = RecentMap<Int>(limit: 16)
  for round in 0...10_000 {
    map.set(round, for: UInt64(round % 7))
    if round % 5 == 0 { map.set(round, for: UInt64(1000 + round)) }
    if round % 11 == 0 { map.remove(UInt64(round % 7)) }
    #expect(map.count <= 16)
  }
  #expect(map.values.count == map.count)
  #expect(map[UInt64(10_000 % 7)] == 10_000)
}

@Test func `keys ignore the case of ASCII and nothing else`() {
  #expect(MemoryKey.of("Bob@Harbour.Example".utf8) == MemoryKey.of("bob@harbour.example".utf8))
  let texts = ["", "a", "b", "aa", "a\0", "abcdefgh", "abcdefgh\0", "abcdefghi", "{", "[", "@", "`"]
  #expect(Set(texts.map { MemoryKey.of($0.utf8) }).count == texts.count)
}

@Test func `a network is 24 bits of IPv4 and 64 of IPv6`() {
  #expect(IPAddress(ipv4: 0xc000_0207).network == IPAddress(ipv4: 0xc000_0200))
  #expect(IPAddress(ipv6High: 1, low: 2).network == IPAddress(ipv6High: 1, low: 0))
  #expect(IPAddress(ipv4: 0x7f01_0203).isLoopback && IPAddress(ipv6High: 0, low: 1).isLoopback)
  #expect(!IPAddress(ipv4: 1).isLoopback)
}
