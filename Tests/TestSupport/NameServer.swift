package import Wire

/// Messages of the domain name system, written as a zone file has them: `kestrel.example A 192.0.2.7`.
///
/// Names are compressed as servers do it: a name, or the end of one, that stands further up is pointed to.
package struct NameServer: Sendable {
  package enum Kind: UInt16, Sendable {
    case a = 1
    case ns = 2
    case cname = 5
    case soa = 6
    case ptr = 12
    case mx = 15
    case txt = 16
    case aaaa = 28
    case any = 255
  }

  /// A client's question: one message.
  package static func query(_ name: String, _ kind: Kind, id: UInt16 = 7) -> [UInt8] {
    var writer = NameServer(id: id, flags: 0x0100, counts: [1, 0, 0, 0])
    writer.ask(name, kind)
    return writer.bytes
  }

  /// The response to it.
  ///
  /// - Parameters:
  ///   - code: 0 no error, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED.
  ///   - flags: Of the header without the code; a resolver's response if nothing is said.
  package static func response(
    _ name: String, _ kind: Kind, _ answers: [String] = [], authority: [String] = [], additional: [String] = [],
    code: UInt16 = 0, flags: UInt16 = 0x8180, id: UInt16 = 7
  ) -> [UInt8] {
    var writer = NameServer(
      id: id, flags: flags | code,
      counts: [1, UInt16(answers.count), UInt16(authority.count), UInt16(additional.count)])
    writer.ask(name, kind)
    for record in answers + authority + additional { writer.write(record) }
    return writer.bytes
  }

  private var bytes: [UInt8]
  private var places: [String: Int] = [:]

  private init(id: UInt16, flags: UInt16, counts: [UInt16]) {
    bytes = id.octets + flags.octets + counts.flatMap(\.octets)
  }

  private mutating func ask(_ name: String, _ kind: Kind) {
    write(name: name)
    bytes += kind.rawValue.octets + [0, 1]
  }

  private mutating func write(_ record: String) {
    let words = record.split(separator: " ").map(String.init)
    let kinds: [String: Kind] = [
      "A": .a, "NS": .ns, "CNAME": .cname, "SOA": .soa, "PTR": .ptr, "MX": .mx, "TXT": .txt, "AAAA": .aaaa,
    ]
    guard words.count >= 3, let kind = kinds[words[1]] else { fatalError("no record: \(record)") }
    write(name: words[0])
    bytes += kind.rawValue.octets + [0, 1, 0, 0, 14, 16]
    let length = bytes.count
    bytes += [0, 0]
    switch kind {
    case .a, .aaaa: bytes += Self.address(words[2]).octets
    case .mx:
      bytes += (UInt16(words[2]) ?? 0).octets
      write(name: words[3])
    case .txt:
      var text = Array(words[2...].joined(separator: " ").utf8)[...]
      while !text.isEmpty {
        let string = text.prefix(255)
        bytes += [UInt8(string.count)] + string
        text = text.dropFirst(255)
      }
    case .soa:
      write(name: words[2])
      bytes += [UInt8](repeating: 0, count: 21)
    default: write(name: words[2])
    }
    bytes.replaceSubrange(length..<length + 2, with: UInt16(bytes.count - length - 2).octets)
  }

  private mutating func write(name: String) {
    var labels = name.split(separator: ".")
    while !labels.isEmpty {
      let rest = labels.joined(separator: ".")
      if let place = places[rest] {
        bytes += (UInt16(place) | 0xc000).octets
        return
      }
      if bytes.count < 0x4000 { places[rest] = bytes.count }
      let label = labels.removeFirst()
      bytes += [UInt8(label.utf8.count)] + Array(label.utf8)
    }
    bytes.append(0)
  }

  /// `192.0.2.7` or `2001:db8::7`.
  package static func address(_ text: String) -> IPAddress {
    guard text.contains(":") else {
      return IPAddress(ipv4: text.split(separator: ".").reduce(0) { $0 << 8 | (UInt32($1) ?? 0) })
    }
    let halves = text.split(separator: "::", omittingEmptySubsequences: false).map { half in
      half.split(separator: ":").map { UInt64($0, radix: 16) ?? 0 }
    }
    let end = halves.count > 1 ? halves[1] : []
    let groups = halves[0] + [UInt64](repeating: 0, count: 8 - halves[0].count - end.count) + end
    return IPAddress(ipv6High: groups[..<4].reduce(0) { $0 << 16 | $1 }, low: groups[4...].reduce(0) { $0 << 16 | $1 })
  }

  /// `7.2.0.192.in-addr.arpa`, as a PTR question has it.
  package static func reversed(_ address: IPAddress) -> String {
    if !address.isIPv6 { return address.octets.reversed().map(String.init).joined(separator: ".") + ".in-addr.arpa" }
    let nibbles = address.octets.flatMap { [$0 >> 4, $0 & 15] }.reversed().map { String($0, radix: 16) }
    return nibbles.joined(separator: ".") + ".ip6.arpa"
  }
}
