internal import PacketKeeping
internal import SMTPAnalysis
internal import TCPStreams
internal import Wire

/// The packets of a live run that are written (`--write`): all of mail connections, or those of the connections that the
/// selection keeps.
final class LivePackets {
  private var keeper: PacketKeeper
  private var ring: CaptureRing
  private let path: String
  private var hasToldFailure = false

  init(_ path: String, rules: RotationRules, mailPorts: [UInt16], wantsAll: Bool) throws(Failure) {
    self.path = path
    keeper = PacketKeeper(mailPorts: mailPorts, wantsAll: wantsAll)
    do throws(CaptureWritingError) {
      ring = try CaptureRing(path: path, rules: rules, application: "smtpscope live")
    } catch {
      throw Failure(status: .outputFailed, message: error.description)
    }
  }

  func receive(_ bytes: Span<UInt8>, _ frame: FrameDescriptor) {
    keeper.receive(bytes, frame, into: &ring)
  }

  /// A session has ended.
  func end(_ session: Session, isWanted: Bool) {
    let connection = session.connection
    keeper.end(connection.client, connection.server, last: connection.lastFrame, isWanted: isWanted, into: &ring)
  }

  /// Writes what waits to be written, so that a failure's evidence is there when somebody looks.
  func flush() {
    ring.flush()
    guard let failure = ring.failure, !hasToldFailure else { return }
    hasToldFailure = true
    LogLine.say("packets are not written any more: \(failure)", .error)
  }

  func reopen() {
    ring.reopen()
    flush()
  }

  /// Packets that were dropped to stay within the limits.
  var droppedPackets: Int { keeper.droppedPackets }
  /// Bytes of packets that wait for the end of their connection.
  var heldBytes: Int { keeper.heldBytes }
  /// Connections that were too long to wait, so that they were written without knowing whether they are wanted.
  var writtenEarly: Int { keeper.writtenEarly }

  func finish() throws(Failure) {
    ring.flush()
    if let failure = ring.failure { throw Failure(status: .outputFailed, message: failure.description) }
  }
}
