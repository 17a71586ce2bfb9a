import CaptureReading
import Testing
import TestSupport
import Wire

private func file(_ seconds: [Int64]) -> [UInt8] {
  var builder = PcapBuilder()
  for second in seconds { builder.add([UInt8(second)], at: second * 1_000_000_000) }
  return builder.bytes
}

@Test(arguments: [1, 2, 3, 64])
func `several files are one in the order of time and of the command line`(open: Int) throws {
  var limits = CaptureLimits()
  limits.mostOpenInputs = open
  let reading = try Reading(file([1, 4, 5]), file([2, 4, 9]), file([]), file([3, 4]), limits: limits)
  #expect(reading.frames.map(\.bytes) == [[1], [2], [3], [4], [4], [4], [5], [9]])
  #expect(reading.frames.map(\.file) == [0, 1, 3, 0, 1, 3, 0, 1])
  #expect(reading.numbers == [1, 1, 1, 2, 2, 2, 3, 3])
  #expect(reading.captures.map(\.packets) == [3, 3, 0, 2])
}

@Test func `a file that goes back in time keeps its order`() throws {
  let reading = try Reading(file([5, 1, 6]), file([2, 7]))
  #expect(reading.frames.map(\.bytes) == [[2], [5], [1], [6], [7]])
}

@Test(arguments: UInt64(0)..<24)
func `merging is a stable sort of files that are in order`(seed: UInt64) throws {
  var random = SplitMix64(seed: seed)
  let times = (0..<Int.random(in: 1...6, using: &random)).map { _ in
    (0..<Int.random(in: 0...12, using: &random)).map { _ in Int64.random(in: 0...20, using: &random) }.sorted()
  }
  let folder = TemporaryFolder()
  let paths = try times.enumerated().map { try folder.write(file($1), as: "\($0)") }
  var limits = CaptureLimits()
  limits.mostOpenInputs = Int.random(in: 1...7, using: &random)
  let reading = Reading(try CaptureReader(paths: paths, limits: limits))
  let expected = times.enumerated().flatMap { file, times in times.map { (time: $0, file: file) } }
    .sorted { ($0.time, $0.file) < ($1.time, $1.file) }
  #expect(reading.frames.map(\.file) == expected.map(\.file))
  #expect(reading.frames.map(\.time) == expected.map { $0.time * 1_000_000_000 })
}
