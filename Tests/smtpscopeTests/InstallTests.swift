import Foundation
import Testing

/// `make install` and `make uninstall`, with the program that the tests run.
@Suite(.enabled(if: Tool.path("python3") != nil && Tool.path("make") != nil, "make and python3 install"))
struct InstallTests {
  @Test func `what is installed is found by man and the shells, and nothing of it is left`() throws {
    let folder = try Scratch()
    let target = folder.path("root")
    let environment = ["PROGRAM": try #require(Program.path), "DOCUMENTS": folder.path("documents"), "TARGET": target]
    let make = """
      make --no-print-directory BINARY="$PROGRAM" DOCUMENTS="$DOCUMENTS" DESTDIR="$TARGET" PREFIX=/opt/here STRIP=
      """
    let installed = try Tool.shell(make + " install-service", environment: environment)
    #expect(installed.status == 0, "\(installed.errors)")
    let files = try Tool.shell("cd \"$TARGET\" && find . -type f -printf '%m %P\\n' | sort", environment: environment)
    #expect(
      files.output == """
        644 etc/systemd/system/smtpscope.service
        644 opt/here/share/bash-completion/completions/smtpscope
        644 opt/here/share/doc/smtpscope/README.md
        \(try documents().map { "644 opt/here/share/doc/smtpscope/docs/\($0)\n" }.joined())\
        644 opt/here/share/fish/vendor_completions.d/smtpscope.fish
        644 opt/here/share/man/man1/smtpscope.1
        644 opt/here/share/zsh/site-functions/_smtpscope
        755 opt/here/bin/smtpscope

        """)
    let unit = try String(contentsOfFile: target + "/etc/systemd/system/smtpscope.service", encoding: .utf8)
    #expect(unit.contains("ExecStart=/opt/here/bin/smtpscope live "))
    let removed = try Tool.shell(make + " uninstall", environment: environment)
    #expect(removed.status == 0, "\(removed.errors)")
    #expect(try Tool.shell("find \"$TARGET\" -type f", environment: environment).output == "")
  }

  private func documents() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: Program.root.appending(path: "docs").path)
      .filter { $0.hasSuffix(".md") || $0.hasSuffix(".json") }.sorted()
  }
}
