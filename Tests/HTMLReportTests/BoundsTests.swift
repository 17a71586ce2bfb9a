import HTMLReport
import Reports
import SMTPAnalysis
import TCPStreams
import TestSupport
import Testing
import Wire

/// The page is bounded whatever is in the capture, and says what it leaves out.
struct BoundsTests {
  /// Bounds that a test reaches soon.
  private static var narrow: HTMLReportLimits {
    var limits = HTMLReportLimits()
    limits.pageBytes = 400_000
    limits.failureBytes = 120_000
    limits.reservedBytes = 20_000
    limits.otherBytes = 60_000
    limits.failures = 200
    limits.rowBytes = 80_000
    limits.others = 30
    limits.marks = 50
    return limits
  }

  @Test func `Of many sessions it holds failures and a sample, and counts all of them`() throws {
    let refused = try #require(Scene.sessions(Scene.refused).first)
    let deferred = try #require(Scene.sessions(Scene.deferred).first)
    let delivered = try #require(Scene.sessions(Scene.delivered).first)
    func page() -> String {
      var scene = Scene(limits: Self.narrow)
      for number in 0..<600 {
        scene.add(refused)
        scene.add(delivered)
        // Rare, and late: it must have its place all the same.
        if number == 500 { scene.add(deferred) }
      }
      return scene.page()
    }
    let one = page()
    #expect(one.utf8.count <= 400_000)
    #expect(one.contains("1 201 mails in 1 201 sessions: 600 accepted, 600 refused, 1 deferred."))
    #expect(one.contains("601 in which something went wrong"))
    #expect(one.contains("others. The answer, the timeline"))
    #expect(one.contains("451 4.7.1 Try again later</p>"))
    #expect(one.contains("600 delivered, at most"))
    // The sample is drawn by chance, and the same each time.
    #expect(one == page())
  }

  @Test func `What failures leave, others have`() throws {
    let refused = try #require(Scene.sessions(Scene.refused).first)
    let delivered = try #require(Scene.sessions(Scene.delivered).first)
    var limits = Self.narrow
    limits.others = 1000
    var scene = Scene(limits: limits)
    for _ in 0..<100 { scene.add(delivered) }
    let before = scene.page().count(of: "<details class=\"session\"")
    #expect(before > 8)
    var other = Scene(limits: limits)
    for _ in 0..<100 { other.add(delivered) }
    for _ in 0..<100 { other.add(refused) }
    let page = other.page()
    #expect(page.utf8.count <= limits.pageBytes)
    #expect(page.count(of: "550 5.1.1") > before)
  }

  @Test(arguments: [1, 40]) func `Giant lines do not make it large`(_ sessions: Int) throws {
    let long = String(repeating: "<\"&'\u{202e}>", count: 40_000)
    let lines = (0..<300).map { "C: X\($0)\(long.prefix(900))\nS: 500 \(long.prefix(900))\n" }.joined()
    let text = "S: 220 \(long.prefix(1800)) ESMTP\nC: EHLO a\nS: 250 a\n\(lines)C: QUIT\nS: 221 bye\n"
    let session = try #require(Scene.sessions(text).first)
    var scene = Scene(limits: Self.narrow)
    for _ in 0..<sessions { scene.add(session) }
    let page = scene.page()
    #expect(page.utf8.count <= 400_000)
    #expect(page.contains("left out here"))
  }

  @Test func `The whole is bounded where the parts are not`() throws {
    let refused = try #require(Scene.sessions(Scene.refused).first)
    var limits = HTMLReportLimits()
    limits.pageBytes = 150_000
    var scene = Scene(limits: limits)
    for _ in 0..<200 { scene.add(refused) }
    let page = scene.page()
    #expect(page.utf8.count <= 150_000)
    #expect(page.contains("of the 200 in which something went wrong"))
  }

  @Test func `Captures claim any times`() throws {
    let session = try #require(Scene.sessions(Scene.refused).first)
    var scene = Scene()
    for time in [Int64.min, .max, 0, -1, 1] {
      var odd = session
      odd.connection.firstFrame.time = CaptureTime(nanoseconds: time)
      odd.connection.lastFrame.time = CaptureTime(nanoseconds: time == .max ? .min : .max)
      scene.add(odd)
    }
    #expect(scene.page().contains("5 mails in 5 sessions: 5 refused."))
  }
}
