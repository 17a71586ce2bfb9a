import Foundation
import LivePage
import TestSupport
import Testing

/// The page in a real browser. Skipped where there is no Chromium (Debian: chromium).
@Suite(
  .serialized, .timeLimit(.minutes(80 * Sanitizer.patience)),
  .enabled(if: Browser.isThere, "there is no Chromium to look at the page with"))
struct PageBrowserTests {
  /// What the browser's script tells.
  private struct Report: Decodable {
    var waited: Bool
    var values: [String?]
    var errors: [String]
    var requests: [String]
  }

  private static let rows = "document.querySelectorAll('#session-list li').length"

  private func look(
    _ scene: Scene, path: String = "", access: PageAccess = .local, _ options: [String], meanwhile: () -> Void = {}
  ) throws -> (report: Report, url: String) {
    let address = try #require(PageAddress("127.0.0.1:0"))
    let server = try PageServer(scene.page, on: address, access: access)
    defer { server.stop() }
    let browser = try Browser([server.address.url + path] + options)
    meanwhile()
    let report = try JSONDecoder().decode(Report.self, from: browser.output())
    #expect(report.errors == [])
    #expect(
      report.requests.allSatisfy { $0.hasPrefix(server.address.url) || $0.hasPrefix("data:") }, "\(report.requests)")
    return (report, server.address.url)
  }

  @Test func `It shows a session that happens while it is open`() throws {
    let scene = Scene()
    scene.show(Scene.delivered, as: 1)
    scene.page.tick(Scene.capture(after: 1))
    let (report, _) = try look(
      scene,
      [
        "--wait", "\(Self.rows) === 2", "--then", "document.querySelector('#session-list').innerText", "--then",
        "document.querySelector('#failure-list').innerText", "--then", "document.querySelector('#tiles').innerText",
        "--then", "document.querySelector('#link-text').textContent",
      ]
    ) {
      // The browser needs a while to begin; the session ends in a second in which it looks.
      for second in 2...60 {
        if second == 40 { scene.show(Scene.refused, as: 2) }
        scene.page.tick(Scene.capture(after: second))
        usleep(100_000)
      }
    }
    #expect(report.waited)
    let texts = report.values.map { $0 ?? "" }
    try #require(texts.count == 4)
    #expect(texts[0].contains("a@b.example → c@d.example") && texts[0].contains("the figures of May"))
    #expect(texts[0].contains("a@b.example → nobody@d.example"))
    #expect(texts[1].contains("550 5.1.1 No such user here") && texts[1].contains("refused"))
    #expect(texts[2].contains("2 in all") && texts[2].contains("50.0 % of mails"))
    #expect(texts[3].hasPrefix("live"))
  }

  @Test func `Each outcome has a tile of its own`() throws {
    let scene = Scene()
    for (index, text) in [Scene.delivered, Scene.refused, Scene.partly, Scene.abandoned].enumerated() {
      scene.show(text, as: index + 1)
    }
    scene.page.tick(Scene.capture(after: 1))
    let (report, _) = try look(
      scene,
      [
        "--wait", "\(Self.rows) === 4", "--then",
        "JSON.stringify([...document.querySelectorAll('.tile')].filter((one) => !one.hidden).map((one) => [...one.children].slice(0, 2).map((part) => part.textContent).join(' ')))",
        "--then", "document.title", "--then", "document.querySelector('#plot-mail svg').getAttribute('aria-label')",
      ])
    let tiles = report.values[0] ?? ""
    for tile in ["mails accepted 1", "accepted in part 1", "put off 0", "refused 1", "lost 0", "given up 1"] {
      #expect(tiles.contains("\"\(tile)\""), "\(tiles)")
    }
    #expect(!tiles.contains("not known"))
    #expect(report.values[1] == "smtpscope · 1 refused")
    #expect(report.values[2]?.contains("1 accepted, 1 in part, 1 refused or lost, 1 given up a second") == true)
  }

  @Test func `A click leads to the dialogue, and back`() throws {
    let scene = Scene()
    scene.show(Scene.refused, as: 5)
    scene.page.tick(Scene.capture(after: 1))
    let settle = "new Promise((done) => setTimeout(() => done(String(document.querySelector('#session').open)), 500))"
    let (report, url) = try look(
      scene,
      [
        "--wait", "\(Self.rows) === 1", "--then", "document.querySelector('#failure-list a').click()", "--then", settle,
        "--then", "document.querySelector('#session').innerText", "--then", "document.activeElement.id", "--then",
        "document.querySelector('#close').click()", "--then", settle, "--then", "location.hash",
      ])
    #expect(report.values[1] == "true")
    let text = report.values[2] ?? ""
    for part in [
      "Session 5", "there is no such mailbox", "mailbox-unknown", "MAIL FROM:<a@b.example>",
      "550 5.1.1 No such user here", "eth0",
    ] {
      #expect(text.contains(part), "\(part)")
    }
    #expect(report.values[3] == "session-title")
    #expect(report.values[5] == "false")
    #expect(report.values[6] == "")
    #expect(report.requests.contains(url + "sessions/5"))
  }

  @Test func `What came from the wire stays text`() throws {
    let scene = Scene()
    scene.show(Scene.hostile, as: 3)
    scene.page.tick(Scene.capture(after: 1))
    let (report, _) = try look(
      scene, path: "#session-3",
      [
        "--wait", "document.querySelectorAll('.dialogue li').length > 10", "--then", "String(window.owned)", "--then",
        "String(document.querySelectorAll('script').length + document.querySelectorAll('main img, dialog img, dialog b, dialog i').length)",
        "--then", "document.querySelector('#session').innerText", "--then",
        "document.querySelector('#session-list').innerText", "--then",
        "String(document.documentElement.scrollWidth <= innerWidth && document.querySelector('#session').scrollWidth <= document.querySelector('#session').clientWidth)",
        "--size", "390x800",
      ])
    #expect(report.waited)
    #expect(report.values[0] == "undefined")
    #expect(report.values[1] == "1")  // its own script
    let sheet = report.values[2] ?? ""
    #expect(sheet.contains("<script>window.owned=1</script> ESMTP"))
    #expect(sheet.contains("<script>window.owned=6</script>"))
    #expect(sheet.contains("‹202E›moc.evil@b.example"))
    let everything = sheet + (report.values[3] ?? "")
    #expect(!everything.unicodeScalars.contains("\u{202e}"))
    #expect(report.values[4] == "true")
  }

  @Test func `The token goes with everything that the page asks for`() throws {
    let scene = Scene()
    scene.show(Scene.refused, as: 5)
    scene.page.tick(Scene.capture(after: 1))
    let (report, url) = try look(
      scene, path: "?token=s3cret%26x#session-5", access: .token("s3cret&x"),
      [
        "--wait", "document.querySelectorAll('.dialogue li').length > 3", "--then",
        "document.querySelector('#metrics').href",
      ])
    #expect(report.waited)
    #expect(report.values == [url + "metrics?token=s3cret%26x"])
  }
}

/// `Tests/page_check.py`, which speaks to a headless Chromium.
private struct Browser {
  private let process = Process()
  private let pipe = Pipe()

  static let isThere: Bool = {
    guard let browser = try? Browser(["http://127.0.0.1/", "--is-there"]), let output = try? browser.output() else {
      return false
    }
    return String(decoding: output, as: UTF8.self).contains("/")
  }()

  init(_ arguments: [String]) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", root.appending(path: "page_check.py").path] + arguments
    process.standardOutput = pipe
    try process.run()
  }

  func output() throws -> Data {
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return data
  }
}
