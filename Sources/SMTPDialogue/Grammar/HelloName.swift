internal import Wire

/// What the argument of HELO or EHLO is (RFC 5321 sections 4.1.1.1 and 4.1.3).
public enum HelloName: Hashable, Sendable {
  case domain
  /// A domain by the grammar, but with one label only, which nobody else can look up (section 2.3.5).
  case oneLabel
  /// `[192.0.2.7]`, `[IPv6:2001:db8::7]`.
  case addressLiteral
  /// An address without brackets.
  case bareAddress
  /// Nothing of these.
  case neither

  /// By its look alone; nothing is looked up.
  public init(of argument: ArraySlice<UInt8>) {
    let name = Array(argument)
    if name.first == 0x5b {
      self = Self.isLiteral(name) ? .addressLiteral : .neither
    } else if Self.isIPv4(name[...]) || Self.isIPv6(name[...]) {
      self = .bareAddress
    } else if CommandFault.endOfDomain(in: name.span, from: 0) == name.count {
      self = name.contains(0x2e) ? .domain : .oneLabel
    } else {
      self = .neither
    }
  }

  private static func isLiteral(_ name: [UInt8]) -> Bool {
    guard name.count > 2, name.last == 0x5d else { return false }
    let inner = name[1..<(name.count - 1)]
    if isIPv4(inner) { return true }
    guard let colon = inner.firstIndex(of: 0x3a), colon > inner.startIndex else { return false }
    if equalsIgnoringCase(inner[..<colon], "IPV6".utf8) { return isIPv6(inner[(colon + 1)...]) }
    // General-address-literal: a tag of letters, digits and hyphens.
    return inner[..<colon].allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7a).contains($0 | 0x20) || $0 == 0x2d }
      && inner[..<colon].contains { $0 > 0x66 && $0 | 0x20 <= 0x7a }
  }

  private static func isIPv4(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.count <= 15, let last = bytes.last, last >= 0x30, last <= 0x39 else { return false }
    let parts = bytes.split(separator: 0x2e, omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        part.allSatisfy { (0x30...0x39).contains($0) } && (UInt8(String(decoding: part, as: UTF8.self)) != nil)
      }
  }

  /// By its look: groups of hexadecimal digits and at least two colons.
  private static func isIPv6(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.count <= 45, bytes.count(where: { $0 == 0x3a }) >= 2 else { return false }
    return bytes.split(separator: 0x3a).allSatisfy { group in
      group.count <= 4 && group.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0 | 0x20) }
        || isIPv4(group)
    }
  }
}
