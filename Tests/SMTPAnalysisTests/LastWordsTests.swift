import SMTPDialogue
import TestSupport
import Testing
import Wire

@testable import SMTPAnalysis

private func moment(_ frame: Int) -> Moment {
  Moment(time: CaptureTime(nanoseconds: Int64(frame)), frame: frame)
}

@Test func `the last bytes begin in the piece that holds the first of them`() {
  var words = LastWords()
  words.passed(7, from: .client, at: moment(1))
  for frame in 2...4 { words.passed(10, from: .server, at: moment(frame)) }
  #expect(words.clientHeard == moment(1))
  #expect(words.start(ofLast: 0) == nil)
  #expect(words.start(ofLast: 1) == moment(4))
  #expect(words.start(ofLast: 10) == moment(4))
  #expect(words.start(ofLast: 11) == moment(3))
  #expect(words.start(ofLast: 30) == moment(2))
  #expect(words.start(ofLast: 1000) == moment(2))
}

@Test func `what the client has answered counts no more`() {
  var words = LastWords()
  for frame in 1...3 { words.passed(10, from: .server, at: moment(frame)) }
  words.passed(1, from: .client, at: moment(4))
  #expect(words.start(ofLast: 1) == nil)
  words.passed(10, from: .server, at: moment(5))
  #expect(words.start(ofLast: 30) == moment(5))
}

@Test func `behind so many pieces the last one grows`() {
  var words = LastWords()
  for frame in 1...LastWords.limit + 100 { words.passed(1, from: .server, at: moment(frame)) }
  #expect(words.start(ofLast: 101) == moment(LastWords.limit))
  #expect(words.start(ofLast: 102) == moment(LastWords.limit - 1))
}

/// However the two sides take turns, the piece is that of a list without a bound.
@Test(arguments: UInt64(0)..<100)
func `the start of the last bytes is that of plain counting`(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  var words = LastWords()
  var pieces: [(frame: Int, count: Int)] = []
  for frame in 1...40 {
    let count = Int.random(in: 1...20, using: &random)
    if Int.random(in: 0..<6, using: &random) == 0 {
      words.passed(count, from: .client, at: moment(frame))
      pieces = []
    } else if pieces.count < LastWords.limit {
      words.passed(count, from: .server, at: moment(frame))
      pieces.append((frame, count))
    }
    let last = Int.random(in: 0...60, using: &random)
    let octets = pieces.flatMap { Array(repeating: $0.frame, count: $0.count) }
    #expect(words.start(ofLast: last)?.frame == (last == 0 ? nil : octets.suffix(last).first))
  }
}
