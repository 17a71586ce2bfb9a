// CaptureWriting: frames to the bytes of a capture file. It does no I/O.

package import Wire

/// Writes a pcapng capture (draft-ietf-opsawg-pcapng): a section, an interface for each link type, and the packets with their
/// times as finely as they were captured.
///
/// libpcap writes the older format only, which has one link type a file. Append to `bytes`, write them out when it suits, and
/// remove what was written.
package struct PcapNGBlocks {
  /// What is to be written.
  package var bytes: [UInt8] = []
  private var interfaces: [LinkType: UInt32] = [:]
  private let snapLength: UInt32
  /// Decimals of a second that times have.
  private let decimals: UInt8

  /// Begins a section.
  ///
  /// - Parameters:
  ///   - application: The program that writes, for the section's header.
  ///   - timeDecimals: The decimals of a second that times have: microseconds where they are 6 or fewer, else nanoseconds.
  ///   - snapLength: The most bytes of a frame that are captured; 0 where there is no bound.
  package init(application: String, timeDecimals: Int = 9, snapLength: UInt32 = 0) {
    self.snapLength = snapLength
    decimals = timeDecimals <= 6 ? 6 : 9
    var body: [UInt8] = []
    Self.append(0x1a2b_3c4d, to: &body)  // byte-order magic
    Self.append(0x0000_0001, to: &body)  // version 1.0
    Self.append(0xffff_ffff, to: &body)  // the section's length is not known
    Self.append(0xffff_ffff, to: &body)
    Self.appendOption(4, Array(application.utf8), to: &body)  // shb_userappl
    Self.append(0, to: &body)
    appendBlock(0x0a0d_0d0a, body)
  }

  /// Appends a frame, `data` being the bytes that were captured of it.
  package mutating func append(_ data: Span<UInt8>, of frame: FrameDescriptor) {
    let interface = interface(of: frame.linkType)
    let time = UInt64(max(0, frame.time.nanoseconds)) / (decimals == 6 ? 1000 : 1)
    let padding = (4 - data.count % 4) % 4
    let length = UInt32(truncatingIfNeeded: 32 + data.count + padding)
    Self.append(6, to: &bytes)  // enhanced packet block
    Self.append(length, to: &bytes)
    Self.append(interface, to: &bytes)
    Self.append(UInt32(truncatingIfNeeded: time >> 32), to: &bytes)
    Self.append(UInt32(truncatingIfNeeded: time), to: &bytes)
    Self.append(UInt32(truncatingIfNeeded: data.count), to: &bytes)
    Self.append(UInt32(truncatingIfNeeded: frame.originalLength), to: &bytes)
    bytes.append(data)
    for _ in 0..<padding { bytes.append(0) }
    Self.append(length, to: &bytes)
  }

  private mutating func interface(of linkType: LinkType) -> UInt32 {
    if let known = interfaces[linkType] { return known }
    let number = UInt32(truncatingIfNeeded: interfaces.count)
    interfaces[linkType] = number
    var body: [UInt8] = []
    Self.append(linkType.number & 0xffff, to: &body)
    Self.append(snapLength, to: &body)
    Self.appendOption(9, [decimals], to: &body)  // if_tsresol
    Self.append(0, to: &body)
    appendBlock(1, body)
    return number
  }

  private mutating func appendBlock(_ type: UInt32, _ body: [UInt8]) {
    let length = UInt32(truncatingIfNeeded: body.count + 12)
    Self.append(type, to: &bytes)
    Self.append(length, to: &bytes)
    bytes += body
    Self.append(length, to: &bytes)
  }

  private static func appendOption(_ code: UInt16, _ value: [UInt8], to body: inout [UInt8]) {
    append(UInt32(code) | UInt32(truncatingIfNeeded: value.count) << 16, to: &body)
    body += value
    body += [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
  }

  /// In the byte order that the magic tells: little-endian.
  private static func append(_ word: UInt32, to bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(shift))) }
  }
}
