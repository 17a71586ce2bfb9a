import CaptureComparing
import TestSupport
import Testing
import Wire

/// So many sessions, each of its own client, sender and time.
private func crowd(_ count: Int, seed: UInt64 = 1) -> [Conversation] {
  (0..<count).map { index in
    var text = Text.mail("C: MAIL", "C: MAIL FROM:<ann\(index)@kestrel.example>")
    text = text.replacing("4XyZ12", with: "4XyZ\(100 + index)").replacing("<1@", with: "<\(index)@")
    var conversation = Conversation(text)
    conversation.client.port = 2000 + UInt16(index)
    conversation.clientStart = UInt32(index) &* 100_003
    conversation.serverStart = UInt32(index) &* 700_001
    conversation.start = conversation.start.advanced(byNanoseconds: Int64(index) * 400_000_000)
    return conversation
  }
}

@Suite struct MatchingTests {
  @Test func `each session finds itself behind a NAT that shuffles ports and numbers`() {
    var random = SplitMix64(seed: 5)
    let near = crowd(30)
    let far = near.map { conversation in
      var far = conversation.translated.seen(after: 2, ahead: -700)
      far.client.port = UInt16.random(in: 10_000...60_000, using: &random)
      far.clientStart = UInt32.random(in: 0 ... .max, using: &random)
      far.serverStart = UInt32.random(in: 0 ... .max, using: &random)
      return far
    }
    let comparison = compared(near, far)
    #expect(comparison.pairs.count == 30)
    let areRight = comparison.pairs.allSatisfy { $0.a.mails.first?.messageID == $0.b.mails.first?.messageID }
    #expect(areRight)
    #expect(Set(comparison.kinds) == [.clientAddressTranslated, .sequenceNumbersRewritten])
    #expect(comparison.clockOffset == -700_000_000)
    #expect(comparison.nearClient == .a)
  }

  @Test func `the same mail again and again is matched in its order`() {
    let near = (0..<100).map { index in
      var conversation = Conversation(Text.mail)
      conversation.client.port = 2000 + UInt16(index)
      conversation.clientStart = UInt32(index)
      conversation.start = conversation.start.advanced(byNanoseconds: Int64(index) * 200_000_000)
      return conversation
    }
    let far = near.map { conversation in
      var far = conversation.translated.seen(after: 2)
      far.client.port = 50_000 - conversation.client.port
      far.clientStart = 9_000_000 &+ conversation.clientStart
      return far
    }
    let comparison = compared(near, far)
    #expect(comparison.pairs.count == 100)
    let areRight = comparison.pairs.allSatisfy { $0.a.client.port + $0.b.client.port == 50_000 }
    #expect(areRight)
  }

  /// The same hosts and addresses, another mail: what differs is not what a middle changed.
  @Test(arguments: [(false, false, 1), (true, false, 1), (false, true, 1), (true, true, 0)])
  func `the next mail of the same two hosts is no pair`(hasOtherID: Bool, hasOtherPlace: Bool, pairs: Int) {
    var text = Text.mail
    if hasOtherID { text = text.replacing("<1@", with: "<2@") }
    if hasOtherPlace { text = text.replacing("4XyZ12", with: "5AbC34") }
    var next = Conversation(text)
    next.client.port = 1
    next.clientStart = 4
    next.serverStart = 9
    let comparison = compared(Conversation(Text.mail), next)
    let count = comparison.pairs.count
    #expect(count == pairs)
  }

  @Test func `unlike sessions are no pair`() {
    let other = Text.mail.replacing("kestrel.example", with: "falcon.example").replacing("harbour", with: "port")
      .replacing("4XyZ12", with: "5AbC34")
    var b = Conversation(other)
    b.client.port = 1
    b.clientStart = 4
    let comparison = compared(Conversation(Text.mail), b)
    let count = comparison.pairs.count
    #expect(count == 0)
    #expect(comparison.onlyInA.count == 1)
    #expect(comparison.onlyInB.count == 1)
  }

  @Test func `a SYN that is dropped between`() {
    let near = crowd(3)
    var dropped = Conversation("", closes: false)
    dropped.client.port = 999
    dropped.clientStart = 42
    dropped.segments = [dropped.segments[0]]
    let comparison = compared(near + [dropped], near.map { $0.seen(after: 1) })
    #expect(comparison.pairs.count == 3)
    #expect(comparison.onlyInA.map(\.reason) == [.synDropped])
    #expect(comparison.onlyInA.map(\.session.client.port) == [999])
  }

  @Test func `a SYN that passes a NAT and is answered by nobody is at both places`() {
    let near = crowd(3)
    var unanswered = Conversation("", closes: false)
    unanswered.client.port = 999
    unanswered.clientStart = 42
    unanswered.segments = [unanswered.segments[0]]
    var far = unanswered.translated
    far.clientStart = 43
    let comparison = compared(near + [unanswered], near.map { $0.seen(after: 1) } + [far.seen(after: 1)])
    #expect(comparison.pairs.count == 4)
    #expect(comparison.onlyInA.count == 0)
    #expect(comparison.kinds == [.clientAddressTranslated, .sequenceNumbersRewritten])
  }

  @Test func `what is at the other side only is told by where it is`() {
    let near = crowd(3)
    let far = near.map { $0.seen(after: 1) }
    #expect(compared(near, Array(far.dropLast())).onlyInA.map(\.reason) == [.notAtServerSide])
    #expect(compared(Array(near.dropLast()), far).onlyInB.map(\.reason) == [.notAtClientSide])
  }

  @Test func `what passed before the other capture began, or after it ended`() {
    let near = crowd(9)
    let far = near[3..<6].map { $0.seen(after: 1, ahead: 5000) }
    let comparison = compared(near, Array(far), endsWithLast: true)
    #expect(comparison.pairs.count == 3)
    let reasons = comparison.onlyInA.map(\.reason)
    #expect(reasons.first == .beforeOtherCapture)
    #expect(reasons.last == .afterOtherCapture)
    let areRight = comparison.pairs.allSatisfy { $0.changes.isEmpty }
    #expect(areRight)
  }

  @Test(arguments: 0..<30 as Range<UInt64>)
  func `whatever is lost, doubled and cut, a capture equals itself, and two places only swap their roles`(seed: UInt64)
  {
    var random = SplitMix64(seed: seed)
    func mutilated(_ conversation: Conversation) -> Conversation {
      var result = conversation
      for _ in 0..<Int.random(in: 0...4, using: &random) where result.segments.count > 3 {
        let index = Int.random(in: 0..<result.segments.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: result.segments.remove(at: index)
        case 1: result.segments.insert(result.segments[index], at: index)
        case 2: result.segments[index].payload = result.segments[index].payload.map { $0 ^ UInt8(seed) }
        default: result.segments[index].sequence += Int.random(in: -3000...3000, using: &random)
        }
      }
      return result
    }
    let near = crowd(4).map(mutilated)
    #expect(compared(near, near).isUnchanged)
    let far = near.map { mutilated($0).seen(after: 2) }
    let one = compared(near, far)
    let other = compared(far, near)
    #expect(one.pairs.count == other.pairs.count)
    #expect(one.onlyInA.count == other.onlyInB.count)
    if one.nearClient != nil {
      #expect(one.nearClient == other.nearClient?.other)
      #expect(one.kinds.map(\.rawValue).sorted() == other.kinds.map(\.rawValue).sorted())
    }
  }
}
