import Foundation
import TestSupport
import Testing
import Wire

/// `smtpscope report`: what stands where afterwards.
struct ReportPageTests {
  @Test func `a page is written whole, in the place of an older one`() throws {
    let folder = try Scratch()
    folder.write(Data("old".utf8), as: "report.html")
    let result = try Program.run(["report", "samples/relay-denied.pcap", "-o", folder.path("report.html")])
    #expect(result.status == 0 && result.errors.isEmpty && result.output.isEmpty, "\(result.errors)")
    #expect(folder.names == ["report.html"])
    let page = try String(contentsOfFile: folder.path("report.html"), encoding: .utf8)
    #expect(page.hasPrefix("<!doctype html>") && page.hasSuffix("</html>\n"))
    #expect(page.contains("relay-denied") && page.contains("samples/relay-denied.pcap"))

    let printed = try Program.run(["report", "samples/relay-denied.pcap", "-o", "-"])
    #expect(printed.output == page)
  }

  @Test(arguments: ["/dev/full", "/proc/report.html", "samples", "samples/README.md/report.html"])
  func `what cannot be written is said, and nothing is left behind`(_ path: String) throws {
    let before = try FileManager.default.contentsOfDirectory(atPath: Program.root.appending(path: "samples").path)
    let result = try Program.run(["report", "samples/delivered.pcap", "-o", path])
    #expect(result.status == 4)
    #expect(result.errors.hasPrefix("smtpscope: cannot write to "), "\(result.errors)")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: Program.root.appending(path: "samples").path) == before)
  }

  @Test(.enabled(if: Sanitizer.leavesFileSizes, "the thread sanitizer has a file that is larger"))
  func `a file that grows to its limit leaves the older page`() throws {
    let folder = try Scratch()
    folder.write(Data("old".utf8), as: "report.html")
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.currentDirectoryURL = Program.root
    process.arguments = [
      "-c", "ulimit -f 8; exec \"$0\" report samples/delivered.pcap -o \"$1\" 2>/dev/null",
      try #require(Program.path), folder.path("report.html"),
    ]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 4)
    #expect(folder.names == ["report.html"])
    #expect(try String(contentsOfFile: folder.path("report.html"), encoding: .utf8) == "old")
  }

  @Test func `a capture that is cut short is reported, with a word and its status`() throws {
    let folder = try Scratch()
    let whole = try Data(contentsOf: Program.root.appending(path: "samples/delivered.pcap"))
    folder.write(whole.dropLast(7), as: "cut.pcap")
    let result = try Program.run(["report", folder.path("cut.pcap"), "-o", folder.path("report.html")])
    #expect(result.status == 3)
    #expect(try String(contentsOfFile: folder.path("report.html"), encoding: .utf8).contains("cut short"))
  }

  @Test func `selection, secrets and attachments work as in analyze`() throws {
    let chosen = try Program.run(["report", "samples/greylisting.pcap", "--session", "1", "-o", "-"])
    #expect(chosen.output.contains("in 1 session:") && !chosen.output.contains("Session 2"))
    let masked = try Program.run(["report", "samples/auth-failed.pcap", "-o", "-"]).output
    let revealed = try Program.run(["report", "samples/auth-failed.pcap", "--reveal-secrets", "-o", "-"]).output
    #expect(masked.contains("********") && !revealed.contains("********"))
    let found = try Program.run(["report", "samples/relay-denied.pcap", "--fail-on", "error", "-o", "-"])
    #expect(found.status == 1 && found.output.hasSuffix("</html>\n"))
    #expect(try Program.run(["report", "samples/delivered.pcap"]).status == 2)
  }
}

/// The page in a real browser. Skipped where there is no Chromium (Debian: chromium).
@Suite(
  .serialized, .timeLimit(.minutes(80 * Sanitizer.patience)),
  .enabled(if: PageInBrowser.isThere, "there is no Chromium to look at the page with"))
struct ReportBrowserTests {
  /// Those of the samples, and of ../shared where it is, with something in them that a page could stumble over.
  static let captures: [String] =
    Program.samples
    + [
      "lab/captures/210-long-lines.pcap", "lab/captures/07-smtputf8.pcap",
      "lab/captures/305-pmtu-black-hole-client-side.pcap",
      "lab/captures/308-zero-window-never-opens.pcap", "lab/captures/218-multiline-reply-never-ends.pcap",
      "lab/captures/325-capture-lost-packets-edited.pcap", "lab/captures/43-secrets-in-dsb.pcapng",
      "corpus/captures/sv-protochange-fuzz.pcap", "corpus/captures/sv-bug-6053-long-banner.pcap",
      "corpus/captures/ic-malicious-indicators.pcap", "corpus/captures/ak-synthetic-mix.pcap",
    ].map { Program.root.deletingLastPathComponent().appending(path: "shared/" + $0).path }.filter {
      FileManager.default.fileExists(atPath: $0)
    }

  /// What must hold of each page: ours are one script and one style, and what else there is is of the templates' elements.
  private static let foreign = """
    JSON.stringify([document.scripts.length, document.querySelectorAll('style').length,
    [...new Set([...document.querySelectorAll('*')].map((one) => one.localName))].filter((name) =>
    !('html head meta title link style body svg symbol circle path rect line g text desc use a header main section footer h1 h2 h3 ' +
    'h4 p ul ol li dl dt dd table thead tbody tr th td span b small br code div input select option button details summary ' +
    'aside script').split(' ').includes(name)),
    [...document.querySelectorAll('*')].flatMap((one) => [...one.attributes]).filter((one) => /^(on|style$|srcdoc$)/.test(one.name)).length,
    [...document.querySelectorAll('[href]')].filter((one) => !/^#|^data:image/.test(one.getAttribute('href'))).length,
    document.documentElement.scrollWidth <= innerWidth, String(window.owned)])
    """
  private static let clean = "[1,1,[],0,0,true,\"undefined\"]"

  private func page(_ captures: [String], in folder: Scratch) throws -> String {
    let result = try Program.run(["report"] + captures + ["-o", folder.path("report.html")])
    #expect(result.status == 0 || result.status == 3, "\(captures): \(result.errors)")
    return "file://" + folder.path("report.html")
  }

  private func look(_ url: String, _ options: [String]) throws -> [String?] {
    let report = try PageInBrowser.look(url, options)
    #expect(report.waited && report.errors == [], "\(report.errors)")
    let own = url.prefix { $0 != "#" }
    #expect(report.requests.allSatisfy { $0 == own || $0.hasPrefix("data:") }, "\(report.requests)")
    return report.values
  }

  @Test(arguments: captures) func `it says nothing wrong, asks for nothing, and has no markup of the capture`(
    _ capture: String
  ) throws {
    let folder = try Scratch()
    let url = try page([capture], in: folder)
    #expect(try look(url, ["--then", Self.foreign, "--size", "390x800"]) == [Self.clean])
  }

  @Test func `what is hostile stays text, with scripts and without`() throws {
    let folder = try Scratch()
    var capture = PcapBuilder()
    for frame in Conversation(Self.hostile).frames { capture.add(frame.bytes, at: frame.time.nanoseconds) }
    folder.write(Data(capture.bytes), as: "<img src=x onerror=window.owned=1>.pcap")
    let url = try page([folder.path("<img src=x onerror=window.owned=1>.pcap")], in: folder)
    for options in [[], ["--no-script"]] {
      let values = try look(url, options + ["--then", Self.foreign, "--then", "document.body.textContent"])
      // Without scripts their elements are there all the same.
      #expect(values.first == Self.clean)
      let text = try #require(values.last ?? nil)
      for part in ["<script>window.owned=1</script> ESMTP", "\\u{202e}moc.evil@b.example", "550 5.1.1 <\u{301}script>"]
      {
        #expect(text.contains(part), "\(part)")
      }
    }
  }

  @Test func `it is read without scripts`() throws {
    let folder = try Scratch()
    let url = try page(Program.samples, in: folder)
    let values = try look(
      url + "#s3",
      [
        "--no-script", "--then",
        "JSON.stringify([...document.querySelectorAll('.tools')].map((one) => getComputedStyle(one).display))",
        "--then",
        "String(document.querySelectorAll('#table tbody tr').length === document.querySelectorAll('details.session').length)",
        "--then", "String(document.querySelector('#s3').closest('details').open)",
        "--then", "getComputedStyle(document.querySelector('.ladder li')).display",
      ])
    #expect(values[0] == "[\"none\",\"none\",\"none\"]")
    #expect(values[1] == "true" && values[2] == "true" && values[3] == "grid")
  }

  @Test(arguments: ["360x800", "600x800", "900x800", "1000x800", "1280x800"])
  func `no column is cut off or hidden behind a scroll bar`(_ size: String) throws {
    let folder = try Scratch()
    let url = try page(Program.samples, in: folder)
    let values = try look(
      url,
      [
        "--then", "document.querySelector('#open-all').click()", "--then",
        "JSON.stringify([...document.querySelectorAll('.scroll')].filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.firstChild.className))",
        "--then",
        "String([...document.querySelectorAll('.c-finding')].every((one) => one.getBoundingClientRect().right <= innerWidth))",
        "--size", size,
      ])
    #expect(values[1] == "[]" && values[2] == "true", "\(values)")
  }

  @Test func `it sorts, filters, looks nearer and opens`() throws {
    let folder = try Scratch()
    let url = try page(Program.samples, in: folder)
    let shown = "[...document.querySelectorAll('#table tbody tr')].filter((row) => !row.hidden)"
    let values = try look(
      url,
      [
        "--then", "document.querySelectorAll('#table th button')[7].click()", "--then",
        "String(\(shown).map((row) => Number(row.cells[7].dataset.v)).every((time, index, all) => !index || all[index - 1] <= time))",
        "--then",
        "document.querySelector('#table th[aria-sort]').textContent + document.querySelector('#table th[aria-sort]').ariaSort",
        "--then",
        "(() => { const field = document.querySelector('#filter-text'); field.value = 'relay access denied'; field.dispatchEvent(new Event('input')); return new Promise((done) => setTimeout(() => done(String(\(shown).length)), 400)); })()",
        "--then", "document.querySelector('#table-count').textContent", "--then",
        "(() => { document.querySelector('#filter-clear').click(); const field = document.querySelector('#filter-outcome'); field.selectedIndex = 1; field.dispatchEvent(new Event('change')); return String(\(shown).length > 0 && \(shown).every((row) => row.cells[1].textContent.includes(field.value))); })()",
        "--then", "document.querySelector('[data-zoom=in]').click()", "--then",
        "document.querySelector('#timeline-range').textContent", "--then",
        "(() => { document.querySelector('#timeline').dispatchEvent(new KeyboardEvent('keydown', { key: '0', bubbles: true })); return document.querySelector('#timeline-range').textContent; })()",
        "--then",
        "(() => { location.hash = '#s2'; return new Promise((done) => setTimeout(() => done(String(document.querySelector('#d2').open && document.activeElement.id)), 300)); })()",
      ])
    #expect(values[1] == "true")
    #expect(values[2] == "lastedascending")
    #expect(values[3] == "1")
    #expect(values[4]?.hasPrefix("1 of ") == true)
    #expect(values[5] == "true")
    #expect(values[7] != values[8])
    #expect(values[9] == "s2")
  }

  /// Markup, and quotation marks that a mark stands on, wherever the page shows text from the wire.
  private static let hostile = """
    S: 220 <script>window.owned=1</script> ESMTP
    C: EHLO <img/src=x/onerror=window.owned=2>
    S: 250 <svg/onload=window.owned=3>
    C: MAIL FROM:<\u{202e}moc.evil@b.example>
    S: 250 2.1.0 <b>Ok</b>
    C: RCPT TO:<\(String(repeating: "x", count: 900))@d.example>
    S: 250 2.1.5 Ok
    C: RCPT TO:<"\u{301} onmouseover="\u{301}window.owned=7@d.example>
    S: 250 2.1.5 \u{600}"\u{600}><script>window.owned=8</script>
    C: RCPT TO:<"><script>window.owned=4</script>@d.example>
    S: 550 5.1.1 <\u{301}script>window.owned=5</script> </details></style></script><iframe src=//x.example>
    C: DATA
    S: 354 go
    C: Subject: <script>window.owned=6</script> "\u{301}onfocus="\u{301}window.owned=9
    C:
    C: text
    C: .
    S: 250 2.0.0 queued as <i>1</i>
    C: QUIT
    S: 221 bye

    """
}

/// `Tests/page_check.py`, which speaks to a headless Chromium.
enum PageInBrowser {
  struct Report: Decodable {
    var waited: Bool
    var values: [String?]
    var errors: [String]
    var requests: [String]
  }

  static let isThere: Bool = {
    guard let output = try? output(["http://127.0.0.1/", "--is-there"]) else { return false }
    return String(decoding: output, as: UTF8.self).contains("/")
  }()

  static func look(_ url: String, _ options: [String]) throws -> Report {
    try JSONDecoder().decode(Report.self, from: output([url] + options))
  }

  private static func output(_ arguments: [String]) throws -> Data {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", Program.root.appending(path: "Tests/page_check.py").path] + arguments
    process.standardOutput = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return data
  }
}
