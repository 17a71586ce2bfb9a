import Reports
import SMTPAnalysis
import TCPStreams
import TLSHandshake
import TLSProtection
import TestSupport
import Testing
import Wire

@Suite(.enabled(if: !Recording.all.isEmpty, "there is no Python with an OpenSSL")) struct DecryptionTests {
  @Test(arguments: Recording.all, [1460, 331])
  func `what was said inside TLS comes out byte for byte`(recording: Recording, piece: Int) throws {
    let frames = recording.conversation(piece: piece).frames
    let (found, messages) = Analysis.decrypted(frames, with: recording.secrets)
    let session = try #require(found)
    #expect(messages == [Array(recording.message.utf8)])
    for (name, peer) in [("C", Peer.client), ("S", .server)] {
      let lines = session.dialogue.compactMap { line -> String? in
        guard line.from == peer, case .line(let text) = line.content else { return nil }
        return String(decoding: text, as: UTF8.self)
      }
      let said = try #require(recording.said[name])
      let expected = said.replacing(recording.message.replacing("\r\n.", with: "\r\n..") + ".\r\n", with: "")
      #expect(lines == expected.split(separator: "\r\n").map(String.init))
    }
    #expect(session.transactionLines == ["a@b.example > c@d.example:accepted = accepted"])
    #expect(session.verdict.outcome == .delivered)
    #expect(session.greeting?.reply.code == 220)
    let tls = try #require(session.tls)
    #expect(tls.outcome == .established && tls.isReadable)
    let details = try #require(tls.details)
    #expect(details.keyUse == .used)
    #expect(details.refusedRecords == 0)
    #expect(details.handshake.version?.name == recording.version)
    #expect(details.handshake.isResumed == recording.resumed)
    #expect(details.certificates.isEmpty == recording.resumed)
    #expect(details.clientCertificate == (recording.asks ? recording.gives ? .given : .missing : nil))
    #expect(session.findings.filter { $0.id == .outcomeEncrypted || $0.severity == .error }.map(\.message) == [])
    let frame = try #require(session.dialogue.last { $0.from == .server && $0.content.isLine }?.frame)
    #expect(frame > session.dialogue.first?.frame ?? 0)
  }

  @Test func `a premaster secret of a key log serves too`() throws {
    let recording = try #require(Recording.all.first { $0.keylog.contains("RSA ") && !$0.resumed })
    let premasters = recording.keylog.split(separator: "\n").filter { $0.hasPrefix("RSA ") }.joined(separator: "\n")
    let (session, messages) = Analysis.decrypted(
      recording.conversation(piece: 1460).frames, with: Recording.secrets(premasters))
    #expect(session?.tls?.details?.keyUse == .used)
    #expect(messages == [Array(recording.message.utf8)])
  }

  @Test func `where no secret serves, the session says why`() throws {
    let recording = try #require(Recording.all.first)
    let other = try #require(Recording.all.first { $0.version == "TLS 1.3" })
    let frames = recording.conversation(piece: 1460).frames
    for (secrets, use) in [
      (Recording.secrets(""), .noSecret), (Recording.secrets(other.keylog), .noSecret), (nil, nil),
      (Recording.secrets(falsified(recording.keylog)), .secretDoesNotFit),
    ] as [(TLSSecrets?, KeyUse?)] {
      let (session, messages) = Analysis.decrypted(frames, with: secrets)
      #expect(session?.tls?.details?.keyUse == use)
      #expect(session?.tls?.isReadable == false)
      #expect(session?.findings.map(\.id) == [.certificateSelfSigned, .outcomeEncrypted])
      #expect(messages.isEmpty)
    }
  }

  @Test(arguments: Recording.all.prefix(60))
  func `mail inside TLS is recognised on any port by what is said there`(recording: Recording) throws {
    let frames = recording.conversation(piece: 700, port: 8443).frames
    let (found, messages) = Analysis.decrypted(frames, with: recording.secrets)
    let session = try #require(found)
    #expect(session.connection.server.port == 8443)
    #expect(session.verdict.outcome == .delivered)
    #expect(messages == [Array(recording.message.utf8)])
    #expect(
      session.dialogue.count
        == Analysis.decrypted(
          recording.conversation(piece: 700).frames, with: recording.secrets
        ).0?.dialogue.count)
    #expect(Analysis.decrypted(frames, with: nil).0 == nil)
    #expect(Analysis.decrypted(frames, with: Recording.secrets("")).0 == nil)
  }

  /// The key log with other secrets.
  private func falsified(_ log: String) -> String {
    log.split(separator: "\n").map { line in
      let words = line.split(separator: " ")
      guard words.count == 3 else { return String(line) }
      return "\(words[0]) \(words[1]) \(String(words[2].reversed()))"
    }.joined(separator: "\n")
  }

  @Test(arguments: Recording.all.filter(\.isLong), [3, 11])
  func `behind a segment that is lost the rest is read, and the message is not whole`(
    recording: Recording, lost: Int
  ) throws {
    var conversation = recording.conversation(piece: 1460)
    let long = conversation.segments.indices.filter {
      conversation.segments[$0].peer == .client && conversation.segments[$0].payload.count == 1460
    }
    try #require(long.count > lost)
    conversation.segments.remove(at: long[lost])
    let (found, _) = Analysis.decrypted(conversation.frames, with: recording.secrets)
    let session = try #require(found)
    #expect(session.tls?.isReadable == true)
    let transaction = try #require(session.transactions.first)
    #expect(transaction.message?.isComplete == false)
    #expect(transaction.outcome == .accepted)
    #expect(transaction.message?.byteCount ?? 0 < recording.message.utf8.count)
  }

  @Test(arguments: Recording.all.filter(\.isLong))
  func `a record that was changed on the way is told and not used`(recording: Recording) throws {
    var steps = recording.steps
    let index = try #require(steps.indices.max { steps[$0].bytes.count < steps[$1].bytes.count })
    let middle = steps[index].bytes.count / 2
    steps[index].bytes[middle] ^= 0x40
    let frames = recording.conversation(piece: 1460, steps: steps).frames
    let (found, messages) = Analysis.decrypted(frames, with: recording.secrets)
    let session = try #require(found)
    let refused = try #require(session.tls?.details?.refusedRecords)
    #expect(refused >= 1)
    var output = OutputBuffer()
    output.appendRecord(session, context: ReportContext(fileNames: ["test.pcap"]))
    #expect(output.text.contains(#""keys":"used","refused_records":\#(refused)"#))
    #expect(session.transactions.first?.message?.isComplete == false)
    let kept = try #require(messages.first)
    #expect(kept.count < recording.message.utf8.count)
  }

  @Test(arguments: Array(Recording.all.prefix(60)))
  func `mutated sessions are decrypted without harm`(recording: Recording) {
    var random = SplitMix64(seed: UInt64(recording.name.utf8.reduce(0) { $0 &* 31 &+ Int($1) } & 0xffff))
    for _ in 0..<3 {
      var steps = recording.steps
      for _ in 0..<Int.random(in: 1...10, using: &random) {
        let step = Int.random(in: 0..<steps.count, using: &random)
        let place = Int.random(in: 0..<steps[step].bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: steps[step].bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: steps[step].bytes.remove(at: place)
        default: steps[step].bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
        }
      }
      steps.removeAll { $0.bytes.isEmpty }
      let frames = recording.conversation(piece: 900, steps: steps).frames
      #expect(Analysis.decrypted(frames, with: recording.secrets).0 != nil)
    }
  }
}

extension DialogueLine.Content {
  fileprivate var isLine: Bool { if case .line = self { true } else { false } }
}
