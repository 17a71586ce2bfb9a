internal import CPcap
private import Glibc
import Wire

/// A libpcap filter, compiled for each link type that is met.
final class PacketFilter {
  let expression: String
  private var programs: [LinkType: Program] = [:]

  /// Throws ``CaptureError/Reason/badFilter(_:_:)`` with libpcap's words when the expression is wrong for every kind of
  /// link.
  init(_ expression: String) throws(CaptureError) {
    self.expression = expression
    if case .failure(let missing) = Libpcap.functions {
      let words = "libpcap, which compiles it, is missing (\(missing))"
      throw CaptureError(file: "", offset: nil, reason: .badFilter(expression, words))
    }
    // Some words are known on some links only ("wlan type", "ether host"), so that an expression is bad when none of the
    // commonest links takes it; Ethernet's complaint is the one to show.
    let onEthernet = Program(expression, linkType: .ethernet)
    guard
      onEthernet.complaint == nil
        || Self.otherLinks.contains(where: { Program(expression, linkType: $0).complaint == nil })
    else {
      throw CaptureError(file: "", offset: nil, reason: .badFilter(expression, onEthernet.complaint ?? ""))
    }
  }

  private static let otherLinks = [LinkType(number: 105), LinkType(number: 101), LinkType(number: 113)]

  /// The program for frames of a link type; one that drops everything when the expression means nothing there.
  func program(for linkType: LinkType) -> Program {
    if let program = programs[linkType] { return program }
    let program = Program(expression, linkType: linkType)
    programs[linkType] = program
    return program
  }

  /// The link types met on which the expression means nothing, with libpcap's words.
  var complaints: [(linkType: LinkType, words: String)] {
    programs.compactMap { linkType, program in program.complaint.map { (linkType, $0) } }
      .sorted { $0.0.number < $1.0.number }
  }

  /// An expression compiled for one link type.
  @safe final class Program {
    private var program = unsafe bpf_program()
    private let pcap: pcap_functions?
    /// Why it could not be compiled.
    let complaint: String?

    init(_ expression: String, linkType: LinkType) {
      pcap = try? Libpcap.functions.get()
      guard let link = DeadLink(linkType) else {
        complaint = "unknown link type \(linkType.number)"
        return
      }
      complaint = unsafe link.compile(expression, into: &program)
    }

    deinit {
      unsafe pcap?.freecode(&program)
    }

    /// Whether the packet is let through.
    func passes(_ header: UnsafePointer<pcap_pkthdr>, _ bytes: UnsafePointer<UInt8>) -> Bool {
      // The program lives as long as self; libpcap reads `caplen` bytes at most.
      guard complaint == nil, let pcap else { return false }
      return unsafe pcap.offline_filter(&program, header, bytes) != 0
    }

    /// Whether a packet with these bytes and this length on the wire is let through.
    func passes(_ bytes: UnsafePointer<UInt8>, count: Int, originalLength: Int) -> Bool {
      var header = pcap_pkthdr()
      header.caplen = UInt32(clamping: count)
      header.len = UInt32(clamping: originalLength)
      return unsafe passes(&header, bytes)
    }
  }
}
