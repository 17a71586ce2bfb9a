import Foundation
import Glibc
import Testing

extension LiveTests {
  @Test func `a table and logs have one head a file, also behind SIGHUP`() throws {
    let scene = try LiveScene()
    try scene.startServer()
    let folder = scene.folder
    let table = folder.path("mail.csv")
    let logs = folder.path("logs")
    let live = try [
      scene.listen(["--format", "csv", "--output", table]), scene.listen(["--format", "zeek", "--logs", logs]),
    ]
    func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
    func rows(_ path: String) -> Int { text(path).split(whereSeparator: \.isNewline).count { !$0.hasPrefix("#") } }

    try scene.send("dp")
    // Two mails, one of them to two recipients; as each session ends, while the capture goes on.
    try live[0].wait("rows are missing: \(text(table))") { rows(table) == 4 }
    try live[1].wait("lines are missing: \(text(logs + "/smtp.log"))") {
      rows(logs + "/smtp.log") == 2 && rows(logs + "/conn.log") == 2 && rows(logs + "/files.log") == 2
    }
    for path in [table, logs + "/smtp.log"] { unsafe rename(path, path + ".1") }
    for one in live { one.send(SIGHUP) }
    for (one, path) in zip(live, [table, logs + "/smtp.log"]) {
      try one.wait("no new file") { FileManager.default.fileExists(atPath: path) }
    }
    try scene.send("d")
    try live[0].wait("no row: \(text(table))") { rows(table) == 2 }
    try live[1].wait("no line") { rows(logs + "/smtp.log") == 1 }
    for one in live { #expect(one.stop() == 0) }
    #expect(live[1].output == "")

    for path in [table, table + ".1"] { #expect(text(path).components(separatedBy: "session,transaction,").count == 2) }
    for path in [logs + "/smtp.log", logs + "/smtp.log.1", logs + "/conn.log"] {
      #expect(text(path).components(separatedBy: "#fields").count == 2, "\(path)")
      #expect(text(path).hasPrefix("#separator"), "\(path)")
    }
    #expect(rows(logs + "/conn.log") == 3)
  }

  @Test(arguments: ["eve", "ecs", "zeek-json"])
  func `records for other programs come while the capture goes on`(format: String) throws {
    let scene = try LiveScene()
    try scene.startServer()
    let live = try scene.listen(["--format", format])
    try scene.send("d")
    try live.wait("nothing is told: \(live.output)") { live.lines.count >= (format == "eve" ? 2 : 1) }
    #expect(live.stop() == 0)
    for line in live.lines {
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    }
    #expect(live.output.contains("ann@kestrel.example"))
  }
}
