public import Wire

/// Reads captures, several of them as one in the order of their packets' times.
///
///     var reader = try CaptureReader(paths: ["a.pcap", "b.pcap"], filter: "tcp")
///     while reader.next() {
///       reader.withBytes { bytes in … reader.frame … }
///     }
///     reader.captures   // what each input was, and what went wrong in it
///
/// An input that cannot be read to its end does not stop the others; its error stands in ``captures``. Packets of one
/// file keep that file's order also where its times go back; where times are equal, the file named first comes first.
@safe public struct CaptureReader: ~Copyable {
  /// The frame that ``next()`` came to.
  public private(set) var frame = FrameDescriptor(
    time: CaptureTime(nanoseconds: 0), number: 0, file: 0, linkType: .null, originalLength: 0)
  @usableFromInline var start: UnsafePointer<UInt8>?
  @usableFromInline var count = 0

  private var inputs: [Input] = []
  private var current: PacketSource?
  /// The earliest packet that another input has to offer: until it is due, the current input goes on by itself.
  private var rival: Turn?
  private var opener: InputOpener
  /// To open an archive it is read once for the times of its members.
  private var bytesReadToOpen = 0

  /// Opens the captures at these paths (`-` is standard input). Throws when the filter is wrong; what is wrong with an
  /// input stands in ``captures``.
  ///
  /// - Parameter secretsReceiver: Is told decryption secrets as they are met.
  public init(
    paths: [String], filter: String? = nil, limits: CaptureLimits = CaptureLimits(),
    secretsReceiver: (any DecryptionSecrets.Receiver)? = nil
  ) throws(CaptureError) {
    try self.init(
      locations: paths.map { .path($0) }, filter: filter, limits: limits, secretsReceiver: secretsReceiver)
  }

  /// Opens the captures at these locations; otherwise as ``init(paths:filter:limits:secretsReceiver:)``.
  public init(
    locations: [CaptureLocation], filter expression: String? = nil, limits: CaptureLimits = CaptureLimits(),
    secretsReceiver: (any DecryptionSecrets.Receiver)? = nil
  ) throws(CaptureError) {
    unsafe start = nil
    let filter: PacketFilter? = if let expression { try PacketFilter(expression) } else { nil }
    opener = InputOpener(limits: limits, filter: filter, secretsReceiver: secretsReceiver)
    for location in locations {
      for var input in opener.inputs(at: location) {
        if inputs.count >= limits.mostOpenInputs { input.wait() }
        inputs.append(input)
      }
    }
    bytesReadToOpen = opener.tally.bytes
  }

  /// Goes to the next frame; false when there is none left.
  public mutating func next() -> Bool {
    if let step = current?.advance() {
      if step == .packet, !isOvertaken {
        showCurrent(of: frame.file)
        return true
      }
      leave(frame.file, after: step)
    }
    return changeInput()
  }

  /// Whether another input has an earlier packet than the current one.
  private var isOvertaken: Bool {
    guard let rival, let time = current?.head.time else { return false }
    return rival < Turn(time: time, file: frame.file)
  }

  /// Lends the bytes of the frame that ``next()`` came to, as they were captured.
  ///
  /// Mutating although it changes nothing, so that the reader is used where it lies and not copied for the call.
  @inlinable @inline(__always)
  public mutating func withBytes<R: ~Copyable, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
    guard let start = unsafe start else { return try body(Span()) }
    // The source keeps `count` bytes there until it is asked for the next packet, which takes `next()`.
    return try body(unsafe Span(_unsafeStart: start, count: count))
  }

  /// The memory that the frame lies in, from ``place`` on, and goes on lying in while anybody holds it; another one whenever
  /// ``blockNumber`` changes. Nil where frames cannot be kept so: they come from several inputs, or libpcap reads them.
  public var block: SharedBytes? { place < 0 ? nil : current?.block }
  /// How often that memory was filled.
  public var blockNumber: Int { current?.blockNumber ?? 0 }
  /// Where in it the frame begins; -1 where there is none.
  public private(set) var place = -1

  /// What was left aside without being an error.
  public var notices: [CaptureNotice] {
    var notices = opener.notices
    if opener.droppedNotices > 0 { notices.append(.andMore(opener.droppedNotices)) }
    for complaint in opener.filter?.complaints ?? [] {
      notices.append(.filterUnknownOnLink(complaint.linkType, complaint.words))
    }
    return notices
  }

  /// What there is to say of each input; `FrameDescriptor.file` is an index into it.
  public var captures: [CaptureInfo] { inputs.map(\.currentInfo) }

  /// The bytes that were read from the inputs since they were opened, as they lie in their files: packed where those are.
  public var bytesRead: Int { opener.tally.bytes &- bytesReadToOpen }

  private mutating func showCurrent(of file: Int) {
    guard let head = current?.head, let number = current?.number else { return }
    unsafe start = head.bytes
    count = head.count
    place = inputs.count == 1 ? head.place : -1
    frame = FrameDescriptor(
      time: head.time, number: number, file: file, linkType: head.linkType, originalLength: head.originalLength)
  }

  /// Lets an input rest that has a packet not yet due, or that has ended.
  private mutating func leave(_ file: Int, after step: PacketSource.Step) {
    current = nil
    inputs[file].settle(after: step)
    guard step == .end else { return }
    if let archive = inputs[file].takeWalk() { opener.rest(archive.walk, at: archive.path) }
    if let continuation = inputs[file].continuation {
      inputs[file].continuation = nil
      guard let input = opener.next(after: continuation) else { return }
      if let reason = input.currentInfo.error?.reason, case .archiveDamaged = reason {
        inputs[file].failAfterwards(reason)
      } else {
        inputs.append(input)
      }
    }
  }

  /// Lets the input go on whose packet is the earliest.
  private mutating func changeInput() -> Bool {
    while let file = chooseTurn() {
      if inputs[file].isWaiting {
        inputs[file].resume(with: &opener)
        continue
      }
      guard let source = inputs[file].source else { break }
      current = source
      showCurrent(of: file)
      return true
    }
    unsafe start = nil
    count = 0
    place = -1
    return false
  }

  /// The input that is due, and into ``rival`` the one after it.
  private mutating func chooseTurn() -> Int? {
    var first: Turn?
    rival = nil
    for index in inputs.indices {
      guard let time = inputs[index].headTime else { continue }
      let turn = Turn(time: time, file: index)
      if let earliest = first, earliest < turn {
        if let second = rival, second < turn { continue }
        rival = turn
      } else {
        rival = first
        first = turn
      }
    }
    return first?.file
  }
}

/// When an input is due: the time of its next packet; where times are equal the input named first.
private struct Turn: Comparable {
  var time: CaptureTime
  var file: Int

  static func < (left: Turn, right: Turn) -> Bool {
    left.time != right.time ? left.time < right.time : left.file < right.file
  }
}
