import LivePage
import Testing

@Suite struct LivePageTests {
  @Test func `The last sessions are kept, and as many failures again`() {
    var limits = PageLimits()
    limits.sessions = 3
    let scene = Scene(limits: limits)
    scene.show(Scene.refused, as: 1)
    for id in 2...20 { scene.show(Scene.delivered, as: id) }
    #expect(scene.page.record(of: 1) != nil)
    #expect((2...17).allSatisfy { scene.page.record(of: $0) == nil })
    #expect((18...20).allSatisfy { scene.page.record(of: $0) != nil })
    for id in 21...23 { scene.show(Scene.refused, as: id) }
    #expect(scene.page.record(of: 1) == nil)
    #expect(scene.page.record(of: 20) != nil)
  }

  @Test func `Records are bounded in bytes`() throws {
    var limits = PageLimits()
    let size = try #require(Scene.sessions(Scene.delivered, as: 1).first.map { _ in 4000 })
    limits.recordBytes = 5 * size
    let scene = Scene(limits: limits)
    for id in 1...100 { scene.show(Scene.delivered, as: id) }
    let kept = (1...100).compactMap { scene.page.record(of: $0)?.count }
    #expect(!kept.isEmpty && kept.count < 20)
    #expect(kept.reduce(0, +) <= limits.recordBytes)
    #expect(scene.page.record(of: 100) != nil)
  }

  @Test func `A record that is too large is not kept`() {
    var limits = PageLimits()
    limits.bytesOfRecord = 1000
    let scene = Scene(limits: limits)
    scene.show(Scene.delivered, as: 1)
    #expect(scene.page.record(of: 1) == nil)
  }

  @Test func `A flood is counted and not recorded`() {
    var limits = PageLimits()
    limits.recordsPerSecond = 2
    let scene = Scene(limits: limits)
    for id in 1...5 { scene.show(Scene.delivered, as: id) }
    scene.show(Scene.refused, as: 6)
    #expect((1...6).map { scene.page.record(of: $0) != nil } == [true, true, false, false, false, true])
    let metrics = String(decoding: scene.page.metrics, as: UTF8.self)
    #expect(metrics.contains("smtpscope_sessions_total{class=\"mail\"} 6\n"))
    scene.page.tick(Scene.capture(after: 1))
    scene.show(Scene.delivered, as: 7)
    #expect(scene.page.record(of: 7) != nil)
  }

  @Test func `A long dialogue is cut`() throws {
    var limits = PageLimits()
    limits.dialogueLines = 4
    let scene = Scene(limits: limits)
    scene.show(Scene.refused, as: 1)
    let record = String(decoding: try #require(scene.page.record(of: 1)), as: UTF8.self)
    #expect(record.contains("\"line\":\"EHLO client.example\""))
    #expect(!record.contains("\"line\":\"QUIT\""))
  }
}
