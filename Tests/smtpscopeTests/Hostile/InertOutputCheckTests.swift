import Foundation
import OutputChecks
import Testing

/// A check that finds nothing wrong proves nothing until it was seen to find something.
@Suite struct InertOutputCheckTests {
  private func data(_ text: String) -> Data { Data(text.utf8) }

  @Test(arguments: HostileString.all.indices)
  func `text with a string that does something is found`(index: Int) {
    let string = HostileString.all[index]
    let isText = String(validating: string.bytes, as: UTF8.self) != nil
    let does = [
      "clear screen", "window title and clipboard", "device control and answers", "C1 in UTF-8", "C1 raw",
      "backspace, bell and delete", "overrides", "isolates", "zero width", "line separators", "tags and noncharacters",
      "piles of marks", "not UTF-8", "surrogates and overlong", "NUL", "formula behind a tab", "formula behind CR",
      "cells",
      "tabs and backslashes", "Zeek's own marks", "Zeek's head", "forged reply", "quoted From_ line",
    ]
    let found = InertOutput.text(data("before ") + Data(string.bytes) + data(" behind\n"))
    let mustBeFound = does.contains(string.name) && string.name != "piles of marks"
    #expect(!found.isEmpty == (mustBeFound || !isText), "\(string.name)")
  }

  @Test func `colours are all that a terminal is told`() {
    #expect(InertOutput.text(data("\u{1b}[1;31mred\u{1b}[0m\n"), colour: true).isEmpty)
    for text in ["\u{1b}[1;31mred\u{1b}[0m", "\u{1b}[2J", "\u{1b}]0;x\u{7}", "\u{1b}[1A"] {
      #expect(!InertOutput.text(data(text), colour: text.hasPrefix("\u{1b}[1;31m") ? false : true).isEmpty)
    }
  }

  @Test(arguments: [
    "{\"a\":1\n", "{\"a\":\"\u{1b}[2J\"}\n", "{\"a\":\"x\n\"}\n", "[1]\n", "{\"a\":\"\u{202e}\"}\n", "{}x\n",
  ])
  func `a record that is none is found`(text: String) {
    #expect(!InertOutput.records(data(text)).problems.isEmpty)
    #expect(InertOutput.records(data("{\"a\":1}\n{}\n")).problems.isEmpty)
  }

  @Test(
    arguments: [
      "a,b\r\n1,=1+1\r\n", "a,b\r\n1,\"+1\"\r\n", "a,b\r\n1,-x\r\n", "a,b\r\n1,@x\r\n", "a,b\r\n1,2,3\r\n",
      "a,b\r\n1\r\n", "a,b\r\n1,2\n", "a,b\r\n1,2", "a,b\r\n1,2\"3\r\n", "a,b\r\n\"1\"2,3\r\n",
      "a,b\r\n1,\u{1b}[2J\r\n",
      "a,b\r\n1,2\rx\r\n",
    ])
  func `a table that is none is found`(text: String) {
    #expect(!InertOutput.table(data(text)).problems.isEmpty)
    let right = InertOutput.table(data("a,b\r\n\"1,\"\"x\"\"\",'=1\r\n,\r\n"))
    #expect(right.problems.isEmpty && right.rows == [["a", "b"], ["1,\"x\"", "'=1"], ["", ""]])
  }

  @Test(
    arguments: [
      "#separator \\x09\n#fields\ta\tb\n1\n", "#separator \\x09\n#fields\ta\tb\n1\t2\t3\n", "#fields\ta\n1\n",
      "#separator \\x09\n#fields\ta\n#fields\tb\n1\n", "#separator \\x09\n#fields\ta\n\u{1b}\n",
      "#separator \\x09\n#fields\ta\n1\n#close\tx\n#close\ty\n",
    ])
  func `a log that is none is found`(text: String) {
    #expect(!InertOutput.log(data(text)).problems.isEmpty)
    let right = InertOutput.log(data("#separator \\x09\n#fields\ta\tb\n1\t2\n#close\tx\n"))
    #expect(right.rows == 1 && right.problems.isEmpty)
  }

  @Test(
    arguments: [
      "From a@b Thu Nov 26 12:00:00 2026\nx\n\nFrom y\n", "x\nFrom a@b Thu Nov 26 12:00:00 2026\n\nFrom a b c\n",
      "From a\u{1b}@b Thu Nov 26 12:00:00 2026\n", "no message\n",
    ])
  func `a mailbox with another message in it is found`(text: String) {
    #expect(!InertOutput.mailbox(data(text), messages: 1).isEmpty)
    #expect(InertOutput.mailbox(data("From a@b Thu Nov  6 12:00:00 2026\n>From x\n"), messages: 1).isEmpty)
  }

  @Test(
    arguments: [
      "../x", "a/../b", "/etc/passwd", "a//b", "-rf", ".bashrc", "a\\b", "C:x", "CON", "aux.txt", "x\u{202e}fdp.exe",
      "x\ny", "x.exe ", "x.", "a\u{200b}", String(repeating: "x", count: 256),
    ])
  func `a name that leads elsewhere is found`(path: String) {
    #expect(!InertOutput.path(path).isEmpty)
    #expect(InertOutput.path("attachments/1-1.2.invoice (1).pdf").isEmpty)
  }
}
