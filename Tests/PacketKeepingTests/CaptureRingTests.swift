import CaptureReading
import Foundation
import PacketKeeping
import TestSupport
import Testing
import Wire

@Suite struct CaptureRingTests {
  /// A folder of its own, removed with the value.
  private final class Folder {
    let url = FileManager.default.temporaryDirectory.appending(path: "smtpscope-\(UUID().uuidString)")
    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: url) }
    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted() }
    func path(_ name: String) -> String { url.appending(path: name).path }
  }

  private static let start = CaptureTime(nanoseconds: 1_795_166_042_000_000_000)

  private static func write(_ count: Int, from first: Int = 0, to ring: inout CaptureRing) {
    for index in first..<first + count {
      let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: index), count: 100)
      ring.write(
        bytes.span,
        FrameDescriptor(
          time: start.advanced(byNanoseconds: Int64(index) * 1_000_000_000), number: index, file: 0,
          linkType: .ethernet, originalLength: 100))
    }
    ring.flush()
  }

  /// The first byte of each packet.
  private static func read(_ paths: [String]) throws -> [UInt8] {
    var reader = try CaptureReader(paths: paths)
    var bytes: [UInt8] = []
    while reader.next() { bytes.append(reader.withBytes { $0[0] }) }
    #expect(reader.captures.allSatisfy { $0.error == nil })
    return bytes
  }

  @Test func `a file that is there goes on`() throws {
    let folder = try Folder()
    let path = folder.path("mail.pcapng")
    for run in 0..<3 {
      var ring = try CaptureRing(path: path, application: "a test")
      Self.write(2, from: run * 2, to: &ring)
    }
    #expect(try Self.read([path]) == [0, 1, 2, 3, 4, 5])
  }

  @Test func `a file that was moved away is begun anew`() throws {
    let folder = try Folder()
    var ring = try CaptureRing(path: folder.path("mail.pcapng"), application: "a test")
    Self.write(2, to: &ring)
    try FileManager.default.moveItem(atPath: folder.path("mail.pcapng"), toPath: folder.path("old.pcapng"))
    ring.reopen()
    Self.write(2, from: 2, to: &ring)
    #expect(try Self.read([folder.path("old.pcapng")]) == [0, 1])
    #expect(try Self.read([folder.path("mail.pcapng")]) == [2, 3])
  }

  @Test func `what is no capture is not written into`() throws {
    let folder = try Folder()
    try Data("letters".utf8).write(to: URL(filePath: folder.path("mail.pcapng")))
    do throws(CaptureWritingError) {
      _ = try CaptureRing(path: folder.path("mail.pcapng"), application: "a test")
      Issue.record("it was opened")
    } catch {
      #expect(error.description.hasSuffix("mail.pcapng: is there and is no pcapng file."))
    }
  }

  @Test func `files follow each other by size`() throws {
    let folder = try Folder()
    var ring = try CaptureRing(
      path: folder.path("mail.pcapng"), rules: RotationRules(size: 500), application: "a test")
    Self.write(20, to: &ring)
    #expect(folder.names.count > 3)
    #expect(folder.names[0] == "mail_00001_20261120091402.pcapng")
    #expect(try Self.read(folder.names.map(folder.path)) == Array(0..<20))
  }

  @Test func `files follow each other by time, and the oldest go`() throws {
    let folder = try Folder()
    let rules = RotationRules(time: 5_000_000_000, count: 2)
    var ring = try CaptureRing(path: folder.path("mail.pcapng"), rules: rules, application: "a test")
    Self.write(20, to: &ring)
    #expect(folder.names == ["mail_00003_20261120091412.pcapng", "mail_00004_20261120091417.pcapng"])
    #expect(try Self.read(folder.names.map(folder.path)) == Array(10..<20))
  }

  @Test func `a ring replaces no file of another run`() throws {
    let folder = try Folder()
    for _ in 0..<2 {
      var ring = try CaptureRing(
        path: folder.path("mail.pcapng"), rules: RotationRules(size: 5000), application: "a test")
      Self.write(2, to: &ring)
    }
    #expect(folder.names == ["mail_00001_20261120091402.pcapng", "mail_00002_20261120091402.pcapng"])
  }
}
