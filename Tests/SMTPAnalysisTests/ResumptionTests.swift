import SMTPAnalysis
import TLSHandshake
import TLSProtection
import TestSupport
import Testing
import Wire

/// Sessions that resume an earlier one of the capture, whose secret is the earlier one's.
@Suite(.enabled(if: !Recording.resumptions.isEmpty, "there is no Python with an OpenSSL")) struct ResumptionTests {
  @Test(arguments: Recording.resumptions, [1, 2, 3])
  func `a resumed session is opened with what the earlier one told`(recording: Recording, jobs: Int) throws {
    #expect(recording.resumed)
    // The earlier connection is still open when the later one begins.
    let frames = recording.both(laterPort: 50_001, isOverlapping: true)
    let (sessions, messages) = try Analysis.sessions(of: frames, with: recording.earlierSecrets, jobs: jobs)
    #expect(sessions.count == 2)
    let text = Array(recording.message.utf8)
    #expect(messages == (jobs == 1 ? [text, text] : []))
    for session in sessions {
      #expect(session.verdict.outcome == .delivered)
      #expect(session.tls?.details?.keyUse == .used)
      #expect(session.transactions.first?.message?.byteCount == text.count)
      #expect(session.transactions.first?.message?.isComplete == true)
    }
    #expect(sessions.last?.tls?.details?.handshake.isResumed == true)
  }

  @Test(arguments: Recording.resumptions.filter { $0.privateKey != nil }, [1, 3])
  func `with a private key the hosts of the later session do not matter`(recording: Recording, jobs: Int) throws {
    for port in stride(from: UInt16(50_000), to: 50_016, by: 5) {
      let frames = recording.both(laterPort: port, laterClient: IPAddress(ipv4: 0xc000_0299))
      let (sessions, _) = try Analysis.sessions(of: frames, with: recording.earlierSecrets, jobs: jobs)
      #expect(sessions.map { $0.tls?.details?.keyUse } == [.used, .used])
    }
  }

  @Test(arguments: Recording.resumptions)
  func `where the earlier session is not in the capture, the later one says why it stays closed`(
    recording: Recording
  ) throws {
    let frames = recording.conversation(piece: 1460).frames
    let (sessions, messages) = try Analysis.sessions(of: frames, with: recording.earlierSecrets, jobs: 1)
    let session = try #require(sessions.first)
    #expect(messages.isEmpty)
    #expect(session.tls?.isReadable == false)
    #expect(
      session.tls?.details?.keyUse == (recording.privateKey == nil ? .noSecret : .earlierSessionNotKnown))
  }

  @Test func `a handshake that the server did not finish tells nothing`() throws {
    let recording = try #require(Recording.resumptions.first { $0.privateKey != nil })
    var conversation = recording.conversation(piece: 1460, steps: Array(recording.earlierSteps.prefix(3)))
    conversation.client.port = 50_000
    var later = recording.conversation(piece: 1460)
    later.start = CaptureTime(nanoseconds: conversation.start.nanoseconds + 60_000_000_000)
    let (sessions, _) = try Analysis.sessions(
      of: conversation.frames + later.frames, with: recording.earlierSecrets, jobs: 1)
    #expect(sessions.last?.tls?.details?.keyUse == .earlierSessionNotKnown)
  }
}

extension Recording {
  fileprivate var earlierSteps: [(peer: Peer, bytes: [UInt8])] { Self.steps(of: earlier ?? []) }

  /// The server's key, or what a log tells of the earlier session alone.
  fileprivate var earlierSecrets: TLSSecrets {
    if let privateKey { return Self.keySecrets(privateKey) }
    // A record's head and a message's, the version, and the random (RFC 8446 section 4.1.2).
    let random = (earlier?.first?.last ?? "").dropFirst(22).prefix(64)
    let lines = keylog.split(separator: "\n").filter { $0.contains(random) }
    return Self.secrets(lines.joined(separator: "\n"))
  }

  fileprivate static func keySecrets(_ text: String) -> TLSSecrets {
    TLSSecrets(keyLog: KeyLog(), privateKeys: (try? RSADecryptionKey(file: text.utf8.span)).map { [$0] } ?? [])
  }

  /// The earlier session and then the one that resumes it.
  fileprivate func both(
    laterPort: UInt16, laterClient: IPAddress? = nil, isOverlapping: Bool = false
  ) -> [Conversation.Frame] {
    var first = conversation(piece: 1460, steps: earlierSteps)
    first.client.port = 50_000
    if isOverlapping { first.segments.indices.suffix(2).forEach { first.segments[$0].time += 30_000_000_000 } }
    var second = conversation(piece: 1460)
    second.client.port = laterPort
    if let laterClient { second.client.address = laterClient }
    second.start = CaptureTime(nanoseconds: first.start.nanoseconds + 10_000_000_000)
    return (first.frames + second.frames).sorted { $0.time < $1.time }
  }
}

extension Analysis {
  /// The sessions of some frames, and with one thread the messages in them.
  fileprivate static func sessions(
    of frames: [Conversation.Frame], with secrets: TLSSecrets?, jobs: Int
  ) throws -> ([Session], [[UInt8]]) {
    var options = AnalysisOptions()
    options.secrets = secrets
    let output = KeptMessages()
    nonisolated(unsafe) let kept: any MessageOutput = output
    var analyzer =
      jobs == 1
      ? Analyzer(options: options, output: { unsafe kept }) : try Analyzer(options: options, jobs: jobs)
    for (index, frame) in frames.enumerated() {
      let descriptor = FrameDescriptor(
        time: frame.time, number: index + 1, file: 0, linkType: .ethernet, originalLength: frame.bytes.count)
      analyzer.receive(frame.bytes.span, descriptor: descriptor)
    }
    analyzer.finish()
    var sessions: [Session] = []
    while let session = analyzer.nextSession() { sessions.append(session) }
    return (sessions.sorted { $0.id < $1.id }, output.messages)
  }
}
