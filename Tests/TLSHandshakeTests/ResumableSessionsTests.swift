import TestSupport
import Testing

@testable import TLSHandshake
@testable import TLSProtection

@Suite struct ResumableSessionsTests {
  @Test func `a session is found by its id and by its tickets, which are not the same`() throws {
    let sessions = ResumableSessions(limit: 10)
    let id = try #require(ResumableSessions.Name(id: [1, 2, 3]))
    let ticket = try #require(ResumableSessions.Name(ticket: [1, 2, 3]))
    sessions.keep(secret(1), as: id)
    #expect(sessions.master(of: id) == secret(1))
    #expect(sessions.master(of: ticket) == nil)
    sessions.keep(secret(2), as: ticket)
    sessions.keep(secret(3), as: id)
    #expect(sessions.master(of: id) == secret(3) && sessions.master(of: ticket) == secret(2))
    #expect(ResumableSessions.Name(id: []) == nil && ResumableSessions.Name(ticket: []) == nil)
  }

  @Test(arguments: [1, 2, 3, 7]) func `the least recently used one makes room`(limit: Int) throws {
    let sessions = ResumableSessions(limit: limit)
    var model: [(name: UInt8, value: UInt8)] = []
    var random = SplitMix64(seed: UInt64(limit))
    for step in 0..<400 {
      let number = UInt8.random(in: 0..<12, using: &random)
      let name = try #require(ResumableSessions.Name(id: [number]))
      let place = model.firstIndex { $0.name == number }
      if Bool.random(using: &random) {
        let value = UInt8(truncatingIfNeeded: step)
        sessions.keep(secret(value), as: name)
        if let place { model.remove(at: place) }
        model.append((number, value))
        if model.count > limit { model.removeFirst() }
      } else {
        let expected = place.map { model[$0].value }
        #expect(sessions.master(of: name) == expected.map(secret))
        if let place { model.append(model.remove(at: place)) }
      }
      #expect(sessions.count == model.count)
    }
  }

  private func secret(_ value: UInt8) -> Secret {
    let bytes = [UInt8](repeating: value, count: 48)
    return Secret(bytes.span)
  }
}
