import Foundation
import Glibc
import SMTPAnalysis
import TCPStreams
import TestSupport
import Testing
import Wire

/// Months of running in little: what a busy and hostile hour of packets leaves behind.
@Suite struct SoakTests {
  private static let isSlowWelcome = ProcessInfo.processInfo.environment["SMTPSCOPE_SLOW_TESTS"] == "1"

  /// Frames of a connection that are sent again from other addresses, with their checksums put right.
  private struct Template {
    let frames: [[UInt8]]
    /// Nanoseconds since its first one.
    let times: [Int64]

    init(_ script: String, closes: Bool) {
      let conversation = Conversation(script, closes: closes)
      frames = conversation.frames.map(\.bytes)
      times = conversation.segments.map(\.time)
    }

    /// The frame `index` as if the client were the `number`th one.
    func frame(_ index: Int, number: Int) -> [UInt8] {
      var bytes = frames[index]
      // Behind 14 octets of Ethernet and 12 of IPv4 stand the addresses, behind 20 the ports; the server's port is 25.
      let isFromClient = bytes[34] != 0 || bytes[35] != 25
      let (address, port) = isFromClient ? (26, 34) : (30, 36)
      change(&bytes, at: address, to: UInt16(truncatingIfNeeded: 0x0a00 | number >> 24), checksums: [24, 50])
      change(&bytes, at: address + 2, to: UInt16(truncatingIfNeeded: number >> 8), checksums: [24, 50])
      change(&bytes, at: port, to: UInt16(truncatingIfNeeded: 20_000 + number & 0xff), checksums: [50])
      return bytes
    }

    /// RFC 1624 equation 3.
    private func change(_ bytes: inout [UInt8], at offset: Int, to new: UInt16, checksums: [Int]) {
      func word(_ offset: Int) -> UInt32 { UInt32(bytes[offset]) << 8 | UInt32(bytes[offset + 1]) }
      let old = word(offset)
      for place in checksums {
        var sum = (~word(place) & 0xffff) + (~old & 0xffff) + UInt32(new)
        while sum > 0xffff { sum = (sum & 0xffff) + sum >> 16 }
        (bytes[place], bytes[place + 1]) = (UInt8(~sum >> 8 & 0xff), UInt8(~sum & 0xff))
      }
      (bytes[offset], bytes[offset + 1]) = (UInt8(new >> 8), UInt8(new & 0xff))
    }
  }

  /// Resident memory in bytes (proc(5)).
  private static var memory: Int {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    return (Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0) * sysconf(Int32(_SC_PAGESIZE))
  }

  /// - Parameter scale: Of 200,000 connections in an hour, half of them never closed, as many SYNs that nobody answers, and
  ///   once more of them at a time than there may be connections.
  @Test(arguments: isSlowWelcome ? [100, 1] : [100])
  func `an hour of connections that never end costs bounded memory and no honest record`(scale: Int) {
    let greeting = "S: 220 mx.example ESMTP\nC: EHLO a.example\nS: 250 mx.example\n"
    let mail = """
      C: MAIL FROM:<a@a.example>
      S: 250 Ok
      C: RCPT TO:<b@b.example>
      S: 250 Ok
      C: DATA
      S: 354 go
      C: Subject: x\\r\\n\\r\\nHello\\r\\n.
      S: 250 Ok
      C: QUIT
      S: 221 bye
      """
    let honest = Template(greeting + mail, closes: true)
    let abandoned = Template(greeting, closes: false)
    let connections = 100_000 / scale
    let gap = 3_600_000_000_000 / Int64(connections)
    let start = Int64(1_795_166_042_000_000_000)

    var analyzer = Analyzer(options: AnalysisOptions())
    var ordinal = 0
    func receive(_ frame: [UInt8], at time: Int64) {
      ordinal += 1
      analyzer.receive(
        frame.span,
        descriptor: FrameDescriptor(
          time: CaptureTime(nanoseconds: time), number: ordinal, file: 0, linkType: .ethernet,
          originalLength: frame.count))
    }
    var delivered = 0
    var most = 0
    let before = Self.memory
    for number in 0..<connections {
      let begin = start + Int64(number) * gap
      for index in honest.frames.indices {
        receive(honest.frame(index, number: number), at: begin + honest.times[index])
      }
      for index in abandoned.frames.indices {
        receive(abandoned.frame(index, number: 0x100_0000 + number), at: begin + abandoned.times[index])
      }
      for flood in 0..<2 { receive(abandoned.frame(0, number: 0x200_0000 + 2 * number + flood), at: begin + 1000) }
      if number == connections / 2 {
        // More within a second than there may be connections in all.
        for flood in 0..<300_000 / scale { receive(abandoned.frame(0, number: 0x400_0000 + flood), at: begin + 2000) }
      }
      if number & 63 == 0 { analyzer.settle(at: CaptureTime(nanoseconds: begin + 1_000_000)) }
      while let session = analyzer.nextSession() { if session.verdict.outcome == .delivered { delivered += 1 } }
      if number & 0xfff == 0 { most = max(most, Self.memory - before) }
    }
    let open = analyzer.load?.openConnections ?? .max
    most = max(most, Self.memory - before)
    // Two hours of silence: everything ends by time.
    analyzer.settle(at: CaptureTime(nanoseconds: start + 11_000_000_000_000))
    analyzer.settle(at: CaptureTime(nanoseconds: start + 11_100_000_000_000))
    while let session = analyzer.nextSession() { if session.verdict.outcome == .delivered { delivered += 1 } }
    #expect(analyzer.load?.openConnections == 0)
    #expect(delivered == connections)
    #expect(open <= StreamLimits().connections)
    let evicted = analyzer.load?.limited.evictedConnections ?? 0
    #expect(scale > 1 || evicted > 0)
    print("soak: \(2 * connections) connections, \(open) open at last, \(evicted) given up, \(most >> 20) MiB at most")
    // What docs/live.md says that as many connections as there may be take.
    #expect(most < 3 << 29)
  }
}
