import Foundation
import Testing

/// Every message of the captures at hand, of real mail software and of other programs' tests: two other readers take the
/// files that were extracted, and find the parts that we find.
@Suite(.enabled(if: Python.path != nil, "there is no Python 3.10 or later")) struct CapturedMessageTests {
  private struct Capture {
    var path: String
    var keys: String?

    var name: String { URL(filePath: path).lastPathComponent }

    /// The samples, and those of ../shared where it is, with the keys that their truth names.
    static let all: [Capture] = {
      let given = ProcessInfo.processInfo.environment["SMTPSCOPE_SHARED"].map { URL(filePath: $0) }
      let shared = given ?? Program.root.deletingLastPathComponent().appending(path: "shared")
      return Program.samples.map { Capture(path: $0) }
        + ["corpus", "lab"].flatMap { name in
          let folder = shared.appending(path: name)
          let truths = (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/truth")) ?? []
          return truths.sorted().compactMap { truth -> Capture? in
            guard let data = FileManager.default.contents(atPath: "\(folder.path)/truth/\(truth)"),
              let named = try? JSONDecoder().decode(Truth.self, from: data)
            else { return nil }
            return Capture(
              path: "\(folder.path)/\(named.capture)", keys: named.keylog.map { "\(folder.path)/\($0)" })
          }
        }
    }()

    private struct Truth: Decodable {
      var capture: String
      var keylog: String?
    }
  }

  @Test func `Python's email package finds the same parts`() throws {
    try expectSameParts(by: .python) { try Python.run(["Tests/Tools/mime_parts.py"] + $0).output }
  }

  @Test(.enabled(if: GMime.isInstalled, "there is no GMime to build with"))
  func `GMime finds the same parts`() throws {
    let gmime = try GMime()
    try expectSameParts(by: .gmime, gmime.parts)
  }

  /// The messages of all captures, extracted once for both.
  private final class Extracted: Sendable {
    let folder: Scratch
    let messages: [(capture: String, message: ExtractedParts)]

    init() throws {
      folder = try Scratch()
      var messages: [(String, ExtractedParts)] = []
      for (number, capture) in Capture.all.enumerated() {
        let keys = capture.keys.map { ["--keylog", $0] } ?? []
        let call = ["extract", "-q", "--attachments", "-o", folder.path("\(number)")] + keys + [capture.path]
        #expect(try [0, 3].contains(Program.run(call).status), "\(capture.name)")
        messages += try ExtractedParts.messages(in: folder.path("\(number)")).map { (capture.name, $0) }
      }
      self.messages = messages
    }
  }

  private static let extracted = Result { try Extracted() }

  /// Has the other reader read the messages, and holds what it finds against the index.
  private func expectSameParts(by reader: OtherReader, _ read: ([String]) throws -> String) throws {
    let messages = try Self.extracted.get().messages
    let lines = try read(messages.map(\.message.path)).split(separator: "\n")
    try #require(!messages.isEmpty && lines.count == messages.count)
    var due = ExplainedDifference.all.filter { $0.reader == reader }
    for ((capture, message), line) in zip(messages, lines) {
      let theirs = try JSONDecoder().decode(ReadParts.self, from: Data(line.utf8)).parts
      guard message.leaves != theirs else { continue }
      let found = due.firstIndex {
        $0.capture == capture && $0.message == message.file && $0.ours == message.leaves.map(\.outline)
          && $0.theirs == theirs.map(\.outline)
      }
      if let found { due.remove(at: found) }
      #expect(found != nil, "\(capture) \(message.file): ours \(message.leaves), theirs \(theirs)")
    }
    // What no longer differs is no difference; where a capture is not at hand nobody can tell.
    let names = Set(Capture.all.map(\.name))
    for difference in due where names.contains(difference.capture) {
      Issue.record("\(difference.capture) \(difference.message) is not told differently by \(reader)")
    }
  }
}

private enum OtherReader { case python, gmime }

/// A message of the corpora that another reader reads differently, and why that is no fault of ours.
private struct ExplainedDifference {
  var reader: OtherReader
  var capture: String
  var message = "1-1.eml"
  /// Types and sizes of the leaves.
  var ours: [String]
  var theirs: [String]
  var why: String

  static let all =
    [
      ExplainedDifference(
        reader: .python, capture: "ak-long-filename-bof.pcap",
        ours: ["text/plain 119", "text/plain 141", "text/plain 0"],
        theirs: ["text/plain 119", "text/plain 162", "text/plain 0"],
        why: """
          A line without a colon stands among a part's fields. For Python the body begins with it, and the field and the \
          blank line behind it are text; for us, as for the mail systems of the corpus, the section goes on to the blank line.
          """),
      ExplainedDifference(
        reader: .gmime, capture: "ak-long-filename-bof.pcap",
        ours: ["text/plain 119", "text/plain 141", "text/plain 0"],
        theirs: ["text/plain 119", "application/octet-stream 141"],
        why: """
          The message ends behind a delimiter that is not the closing one: an empty part, which we tell with the problem \
          never_closed. And GMime takes no type from a section with a line that is no field.
          """),
      ExplainedDifference(
        reader: .gmime, capture: "sv-b64-invalid-chars.pcap", ours: ["text/plain 20", "application/zip 286"],
        theirs: ["text/plain 20", "application/zip 285"], why: ExplainedDifference.unfinishedGroup),
      ExplainedDifference(
        reader: .gmime, capture: "sv-mime-odd-len.pcap", ours: ["text/plain 22", "text/plain 37"],
        theirs: ["text/plain 22", "text/plain 36"], why: ExplainedDifference.unfinishedGroup),
      ExplainedDifference(
        reader: .gmime, capture: "sv-mime-rem-sp.pcap", ours: ["text/plain 22", "text/plain 37"],
        theirs: ["text/plain 22", "text/plain 36"], why: ExplainedDifference.unfinishedGroup),
      ExplainedDifference(
        reader: .gmime, capture: "sv-mime-very-small-inp.pcap", ours: ["text/plain 22", "text/plain 38"],
        theirs: ["text/plain 22", "text/plain 36"], why: ExplainedDifference.unfinishedGroup),
      ExplainedDifference(
        reader: .python, capture: "332-snaplen-96.pcap", message: "1-1.incomplete.eml", ours: [],
        theirs: ["text/plain 33"], why: ExplainedDifference.holeInHeader),
      ExplainedDifference(
        reader: .gmime, capture: "332-snaplen-96.pcap", message: "1-1.incomplete.eml", ours: [],
        theirs: ["text/plain 0"], why: ExplainedDifference.holeInHeader),
    ]
    + [
      ("sv-bdat-rset.pcap", "1-1.eml", "text/plain 11"), ("sv-bdat-rset.pcap", "1-2.eml", "text/plain 13"),
      ("sv-bdat-zero-last-next-mail.pcap", "1-1.eml", "text/plain 0"),
      ("sv-pipelined-rset-data-fuzz.pcap", "1-1.eml", "text/plain 0"),
      ("sv-pipelining-all.pcap", "1-1.eml", "text/plain 16"), ("zk-bdat-0-last.pcap", "1-1.eml", "text/plain 0"),
    ].map {
      ExplainedDifference(
        reader: .gmime, capture: $0.0, message: $0.1, ours: [$0.2], theirs: [],
        why:
          "The message has no header section, and is no message to GMime; what is sent so is shown as text by all clients."
      )
    }

  private static let unfinishedGroup = """
    Base64 without its padding: GMime drops the one or two bytes of the last, unfinished group. Python and we decode what \
    is there.
    """
  private static let holeInHeader = """
    Bytes are missing from the header section, its end among them. Others read what is left as if it were whole; we claim \
    no part of which nobody saw the begin.
    """
}

/// A leaf part as any reader tells it.
private struct LeafPart: Equatable, Decodable, CustomStringConvertible {
  var type: String
  var name: String?
  var bytes: Int
  var sha256: String?

  var outline: String { "\(type) \(bytes)" }
  var description: String { "\(outline) \(name ?? "-") \((sha256 ?? "-").prefix(8))" }
}

private struct ReadParts: Decodable {
  var parts: [LeafPart]
}

/// What the index says of a message's parts.
private struct ExtractedParts {
  var file: String
  var path: String
  var leaves: [LeafPart]

  private struct Line: Decodable {
    var file: String
    var message: Message
  }

  private struct Message: Decodable {
    var attachments: [Part]?
    var bodies: [Part]?
  }

  private struct Part: Decodable {
    var type: String
    var name: String?
    var bytes: Int
    var sha256: String?
    var part: String
    var file: String
    var file_charset: String?
    var found_in: String?

    var place: [Int] { part.split(separator: ".").compactMap { Int($0) } }
  }

  /// Every listed part has its file, with the bytes that are told, or with its text as UTF-8.
  static func messages(in folder: String) throws -> [ExtractedParts] {
    let index = try Data(contentsOf: URL(filePath: folder + "/index.ndjson"))
    return try index.split(separator: 10).map { line in
      let record = try JSONDecoder().decode(Line.self, from: line)
      let parts = (record.message.attachments ?? []) + (record.message.bodies ?? [])
      for part in parts {
        let size = try Data(contentsOf: URL(filePath: "\(folder)/\(part.file)")).count
        #expect(part.file_charset != nil || size == part.bytes, "\(part.file)")
      }
      // A message within is no leaf, nor what was found within a part's bytes.
      let leaves = parts.filter { $0.type != "message/rfc822" && $0.found_in == nil }
        .sorted { $0.place.lexicographicallyPrecedes($1.place) }
      return ExtractedParts(
        file: record.file, path: "\(folder)/\(record.file)",
        leaves: leaves.map { LeafPart(type: $0.type, name: $0.name, bytes: $0.bytes, sha256: $0.sha256) })
    }
  }
}

/// The tool that reads messages with GMime, built for a test.
private struct GMime {
  private let folder: Scratch

  static let isInstalled = (try? Tool.shell("pkg-config --exists gmime-3.0 && command -v cc"))?.status == 0

  init() throws {
    folder = try Scratch()
    let flags = "$(pkg-config --cflags --libs gmime-3.0)"
    let built = try Tool.shell("cc -O1 -o \(folder.path("tool")) Tests/Tools/mime_gmime.c \(flags)")
    try #require(built.status == 0, "\(built.errors)")
  }

  func parts(of files: [String]) throws -> String {
    let result = try Tool.shell(folder.path("tool") + files.map { " '\($0)'" }.joined())
    #expect(result.status == 0, "\(result.errors)")
    return result.output
  }
}
