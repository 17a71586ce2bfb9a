import Foundation
import TestSupport
import Testing
import Wire

@Suite struct KeyFileOptionTests {
  private let delivered = "samples/delivered.pcap"

  @Test func `a file of keys that cannot be used is one line with status 2`() throws {
    let folder = try Scratch()
    folder.write(Data("\ns1._domainkey.b.example\n".utf8), as: "short.txt")
    folder.write(Data("s1._domainkey.b.example TXT \"p=\n".utf8), as: "open.txt")
    for (name, reason) in [
      ("missing.txt", "No such file"), (".", "directory"), ("short.txt", "line 2: a name without"),
      ("open.txt", "line 1: a quotation mark"),
    ] {
      let result = try Program.run(["--dkim-keys", folder.path(name), delivered])
      #expect(result.status == 2 && result.output == "", "\(name)")
      #expect(result.errors.contains(reason) && result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    }
    let unchecked = try Program.run(["--dkim-keys", folder.path("short.txt"), "--dkim", "never", delivered])
    #expect(unchecked.status == 2 && unchecked.errors.contains("--dkim never"))
  }

  @Test func `extraction takes keys too`() throws {
    let folder = try Scratch()
    folder.write(Data("s1._domainkey.b.example v=DKIM1; p=\n".utf8), as: "keys.txt")
    let script = """
      S: 220 mx
      C: EHLO a.example
      S: 250 mx
      C: MAIL FROM:<ann@b.example>
      S: 250 ok
      C: RCPT TO:<bob@c.example>
      S: 250 ok
      C: DATA
      S: 354 go
      C: DKIM-Signature: v=1; a=rsa-sha256; d=b.example; s=s1; h=from; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA
      C: From: ann@b.example
      C:
      C: Hello.
      C: .
      S: 250 ok
      C: QUIT
      S: 221 bye

      """
    var capture = PcapBuilder()
    for frame in Conversation(script).frames { capture.add(frame.bytes, at: frame.time.nanoseconds) }
    let file = folder.write(Data(capture.bytes), as: "signed.pcap").path
    for (number, (options, words)) in [
      (["--dkim-keys", folder.path("keys.txt")], #""signature":"revoked_key""#), ([], #""signature":"no_key""#),
      (["--no-hash", "--dkim", "always"], #""signature":"no_key""#), (["--no-hash"], nil), (["--dkim", "never"], nil),
    ].enumerated() as EnumeratedSequence<[([String], String?)]> {
      let result = try Program.run(["extract", "-q", "-o", folder.path("\(number)")] + options + [file])
      #expect(result.status == 0 && result.errors == "")
      let index = try String(contentsOfFile: folder.path("\(number)/index.ndjson"), encoding: .utf8)
      #expect(index.contains("\"signature\"") == (words != nil))
      if let words { #expect(index.contains(words)) }
    }
    let missing = try Program.run(["extract", "-o", folder.path("x"), "--dkim-keys", folder.path("none"), file])
    #expect(missing.status == 2 && missing.errors.contains("No such file"))
  }

  @Test func `keys that no mail asks for change nothing`() throws {
    let folder = try Scratch()
    folder.write(Data("s1._domainkey.b.example v=DKIM1; p=\n".utf8), as: "keys.txt")
    let result = try Program.run(["--dkim-keys", folder.path("keys.txt"), delivered])
    #expect(result.status == 0 && result.errors == "")
    #expect(result.output == (try Program.run([delivered])).output)
  }
}
