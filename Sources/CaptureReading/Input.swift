import Wire

/// One input of a reader: open with its next packet, waiting to be opened again, or ended.
struct Input {
  /// Where an input that waits can be found again.
  struct Place {
    var path: String
    /// The number of the archive's member that it is.
    var member: Int?
  }

  /// An archive that comes through a pipe, to be gone on with when this member of it has ended.
  struct Continuation {
    var walk: ArchiveWalk
    var archive: String
  }

  /// Nil while it waits and once it has ended.
  private(set) var source: PacketSource?
  /// The time of the next packet; nil once it has ended.
  private(set) var headTime: CaptureTime?
  var continuation: Continuation?
  /// What is known without the source: everything once it has ended.
  private var info: CaptureInfo
  private var place: Place?
  private var walk: ArchiveWalk?
  private var laterFailure: CaptureError.Reason?

  /// An input that cannot be read.
  init(name: String, failure: CaptureError.Reason) {
    info = CaptureInfo(file: name)
    fail(failure, at: nil)
  }

  /// An input just opened, which goes to its first packet. `path` is that of a file that can be opened again, `walk` the
  /// archive that it is a member of.
  init(name: String, source: PacketSource, path: String? = nil, walk: ArchiveWalk? = nil) {
    info = CaptureInfo(file: name)
    self.source = source
    self.walk = walk
    place = path.map { Place(path: $0, member: nil) }
    settle(after: source.advance())
  }

  /// What there is to say now.
  var currentInfo: CaptureInfo {
    guard source != nil else { return info }
    var copy = self
    copy.collect()
    return copy.info
  }

  /// Whether it is closed until its packet is due.
  var isWaiting: Bool { source == nil && headTime != nil }

  /// Takes note of what came of the source's last step: a packet that waits, or the end.
  mutating func settle(after step: PacketSource.Step) {
    switch step {
    case .packet:
      headTime = source?.head.time
    case .nothing, .end:
      headTime = nil
      collect()
      source = nil
      if let laterFailure, info.error == nil { fail(laterFailure, at: nil) }
    }
  }

  /// Closes a source that has a packet until that is due; no harm when it has ended.
  mutating func wait(at place: Place? = nil) {
    if let place { self.place = place }
    walk = nil
    guard source != nil, self.place != nil else { return }
    collect()
    source = nil
  }

  /// Opens it again and goes to its first packet.
  mutating func resume(with opener: inout InputOpener) {
    guard let place, isWaiting else { return }
    do throws(CaptureError.Reason) {
      let opened = try opener.reopen(place)
      source = opened.source
      walk = opened.walk
      settle(after: opened.source.advance())
    } catch {
      headTime = nil
      info = CaptureInfo(file: info.file)
      fail(error, at: nil)
    }
  }

  /// The archive that it was a member of, to be read on.
  mutating func takeWalk() -> (walk: ArchiveWalk, path: String)? {
    guard let walk, let place else { return nil }
    self.walk = nil
    return (walk, place.path)
  }

  /// Takes note of damage in its archive behind it, told at its end if nothing else is.
  mutating func failAfterwards(_ reason: CaptureError.Reason) {
    if headTime == nil, info.error == nil { fail(reason, at: nil) } else { laterFailure = reason }
  }

  private mutating func fail(_ reason: CaptureError.Reason, at offset: Int?) {
    let error = CaptureError(file: info.file, offset: offset, reason: reason)
    info.error = error
    info.isTruncated = error.isTruncation
  }

  private mutating func collect() {
    guard let source else { return }
    info.packets = source.packets
    info.capturedBytes = source.capturedBytes
    info.fileBytes = source.fileBytes
    info.linkTypes = source.linkTypes
    info.timestampDecimals = source.timestampDecimals
    info.secrets = source.secrets
    if let failure = source.failure { fail(failure.reason, at: failure.offset) }
  }
}
