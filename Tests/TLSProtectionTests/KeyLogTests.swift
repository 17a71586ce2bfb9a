import TestSupport
import Testing

@testable import TLSProtection

@Suite struct `Key log` {
  private static let random = String(repeating: "0102030405060708", count: 4)
  private static let otherRandom = String(repeating: "a1", count: 32)
  private static let short = String(repeating: "5c", count: 32)
  private static let long = String(repeating: "C5", count: 48)

  private func read(_ text: String, limits: KeyLogLimits = KeyLogLimits()) -> (KeyLog, KeyLogReader) {
    let log = KeyLog(limits: limits)
    var reader = KeyLogReader(limits: limits)
    reader.receive(Array(text.utf8).span, into: log)
    reader.finish(into: log)
    return (log, reader)
  }

  private func secrets(_ log: KeyLog, _ random: String) -> SessionSecrets? {
    HandshakeRandom(hex(random)).flatMap { log.secrets(for: $0) }
  }

  @Test func `every label finds its place`() throws {
    let text = """
      # SSL/TLS secrets log file
      CLIENT_RANDOM \(Self.random) \(Self.long)
      CLIENT_EARLY_TRAFFIC_SECRET \(Self.otherRandom) \(String(repeating: "01", count: 32))
      CLIENT_HANDSHAKE_TRAFFIC_SECRET \(Self.otherRandom) \(String(repeating: "02", count: 32))
      SERVER_HANDSHAKE_TRAFFIC_SECRET \(Self.otherRandom) \(String(repeating: "03", count: 32))
      CLIENT_TRAFFIC_SECRET_0 \(Self.otherRandom) \(String(repeating: "04", count: 48))
      SERVER_TRAFFIC_SECRET_0 \(Self.otherRandom) \(String(repeating: "05", count: 48))
      EXPORTER_SECRET \(Self.otherRandom) \(Self.short)
      CLIENT_TRAFFIC_SECRET_1 \(Self.otherRandom) \(Self.short)

      RSA 0011223344556677 \(Self.long)
      """
    let (log, reader) = read(text)
    #expect(log.summary == KeyLogSummary(sessions: 2, secrets: 6, premasters: 1, dropped: 0))
    #expect(reader.lines == 11 && reader.secrets == 7 && reader.otherLabels == 2 && reader.malformedLines == 0)
    let first = try #require(secrets(log, Self.random))
    #expect(first.master == Secret(hex(Self.long)) && first.count == 1)
    let second = try #require(secrets(log, Self.otherRandom))
    #expect(second.clientEarlyTraffic == Secret([UInt8](repeating: 1, count: 32)))
    #expect(second.clientHandshakeTraffic == Secret([UInt8](repeating: 2, count: 32)))
    #expect(second.serverHandshakeTraffic == Secret([UInt8](repeating: 3, count: 32)))
    #expect(second.clientTraffic == Secret([UInt8](repeating: 4, count: 48)))
    #expect(second.serverTraffic == Secret([UInt8](repeating: 5, count: 48)))
    #expect(second.master == nil)
    #expect(secrets(log, Self.short) == nil)
    #expect(log.premasterSecret(encryptedStart: 0x0011_2233_4455_6677) == Secret(hex(Self.long)))
    #expect(log.premasterSecret(encryptedStart: 0) == nil)
  }

  @Test(arguments: ["\n", "\r\n", " \n", "\n\n\t\n"])
  func `line ends and blanks are taken as they come`(_ end: String) {
    let (log, reader) = read("CLIENT_RANDOM  \(Self.random)\t\(Self.long)\(end)# more\(end)")
    #expect(secrets(log, Self.random) != nil)
    #expect(reader.malformedLines == 0)
  }

  @Test(arguments: [
    "CLIENT_RANDOM", "CLIENT_RANDOM \(random)", "CLIENT_RANDOM \(random) ", "CLIENT_RANDOM \(random) \(long) 00",
    "CLIENT_RANDOM \(random) \(short)", "CLIENT_RANDOM \(random) \(long)0", "CLIENT_RANDOM \(random) \(long)00",
    "CLIENT_RANDOM \(random)00 \(long)", "CLIENT_RANDOM \(random.dropLast()) \(long)",
    "CLIENT_RANDOM \(random) \(long.dropLast())g", "CLIENT_RANDOM x\(random.dropFirst()) \(long)",
    "SERVER_TRAFFIC_SECRET_0 \(random) 00", "SERVER_TRAFFIC_SECRET_0 \(random) \(random)0000",
    "RSA 0011 \(long)", "RSA 0011223344556677 \(short)", "client_random \(random) \(long)",
    "NEW_LABEL \(random) hello", "NEW_LABEL \(random)", "-----BEGIN RSA PRIVATE KEY-----", "\u{0}\u{1}",
  ])
  func `a line that is not of the format is counted with its number`(_ line: String) {
    let (log, reader) = read("# first\n\(line)\nCLIENT_RANDOM \(Self.otherRandom) \(Self.long)\n")
    #expect(reader.malformedLines == 1)
    #expect(reader.malformedLineNumbers == [2])
    #expect(log.summary.sessions == 1)
  }

  @Test func `how the bytes are cut changes nothing`() {
    let text = Array(
      "# x\r\nCLIENT_RANDOM \(Self.random) \(Self.long)\nbad\n\nCLIENT_TRAFFIC_SECRET_0 \(Self.otherRandom) \(Self.short)"
        .utf8)
    for size in 1...text.count {
      let log = KeyLog()
      var reader = KeyLogReader()
      for start in stride(from: 0, to: text.count, by: size) {
        reader.receive(text[start..<min(start + size, text.count)].span, into: log)
      }
      // The last line has no end: only the end of the file says that it is complete.
      #expect(log.summary.secrets == 1)
      reader.finish(into: log)
      reader.finish(into: log)
      #expect(log.summary == KeyLogSummary(sessions: 2, secrets: 2, premasters: 0, dropped: 0))
      #expect(reader.lines == 5 && reader.malformedLineNumbers == [3])
    }
  }

  @Test func `a log that grows is read on, and what is told twice is kept once`() {
    let log = KeyLog()
    var reader = KeyLogReader()
    let line = Array("CLIENT_RANDOM \(Self.random) \(Self.long)\n".utf8)
    for _ in 0..<3 { reader.receive(line.span, into: log) }
    #expect(reader.secrets == 3)
    #expect(log.summary == KeyLogSummary(sessions: 1, secrets: 1, premasters: 0, dropped: 0))
    let other = Array("CLIENT_RANDOM \(Self.random) \(String(repeating: "77", count: 48))\n".utf8)
    reader.receive(other.span, into: log)
    #expect(secrets(log, Self.random)?.master == Secret([UInt8](repeating: 0x77, count: 48)))
    #expect(log.summary.secrets == 1)
  }

  @Test func `the sessions that were logged first make room`() {
    var limits = KeyLogLimits()
    limits.secrets = 10
    let log = KeyLog(limits: limits)
    var reader = KeyLogReader(limits: limits)
    func random(_ index: Int) -> String { hex([UInt8](repeating: UInt8(index), count: 32)) }
    for index in 0..<50 {
      for label in ["CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0"] {
        reader.receive(Array("\(label) \(random(index)) \(Self.short)\n".utf8).span, into: log)
      }
    }
    #expect(log.summary == KeyLogSummary(sessions: 5, secrets: 10, premasters: 0, dropped: 90))
    #expect(secrets(log, random(49)) != nil && secrets(log, random(45)) != nil && secrets(log, random(44)) == nil)
    for index in 0..<20 {
      let start = "00000000000000" + String(0x10 + index, radix: 16)
      reader.receive(Array("RSA \(start) \(Self.long)\n".utf8).span, into: log)
    }
    #expect(log.summary.premasters == 10 && log.summary.dropped == 100)
  }

  @Test func `a session makes room with all of its secrets, be it one or several`() {
    var limits = KeyLogLimits()
    limits.secrets = 3
    func line(_ label: String, _ session: Int) -> String {
      "\(label) \(String(repeating: "0\(session)", count: 32)) \(Self.short)\n"
    }
    var text = ""
    for session in 1...4 {
      text += line("CLIENT_TRAFFIC_SECRET_0", session)
      if session == 2 { text += line("SERVER_TRAFFIC_SECRET_0", session) }
    }
    let (log, _) = read(text, limits: limits)
    #expect(log.summary == KeyLogSummary(sessions: 2, secrets: 2, premasters: 0, dropped: 3))
    #expect((1...4).map { secrets(log, String(repeating: "0\($0)", count: 32)) != nil } == [false, false, true, true])
  }

  @Test func `a line without end is not held`() {
    var limits = KeyLogLimits()
    limits.lineBytes = 300
    for length in [299, 300, 301, 5000] {
      let log = KeyLog()
      var reader = KeyLogReader(limits: limits)
      let octet = [UInt8(ascii: "#")]
      for _ in 0..<length { reader.receive(octet.span, into: log) }
      reader.receive(Array("\nCLIENT_RANDOM \(Self.random) \(Self.long)\n".utf8).span, into: log)
      #expect(reader.malformedLines == (length > 300 ? 1 : 0))
      #expect(reader.lines == 2 && log.summary.sessions == 1)
    }
  }

  @Test func `only the first malformed lines are remembered by number`() {
    let (_, reader) = read(String(repeating: "x\n", count: 1000))
    #expect(reader.malformedLines == 1000)
    #expect(reader.malformedLineNumbers == Array(1...10))
  }

  @Test(arguments: 0..<200)
  func `a mutated line does no harm`(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var text = Array("CLIENT_RANDOM \(Self.random) \(Self.long)\nRSA 0011223344556677 \(Self.long)\n".utf8)
    for _ in 0...(seed % 8) {
      let place = Int(random.next() % UInt64(text.count))
      switch random.next() % 3 {
      case 0: text[place] = UInt8(truncatingIfNeeded: random.next())
      case 1: text.remove(at: place)
      default: text.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
      }
    }
    let log = KeyLog()
    var reader = KeyLogReader()
    reader.receive(text.span, into: log)
    reader.finish(into: log)
    #expect(reader.secrets + reader.malformedLines + reader.otherLabels <= reader.lines)
    #expect(log.summary.secrets + log.summary.premasters <= reader.secrets)
  }

  @Test func `many threads may read while one writes`() async {
    let log = KeyLog()
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        var reader = KeyLogReader()
        for index in 0..<500 {
          let line = "CLIENT_RANDOM \(hex([UInt8](repeating: UInt8(index % 256), count: 32))) \(Self.long)\n"
          reader.receive(Array(line.utf8).span, into: log)
        }
      }
      for _ in 0..<3 {
        group.addTask {
          for index in 0..<500 {
            let random = HandshakeRandom([UInt8](repeating: UInt8(index % 256), count: 32))
            if let random, let found = log.secrets(for: random) { #expect(found.master == Secret(hex(Self.long))) }
          }
        }
      }
    }
    #expect(log.summary.sessions == 256)
  }

  @Test func `nothing that is printed shows a secret`() throws {
    let (log, reader) = read("CLIENT_RANDOM \(Self.random) \(Self.long)\nRSA 0011223344556677 \(Self.long)\n")
    let found = try #require(secrets(log, Self.random))
    let secret = try #require(found.master)
    var begun = KeyLogReader()
    begun.receive(Array("CLIENT_RANDOM \(Self.random) \(Self.long)".utf8).span, into: log)
    var printed = ""
    for value in [log, reader, begun, found, secret, KeyLogLine.Kind.master] as [Any] {
      printed += "\(value) \(String(describing: value)) \(String(reflecting: value)) "
      dump(value, to: &printed)
    }
    // The octet in hexadecimal and in decimal, as an array of octets and a dictionary would be shown.
    #expect(!printed.lowercased().contains("c5c5"))
    #expect(!printed.contains("197"))
    #expect(printed.contains("secret of 48 octets"))
  }
}
