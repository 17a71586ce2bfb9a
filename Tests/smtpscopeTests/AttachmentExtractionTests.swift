import Foundation
import TestSupport
import Testing
import Wire

/// A session with a mail of many parts, some of which have names that nobody should write to a disk.
private func capture(_ end: String = "C: .\nS: 250 2.0.0 Ok\nC: QUIT\nS: 221 bye\n") -> Data {
  let part = { (header: String, body: String) in "C: --b\n" + header + "C:\n" + body }
  let script =
    "S: 220 mx\nC: EHLO a.example\nS: 250 mx\nC: MAIL FROM:<ann@a.example>\nS: 250 Ok\nC: RCPT TO:<bob@b.example>\n"
    + "S: 250 Ok\nC: DATA\nS: 354 go\nC: Subject: parts\nC: Content-Type: multipart/mixed; boundary=b\nC:\n"
    + part("C: Content-Type: text/plain; charset=iso-8859-1\n", "C: caf\\xe9\n")
    + part("C: Content-Type: a/b; name=\"../../etc/passwd\"\n", "C: one\n")
    + part("C: Content-Disposition: attachment; filename=\"C:\\\\\\\\x\\\\\\\\CON\"\n", "C: two\n")
    + part("C: Content-Type: text/plain; charset=iso-8859-1; name=a.txt\n", "C: caf\\xe9\n")
    + part("C: Content-Type: application/pdf\nC: Content-Transfer-Encoding: base64\n", "C: JVBERi0x\n")
    + part("C: Content-Disposition: attachment; filename=a.txt\n", "C: again\n") + "C: --b--\n" + end
  var capture = PcapBuilder()
  for frame in Conversation(script).frames { capture.add(frame.bytes, at: frame.time.nanoseconds) }
  return Data(capture.bytes)
}

private func files(in path: String) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: path).sorted()
}

@Suite struct AttachmentExtractionTests {
  @Test(arguments: ["eml", "mbox", "maildir"], ["1", "2"])
  func `the parts of messages become files with safe names`(form: String, jobs: String) throws {
    let folder = try Scratch()
    let capture = folder.write(capture(), as: "a.pcap").path
    let out = folder.path("out")
    let result = try Program.run(["extract", "--attachments", "--jobs", jobs, "--as", form, "-o", out, capture])
    #expect(result.status == 0)
    #expect(result.errors.contains("1 message written"))
    #expect(result.errors.contains("6 parts of them to \(out)/attachments"))
    #expect(
      try files(in: out + "/attachments") == [
        "1-1.1.part.txt", "1-1.2.passwd", "1-1.3.CON", "1-1.4.a.txt", "1-1.5.part.pdf", "1-1.6.a.txt",
      ])
    #expect(try Data(contentsOf: URL(filePath: out + "/attachments/1-1.1.part.txt")) == Data("café".utf8))
    #expect(try Data(contentsOf: URL(filePath: out + "/attachments/1-1.4.a.txt")) == Data([0x63, 0x61, 0x66, 0xe9]))
    #expect(try Data(contentsOf: URL(filePath: out + "/attachments/1-1.5.part.pdf")) == Data("%PDF-1".utf8))
    let index = try Data(contentsOf: URL(filePath: out + "/index.ndjson"))
    let record = try #require(JSONSerialization.jsonObject(with: index) as? [String: Any])
    let message = try #require(record["message"] as? [String: Any])
    let attachments = try #require(message["attachments"] as? [[String: Any]])
    #expect(attachments.map { $0["name"] as? String } == ["../../etc/passwd", "C:\\x\\CON", "a.txt", "a.txt"])
    #expect(attachments.map { $0["file"] as? String }.last == "attachments/1-1.6.a.txt")
    let bodies = try #require(message["bodies"] as? [[String: Any]])
    #expect(bodies.map { $0["file_charset"] as? String } == ["utf-8", nil])
  }

  @Test func `parts of mails that were not asked for leave no files`() throws {
    let folder = try Scratch()
    let capture = folder.write(capture(), as: "a.pcap").path
    let out = folder.path("out")
    let arguments = ["extract", "-q", "--attachments", "--to", "carol@", "-o", out, capture]
    #expect(try Program.run(arguments).status == 0)
    #expect(try files(in: out + "/attachments") == [])
  }

  @Test func `a link in place of the folder is not followed`() throws {
    let folder = try Scratch()
    let capture = folder.write(capture(), as: "a.pcap").path
    let (out, elsewhere) = (folder.path("out"), folder.path("elsewhere"))
    for path in [out, elsewhere] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }
    try FileManager.default.createSymbolicLink(atPath: out + "/attachments", withDestinationPath: elsewhere)
    #expect(try Program.run(["extract", "-q", "--attachments", "-o", out, capture]).status != 0)
    #expect(try files(in: elsewhere) == [])
  }

  @Test func `a part that is not whole says so in its name`() throws {
    let folder = try Scratch()
    let capture = folder.write(capture("C? 100\nC: rest\nC! \n"), as: "a.pcap").path
    let out = folder.path("out")
    #expect(try Program.run(["extract", "-q", "--attachments", "-o", out, capture]).status == 0)
    #expect(try files(in: out).contains("1-1.incomplete.eml"))
    #expect(try files(in: out + "/attachments").contains("1-1.2.passwd"))
  }
}
