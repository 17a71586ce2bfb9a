public import Wire

/// A domain name as it is compared: in lower case, without the dot at its end (RFC 1035 section 2.3.3, RFC 4343).
///
/// Hosts are named by letters, digits and hyphens; other printable ASCII passes too, as underscores and the slashes of
/// RFC 2317 are in use. What holds other octets is no name for us, so that a name is inert wherever it is shown.
public struct DomainName: Hashable, Sendable {
  /// The labels with dots between them; empty for the root.
  public let text: [UInt8]

  /// The name at the top, which a null MX leads to (RFC 7505).
  public static let root = DomainName(text: [])

  /// RFC 1035 section 2.3.4: 255 octets with the length before each label and that of the root.
  static let longest = 253
  static let longestLabel = 63

  /// For text that was found to be a name.
  init(text: [UInt8]) {
    self.text = text
  }

  /// A name that was written out, with or without the dot at its end; nil where it is none.
  public init?(_ written: Span<UInt8>) {
    guard !written.isEmpty else { return nil }
    let count = written[written.count - 1] == DomainName.dot ? written.count - 1 : written.count
    guard count > 0, count <= DomainName.longest else { return nil }
    var length = 0
    var isLowercase = true
    for index in 0..<count {
      let octet = written[index]
      if octet == DomainName.dot {
        guard length > 0 else { return nil }
        length = 0
      } else {
        guard DomainName.mayStand(octet), length < DomainName.longestLabel else { return nil }
        length += 1
        if DomainName.lowercased(octet) != octet { isLowercase = false }
      }
    }
    guard length > 0 else { return nil }
    let text = Array(written.extracting(0..<count))
    self.text = isLowercase ? text : text.map(DomainName.lowercased)
  }

  /// The same of an array; nil where it is no name.
  public init?(_ written: [UInt8]) {
    self.init(written.span)
  }

  /// The same of text; nil where it is no name, as with anything beyond ASCII.
  public init?(_ written: String) {
    self.init(Array(written.utf8))
  }

  /// Whether it is the name at the top, which has no labels.
  public var isRoot: Bool { text.isEmpty }

  /// Whether it may be a host's, as RFC 5321 section 2.3.5 has it: at least two labels of letters, digits and hyphens
  /// (underscores pass), the last of which is no number, as an address's is.
  public var isHostName: Bool {
    guard let dot = text.lastIndex(of: DomainName.dot) else { return false }
    return !text[(dot + 1)...].allSatisfy(Self.isDigit)
      && text.allSatisfy { Self.isDigit($0) || Self.isLetter($0) || $0 == 0x2d || $0 == 0x5f || $0 == DomainName.dot }
  }

  private static func isDigit(_ octet: UInt8) -> Bool { octet >= 0x30 && octet <= 0x39 }
  private static func isLetter(_ octet: UInt8) -> Bool { octet >= 0x61 && octet <= 0x7a }

  static let dot = UInt8(ascii: ".")

  static func lowercased(_ octet: UInt8) -> UInt8 {
    octet >= UInt8(ascii: "A") && octet <= UInt8(ascii: "Z") ? octet | 0x20 : octet
  }

  /// Whether an octet may stand in a label.
  static func mayStand(_ octet: UInt8) -> Bool {
    octet > 0x20 && octet < 0x7f && octet != dot && octet != UInt8(ascii: "\\")
  }
}

extension DomainName: CustomStringConvertible {
  /// The labels with dots between them; a dot alone for the root.
  public var description: String {
    isRoot ? "." : String(repairing: text.span)
  }
}

extension DomainName {
  /// The address whose name a PTR question with this name asks for (RFC 1035 section 3.5, RFC 3596 section 2.5): its
  /// octets, or its nibbles for IPv6, from the last to the first.
  public var reversedAddress: IPAddress? {
    let labels = text.split(separator: DomainName.dot, omittingEmptySubsequences: false)
    if labels.count == 6, labels[4].elementsEqual("in-addr".utf8), labels[5].elementsEqual("arpa".utf8) {
      return Self.address(ofOctets: labels[..<4])
    }
    if labels.count == 34, labels[32].elementsEqual("ip6".utf8), labels[33].elementsEqual("arpa".utf8) {
      return Self.address(ofNibbles: labels[..<32])
    }
    return nil
  }

  private static func address(ofOctets labels: ArraySlice<ArraySlice<UInt8>>) -> IPAddress? {
    var address: UInt32 = 0
    for label in labels.reversed() {
      guard (1...3).contains(label.count) else { return nil }
      var octet: UInt32 = 0
      for digit in label {
        guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
        octet = octet &* 10 &+ UInt32(digit &- UInt8(ascii: "0"))
      }
      guard octet <= 255 else { return nil }
      address = address << 8 | octet
    }
    return IPAddress(ipv4: address)
  }

  private static func address(ofNibbles labels: ArraySlice<ArraySlice<UInt8>>) -> IPAddress? {
    var (high, low) = (UInt64(0), UInt64(0))
    for label in labels.reversed() {
      guard label.count == 1, let digit = label.first else { return nil }
      let nibble: UInt8
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): nibble = digit &- UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): nibble = digit &- UInt8(ascii: "a") &+ 10
      default: return nil
      }
      high = high << 4 | low >> 60
      low = low << 4 | UInt64(nibble)
    }
    return IPAddress(ipv6High: high, low: low)
  }
}
