import Foundation
import Testing

/// `share`: the capture that comes out tells the same story, and no names.
@Suite struct ShareTests {
  private struct Shared {
    var errors: String
    var sessions: [[String: Any]]
    var bytes: Data
  }

  private static func sessions(_ path: String) throws -> [[String: Any]] {
    let run = try Program.run(["analyze", "--format", "json", path])
    let document = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    return try #require(document["sessions"] as? [[String: Any]])
  }

  private static func share(_ sample: String, _ options: [String] = []) throws -> Shared {
    let folder = try Scratch()
    let run = try Program.run(["share", sample, "-o", folder.path("shared.pcapng")] + options)
    #expect(run.status == 0, "\(run.errors)")
    return Shared(
      errors: run.errors, sessions: try sessions(folder.path("shared.pcapng")),
      bytes: try Data(contentsOf: folder.url.appending(path: "shared.pcapng")))
  }

  /// Values by their keys, wherever they stand.
  private static func values(_ keys: Set<String>, in value: Any) -> [String] {
    if let object = value as? [String: Any] {
      return object.flatMap { key, value in
        keys.contains(key) ? (value as? String).map { [$0] } ?? [] : values(keys, in: value)
      }
    }
    return (value as? [Any])?.flatMap { values(keys, in: $0) } ?? []
  }

  private static func findings(_ session: [String: Any]) -> [String] {
    ((session["findings"] as? [[String: Any]]) ?? []).compactMap { $0["id"] as? String }.sorted()
  }

  @Test(arguments: Program.samples)
  func aSharedSampleTellsTheSameStory(sample: String) throws {
    let before = try Self.sessions(sample)
    let shared = try Self.share(sample)
    #expect(shared.errors.contains("it analyzes to the same verdicts"), "\(shared.errors)")
    #expect(before.count == shared.sessions.count)
    for (one, other) in zip(before, shared.sessions) {
      #expect(Self.findings(one) == Self.findings(other))
      let shape: ([String: Any]) -> [String] = { Self.values(["start", "end", "outcome", "mail_parameters"], in: $0) }
      #expect(shape(one).sorted() == shape(other).sorted())
    }
  }

  @Test(arguments: Program.samples)
  func noAddressOrSubjectIsLeft(sample: String) throws {
    let shared = try Self.share(sample)
    for text in Self.values(["mail_from", "address", "subject", "message_id"], in: try Self.sessions(sample)) {
      guard text.contains("@") || text.count > 12, !text.lowercased().hasPrefix("postmaster@") else { continue }
      #expect(shared.bytes.range(of: Data(text.utf8)) == nil, "\(text)")
    }
  }

  @Test func aSelectionSharesItsSessionsOnly() throws {
    let shared = try Self.share("samples/greylisting.pcap", ["--session", "1"])
    #expect(shared.sessions.count == 1)
  }

  @Test func nothingIsOverwrittenAndNoPipeIsRead() throws {
    let folder = try Scratch()
    folder.write(Data("mine".utf8), as: "there.pcapng")
    let taken = try Program.run(["share", "samples/delivered.pcap", "-o", folder.path("there.pcapng")])
    #expect(taken.status == 4)
    #expect(taken.errors.contains("a file of that name is there"))
    #expect(taken.errors.contains("there-2.pcapng is free"))
    #expect(try Data(contentsOf: folder.url.appending(path: "there.pcapng")) == Data("mine".utf8))
    #expect(folder.names == ["there.pcapng"])
    #expect(try Program.run(["share", "-", "-o", folder.path("x")]).status == 2)
    // Where there is nothing to share, there is no file.
    let none = try Program.run(["share", "--session", "99", "samples/delivered.pcap", "-o", folder.path("none.pcapng")])
    #expect(none.status == 4)
    #expect(none.errors.contains("there is no such session; nothing was written"))
    let unread = try Program.run(["share", folder.path("no.pcap"), "-o", folder.path("none.pcapng")])
    #expect(unread.status == 3)
    #expect(folder.names == ["there.pcapng"])
  }
}
