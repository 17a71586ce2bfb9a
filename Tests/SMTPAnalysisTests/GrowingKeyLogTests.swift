import SMTPAnalysis
import TLSHandshake
import TLSProtection
import TestSupport
import Testing
import Wire

/// A key log that is written while a session goes on, and read late.
@Suite(.enabled(if: !Recording.all.isEmpty, "there is no Python with an OpenSSL")) struct GrowingKeyLogTests {
  private static let recordings = Recording.all.filter { $0.privateKey == nil }

  /// Before the first flight, or behind what the client said first under its keys.
  @Test(arguments: recordings, 0..<5)
  func `secrets open a session that come while it goes on`(recording: Recording, flight: Int) throws {
    let (found, messages) = analysis(of: recording, logBeforeFlight: flight)
    let session = try #require(found)
    #expect(messages == [Array(recording.message.utf8)])
    #expect(session.transactionLines == ["a@b.example > c@d.example:accepted = accepted"])
    #expect(session.greeting?.reply.code == 220)
    let tls = try #require(session.tls)
    #expect(tls.outcome == .established && tls.isReadable)
    #expect(tls.details?.keyUse == .used && tls.details?.refusedRecords == 0)
    #expect(tls.details?.certificates.isEmpty == recording.resumed)
  }

  @Test(arguments: recordings.filter { !$0.resumed && !$0.asks })
  func `without them the session is what it is without a log`(recording: Recording) throws {
    let (found, messages) = analysis(of: recording, logBeforeFlight: nil)
    let session = try #require(found)
    let without = try #require(
      Analysis.decrypted(recording.conversation(piece: 1460).frames, with: Recording.secrets("")).0)
    #expect(messages.isEmpty)
    #expect(session.tls?.details?.keyUse == .noSecret)
    #expect(session.tls?.outcome == without.tls?.outcome && session.tls?.isReadable == false)
    #expect(session.findings.map(\.id) == without.findings.map(\.id))
    #expect(session.dialogue.count == without.dialogue.count)
  }

  /// - Parameter flight: Where the log is written; nil for never.
  private func analysis(of recording: Recording, logBeforeFlight flight: Int?) -> (Session?, [[UInt8]]) {
    let frames = recording.conversation(piece: 1460).frames
    // Both sides close behind the last flight.
    let place = flight.map {
      recording.conversation(piece: 1460, steps: Array(recording.steps.prefix($0))).frames.count - 2
    }
    let log = KeyLog()
    return Analysis.decrypted(frames, with: TLSSecrets(keyLog: log, mayGrow: true)) { frame in
      guard frame == place else { return }
      var reader = KeyLogReader()
      reader.receive(recording.keylog.utf8.span, into: log)
      reader.finish(into: log)
    }
  }
}
