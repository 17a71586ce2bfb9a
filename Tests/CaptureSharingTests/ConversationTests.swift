import TestSupport
import Testing
import Wire

@testable import CaptureSharing

@Suite struct ConversationTests {
  /// What the bytes of one side become, cut into pieces of `size`.
  private static func shared(_ bytes: [UInt8], from peer: Peer, cutAt size: Int) -> String {
    var mask = LineMask(pseudonyms: Pseudonyms(key: [UInt8](repeating: 3, count: 32)), vocabulary: Vocabulary())
    var conversation = Conversation(plan: 0, sidesAreSwapped: false)
    for start in stride(from: 0, to: bytes.count, by: size) {
      let piece = Array(bytes[start..<min(start + size, bytes.count)])
      conversation.receive(piece.span, from: peer, &mask)
    }
    conversation.finish(&mask)
    let plan = peer == .client ? conversation.plans.client : conversation.plans.server
    var shared = bytes
    plan.apply(to: &shared, 0..<shared.count, at: 0)
    return String(decoding: shared, as: UTF8.self)
  }

  private static let talk = """
    EHLO host.example\r\nMAIL FROM:<bob@a.example>\r\nBDAT 9\r\nhello, woBDAT 7 LAST\r\nrld 42\nQUIT\r\n
    """

  @Test(arguments: 1...24)
  func anyCutGivesTheSame(size: Int) {
    let whole = Self.shared(Array(Self.talk.utf8), from: .client, cutAt: 4096)
    #expect(Self.shared(Array(Self.talk.utf8), from: .client, cutAt: size) == whole)
  }

  @Test func aChunkEndsWhereItSaysItDoes() {
    let whole = Self.shared(Array(Self.talk.utf8), from: .client, cutAt: 4096)
    #expect(whole.hasSuffix("BDAT 9\r\nxxxxx, xxBDAT 7 LAST\r\nxxx 99\nQUIT\r\n"), "\(whole)")
  }

  @Test func tlsFromTheFirstByteStaysAsItPassed() {
    let record: [UInt8] = [22, 3, 1, 0, 5] + Array("hello".utf8)
    #expect(Self.shared(record, from: .client, cutAt: 2).hasSuffix("hello"))
  }

  /// A message that holds such octets goes on being masked.
  @Test func recordsWithinTextAreText() {
    let text = Array("DATA\r\n".utf8) + [22, 3, 1, 0, 5] + Array("hello\r\n".utf8)
    #expect(Self.shared(text, from: .client, cutAt: 64).hasSuffix("xxxxx\r\n"))
  }
}

@Suite struct HostileSharingTests {
  /// Bytes that came in the place of others, which alone were looked at, show nothing of themselves.
  @Test func otherBytesInTheSamePlaceAreNotShown() {
    var plan = StreamPlan()
    plan.append(Array("MAIL FROM:<a@b>".utf8), as: Array("MAIL FROM:<q@z>".utf8))
    var again = Array("my secret is 42".utf8)
    plan.apply(to: &again, 0..<again.count, at: 0)
    let shown = String(decoding: again, as: UTF8.self)
    #expect(!shown.contains("secret") && !shown.contains("42") && shown.hasPrefix("MAIL"), "\(shown)")
  }

  /// A word of very many labels is looked up in no more than its length.
  @Test func aNameOfVeryManyLabelsTakesNoLongerThanItsLength() {
    var vocabulary = Vocabulary()
    vocabulary.add(host: Array("corp.example".utf8))
    var mask = LineMask(pseudonyms: Pseudonyms(key: [UInt8](repeating: 3, count: 32)), vocabulary: vocabulary)
    var state = LineMask.State()
    let lines = [4000, 16000].map { count in Array("250 ".utf8) + (0..<count).flatMap { _ in [UInt8]([0x61, 0x2e]) } }
    // Four times the length; looked up label by label it would take sixteen times as long.
    let ratio = growth(
      enough: 8, small: { for _ in 0..<20 { _ = mask.serverLine(lines[0], &state) } },
      large: { for _ in 0..<20 { _ = mask.serverLine(lines[1], &state) } })
    #expect(ratio < 8)
    #expect(mask.serverLine(lines[1], &state).count == lines[1].count)
  }
}
