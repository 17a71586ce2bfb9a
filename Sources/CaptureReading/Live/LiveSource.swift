private import CPcap
private import Glibc
import Wire

/// An interface, captured from by libpcap.
///
/// Why what is `unsafe` here holds: the handle is this object's alone, alive from its opening to `deinit`, and used by one
/// thread; it is closed before that only where no packet of it is at hand (``look(mayReopen:)``). `words` is as long as
/// libpcap demands (PCAP_ERRBUF_SIZE), and what libpcap says of an error ends with a zero and is copied at once. Nothing that
/// came from the wire is taken for a length but `caplen`, which libpcap keeps within its own buffer.
@safe final class LiveSource: PacketSource {
  let name: String
  private let options: LiveOptions
  private let pcap: pcap_functions
  private var handle: OpaquePointer
  private var linkType: LinkType
  private var dropped = DropCounter()
  private var interfaceDropped = DropCounter()
  /// The interface is gone: since when nothing is read.
  private var isLost = false
  /// What is to be told of it.
  private var notices: [LiveNotice] = []
  private(set) var isUp = true
  private var hasToldFailure = false

  init(_ name: String, options: LiveOptions) throws(LiveError) {
    self.name = name
    self.options = options
    switch Libpcap.functions {
    case .success(let functions): pcap = functions
    case .failure(let missing): throw .refused(name, "libpcap is missing (\(missing))")
    }
    let opened = try unsafe Self.open(name, options, pcap)
    unsafe handle = opened
    linkType = unsafe Self.linkType(of: opened, pcap)
    super.init()
  }

  deinit {
    unsafe pcap.close(handle)
  }

  /// What poll(2) waits for; -1 while the interface is gone.
  var descriptor: Int32 { isLost ? -1 : unsafe pcap.get_selectable_fd(handle) }

  override func advance() -> Step {
    guard !isLost else { return .nothing }
    var header: UnsafeMutablePointer<pcap_pkthdr>?
    var bytes: UnsafePointer<UInt8>?
    // It lends a header and `caplen` bytes until it is asked for the next packet of this handle, or closed.
    let status = unsafe pcap.next_ex(handle, &header, &bytes)
    guard status == 1, let record = unsafe header, let data = unsafe bytes else {
      if status < 0 { lose() }
      return .nothing
    }
    packets &+= 1
    number &+= 1
    let captured = Int(unsafe record.pointee.caplen)
    capturedBytes &+= captured
    unsafe head.bytes = data
    head.count = captured
    // Nanoseconds, as was asked for.
    head.time = CaptureTime(
      nanoseconds: Int64(unsafe record.pointee.ts.tv_sec) &* 1_000_000_000
        &+ Int64(unsafe record.pointee.ts.tv_usec))
    head.linkType = linkType
    head.originalLength = Int(unsafe record.pointee.len)
    return .packet
  }

  override var linkTypes: [LinkType] { [linkType] }
  override var timestampDecimals: Int { 9 }

  var statistics: LiveStatistics {
    var statistics = LiveStatistics(name: name)
    statistics.packets = packets
    statistics.bytes = capturedBytes
    var counts = pcap_stat()
    // pcap_stats fills the structure that it is given; its counters begin with the handle and have 32 bits.
    if unsafe pcap.stats(handle, &counts) == 0 {
      dropped.update(counts.ps_drop)
      interfaceDropped.update(counts.ps_ifdrop)
    }
    statistics.kernelDropped = dropped.total
    statistics.interfaceDropped = interfaceDropped.total
    statistics.isUp = isUp
    return statistics
  }

  /// Looks after the interface, and says what is new of it. libpcap goes on by itself when an interface comes up again; one
  /// that was made anew is taken up here.
  ///
  /// - Parameter mayReopen: Whether no packet of it is at hand any more: those lie in the handle's memory.
  func look(mayReopen: Bool) -> [LiveNotice] {
    if !isLost, name != Self.all { noteState() }
    if isLost { recover(mayReopen) }
    defer { notices = [] }
    return notices
  }

  /// The pseudo-interface of all.
  private static let all = "any"

  private func noteState() {
    // libpcap tells it only who reads packets, of which there are none.
    if capture_is_unbound(unsafe pcap.fileno(handle)) != 0 {
      if isUp { notices.append(.lost(name, "it is gone")) }
      isUp = false
      isLost = true
      return
    }
    let running = Self.isRunning(name)
    if isUp, !running {
      isUp = false
      notices.append(.lost(name, "it is down"))
    } else if !isUp, running {
      isUp = true
      notices.append(.back(name))
    }
  }

  private func lose() {
    isLost = true
    // libpcap's words lie in the handle, which is open; they are copied.
    let words = unsafe pcap.geterr(handle).map { unsafe String(cString: $0) } ?? "it is gone"
    if isUp { notices.append(.lost(name, words)) }
    isUp = false
  }

  private func recover(_ mayReopen: Bool) {
    // The name is the command line's, a copy that ends with a zero for the call.
    let index = unsafe if_nametoindex(name)
    guard index > 0, Self.isRunning(name) else { return }
    if bind_capture(unsafe pcap.fileno(handle), index, options.isPromiscuous ? 1 : 0) == 0 {
      isLost = false
      isUp = true
      notices.append(.back(name))
      return
    }
    guard mayReopen else { return }
    do throws(LiveError) {
      let opened = try unsafe Self.open(name, options, pcap)
      _ = statistics
      // No packet of the old handle waits where it may be opened anew, so nobody looks into its memory any more.
      unsafe pcap.close(handle)
      unsafe handle = opened
      linkType = unsafe Self.linkType(of: opened, pcap)
      dropped.restart()
      interfaceDropped.restart()
      isLost = false
      isUp = true
      notices.append(.back(name))
    } catch {
      if !hasToldFailure { notices.append(.closed(name, error.description)) }
      hasToldFailure = true
    }
  }

  /// Whether an interface is there and up.
  private static func isRunning(_ name: String) -> Bool {
    if name == all { return true }
    let socket = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { return true }
    defer { close(socket) }
    // It copies as much of the name as an interface's may have.
    return unsafe interface_is_up(socket, name) != 0
  }
}

// MARK: - Opening

extension LiveSource {
  private static func open(
    _ name: String, _ options: LiveOptions, _ pcap: pcap_functions
  ) throws(LiveError) -> OpaquePointer {
    // As large as libpcap asks for. Nothing from the wire is in these calls; who leaves without the handle closes it.
    var words = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    guard let handle = unsafe pcap.create(name, &words) else { throw .refused(name, text(words)) }
    _ = unsafe pcap.set_snaplen(handle, Int32(clamping: options.snapLength))
    _ = unsafe pcap.set_promisc(handle, options.isPromiscuous && name != all ? 1 : 0)
    _ = unsafe pcap.set_buffer_size(handle, Int32(clamping: options.bufferSize))
    _ = unsafe pcap.set_timeout(handle, LiveOptions.batchTime)
    _ = unsafe pcap.set_immediate_mode(handle, options.isImmediate ? 1 : 0)
    _ = unsafe pcap.set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO)
    let status = unsafe pcap.activate(handle)
    do throws(LiveError) {
      guard status >= 0 else { throw unsafe error(status, of: handle, name, pcap) }
      try unsafe setFilter(of: handle, options, pcap)
      guard unsafe pcap.setnonblock(handle, 1, &words) == 0 else { throw LiveError.refused(name, text(words)) }
    } catch {
      unsafe pcap.close(handle)
      throw error
    }
    return unsafe handle
  }

  private static func error(
    _ status: Int32, of handle: OpaquePointer, _ name: String, _ pcap: pcap_functions
  ) -> LiveError {
    switch status {
    case PCAP_ERROR_NO_SUCH_DEVICE: return .noSuchInterface(name, known: LiveReader.interfaces)
    case PCAP_ERROR_PERM_DENIED, PCAP_ERROR_PROMISC_PERM_DENIED: return .notPermitted(name)
    case PCAP_ERROR_IFACE_NOT_UP: return .isDown(name)
    default:
      // Both are libpcap's own words, copied while the handle is open.
      let words = unsafe pcap.geterr(handle).map { unsafe String(cString: $0) } ?? ""
      let status = unsafe pcap.statustostr(status).map { unsafe String(cString: $0) } ?? "error \(status)"
      return .refused(name, words.isEmpty ? status : words)
    }
  }

  private static func setFilter(
    of handle: OpaquePointer, _ options: LiveOptions, _ pcap: pcap_functions
  ) throws(LiveError) {
    // Not every kind of link has VLANs that libpcap knows of.
    let expressions =
      options.filter.map { [$0] }
      ?? [true, false].map { LiveOptions.mailFilter(ports: options.mailPorts, withVLANs: $0) }
    var complaint = ""
    for expression in expressions {
      // Filled by pcap_compile, freed where that succeeded.
      var program = unsafe bpf_program()
      if unsafe pcap.compile(handle, &program, expression, 1, PCAP_NETMASK_UNKNOWN) == 0 {
        defer { unsafe pcap.freecode(&program) }
        if unsafe pcap.setfilter(handle, &program) == 0 { return }
      }
      complaint = unsafe pcap.geterr(handle).map { unsafe String(cString: $0) } ?? "cannot be compiled"
    }
    throw .badFilter(expressions[0], complaint)
  }

  /// libpcap numbers some link types in its own way where it captures (DLT_…), files in another (LINKTYPE_…).
  private static func linkType(of handle: OpaquePointer, _ pcap: pcap_functions) -> LinkType {
    let number = unsafe pcap.datalink(handle)
    switch number {
    case DLT_RAW: return LinkType(number: 101)
    case DLT_SLIP_BSDOS: return LinkType(number: 102)
    case DLT_PPP_BSDOS: return LinkType(number: 103)
    default: return LinkType(number: UInt32(clamping: number))
    }
  }
}

/// A count of 32 bits that goes round, or begins anew with a new handle, as one that only grows.
private struct DropCounter {
  private(set) var total = 0
  private var last: UInt32 = 0

  mutating func update(_ count: UInt32) {
    total &+= Int(count &- last)
    last = count
  }

  mutating func restart() {
    last = 0
  }
}
