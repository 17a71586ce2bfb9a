import HTMLReport
import Reports
import SMTPAnalysis
import TCPStreams
import TestSupport
import Testing
import Wire

struct HTMLReportTests {
  @Test func `It holds the answer, the evidence and what to do`() {
    let page = Scene.page(Scene.refused)
    for part in [
      "1 mail in 1 session: 1 refused.", "nobody@d.example", "550 5.1.1 No such user here", "mailbox-unknown",
      "MAIL FROM:&lt;a@b.example&gt;", FindingID.mailboxUnknown.entry.title, "ip.addr == ", "tcp.port == 25",
      "frame.number &gt;= 1 ", "bounce.pcap", "smtpscope 1.2.3",
    ] {
      #expect(page.contains(part), "\(part)")
    }
    #expect(page.hasPrefix("<!doctype html>") && page.hasSuffix("</html>\n"))
  }

  @Test func `It lists headers and attachments`() {
    let page = Scene.page(Scene.delivered)
    for part in ["the figures of May", "figures.pdf", "application/pdf", "1 mail in 1 session: 1 accepted."] {
      #expect(page.contains(part), "\(part)")
    }
  }

  @Test func `It allows itself its own style and script, and nothing else`() throws {
    let page = Scene.page(Scene.refused)
    let policy = try #require(page.part(between: "Content-Security-Policy\" content=\"", and: "\""))
    #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
    #expect(policy.contains("; script-src 'sha256-") && policy.contains("; img-src data:;"))
    #expect(!policy.contains("unsafe"))
    // Nothing is fetched, and no attribute would need a wider policy.
    for outside in ["src=\"", "url(", "@import", " style=\"", "onclick=", "srcset"] {
      #expect(!page.contains(outside), "\(outside)")
    }
  }

  @Test func `What came from the wire stays text`() {
    let page = Scene.page(Scene.hostile, Scene.refused)
    for tag in ["<script", "<style", "</script", "</style"] { #expect(page.count(of: tag) == 1, "\(tag)") }
    for markup in ["<img", "<iframe", "<i>1", "<b>Ok", "<svg/onload", "\u{202e}"] {
      #expect(page.count(of: markup) == 0, "\(markup)")
    }
    #expect(page.contains("354 {{{body}}} {{sender}} {{&gt;page-top}}"))
    // A quotation mark with an accent is one, to a browser.
    for sign in ["\"\u{301}", "\u{600}\"", "<\u{301}"] { #expect(page.count(of: sign) == 0, "\(sign)") }
    #expect(page.contains("&lt;script&gt;window.owned=1&lt;/script&gt; ESMTP"))
    #expect(page.contains("\\u{202e}moc.evil@b.example"))
  }

  @Test func `It says why a recipient who was taken did not get the mail, and no sentence twice`() throws {
    var scene = Scene()
    var session = try #require(Scene.sessions(Scene.delivered).first)
    session.verdict.outcome = .failed
    session.verdict.message = "The connection was lost."
    session.transactions[0].outcome = .lost
    session.transactions[0].explanation = session.verdict.message
    session.transactions[0].recipients[0].outcome = .unanswered
    scene.add(session)
    let page = scene.page()
    #expect(page.contains("250 2.1.5 Ok</span> <span class=\"quiet\">#"))
    #expect(page.contains("<small>then the connection was lost</small>"))
    #expect(page.part(between: "<div class=\"mail\">", and: "</div>")?.contains("The connection was lost.") == false)
  }

  @Test func `A cause of which all sessions were made good is no failure any more`() throws {
    var scene = Scene()
    var session = try #require(Scene.sessions(Scene.deferred).first)
    session.verdict.cause = .greylisted
    scene.add(session)
    session.verdict.cause = .mailboxUnknown
    for number in 2...20 {
      session.verdict.message = "Nobody has the number \(number)."
      scene.add(session)
    }
    var later = try #require(Scene.sessions(Scene.delivered).first)
    later.hindsight = [Hindsight(session: 1, kind: .deliveredAfterGreylisting, elapsed: 300_000_000_000, by: 21)]
    scene.add(later)
    let page = scene.page()
    let open = "<svg class=\"o tone-later\" aria-hidden=\"true\"><use href=\"#o-deferred\"/></svg><div>"
    #expect(page.contains("\(open)<span class=\"w strong\">19 sessions: \(FindingID.mailboxUnknown.entry.title)"))
    let settled = "<svg class=\"o tone-calm\" aria-hidden=\"true\"><use href=\"#o-nothing\"/></svg><div>"
    #expect(page.contains("\(settled)<span class=\"w\">1 session: \(FindingID.greylisted.entry.title)"))
    #expect(page.contains("(delivered later; the first: session 1"))
  }

  @Test func `It is made of no sessions too`() {
    var scene = Scene()
    let page = scene.page(file: "<empty>\u{1b}[31m.pcap")
    #expect(page.contains("There are no packets in it.") && !page.contains("no mail traffic"))
    #expect(page.contains("&lt;empty&gt;\\x1b[31m.pcap"))
    #expect(!page.contains("\u{1b}"))
    scene = Scene()
    let other = scene.page(packets: 3)
    #expect(other.contains("There is no mail traffic in it.") && other.count(of: "no mail traffic") == 1)
    scene = Scene()
    #expect(scene.page(error: "not a capture").contains("Nothing of it could be read."))
    scene = Scene()
    scene.summary.leftOutSessions = 1200
    #expect(scene.page().contains("Nothing matches what was selected; 1 200 sessions left out."))
  }
}

extension String {
  /// How often `part` stands in it, byte for byte.
  func count(of part: String) -> Int {
    let (bytes, wanted) = (Array(utf8), Array(part.utf8))
    guard let first = wanted.first, bytes.count >= wanted.count else { return 0 }
    return (0...bytes.count - wanted.count).count {
      bytes[$0] == first && bytes[$0..<$0 + wanted.count].elementsEqual(wanted)
    }
  }

  func part(between start: String, and end: String) -> String? {
    guard let from = range(start, in: self[...])?.upperBound, let to = range(end, in: self[from...])?.lowerBound else {
      return nil
    }
    return String(self[from..<to])
  }

  private func range(_ part: String, in text: Substring) -> Range<Index>? { text.firstRange(of: part) }
}
