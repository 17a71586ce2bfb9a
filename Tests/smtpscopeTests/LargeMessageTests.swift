import Foundation
import Testing

/// A message that is larger than the memory that may be had for it, through a pipe: `Tests/Tools/large_message.py`.
@Suite(.enabled(if: Python.path != nil, "there is no Python 3.10 or later")) struct LargeMessageTests {
  private struct Run: Decodable {
    var memory: Int
    var status: Int32
    var errors: String
    var mails: [Mail]
  }

  private struct Mail: Decodable {
    var message: Content
    var attachment: Content
  }

  private struct Content: Decodable, Equatable {
    var bytes: Int
    var sha256: String
    var md5: String
  }

  private struct Line: Decodable {
    struct Part: Decodable {
      var bytes: Int
      var sha256: String
      var md5: String
      var file: String

      var content: Content { Content(bytes: bytes, sha256: sha256, md5: md5) }
    }

    struct Message: Decodable {
      var bytes: Int
      var sha256: String
      var complete: Bool
      var attachments: [Part]
    }

    var file: String
    var message: Message
  }

  private static let areMillionsWelcome = ProcessInfo.processInfo.environment["SMTPSCOPE_MILLIONS"] == "1"

  @Test(arguments: ["eml", "mbox", "maildir"])
  func `messages of some megabytes come through a pipe, and out with their attachments`(form: String) throws {
    _ = try extract(bytes: 4_000_000, count: 3, form: form)
  }

  @Test(.enabled(if: areMillionsWelcome, "SMTPSCOPE_MILLIONS=1 sends 500 MB"))
  func `a message of 500 MB takes no more memory than one of 40 MB`() throws {
    let small = try extract(bytes: 40_000_000, count: 1, form: "eml")
    let large = try extract(bytes: 500_000_000, count: 1, form: "eml")
    #expect(large < 80 << 20, "\(large >> 20) MiB")
    #expect(large - small < 8 << 20, "\(small >> 20) MiB, then \(large >> 20) MiB")
  }

  /// Peak memory. Message and attachment are in the index and on the disk with the hashes of what was sent.
  private func extract(bytes: Int, count: Int, form: String) throws -> Int {
    let folder = try Scratch()
    let call = [try #require(Program.path), "extract", "-q", "--as", form, "--attachments", "-o", folder.url.path, "-"]
    let result = try Python.run(["Tests/Tools/large_message.py", "measure", "\(bytes)", "\(count)"] + call)
    #expect(result.status == 0, "\(result.errors)")
    let run = try JSONDecoder().decode(Run.self, from: Data(result.output.utf8))
    #expect(run.status == 0 && run.errors == "", "\(run.errors)")
    let index = try Data(contentsOf: URL(filePath: folder.path("index.ndjson"))).split(separator: 10)
    try #require(index.count == count && run.mails.count == count)
    for (line, mail) in zip(index, run.mails) {
      let record = try JSONDecoder().decode(Line.self, from: line)
      #expect(record.message.complete)
      #expect(record.message.bytes == mail.message.bytes && record.message.sha256 == mail.message.sha256)
      let attachment = try #require(record.message.attachments.first)
      #expect(attachment.content == mail.attachment)
      #expect(try digest(folder.path(attachment.file)) == mail.attachment.sha256)
      if form == "eml" { #expect(try digest(folder.path(record.file)) == mail.message.sha256) }
    }
    return run.memory
  }

  /// The SHA-256 of a file, which may be too large to be read at once.
  private func digest(_ path: String) throws -> String {
    let script = """
      import hashlib, sys
      digest = hashlib.sha256()
      with open(sys.argv[1], "rb") as file:
          while piece := file.read(1 << 20):
              digest.update(piece)
      print(digest.hexdigest())
      """
    return try Python.run(["-c", script, path]).output.trimmingCharacters(in: .newlines)
  }
}
