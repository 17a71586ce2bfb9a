import FoundationEssentials
import FuzzTargets
import TestSupport
import Testing

/// What fuzzing brought, replayed: each input that reached something new, and each that once broke something
/// (`Fuzzing/Corpus`). Beside it a few mutations, so that no run is without a new one of each kind.
@Suite struct CorpusTests {
  @Test(arguments: FuzzTarget.allCases)
  func `everything in the corpus holds`(target: FuzzTarget) throws {
    let inputs = try Self.corpus(of: target)
    #expect(!inputs.isEmpty)
    for (name, bytes) in inputs {
      #expect(throws: Never.self, "\(target.rawValue)/\(name)") { try target.receive(bytes.span) }
    }
  }

  @Test(arguments: FuzzTarget.allCases)
  func `inputs that are damaged hold too`(target: FuzzTarget) throws {
    var random = SplitMix64(seed: 20_261_126)
    for (name, bytes) in try Self.corpus(of: target).prefix(20) {
      for round in 0..<5 {
        let damaged = Self.damage(bytes, using: &random)
        #expect(throws: Never.self, "\(target.rawValue)/\(name), round \(round)") {
          try target.receive(damaged.span)
        }
      }
    }
  }

  private static func damage(_ bytes: [UInt8], using random: inout SplitMix64) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...8, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: bytes.indices, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
      case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 2: bytes.removeSubrange(place..<min(place + 8, bytes.count))
      default: bytes.insert(contentsOf: bytes[place..<min(place + 16, bytes.count)], at: place)
      }
    }
    return bytes
  }

  private static func corpus(of target: FuzzTarget) throws -> [(name: String, bytes: [UInt8])] {
    let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    let directory = "\(root)/Fuzzing/Corpus/\(target.rawValue)"
    return try FileManager.default.contentsOfDirectory(atPath: directory).sorted().map { name in
      (name, [UInt8](try Data(contentsOf: URL(filePath: "\(directory)/\(name)"))))
    }
  }
}
