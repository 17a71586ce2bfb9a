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

/// Our leaves, without those that are told differently for a reason.
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

  /// Whether another reader's leaves are ours, or differ for a reason that holds for any reader.
  func agree(with others: [Leaf]) -> Bool {
    if leaves == others { return true }
    // Any part of a type message/… is read as a message by Python, whether it is one or not; a message that is encoded,
    // which is not allowed, is not decoded by others, and is by us, as it is by what people read mail with.
    if problems.contains(.encodingNotAllowed) || leaves.contains(where: { $0.type.hasPrefix("message/") }) {
      return true
    }
    // A part without header and body is none to readers that take delimiter lines behind each other for one.
    let isThere = { (leaf: Leaf) in
      !leaf.type.hasPrefix("multipart/") && (leaf.type != "text/plain" || leaf.name != nil || leaf.bytes > 0)
    }
    let isCut = problems.contains(.neverClosed)
    let ours = zip(leaves, trimmed).filter { isThere(isCut ? $0.1 : $0.0) }
    let theirs = others.map(normalized).filter(isThere)
    guard ours.count == theirs.count else { return others.contains { $0.strays == true } }
    return zip(ours, theirs).allSatisfy { mine, other in
      // Where a closing line is missing, the line end at the end is the part's to us, and the missing line's to others.
      if mine.0 == other || isCut && mine.1 == other { return true }
      // A line that is no field and stands before the blank line belongs to the header section for us, as it does for
      // the mail systems that made the corpus; for Python it begins the body.
      if other.strays == true { return true }
      // A quotation mark that is never closed is no part of a name to us, and quotes no semicolon.
      if other.name?.hasPrefix("\"") == true { return mine.0.bytes == other.bytes }
      // Broken base64 is not decoded at all by Python.
      return problems.contains(.badBase64) && mine.0.type == other.type && mine.0.name == other.name
    }
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
private func compare(seed: Int, isWhole: Bool, with program: String, _ arguments: [String]) throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "smtpscope-torture-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let count = isSlow ? 1000 : 200
  let tool = ["python3", tools.appending(path: "mime_torture.py").path, "\(seed)", "\(count)", folder.path]
  _ = try run("/usr/bin/env", tool + (isWhole ? ["whole"] : []))
  let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  #expect(files.count == count)
  let output = try run(program, arguments + files.map { folder.appending(path: $0).path })
  let lines = output.split(separator: UInt8(ascii: "\n"))
  #expect(lines.count == count)
  for line in lines {
    let theirs = try JSONDecoder().decode(FileLeaves.self, from: Data(line))
    let message = [UInt8](try Data(contentsOf: URL(filePath: theirs.file)))
    let ours = Ours(message)
    let agrees = isWhole ? ours.leaves == theirs.parts && ours.problems == [] : ours.agree(with: theirs.parts)
    #expect(
      agrees,
      """
      \(theirs.file.suffix(12)): ours \(ours.leaves), theirs \(theirs.parts), \(ours.problems.map(\.rawValue))
      """)
  }
}

private let python = ["python3", tools.appending(path: "mime_parts.py").path]

@Test(.enabled(if: has("python3")), arguments: isSlow ? 1...4 : 1...1, [true, false])
func `Python's email package finds the same parts in torture messages`(seed: Int, isWhole: Bool) throws {
  try compare(seed: seed, isWhole: isWhole, with: "/usr/bin/env", python)
}

/// Of damaged messages GMime makes less than Python and we do: it takes a part whose header section is missing for none,
/// keeps the CR of a line end before a delimiter that ends the file, and drops what is left of base64 without padding.
@Test(.enabled(if: isSlow && has("gmime")), arguments: 1...3)
func `GMime finds the same parts in whole messages`(seed: Int) throws {
  let program = FileManager.default.temporaryDirectory.appending(path: "smtpscope-gmime-\(UUID().uuidString)").path
  defer { try? FileManager.default.removeItem(atPath: program) }
  let source = tools.appending(path: "mime_gmime.c").path
  _ = try run(
    "/bin/sh", ["-c", "cc -O1 -o \"$0\" \"$1\" $(pkg-config --cflags --libs gmime-3.0)", program, source])
  try compare(seed: seed, isWhole: true, with: program, [])
}

/// Whether what a comparison needs is installed.
private func has(_ what: String) -> Bool {
  switch what {
  case "gmime": (try? run("/bin/sh", ["-c", "pkg-config --exists gmime-3.0 && command -v cc"])) != nil
  default: (try? run("/usr/bin/env", [what, "--version"])) != nil
  }
}
