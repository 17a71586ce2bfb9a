import SMTPDialogue
import TestSupport
import Testing
import Wire

@testable import SMTPAnalysis

/// The census of whole text by plain loops.
private struct Model: Equatable {
  var bareLF = 0
  var bareCR = 0
  var longLines = 0
  var longestLine = 0
  var hasEightBit = false
  var hasNUL = false

  init(_ text: [UInt8]) {
    hasEightBit = text.contains { $0 >= 0x80 }
    hasNUL = text.contains(0)
    var length = 0
    for (index, byte) in text.enumerated() {
      length += 1
      // A CR at the very end may have its LF still to come.
      if byte == 0x0d, index + 1 < text.count, text[index + 1] != 0x0a { bareCR += 1 }
      guard byte == 0x0a else { continue }
      if index == 0 || text[index - 1] != 0x0d { bareLF += 1 }
      if length > 1000 {
        longLines += 1
        longestLine = max(longestLine, length)
      }
      length = 0
    }
  }

  init(_ census: TextCensus) {
    bareLF = census.bareLF
    bareCR = census.bareCR
    longLines = census.longLines
    longestLine = census.longestLine
    hasEightBit = census.hasEightBit
    hasNUL = census.hasNUL
  }
}

private func text(_ random: inout SplitMix64) -> [UInt8] {
  let oddities: [[UInt8]] = [[0x0a], [0x0d], [0x0d, 0x0d, 0x0a], [0x00], [0xe9]]
  let oddEvery = [2, 8, 10_000].randomElement(using: &random) ?? 2
  let longEvery = [2, 8, 10_000].randomElement(using: &random) ?? 2
  return (0..<Int.random(in: 0...60, using: &random)).flatMap { _ in
    let isLong = Int.random(in: 0..<longEvery, using: &random) == 0
    let line = [UInt8](repeating: 0x61, count: Int.random(in: isLong ? 900...1100 : 0...100, using: &random))
    let isOdd = Int.random(in: 0..<oddEvery, using: &random) == 0
    return line + (isOdd ? oddities.randomElement(using: &random) ?? [] : [0x0d, 0x0a])
  }
}

@Test(arguments: UInt64(0)..<300)
func `the census is that of plain loops, however the text is cut`(seed: UInt64) {
  var random = SplitMix64(seed: seed)
  let text = text(&random)
  let longestPiece = [3, 40, 1448, 9000].randomElement(using: &random) ?? 3
  var census = TextCensus()
  var offset = 0
  while offset < text.count {
    let end = min(text.count, offset + Int.random(in: 1...longestPiece, using: &random))
    census.add(text.span.extracting(offset..<end), at: Moment(time: CaptureTime(nanoseconds: 0), frame: offset))
    offset = end
  }
  #expect(Model(census) == Model(text))
  #expect((census.firstBareLF != nil) == (census.bareLF > 0))
  #expect((census.firstBareCR != nil) == (census.bareCR > 0))
  #expect((census.firstLongLine != nil) == (census.longLines > 0))
}
