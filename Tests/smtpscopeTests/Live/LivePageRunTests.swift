import Foundation
import TestSupport
import Testing

/// `smtpscope live --metrics` beside a mail server that mails are really sent to.
@Suite(
  .serialized, .enabled(if: LiveScene.isPossible, "needs root and network namespaces"),
  .timeLimit(.minutes(80 * Sanitizer.patience)))
struct LivePageRunTests {
  @Test func `metrics and page tell of mails that pass`() throws {
    let scene = try LiveScene()
    try scene.startServer()
    let live = try scene.listen(["--metrics", "0"])
    try live.wait("no page: \(live.errors)") { live.errors.contains("/metrics\n") }
    let url = try #require(live.errors.split(separator: "page at ").last?.prefix { $0 != "," }).description
    #expect(url.hasPrefix("http://127.0.0.1:"))
    try scene.send("dp")
    try live.wait("mails are missing: \(live.output)") { live.lines.count >= 2 }

    let script = """
      import sys, time, urllib.request
      while True:
        text = urllib.request.urlopen("\(url)metrics").read().decode()
        if 'smtpscope_sessions_total{class="mail"} 2\\n' in text: break
        time.sleep(0.1)
      sys.stderr.write(text + "# end")
      """
    let metrics = try scene.start(["python3", "-c", script], until: "# end").errors
    #expect(metrics.contains("smtpscope_transactions_total{outcome=\"accepted\"} 1\n"))
    #expect(metrics.contains("smtpscope_transactions_total{outcome=\"partially_accepted\"} 1\n"))
    #expect(metrics.contains("smtpscope_findings_total{id=\"mailbox-unknown\"} 1\n"))
    #expect(metrics.contains("smtpscope_interface_up{interface=\"wire\"} 1\n"))
    #expect(!metrics.contains("smtpscope_capture_packets_total{interface=\"wire\"} 0\n"))
    #expect(metrics.contains("smtpscope_capture_dropped_packets_total{interface=\"wire\",by=\"kernel\"} 0\n"))

    let checker = Program.root.appending(path: "Tests/page_check.py").path
    let report = try scene.start(
      [
        "sh", "-c", "python3 \"$@\" >&2", "sh", checker, url, "--wait",
        "document.querySelectorAll('#session-list li').length === 2", "--then",
        "document.querySelector('#failure-list').innerText",
      ], until: "}\n"
    ).errors
    if !report.contains("\"chromium\": null") {
      #expect(report.hasPrefix("{\"waited\": true"))
      #expect(report.contains("550 5.1.1") && report.contains("\"errors\": []"))
    }
    #expect(live.stop() == 0)
  }

  @Test func `an address that is taken ends it with a word`() throws {
    let scene = try LiveScene()
    let first = try scene.listen(["--metrics", "9025"])
    try first.wait("no page: \(first.errors)") { first.errors.contains("page at http://127.0.0.1:9025/") }
    let second = try scene.listen(["--metrics", "9025"])
    try second.wait("it goes on: \(second.errors)") { second.errors.contains("Address already in use") }
    #expect(second.stop() == 4)
    #expect(first.stop() == 0)
  }
}

@Suite struct PageOptionTests {
  @Test(arguments: [
    (["--metrics", "0.0.0.0:9025"], "--no-token"), (["--metrics", "[::]:9025"], "--no-token"),
    (["--metrics", "mail.example:9025"], "is invalid"), (["--metrics", "x"], "is invalid"),
    (["--token", "x"], "--metrics"), (["--no-token"], "--metrics"),
    (["--metrics", "9025", "--token", "x", "--no-token"], "not both"),
    (["--metrics", "9025", "--token", "@/nowhere"], "is invalid"),
    (["--metrics", "9025", "--token", ""], "is invalid"),
    (["--metrics", "9025", "--token", "a b"], "is invalid"),
  ]) func `a page that others could read by mistake is refused`(options: [String], words: String) throws {
    let result = try Program.run(["live", "-i", "lo"] + options)
    #expect(result.status == 2)
    #expect(result.errors.contains(words), "\(result.errors)")
  }
}
