import FoundationEssentials
import Glibc
import Testing

/// Where memory safety is vouched for by a person and not by the compiler: `unsafe.txt` counts the places of each file. One more
/// fails here, so that somebody looks at it; `SMTPSCOPE_RECORD=1` writes the list anew.
@Suite struct UnsafeTests {
  @Test func `no unsafe place is new`() throws {
    let found = try Repository.sources().compactMap { file -> (path: String, count: Int)? in
      let count = file.unsafePlaces.count
      return count > 0 ? (file.path, count) : nil
    }
    let list = found.map { "\($0.count)\t\($0.path)\n" }.joined()
    let recorded = Repository.root + "/Tests/SourceTests/unsafe.txt"
    if unsafe getenv("SMTPSCOPE_RECORD") != nil {
      try Data(list.utf8).write(to: URL(filePath: recorded))
    }
    #expect(try String(decoding: Data(contentsOf: URL(filePath: recorded)), as: UTF8.self) == list)
  }

  @Test func `each unsafe place outside of the capture layer has its reason beside it`() throws {
    for file in try Repository.sources() where !file.path.hasPrefix("Sources/CaptureReading/") {
      for line in file.unsafePlaces {
        let nearby = file.lines[max(0, line - 20)...line]
        #expect(nearby.contains { $0.contains("//") }, "\(file.path):\(line + 1) has no comment")
      }
    }
  }

  @Test func `a word in a comment or in text is no place`() {
    let file = SourceFile(
      path: "a.swift",
      text: "let a = 1  // unsafe\nlet b = \"unsafe\"\nlet c = unsafe pointer[0]\n@unsafe func d() {}\n")
    #expect(file.unsafePlaces == [2, 3])
  }
}

/// A source file of the program.
struct SourceFile {
  let path: String
  let lines: [Substring]

  init(path: String, text: String) {
    self.path = path
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// The lines, from 0, in which the code says `unsafe`.
  var unsafePlaces: [Int] {
    lines.indices.filter { index in
      var code = ""
      // Neither a comment nor what stands between quotes.
      for (place, part) in lines[index].split(separator: "\"", omittingEmptySubsequences: false).enumerated()
      where place % 2 == 0 {
        let comment = part.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false)
        code += comment[0] + " "
        if comment.count > 1 { break }
      }
      return code.split { !$0.isLetter && $0 != "_" }.contains("unsafe")
    }
  }
}

/// The checkout that these tests were built from.
enum Repository {
  static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

  /// Every Swift file below `Sources`, in the order of their paths.
  static func sources() throws -> [SourceFile] {
    var files: [SourceFile] = []
    var waiting = ["Sources"]
    while let directory = waiting.popLast() {
      for name in try FileManager.default.contentsOfDirectory(atPath: root + "/" + directory) {
        let path = directory + "/" + name
        var isDirectory = false
        _ = FileManager.default.fileExists(atPath: root + "/" + path, isDirectory: &isDirectory)
        if isDirectory {
          waiting.append(path)
        } else if name.hasSuffix(".swift") {
          let data = try Data(contentsOf: URL(filePath: root + "/" + path))
          files.append(SourceFile(path: path, text: String(decoding: data, as: UTF8.self)))
        }
      }
    }
    return files.sorted { $0.path < $1.path }
  }
}
