private import CPcap
private import Glibc
public import Wire

/// Reads interfaces as the packets come, several of them in the order of their packets' times as far as these are at hand.
///
///     var reader = try LiveReader(interfaces: ["eth0"])
///     while … {
///       reader.wait(milliseconds: 100, beside: [signals])
///       while reader.next() {
///         reader.withBytes { bytes in … reader.frame … }
///       }
///     }
///
/// What one interface has ready does not wait for another one: a packet of another that is handed over later may be earlier by
/// the kernel's batches. Frames are numbered for each interface, those that pass the filter.
@safe public struct LiveReader: ~Copyable {
  /// The frame that ``next()`` came to.
  public private(set) var frame = FrameDescriptor(
    time: CaptureTime(nanoseconds: 0), number: 0, file: 0, linkType: .null, originalLength: 0)
  @usableFromInline var start: UnsafePointer<UInt8>?
  @usableFromInline var count = 0
  private var inputs: [Input] = []

  private struct Input {
    var source: LiveSource
    /// Its head is the next packet and was not shown yet.
    var hasHead = false
    /// It has nothing until poll(2) says so: asking costs a system call.
    var isDry = true
  }

  /// The names of the interfaces that there are.
  public static var interfaces: [String] {
    var list: UnsafeMutablePointer<pcap_if_t>?
    var words = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    guard let pcap = try? Libpcap.functions.get(), unsafe pcap.findalldevs(&list, &words) == 0 else { return [] }
    // A list that libpcap made, freed when its names have been copied.
    defer { unsafe pcap.freealldevs(list) }
    var names: [String] = []
    var next = unsafe list
    while let interface = unsafe next {
      names.append(unsafe String(cString: interface.pointee.name))
      unsafe next = interface.pointee.next
    }
    // Each name is copied, with a zero at its end, for the call. Not what libpcap offers beside network interfaces: buses, queues of the packet filter.
    return names.filter { unsafe if_nametoindex($0) > 0 } + ["any"]
  }

  /// Opens interfaces by their names; throws what was wrong with the first that cannot be captured from.
  public init(interfaces: [String], options: LiveOptions = LiveOptions()) throws(LiveError) {
    unsafe start = nil
    for name in interfaces { inputs.append(Input(source: try LiveSource(name, options: options))) }
  }

  /// Waits until an interface has packets, one of the descriptors can be read, or the time is over.
  public mutating func wait(milliseconds: Int32, beside others: [Int32] = []) {
    var polled = inputs.map { pollfd(fd: $0.source.descriptor, events: Int16(POLLIN), revents: 0) }
    polled += others.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    // poll(2) fills in what came of each; -1 is no descriptor and passed over.
    guard unsafe poll(&polled, nfds_t(polled.count), milliseconds) > 0 else { return }
    for index in inputs.indices where polled[index].revents != 0 { inputs[index].isDry = false }
  }

  /// Goes to the next frame that is at hand; false when there is none now.
  public mutating func next() -> Bool {
    var earliest: Int?
    for index in inputs.indices {
      if !inputs[index].hasHead {
        guard !inputs[index].isDry else { continue }
        guard inputs[index].source.advance() == .packet else {
          inputs[index].isDry = true
          continue
        }
        inputs[index].hasHead = true
      }
      if let known = earliest, inputs[known].source.head.time <= inputs[index].source.head.time { continue }
      earliest = index
    }
    guard let index = earliest else {
      unsafe start = nil
      count = 0
      return false
    }
    inputs[index].hasHead = false
    let source = inputs[index].source
    let head = source.head
    // They stay where they are until the same source is asked for its next packet, by the next call.
    unsafe start = head.bytes
    count = head.count
    frame = FrameDescriptor(
      time: head.time, number: source.number, file: index, linkType: head.linkType, originalLength: head.originalLength)
    return true
  }

  /// Lends the bytes of the frame that ``next()`` came to, as they were captured.
  @inlinable @inline(__always)
  public mutating func withBytes<R: ~Copyable, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
    guard let start = unsafe start else { return try body(Span()) }
    // The source keeps `count` bytes there until it is asked for the next packet, which takes `next()`.
    return try body(unsafe Span(_unsafeStart: start, count: count))
  }

  /// Looks after interfaces that went away, and says what is new of them. To be called about once a second. The frame that
  /// ``next()`` came to is not at hand any more then.
  public mutating func look() -> [LiveNotice] {
    // A source that is opened anew gives up the memory that its packets lie in.
    unsafe start = nil
    count = 0
    return inputs.flatMap { $0.source.look(mayReopen: !$0.hasHead) }
  }

  /// What was counted of each interface.
  public var statistics: [LiveStatistics] { inputs.map(\.source.statistics) }

  /// The same for the summary at the end.
  public var captures: [CaptureInfo] {
    inputs.map { input in
      var info = CaptureInfo(file: input.source.name)
      info.packets = input.source.packets
      info.capturedBytes = input.source.capturedBytes
      info.linkTypes = input.source.linkTypes
      info.timestampDecimals = input.source.timestampDecimals
      return info
    }
  }
}
