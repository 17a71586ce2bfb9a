import Reports
import Testing

@Suite struct ReadingProgressTests {
  private static let second: Int64 = 1_000_000_000

  @Test func `share, rate and time left of what has an end`() {
    var progress = ReadingProgress(total: 1_000_000_000, start: 5 * Self.second)
    #expect(
      progress.line(packets: 1000, bytes: 100_000_000, at: 5 * Self.second + Self.second / 2)
        == "1 000 packets, 100 MB of 1 GB (10 %), 200 MB/s")
    #expect(
      progress.line(packets: 12_345, bytes: 400_000_000, at: 7 * Self.second)
        == "12 345 packets, 400 MB of 1 GB (40 %), 200 MB/s, 3 s left")
    #expect(
      progress.line(packets: 30_000, bytes: 999_999_999, at: 10 * Self.second)
        == "30 000 packets, 1 GB of 1 GB (99 %), 200 MB/s, less than 1 s left")
  }

  @Test func `rate only where no end is known, or it was passed`() {
    var pipe = ReadingProgress(total: nil, start: 0)
    #expect(pipe.line(packets: 10, bytes: 2_000_000, at: 2 * Self.second) == "10 packets, 2 MB, 1 MB/s")
    var archive = ReadingProgress(total: 1000, start: 0)
    #expect(archive.line(packets: 10, bytes: 2000, at: 2 * Self.second) == "10 packets, 2 kB, 1 kB/s")
  }

  @Test func `the rate is that of the last seconds`() {
    var progress = ReadingProgress(total: 1_000_000_000_000, start: 0)
    var bytes = 0
    var line = ""
    for quarter in 1...40 {
      bytes += quarter <= 20 ? 100_000_000 : 1_000_000
      line = progress.line(packets: quarter, bytes: bytes, at: Int64(quarter) * Self.second / 4)
    }
    #expect(line == "40 packets, 2 GB of 1 TB (0 %), 4 MB/s, 2 d 21 h left")
  }

  @Test func `no time passed, nothing read`() {
    var progress = ReadingProgress(total: 0, start: 0)
    #expect(progress.line(packets: 0, bytes: 0, at: 0) == "0 packets, 0 bytes")
    #expect(progress.line(packets: 1, bytes: .max, at: 1) == "1 packets, 9.2 EB")
  }
}
