import Foundation
import Testing

/// smtpscope(1), which is made from the program and packaging/smtpscope.1.in.
@Suite(.enabled(if: Tool.path("python3") != nil, "python3 makes the page"))
struct ManualTests {
  private func page() throws -> String {
    let made = try Tool.shell("packaging/manual.py \"$PROGRAM\"", environment: ["PROGRAM": try #require(Program.path)])
    #expect(made.status == 0)
    #expect(made.errors == "")
    return made.output
  }

  @Test func `every command and every option of every help stands in it`() throws {
    let page = try page().replacingOccurrences(of: "\\-", with: "-")
    for command in Tool.commands {
      #expect(page.contains("\n.Ss \(command)\n"))
      #expect(page.contains("\n.Cm \(command)\n"))
      let help = try Program.run(["help", command]).output
      let options =
        help.components(separatedBy: "\nEXAMPLES:").first?.split(separator: "\n")
        .filter { $0.hasPrefix("  -") }.flatMap { $0.split(whereSeparator: { " ,/".contains($0) }) }
        .filter { $0.hasPrefix("-") && $0.count > 1 } ?? []
      #expect(options.contains("--help"))
      // Its own section names each, or the one of what several share.
      for option in options {
        #expect(page.contains("Fl \(option.dropFirst())"), "\(option) of \(command)")
      }
    }
  }

  @Test func `every variable of the environment that the program reads stands in it`() throws {
    let page = try page()
    let said = try Tool.shell("grep -rhoE 'variable\\(\"[A-Z_]+\"' Sources | tr -d '\"' | cut -d '(' -f 2 | sort -u")
    let names = said.output.split(separator: "\n")
    #expect(names.contains("NO_COLOR"))
    for name in names { #expect(page.contains("\(name)"), "\(name)") }
  }

  @Test func `man and mandoc have nothing to say about it`() throws {
    let folder = try Scratch()
    folder.write(Data(try page().utf8), as: "smtpscope.1")
    if Tool.path("mandoc") != nil {
      let lint = try Tool.shell("mandoc -Tlint smtpscope.1", in: folder.url)
      // Whether other pages are installed is of no matter.
      #expect(lint.output.split(separator: "\n").filter { !$0.contains("referenced manual not found") } == [])
    }
    if Tool.path("man") != nil, Tool.path("groff") != nil {
      let said = try Tool.shell("man --warnings -l -Tutf8 -Z smtpscope.1 >/dev/null", in: folder.url)
      #expect(said.errors == "")
    }
  }
}
