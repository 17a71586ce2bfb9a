/// Whom mail is counted for.
package enum MailName: Hashable, Sendable {
  /// An address, or its domain in lower case: the domain is the same however it is written (RFC 5321 section 2.4).
  case name([UInt8])
  /// The null reverse-path: bounces, mostly.
  case null
  /// An address without a domain.
  case local
  /// The command was not captured.
  case unknown

  init(domainOf path: [UInt8]?, limit: Int) {
    guard let path else {
      self = .unknown
      return
    }
    guard !path.isEmpty else {
      self = .null
      return
    }
    guard let at = path.lastIndex(of: UInt8(ascii: "@")), at + 1 < path.endIndex else {
      self = .local
      return
    }
    self = .name(Self.lowercased(path[(at + 1)...].prefix(limit)))
  }

  init(address path: [UInt8]?, limit: Int) {
    guard let path else {
      self = .unknown
      return
    }
    guard !path.isEmpty else {
      self = .null
      return
    }
    let kept = path.prefix(limit)
    let at = kept.lastIndex(of: UInt8(ascii: "@")) ?? kept.endIndex
    self = .name(kept[..<at] + Self.lowercased(kept[at...]))
  }

  private static func lowercased(_ text: ArraySlice<UInt8>) -> [UInt8] {
    text.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }
  }
}
