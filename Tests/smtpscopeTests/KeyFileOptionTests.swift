import Foundation
import Testing

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

  @Test func `keys that no mail asks for change nothing`() throws {
    let folder = try Scratch()
    folder.write(Data("s1._domainkey.b.example v=DKIM1; p=\n".utf8), as: "keys.txt")
    let result = try Program.run(["--dkim-keys", folder.path("keys.txt"), delivered])
    #expect(result.status == 0 && result.errors == "")
    #expect(result.output == (try Program.run([delivered])).output)
  }
}
