import MailStatistics
import TestSupport
import Testing

private struct Count: NamedCounts {
  var weight = 0

  mutating func merge(_ other: Count) { weight += other.weight }
}

@Suite struct NameTableTests {
  @Test func `within the bound nothing is forgotten`() {
    var table = NameTable<Int, Count>(limit: 10)
    for name in 0..<20 { table.count(name) { $0.weight += 1 } }
    #expect(table.distinct == 20)
    #expect(table.others.weight == 0)
  }

  @Test func `a flood of names takes no more than the bound and hides no common one`() {
    var table = NameTable<Int, Count>(limit: 100)
    for name in 0..<200_000 {
      table.count(name) { $0.weight += 1 }
      if name > 100_000, name % 50 == 0 { table.count(-1) { $0.weight += 1 } }
    }
    #expect(table.entries.count <= 200)
    #expect(table.distinct == nil)
    let common = table.entries.first { $0.name == -1 }?.counts.weight ?? 0
    #expect(common <= 1999 && common >= 1999 - table.undercount)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `the sum is right, and each name is told too low by the undercount at most`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var table = NameTable<UInt64, Count>(limit: 8)
    var exact: [UInt64: Int] = [:]
    for _ in 0..<3000 {
      let range = UInt64.random(in: 1...64, using: &random)
      let name = UInt64.random(in: 0..<range, using: &random)
      table.count(name) { $0.weight += 1 }
      exact[name, default: 0] += 1
    }
    #expect(table.entries.reduce(table.others.weight) { $0 + $1.counts.weight } == 3000)
    #expect(table.entries.count <= 16)
    for (name, counts) in table.entries {
      let right = exact[name] ?? 0
      #expect(counts.weight <= right && counts.weight >= right - table.undercount)
    }
  }

  @Test func `among equals the older ones stay`() {
    var table = NameTable<Int, Count>(limit: 3)
    for name in 0..<7 { table.count(name) { $0.weight += 1 } }
    #expect(table.entries.map(\.name) == [0, 1, 2, 6])
    #expect(table.forgotten == 3)
  }
}
