internal import SMTPAnalysis
internal import Wire

/// Keeps packets for `--write`.
final class PacketKeeper {
  private(set) var droppedPackets = 0
  private(set) var heldBytes = 0
  func receive(_ bytes: Span<UInt8>, _ frame: FrameDescriptor) {}
  func end(_ session: Session, isWanted: Bool) {}
  func reopen() {}
  func finish() throws(Failure) {}
}
