import Testing

@testable import HTMLReport

@Test func `the engine reads every template`() {
  #expect(PageTemplates.embedded.unread == [])
}
