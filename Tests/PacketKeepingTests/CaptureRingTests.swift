import CaptureReading
import Foundation
import Glibc
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

  /// How long the block of a packet is.
  private static let lastBlock = 32 + 100

  @Test(arguments: [1, 4, 11, 12, 31, 100, lastBlock - 1])
  func `what is left of a block is cut off before the file goes on`(_ left: Int) throws {
    let folder = try Folder()
    let url = URL(filePath: folder.path("mail.pcapng"))
    var ring = try CaptureRing(path: url.path, application: "a test")
    Self.write(2, to: &ring)
    let whole = try Data(contentsOf: url)
    try whole.prefix(whole.count - Self.lastBlock + left).write(to: url)
    ring = try CaptureRing(path: url.path, application: "a test")
    Self.write(2, from: 2, to: &ring)
    #expect(try Self.read([url.path]) == [0, 2, 3])
  }

  @Test(arguments: [1, 40, lastBlock, 200_000])
  func `zeros where a block was to come are cut off too`(_ zeros: Int) throws {
    let folder = try Folder()
    let url = URL(filePath: folder.path("mail.pcapng"))
    var ring = try CaptureRing(path: url.path, application: "a test")
    Self.write(2, to: &ring)
    let whole = try Data(contentsOf: url)
    // Some of them in the place of the last packet's end.
    try (whole.dropLast(20) + Data(count: 20 + zeros)).write(to: url)
    ring = try CaptureRing(path: url.path, application: "a test")
    Self.write(2, from: 2, to: &ring)
    #expect(try Self.read([url.path]) == [0, 2, 3])
  }

  @Test func `sections in the other byte order are passed over`() throws {
    let folder = try Folder()
    let url = URL(filePath: folder.path("mail.pcapng"))
    let section: [UInt8] = [
      0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 28, 0x1a, 0x2b, 0x3c, 0x4d, 0, 1, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255,
      0, 0, 0, 28,
    ]
    try Data(section + section + section.prefix(20)).write(to: url)
    var ring = try CaptureRing(path: url.path, application: "a test")
    Self.write(2, to: &ring)
    #expect(try Data(contentsOf: url).prefix(60) == Data(section + section + section.prefix(4)))
    #expect(try Self.read([url.path]) == [0, 1])
  }

  @Test func `a file with a damaged block in it stays as it is`() throws {
    let folder = try Folder()
    let url = URL(filePath: folder.path("mail.pcapng"))
    var ring = try CaptureRing(path: url.path, application: "a test")
    Self.write(2, to: &ring)
    var damaged = try Data(contentsOf: url)
    let place = damaged.count - Self.lastBlock
    damaged[place + 4] = 100
    damaged += damaged[..<place]
    try damaged.write(to: url)
    do throws(CaptureWritingError) {
      _ = try CaptureRing(path: url.path, application: "a test")
      Issue.record("it was opened")
    } catch {
      #expect(error.words == "is damaged behind byte \(place); move it away, or name another file")
    }
    #expect(try Data(contentsOf: url) == damaged)
  }

  @Test func `of a block that the disk had no room for nothing stays`() async {
    // In a process of its own, for its limits are the whole process's.
    await #expect(processExitsWith: .success) {
      let folder = try Folder()
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 1050, rlim_max: 1050)
      guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(2) }
      for rules in [RotationRules(), RotationRules(time: 1 << 60)] {
        var ring = try CaptureRing(path: folder.path("mail.pcapng"), rules: rules, application: "a test")
        CaptureRingTests.write(3, to: &ring)
        guard ring.failure == nil else { exit(3) }
        CaptureRingTests.write(20, from: 3, to: &ring)
        guard ring.failure?.words == "File too large" else { exit(4) }
      }
      // 76 bytes, and 132 of each packet.
      guard folder.names.count == 2 else { exit(5) }
      for name in folder.names {
        guard try CaptureRingTests.read([folder.path(name)]) == Array(0..<7) else { exit(6) }
      }
    }
  }

  @Test func `a file that is where it was goes on when it is to be opened anew`() throws {
    let folder = try Folder()
    let path = folder.path("mail.pcapng")
    var ring = try CaptureRing(path: path, application: "a test")
    Self.write(2, to: &ring)
    let size = try Data(contentsOf: URL(filePath: path)).count
    ring.reopen()
    Self.write(1, from: 2, to: &ring)
    #expect(try Self.read([path]) == [0, 1, 2])
    #expect(try Data(contentsOf: URL(filePath: path)).count == size + Self.lastBlock)
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
