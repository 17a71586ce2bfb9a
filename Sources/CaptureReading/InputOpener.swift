private import Glibc
import Wire

/// Where an input is to be found.
public enum CaptureLocation: Hashable, Sendable {
  /// A path; `-` is standard input.
  case path(String)
  /// An open descriptor, which stays the caller's, and what to call it.
  case descriptor(Int32, name: String)

  var name: String {
    switch self {
    case .path(let path): path
    case .descriptor(_, let name): name
    }
  }
}

/// Opens inputs and recognises by their first bytes what they are.
struct InputOpener {
  let limits: CaptureLimits
  let filter: PacketFilter?
  let secretsReceiver: (any DecryptionSecrets.Receiver)?
  /// What was found and left aside.
  private(set) var notices: [CaptureNotice] = []
  private(set) var droppedNotices = 0
  let tally = ByteTally()
  /// An archive of which a member was read to its end, kept at that place for the next one: members of an archive mostly
  /// come in the order of their times, and what is compressed as a whole would be decompressed anew for each.
  private var resting: (path: String, walk: ArchiveWalk)?

  init(limits: CaptureLimits, filter: PacketFilter?, secretsReceiver: (any DecryptionSecrets.Receiver)?) {
    self.secretsReceiver = secretsReceiver
    self.limits = limits
    self.filter = filter
  }

  /// The inputs at a location, each with its first packet: one, or an archive's captures.
  mutating func inputs(at location: CaptureLocation) -> [Input] {
    do throws(CaptureError.Reason) {
      let stream = try stream(at: location)
      if let source = try source(reading: stream) {
        return [Input(name: location.name, source: source, path: path(of: location))]
      }
      let start = Array(stream.peek(5))
      guard !start.isEmpty else { throw .empty }
      let walk = try ArchiveWalk(reading: stream)
      let first = walk.nextMember()
      if walk.isPlain {
        guard let source = try source(insidePlain: walk) else { throw .notACapture(firstBytes: start) }
        return [Input(name: location.name, source: source, path: path(of: location))]
      }
      guard let path = path(of: location) else { return [member(of: walk, from: first, in: location.name)] }
      return members(of: walk, from: first, at: path)
    } catch {
      return [Input(name: location.name, failure: error)]
    }
  }

  /// The path under which a location can be opened again.
  private func path(of location: CaptureLocation) -> String? {
    guard case .path(let path) = location, path != "-" else { return nil }
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? path : nil
  }

  // MARK: Archives

  /// All captures in an archive that can be opened again, each waiting with the time of its first packet.
  private mutating func members(of walk: ArchiveWalk, from first: ArchiveWalk.Move, at path: String) -> [Input] {
    var inputs: [Input] = []
    var move = first
    while true {
      switch move {
      case .member(let name, true) where walk.memberNumber < limits.mostMembers:
        if var input = input(forMember: name, of: walk, in: path) {
          input.wait(at: .init(path: path, member: walk.memberNumber))
          inputs.append(input)
        } else {
          note(.skippedMember(archive: path, member: name))
        }
      case .member(_, let isFile):
        if isFile { note(.tooManyMembers(archive: path)) }
        if walk.memberNumber >= limits.mostMembers { return inputs }
      case .end:
        if inputs.isEmpty {
          inputs.append(Input(name: path, failure: .noCaptureInside(members: walk.memberNumber + 1)))
        }
        return inputs
      case .failed(let failure):
        if let last = inputs.indices.last {
          inputs[last].failAfterwards(.archiveDamaged(isCut: failure.isCut, failure.words))
        } else {
          inputs.append(Input(name: path, failure: .archiveDamaged(isCut: failure.isCut, failure.words)))
        }
        return inputs
      }
      move = walk.nextMember()
    }
  }

  /// The next capture in an archive that comes through a pipe: its captures are read one after the other.
  private mutating func member(of walk: ArchiveWalk, from first: ArchiveWalk.Move, in archive: String) -> Input {
    var move = first
    while true {
      switch move {
      case .member(let name, let isFile):
        if isFile {
          if var input = input(forMember: name, of: walk, in: archive) {
            input.continuation = Input.Continuation(walk: walk, archive: archive)
            return input
          }
          note(.skippedMember(archive: archive, member: name))
        }
      case .end: return Input(name: archive, failure: .noCaptureInside(members: walk.memberNumber + 1))
      case .failed(let failure):
        return Input(name: archive, failure: .archiveDamaged(isCut: failure.isCut, failure.words))
      }
      move = walk.nextMember()
    }
  }

  /// What comes after a capture in an archive that comes through a pipe; nil when there is no more.
  mutating func next(after continuation: Input.Continuation) -> Input? {
    let move = continuation.walk.nextMember()
    let input = member(of: continuation.walk, from: move, in: continuation.archive)
    if case .noCaptureInside? = input.currentInfo.error?.reason { return nil }
    return input
  }

  /// The capture that a member is, or why it cannot be read; nil when it is something else.
  private func input(forMember name: String, of walk: ArchiveWalk, in archive: String) -> Input? {
    let name = archive + ":" + name
    do throws(CaptureError.Reason) {
      let stream = walk.member()
      if let source = try source(reading: stream) { return Input(name: name, source: source, walk: walk) }
      // A ring of captures is often compressed file by file before it is packed.
      guard !stream.peek(1).isEmpty else { return nil }
      let inner = try ArchiveWalk(reading: stream)
      _ = inner.nextMember()
      guard inner.isPlain, let source = try source(insidePlain: inner) else { return nil }
      return Input(name: name, source: source, walk: walk)
    } catch {
      return Input(name: name, failure: error)
    }
  }

  /// A waiting input's source, opened again.
  mutating func reopen(_ place: Input.Place) throws(CaptureError.Reason) -> (source: PacketSource, walk: ArchiveWalk?) {
    guard let member = place.member else {
      let stream = try stream(at: .path(place.path))
      if let source = try source(reading: stream) { return (source, nil) }
      let walk = try ArchiveWalk(reading: stream)
      _ = walk.nextMember()
      guard let source = try source(insidePlain: walk) else { throw .changed }
      return (source, nil)
    }
    let walk: ArchiveWalk
    if let resting, resting.path == place.path, resting.walk.memberNumber < member {
      walk = resting.walk
      self.resting = nil
    } else {
      walk = try ArchiveWalk(reading: stream(at: .path(place.path)))
    }
    while walk.memberNumber < member {
      switch walk.nextMember() {
      case .member: continue
      case .end: throw .changed
      case .failed(let failure): throw .archiveDamaged(isCut: failure.isCut, failure.words)
      }
    }
    let stream = walk.member()
    if let source = try source(reading: stream) { return (source, walk) }
    let inner = try ArchiveWalk(reading: stream)
    _ = inner.nextMember()
    guard let source = try source(insidePlain: inner) else { throw .changed }
    return (source, walk)
  }

  /// Keeps an archive at the place where a member ended.
  mutating func rest(_ walk: ArchiveWalk, at path: String) {
    resting = (path, walk)
  }

  private mutating func note(_ notice: CaptureNotice) {
    if notices.count < limits.mostNotices { notices.append(notice) } else { droppedNotices += 1 }
  }

  // MARK: Streams and sources

  /// The bytes at a location.
  private func stream(at location: CaptureLocation) throws(CaptureError.Reason) -> ByteStream {
    let path: String
    switch location {
    case .descriptor(let descriptor, _): return DescriptorStream(descriptor: descriptor, closes: false, tally: tally)
    case .path("-"): return DescriptorStream(descriptor: STDIN_FILENO, closes: false, tally: tally)
    case .path(let name): path = name
    }
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(systemErrorText(errno)) }
    let stream = DescriptorStream(descriptor: descriptor, closes: true, tally: tally)
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .unreadable(systemErrorText(errno)) }
    if status.st_mode & S_IFMT == S_IFDIR { throw .isDirectory }
    return stream
  }

  /// A reader for the capture that a compressed file holds; nil when the file is not compressed or holds none.
  private func source(insidePlain walk: ArchiveWalk) throws(CaptureError.Reason) -> PacketSource? {
    guard walk.isCompressed else { return nil }
    let stream = walk.member()
    if let source = try source(reading: stream) { return source }
    let start = Array(stream.peek(5))
    throw start.isEmpty ? .empty : .notACapture(firstBytes: start)
  }

  /// A reader for the capture that the stream begins with; nil when it is of another kind.
  private func source(reading stream: ByteStream) throws(CaptureError.Reason) -> PacketSource? {
    // No more is waited for than tells the kinds apart: a pipe may give its bytes slowly.
    let magic = Array(stream.peek(4))
    if let failure = stream.failure { throw failure.reason(atPacket: 1) }
    if PcapNGSource.begins(magic.span) {
      if let secretsReceiver { SecretsAhead.tell(secretsReceiver, of: stream, limits: limits) }
      return PcapNGSource(reading: stream, filter: filter, limits: limits, secretsReceiver: secretsReceiver)
    }
    guard PcapFileHeader.begins(magic.span) else { return nil }
    let start = Array(stream.peek(PcapFileHeader.length))
    guard let header = PcapFileHeader(start.span) else {
      if let failure = stream.failure { throw failure.reason(atPacket: 1) }
      throw .headerCutShort(left: start.count)
    }
    if PlainPcapSource.reads(header, from: stream) {
      return PlainPcapSource(header, stream: stream, filter: filter, bufferSize: limits.bufferSize)
    }
    return try PcapSource(header, stream: stream, filter: filter, bufferSize: limits.bufferSize)
  }
}
