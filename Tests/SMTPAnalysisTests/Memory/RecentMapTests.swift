import TestSupport
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

@Test(arguments: [1, 2, 3] as [UInt64])
func `counts are those of a dictionary`(seed: UInt64) {
  var generator = SplitMix64(seed: seed)
  var counts = KeyNumbers<Int32>()
  var expected: [UInt64: Int] = [:]
  for _ in 0..<20_000 {
    // Few homes, so that keys stand in each other's way; at times many are held.
    let key = generator.next() % 40 << 6 | generator.next() % 3 | generator.next() % 2 << 40
    if generator.next() % 100 < (expected.count < 60 ? 60 : 40) {
      counts.increment(key)
      expected[key, default: 0] += 1
    } else {
      counts.decrement(key)
      if let old = expected[key] { expected[key] = old > 1 ? old - 1 : nil }
    }
    #expect(counts.count == expected.count && Int(counts[key]) == expected[key] ?? 0)
  }
  #expect(expected.allSatisfy { Int(counts[$0.key]) == $0.value })
}

@Test func `keys ignore the case of ASCII and nothing else`() {
  #expect(MemoryKey.of(Array("Bob@Harbour.Example".utf8)) == MemoryKey.of(Array("bob@harbour.example".utf8)))
  let texts = ["", "a", "b", "aa", "a\0", "abcdefgh", "abcdefgh\0", "abcdefghi", "{", "[", "@", "`"]
  #expect(Set(texts.map { MemoryKey.of(Array($0.utf8)) }).count == texts.count)
}

@Test func `a network is 24 bits of IPv4 and 64 of IPv6`() {
  #expect(IPAddress(ipv4: 0xc000_0207).network == IPAddress(ipv4: 0xc000_0200))
  #expect(IPAddress(ipv6High: 1, low: 2).network == IPAddress(ipv6High: 1, low: 0))
  #expect(IPAddress(ipv4: 0x7f01_0203).isLoopback && IPAddress(ipv6High: 0, low: 1).isLoopback)
  #expect(!IPAddress(ipv4: 1).isLoopback)
}
