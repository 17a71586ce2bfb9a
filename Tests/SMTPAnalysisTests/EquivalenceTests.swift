import Foundation
import SMTPAnalysis
import TestSupport
import Testing
import Wire

/// How a capture may differ from another of the same conversation.
enum Disturbance: CaseIterable, Sendable {
  /// Other segment boundaries, from a byte each to everything at once.
  case cut
  /// Frames captured a few places late.
  case reordered
  /// Frames captured twice.
  case doubled
  /// Bytes sent again, in other segments.
  case retransmitted
  /// One direction captured later than the other, as far as its acknowledgements allow.
  case skewed
  /// All of them.
  case everything
}

/// Dialogues that try what segmentation might do harm to.
let equivalenceScripts = [
  Dialogues.delivered,
  // Pipelining, two mails, refusals, an odd line end, AUTH.
  Dialogues.hello + """
    C: AUTH LOGIN
    S: 334 VXNlcm5hbWU6
    C: YW5u
    S: 334 UGFzc3dvcmQ6
    C: cHc=
    S: 235 ok
    C: MAIL FROM:<a@b>\\r\\nRCPT TO:<c@d>\\r\\nRCPT TO:<e@f>\\r\\nDATA
    S: 250 a\\r\\n250 b\\r\\n550-5.1.1 no\\r\\n550 5.1.1 such user\\r\\n354 c
    C: Subject: =?utf-8?q?caf=C3=A9?=
    C:  folded
    C: From: x@y
    C:
    C: .stuffed is not\\n.\\rodd\\r\\n..\\r\\n..dots\\r\\r\\n
    C: .\\r\\nMAIL FROM:<>\\r\\nRCPT TO:<g@h>\\r\\nDATA
    S: 250 queued\\r\\n250 a\\r\\n452 later\\r\\n554 none
    C: QUIT
    S: 221 bye
    """,
  // A message that begins with a blank line.
  Dialogues.data + "C:\nC: Subject: none\nC:\nC: text\nC: .\nS: 250 ok\nC: QUIT\nS: 221 bye",
  // LMTP.
  """
  S: 220 mx LMTP
  C: LHLO c
  S: 250-mx\\r\\n250 PIPELINING
  C: MAIL FROM:<a@b>\\r\\nRCPT TO:<c@d>\\r\\nRCPT TO:<e@f>\\r\\nDATA
  S: 250 a\\r\\n250 b\\r\\n250 c\\r\\n354 d
  C: Subject: x\\r\\n\\r\\nhi
  C: .\\r\\nQUIT
  S: 250 first\\r\\n452 second\\r\\n221 bye
  """,
  // Chunks, with lone dots among their octets.
  Dialogues.hello + """
    C: MAIL FROM:<a@b> BODY=BINARYMIME\\r\\nRCPT TO:<c@d>
    S: 250 a\\r\\n250 b
    C: BDAT 12\\r\\nSubject: x\\r\\nBDAT 9\\r\\n\\r\\n.\\r\\n\\r\\n\\r\\nBDAT 3 LAST\\r\\n\\0\\n.\\
    S: 250 a\\r\\n250 b\\r\\n250 c
    C: QUIT
    S: 221 bye
    """,
  // Smuggling at a lenient server.
  Dialogues.data + """
    C: one\\n.\\r\\nMAIL FROM:<s@x>\\r\\nRCPT TO:<t@y>\\r\\nDATA\\r\\ntwo\\r\\n.\\r\\n\\
    S: 250 queued\\r\\n250 a\\r\\n250 b\\r\\n354 c\\r\\n250 queued
    C: QUIT
    S: 221 bye
    """,
  // STARTTLS read on behind a mirror port, and given up.
  Dialogues.hello + "C: STARTTLS\nS: 220 go\n" + Dialogues.mailBehindTLS,
  // An unfinished message, and a reset.
  Dialogues.text + "C: .unfinished\\\nS!",
  // Early talker, a server that closes.
  """
  C: EHLO c\\r\\nMAIL FROM:<a@b>\\r\\nRCPT TO:<c@d>\\r\\nDATA\\r\\nhi\\r\\n.\\r\\nQUIT
  S: 220 mx\\r\\n250 mx\\r\\n250 a\\r\\n250 b\\r\\n354 c\\r\\n451 d\\r\\n221 e
  S.
  C.
  """,
]

/// Whether there is time for more cases of a random test.
let isSlow = ProcessInfo.processInfo.environment["SMTPSCOPE_SLOW_TESTS"] == "1"
private let seeds = UInt64(0)..<(isSlow ? 150 : 8)

@Suite struct EquivalenceTests {
  @Test(arguments: equivalenceScripts.indices, Disturbance.allCases)
  func `however the frames came, the session is the same`(script: Int, disturbance: Disturbance) {
    let original = Conversation(equivalenceScripts[script])
    let expected = essences(of: original)
    #expect(expected.count == 1)
    for seed in seeds {
      var random = SplitMix64(seed: seed)
      let found = essences(of: original.disturbed(by: disturbance, &random))
      let isSame = found == expected
      #expect(isSame, "seed \(seed): \(difference(found.first ?? "", expected.first ?? ""))")
      if !isSame { break }
    }
  }

  @Test(arguments: equivalenceScripts.indices)
  func `cut anywhere in two, the session is the same`(script: Int) {
    let original = Conversation(equivalenceScripts[script])
    let expected = essences(of: original)
    let longest = original.recut { .max }.segments.map(\.payload.count).max() ?? 0
    for size in stride(from: 1, to: longest, by: isSlow ? 1 : 5) {
      let found = essences(of: original.recut { size })
      let isSame = found == expected
      #expect(isSame, "size \(size): \(difference(found.first ?? "", expected.first ?? ""))")
      if !isSame { break }
    }
  }

  /// Not yet always: where one hole holds the DATA command, its 354 and the first bytes of the text, nothing tells the hole
  /// of the text from that of the command (the first script with seeds 698 and 3638; 29 of 36,000 runs in all).
  @Test(arguments: equivalenceScripts.indices)
  func `no message with missing bytes is called complete`(script: Int) {
    let original = Conversation(equivalenceScripts[script])
    // Where the replies are lost that tell how the server read odd line ends, the strict reading is taken.
    var unanswered = original
    unanswered.segments.removeAll { $0.peer == .server && $0.acknowledgment > 100 && !$0.payload.isEmpty }
    let truth = Set(messages(of: original) + messages(of: unanswered))
    for seed in UInt64(0)..<(isSlow ? 200 : 80) {
      var random = SplitMix64(seed: seed)
      var lossy = original.recut { [1, 7, 40, 1460].randomElement(using: &random) ?? 1 }
      lossy.segments.removeAll { !$0.payload.isEmpty && Int.random(in: 0..<8, using: &random) == 0 }
      let lies = messages(of: lossy).filter { !truth.contains($0) }
      #expect(lies.isEmpty, "seed \(seed)")
    }
  }

  private func essences(of conversation: Conversation) -> [String] {
    var options = AnalysisOptions()
    options.keepsDialogue = true
    return Analysis(conversation, options: options).sessions.map(\.essence)
  }

  /// The hashes of the messages that are called complete.
  private func messages(of conversation: Conversation) -> [String] {
    Analysis(conversation).sessions.flatMap(\.transactions).compactMap(\.message).filter(\.isComplete)
      .compactMap(\.sha256)
  }

}

/// What differs, from a little before the first difference.
func difference(_ found: String, _ expected: String) -> String {
  let same = zip(found, expected).prefix { $0 == $1 }.count
  return "\(found.dropFirst(max(0, same - 60)).prefix(160)) instead of "
    + "\(expected.dropFirst(max(0, same - 60)).prefix(160))"
}

extension Conversation {
  func disturbed(by disturbance: Disturbance, _ random: inout SplitMix64) -> Conversation {
    let all = disturbance == .everything
    var result = self
    if all || disturbance != .doubled && disturbance != .reordered || Bool.random(using: &random) {
      let largest = [1, 2, 9, 60, 1460].randomElement(using: &random) ?? 1
      var sizes = random
      result = recut { Int.random(in: 1...largest, using: &sizes) }
      random = sizes
    }
    // What is sent again comes a round trip later: it is not captured before the first copy.
    let isSentAgain = disturbance == .retransmitted || all && Bool.random(using: &random)
    if isSentAgain { result.retransmit(&random) }
    if all || disturbance == .skewed { result.skew(&random) }
    result.renumber()
    if all && !isSentAgain || disturbance == .reordered { result.reorder(&random) }
    if all || disturbance == .doubled { result.double(&random) }
    return result
  }

  /// Sends bytes again that were sent before, in the turn of their side.
  private mutating func retransmit(_ random: inout SplitMix64) {
    var sent: [Segment] = []
    var stream: [Peer: [UInt8]] = [:]
    for segment in segments {
      sent.append(segment)
      stream[segment.peer, default: []] += segment.payload
      guard !segment.payload.isEmpty, Int.random(in: 0..<4, using: &random) == 0 else { continue }
      let said = stream[segment.peer, default: []]
      let begin = Int.random(in: max(0, said.count - 100)..<said.count, using: &random)
      var again = segment
      again.payload = Array(said[begin...].prefix(Int.random(in: 1...100, using: &random)))
      again.sequence = begin
      sent.append(again)
    }
    segments = sent
  }

  /// Another order in which each segment still comes behind what it acknowledges.
  private mutating func skew(_ random: inout SplitMix64) {
    var waiting: [Peer: ArraySlice<Segment>] = [:]
    for peer in Peer.allCases { waiting[peer] = segments.filter { $0.peer == peer }[...] }
    var position: [Peer: Int] = [.client: -1, .server: -1]
    var order: [Segment] = []
    var favourite = Peer.client
    while order.count < segments.count {
      if Int.random(in: 0..<4, using: &random) == 0 { favourite = favourite.other }
      let allowed = [favourite, favourite.other].first { peer in
        waiting[peer]?.first.map { !$0.flags.contains(.ack) || $0.acknowledgment <= position[peer.other] ?? 0 } ?? false
      }
      guard let peer = allowed, let next = waiting[peer]?.popFirst() else { break }
      let length = next.payload.count + (next.flags.contains(.fin) || next.flags.contains(.syn) ? 1 : 0)
      position[peer] = max(position[peer] ?? 0, next.sequence + length)
      order.append(next)
    }
    segments = order
  }

  /// Frames behind the handshake are captured up to so many places late; their times say when they were captured.
  private mutating func reorder(_ random: inout SplitMix64) {
    let late = [1, 3, 8].randomElement(using: &random) ?? 1
    let order = segments.indices.map { index in
      (index < 3 || index + 4 > segments.count ? index : index + Int.random(in: 0...late, using: &random), index)
    }
    segments = order.sorted { $0 < $1 }.map { segments[$0.1] }
    for index in segments.indices { segments[index].time = Int64(index) * 100_000 }
  }

  /// Some frames stand twice in the capture, within a millisecond.
  private mutating func double(_ random: inout SplitMix64) {
    segments = segments.flatMap { segment in
      guard Int.random(in: 0..<3, using: &random) == 0 else { return [segment] }
      var second = segment
      second.time += Int64.random(in: 0...900_000, using: &random)
      return [segment, second]
    }.sorted { $0.time < $1.time }
  }
}
