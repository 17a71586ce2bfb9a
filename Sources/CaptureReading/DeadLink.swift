internal import CPcap
private import Glibc
public import Wire

/// What libpcap knows of a link type without any packets: its name, and how filters are compiled for it.
///
/// Files number link types in their own way, and only libpcap's file reader translates; so it is given a file that is
/// nothing but a header.
@safe struct DeadLink: ~Copyable {
  private let pcap: pcap_functions
  private let handle: OpaquePointer

  /// Nil when libpcap will not read files of that type, or is missing.
  init?(_ linkType: LinkType) {
    guard let pcap = try? Libpcap.functions.get() else { return nil }
    var header: [UInt8] = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0]
    header += [UInt8](repeating: 0, count: 12)
    for shift in [0, 8, 16, 24] { header.append(UInt8(truncatingIfNeeded: linkType.number >> UInt32(shift))) }
    var words = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    let opened = unsafe header.withUnsafeMutableBytes { buffer -> OpaquePointer? in
      // libpcap reads the header while it opens, and nothing afterwards.
      guard let file = unsafe fmemopen(buffer.baseAddress, buffer.count, "r") else { return nil }
      guard let handle = unsafe pcap.fopen_offline(file, &words) else {
        unsafe fclose(file)
        return nil
      }
      return unsafe handle
    }
    guard let opened = unsafe opened else { return nil }
    self.pcap = pcap
    unsafe handle = opened
  }

  deinit {
    unsafe pcap.close(handle)
  }

  /// libpcap's name of the link type, "EN10MB"; nil when it has none.
  var name: String? {
    // A constant of libpcap's.
    unsafe pcap.datalink_val_to_name(pcap.datalink(handle)).map { unsafe String(cString: $0) }
  }

  /// Compiles a filter: nil when that went well, libpcap's words otherwise.
  func compile(_ expression: String, into program: UnsafeMutablePointer<bpf_program>) -> String? {
    // The expression is the command line's, a copy for the call; the program is the caller's to free, the words are copied.
    guard unsafe pcap.compile(handle, program, expression, 1, PCAP_NETMASK_UNKNOWN) != 0 else { return nil }
    return unsafe pcap.geterr(handle).map { unsafe String(cString: $0) } ?? "cannot be compiled"
  }
}

extension LinkType {
  /// The name that libpcap gives to the type, "EN10MB"; its number as text when it has none.
  public var name: String {
    Self.commonNames[number] ?? DeadLink(self)?.name ?? "\(number)"
  }

  /// libpcap's names for what most captures have, so that it need not be loaded for them.
  static let commonNames: [UInt32: String] = [0: "NULL", 1: "EN10MB", 101: "RAW", 113: "LINUX_SLL", 276: "LINUX_SLL2"]
}
