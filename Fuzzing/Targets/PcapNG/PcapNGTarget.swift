package import FuzzSupport
internal import Wire

/// The blocks of a pcapng: its packets, its secrets and what else it says.
package enum PcapNGTarget: FuzzedPart {
  /// A section header (draft-ietf-opsawg-pcapng section 4.1), so that mutations need not find it.
  private static let sectionHeader: [UInt8] = [
    0x0a, 0x0d, 0x0d, 0x0a, 28, 0, 0, 0, 0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 28, 0, 0, 0,
  ]

  package static func receive(_ input: Span<UInt8>) throws(Broken) {
    let bytes = (input.count > 0 && input[0] == 0x0a ? [] : sectionHeader) + [UInt8](input)
    try CaptureInMemory(bytes).frames { (_, _) throws(Broken) in }
  }
}
