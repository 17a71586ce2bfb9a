import Foundation
import MIMEParts
import Testing

private let isSlow = ProcessInfo.processInfo.environment["SMTPSCOPE_SLOW_TESTS"] == "1"
private let tools = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .appending(path: "Tools")

/// A leaf part as any reader tells it.
struct Leaf: Equatable, Decodable, CustomStringConvertible {
  var type: String
  var name: String?
  var bytes: Int
  var sha256: String
  /// Lines that are no fields stand in its header section.
  var strays: Bool?

  static func == (left: Leaf, right: Leaf) -> Bool {
    left.type == right.type && left.name == right.name && left.bytes == right.bytes && left.sha256 == right.sha256
  }

  var description: String { "\(type) \(name ?? "-") \(bytes) \(sha256.prefix(8))" }
}

private struct FileLeaves: Decodable {
  var file: String
  var parts: [Leaf]
}

private struct ToolFailure: Error {
  var status: Int32
}

private func run(_ program: String, _ arguments: [String]) throws -> Data {
  let process = Process()
  process.executableURL = URL(filePath: program)
  process.arguments = arguments
  let output = FileManager.default.temporaryDirectory.appending(path: "smtpscope-\(UUID().uuidString)")
  try Data().write(to: output)
  defer { try? FileManager.default.removeItem(at: output) }
  process.standardOutput = try FileHandle(forWritingTo: output)
  try process.run()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else { throw ToolFailure(status: process.terminationStatus) }
  return try Data(contentsOf: output)
}

private enum Reader { case python, gmime }

/// Why readers tell a damaged message differently: what is no fault of ours.
private enum Explanation: String {
  /// A message that is encoded, which is not allowed, is not decoded by Python, and is by us, as by what people read mail with.
  case encodedMessage
  /// Any part of a type message/… is read as a message by Python, whether it is one or not.
  case messageThatIsNone
  /// Nothing stands between two delimiter lines: that is a part to some, and none to others.
  case emptyPart
  /// Where a closing line is missing, the line end at the end is the part's to us, and the missing line's to others.
  case lineEndAtEnd
  /// A line that is no field and stands before the blank line belongs to the header section for us, as it does for the
  /// mail systems that made the corpus; for Python it begins the body.
  case strayLine
  /// A quotation mark that is never closed is no part of a name to us, and quotes no semicolon.
  case openQuote
  /// Broken base64 is not decoded at all by Python.
  case brokenBase64
  /// GMime drops what is left of base64 without its padding.
  case unfinishedGroup
  /// Where a part's header section or the blank line behind it is missing, GMime takes lines of the body for fields, or
  /// for broken ones that leave no type, and where nothing else is there it takes no part.
  case noHeaderSection
  /// Where a line in the middle of a header section is missing, or its blank line, GMime may go on in another part. Python
  /// reads the message as we do. One in a hundred at most.
  case outvoted
  /// A line of a name in several is missing.
  case brokenName
  /// The message ends within a part's header section: no part to GMime, and an empty one to us.
  case cutInHeader
  /// Two multiparts, one in the other, have the same boundary: for us the delimiters are all the outer one's.
  case sameBoundary
}

/// Our leaves, and those of the message cut by a line end.
private struct Ours {
  var leaves: [Leaf] = []
  /// The same of the message without the line end at its end.
  var trimmed: [Leaf] = []
  var problems: [MIMEProblem.Kind]

  init(_ message: [UInt8]) {
    let read = PartsRead(message)
    leaves = Self.leaves(of: read)
    problems = read.problems
    var shorter = message
    if shorter.last == 0x0a { shorter.removeLast() }
    if shorter.last == 0x0d { shorter.removeLast() }
    trimmed = Self.leaves(of: PartsRead(shorter))
    if trimmed.count != leaves.count { trimmed = leaves }
  }

  /// A message within is no leaf; a multipart whose parts cannot be told apart is one for some readers.
  private static func leaves(of read: PartsRead) -> [Leaf] {
    read.contents.parts.filter { part in
      part.kind == .entity && part.type != "message/rfc822" && !part.type.hasPrefix("multipart/")
    }.map { Leaf(type: $0.type, name: $0.name, bytes: $0.byteCount, sha256: $0.sha256 ?? "") }
  }

  /// What another reader's leaves have that ours have not, by the names of the reasons; nil where one has no reason.
  func explanations(of others: [Leaf], by reader: Reader) -> Set<Explanation>? {
    if leaves == others { return [] }
    return switch reader {
    case .python: explanations(ofPython: others)
    case .gmime: explanations(ofGMime: others)
    }
  }

  private func explanations(ofPython others: [Leaf]) -> Set<Explanation>? {
    if problems.contains(.encodingNotAllowed) { return [.encodedMessage] }
    if leaves.contains(where: { $0.type.hasPrefix("message/") }) { return [.messageThatIsNone] }
    // A part without header and body is none to readers that take delimiter lines behind each other for one.
    let isThere = { (leaf: Leaf) in
      !leaf.type.hasPrefix("multipart/") && (leaf.type != "text/plain" || leaf.name != nil || leaf.bytes > 0)
    }
    let isCut = problems.contains(.neverClosed)
    let ours = zip(leaves, trimmed).filter { isThere(isCut ? $0.1 : $0.0) }
    let theirs = others.map(normalized).filter(isThere)
    var found: Set<Explanation> = leaves.count == ours.count && others.count == theirs.count ? [] : [.emptyPart]
    guard ours.count == theirs.count else { return others.contains { $0.strays == true } ? [.strayLine] : nil }
    for (mine, other) in zip(ours, theirs) where mine.0 != other {
      if isCut, mine.1 == other {
        found.insert(.lineEndAtEnd)
      } else if other.strays == true {
        found.insert(.strayLine)
      } else if other.name?.hasPrefix("\"") == true, mine.0.bytes == other.bytes {
        found.insert(.openQuote)
      } else if problems.contains(.badBase64), mine.0.type == other.type, mine.0.name == other.name {
        found.insert(.brokenBase64)
      } else {
        return nil
      }
    }
    return found
  }

  private func explanations(ofGMime others: [Leaf]) -> Set<Explanation>? {
    if problems.contains(.delimiterMissing) { return [.sameBoundary] }
    if problems.contains(.encodingNotAllowed) { return [.encodedMessage] }
    if leaves.contains(where: { $0.type.hasPrefix("message/") }) { return [.messageThatIsNone] }
    let theirs = others.map(normalized)
    // Ours from the last one on with as many of theirs: what a leaf that GMime has not leaves to those behind it.
    var behind = [Set<Explanation>?](repeating: nil, count: theirs.count) + [[]]
    for (index, mine) in leaves.enumerated().reversed() {
      let isLast = index == leaves.count - 1
      behind = (0...theirs.count).map { place -> Set<Explanation>? in
        if place < theirs.count, let rest = behind[place + 1],
          let found = explanations(of: mine, ofGMime: theirs[place], isLast: isLast)
        {
          return rest.union(found)
        }
        guard let rest = behind[place] else { return nil }
        if mine.type == "text/plain", mine.name == nil { return rest.union([.noHeaderSection]) }
        return isLast ? [.cutInHeader] : nil
      }
    }
    return behind[0]
  }

  /// Why one leaf is the other; nil where it is not.
  private func explanations(of mine: Leaf, ofGMime other: Leaf, isLast: Bool) -> Set<Explanation>? {
    if mine == other { return [] }
    let isNothing = mine.bytes == 0 && other.bytes == 0
    if other.type == "application/octet-stream", mine.name == other.name, isNothing { return [.noHeaderSection] }
    guard mine.type == other.type else { return nil }
    if mine.sha256 == other.sha256 { return other.name?.hasPrefix("\"") == true ? [.openQuote] : [.brokenName] }
    guard mine.name == other.name else { return nil }
    let more = other.bytes - mine.bytes
    if (1...2).contains(abs(more)) { return more > 0 || isLast ? [.lineEndAtEnd] : [.unfinishedGroup] }
    return more < 0 ? [.noHeaderSection] : nil
  }

  /// A type without a subtype is none, and a name without characters neither.
  private func normalized(_ leaf: Leaf) -> Leaf {
    var leaf = leaf
    if leaf.type.hasSuffix("/") { leaf.type = "text/plain" }
    if leaf.name == "" { leaf.name = nil }
    leaf.name = leaf.name?.replacing("\r\n", with: "")  // a fold that is left in it
    return leaf
  }
}

/// Writes torture messages, has a reader read them, and holds what it finds against ours.
private func compare(
  seed: Int, isWhole: Bool, by reader: Reader, with program: String, _ arguments: [String]
) throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "smtpscope-torture-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let count = isSlow ? 1000 : 200
  let tool = ["python3", tools.appending(path: "mime_torture.py").path, "\(seed)", "\(count)", folder.path]
  _ = try run("/usr/bin/env", tool + (isWhole ? ["whole"] : []))
  let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  #expect(files.count == count)
  let paths = files.map { folder.appending(path: $0).path }
  var outvoted = 0
  for theirs in try leaves(of: paths, by: program, arguments) {
    let ours = Ours([UInt8](try Data(contentsOf: URL(filePath: theirs.file))))
    var explanations = ours.explanations(of: theirs.parts, by: reader)
    if explanations == nil, reader == .gmime, !isWhole,
      let pythons = try leaves(of: [theirs.file], by: "/usr/bin/env", python).first?.parts,
      ours.explanations(of: pythons, by: .python) != nil
    {
      explanations = [.outvoted]
      outvoted += 1
    }
    #expect(
      isWhole ? explanations == [] && ours.problems == [] : explanations != nil,
      """
      \(theirs.file.suffix(12)): ours \(ours.leaves), theirs \(theirs.parts), \(ours.problems.map(\.rawValue))
      """)
  }
  #expect(outvoted * 100 <= count)
}

/// What a reader finds in files, a line for each.
private func leaves(of files: [String], by program: String, _ arguments: [String]) throws -> [FileLeaves] {
  let lines = try run(program, arguments + files).split(separator: UInt8(ascii: "\n"))
  #expect(lines.count == files.count)
  return try lines.map { try JSONDecoder().decode(FileLeaves.self, from: Data($0)) }
}

private let python = ["python3", tools.appending(path: "mime_parts.py").path]

@Test(.enabled(if: has("python3")), arguments: isSlow ? 1...4 : 1...1, [true, false])
func `Python's email package finds the same parts in torture messages`(seed: Int, isWhole: Bool) throws {
  try compare(seed: seed, isWhole: isWhole, by: .python, with: "/usr/bin/env", python)
}

@Test(.enabled(if: has("gmime")), arguments: isSlow ? 1...4 : 1...1, [true, false])
func `GMime finds the same parts in torture messages`(seed: Int, isWhole: Bool) throws {
  let program = FileManager.default.temporaryDirectory.appending(path: "smtpscope-gmime-\(UUID().uuidString)").path
  defer { try? FileManager.default.removeItem(atPath: program) }
  let source = tools.appending(path: "mime_gmime.c").path
  _ = try run(
    "/bin/sh", ["-c", "cc -O1 -o \"$0\" \"$1\" $(pkg-config --cflags --libs gmime-3.0)", program, source])
  try compare(seed: seed, isWhole: isWhole, by: .gmime, with: program, [])
}

/// Whether what a comparison needs is installed.
private func has(_ what: String) -> Bool {
  switch what {
  case "gmime": (try? run("/bin/sh", ["-c", "pkg-config --exists gmime-3.0 && command -v cc"])) != nil
  default: (try? run("/usr/bin/env", [what, "--version"])) != nil
  }
}
