internal import Wire

/// What a proxy says before the dialogue begins: PROXY v1 and v2 (HAProxy's protocol), SOCKS 4 and 5 (RFC 1928), HTTP
/// CONNECT (RFC 9110 section 9.3.6). It is stepped over; the addresses that it tells are kept.
public struct Preamble: Equatable, Sendable {
  /// Which proxy protocol it is; the raw value is its name in reports.
  public enum Kind: String, Sendable {
    case proxyV1 = "proxy_v1"
    case proxyV2 = "proxy_v2"
    case socks4
    case socks5
    case httpConnect = "http_connect"
  }

  /// The protocol that it is of.
  public var kind: Kind
  /// The client as the proxy saw it, as text of address and port.
  public var source: String?
  /// Where the connection was to lead, as text of host and port.
  public var destination: String?
  /// How many bytes of each side belong to it.
  public var clientLength: Int
  /// The same of the server's: the proxy's own answers, none for PROXY.
  public var serverLength: Int
}

/// What the first bytes of both sides say about a preamble.
enum PreambleReading: Equatable {
  case none
  /// It may be one; more bytes tell.
  case undecided
  case found(Preamble)

  init(client: [UInt8], server: [UInt8]) {
    guard let first = client.first else {
      self = .none
      return
    }
    switch first {
    case 0x50: self = Self.proxyV1(client)
    case 0x0d: self = Self.proxyV2(client)
    case 0x05: self = Self.socks5(client, server)
    case 0x04: self = Self.socks4(client, server)
    case 0x43: self = Self.httpConnect(client, server)
    default: self = .none
    }
  }

  /// `PROXY TCP4 192.0.2.7 203.0.113.25 49152 25<CRLF>`, at most 107 bytes.
  private static func proxyV1(_ client: [UInt8]) -> PreambleReading {
    guard begins(client, "PROXY ") else { return .none }
    guard let end = client.firstIndex(of: 0x0a) else { return client.count > 107 ? .none : .undecided }
    let words = client[..<end].split { $0 == 0x20 || $0 == 0x0d }.map { String(decoding: $0, as: UTF8.self) }
    guard words.count >= 2 else { return .none }
    var preamble = Preamble(kind: .proxyV1, clientLength: end + 1, serverLength: 0)
    if words.count >= 6 {
      preamble.source = joined(words[2], words[4])
      preamble.destination = joined(words[3], words[5])
    }
    return .found(preamble)
  }

  /// Twelve bytes of signature, version and command, family, length of the addresses.
  private static func proxyV2(_ client: [UInt8]) -> PreambleReading {
    let signature: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]
    guard client.prefix(12).elementsEqual(signature.prefix(client.count)) else { return .none }
    guard client.count >= 16 else { return .undecided }
    let span = client.span
    let length = 16 + Int(span.bigEndianUInt16(at: 14))
    guard client.count >= length else { return .undecided }
    var preamble = Preamble(kind: .proxyV2, clientLength: length, serverLength: 0)
    switch client[13] {
    case 0x11 where length >= 28:
      let source = IPAddress(ipv4: span.bigEndianUInt32(at: 16))
      let destination = IPAddress(ipv4: span.bigEndianUInt32(at: 20))
      preamble.source = Endpoint(address: source, port: span.bigEndianUInt16(at: 24)).description
      preamble.destination = Endpoint(address: destination, port: span.bigEndianUInt16(at: 26)).description
    case 0x21 where length >= 52:
      let source = IPAddress(ipv6High: span.bigEndianUInt64(at: 16), low: span.bigEndianUInt64(at: 24))
      let destination = IPAddress(ipv6High: span.bigEndianUInt64(at: 32), low: span.bigEndianUInt64(at: 40))
      preamble.source = Endpoint(address: source, port: span.bigEndianUInt16(at: 48)).description
      preamble.destination = Endpoint(address: destination, port: span.bigEndianUInt16(at: 50)).description
    default:
      break
    }
    return .found(preamble)
  }

  /// RFC 1928: methods, the choice, RFC 1929's password where it was chosen, the request, its answer.
  private static func socks5(_ client: [UInt8], _ server: [UInt8]) -> PreambleReading {
    guard client.count >= 2 else { return .undecided }
    var position = 2 + Int(client[1])
    guard client.count >= position, server.count >= 2 else {
      return server.first.map { $0 == 5 } ?? true ? .undecided : .none
    }
    guard server[0] == 5 else { return .none }
    var answered = 2
    if server[1] == 2 {
      guard client.count >= position + 2 else { return .undecided }
      let name = Int(client[position + 1])
      guard client.count >= position + 3 + name else { return .undecided }
      position += 3 + name + Int(client[position + 2 + name])
      answered += 2
    }
    guard client.count >= position + 5 else { return .undecided }
    guard client[position] == 5, let (host, length) = socksAddress(client, at: position + 3) else { return .none }
    guard client.count >= position + 3 + length + 2, server.count >= answered + 5 else { return .undecided }
    let port = Int(client[position + 3 + length]) << 8 | Int(client[position + 4 + length])
    guard server[answered] == 5, let (_, bound) = socksAddress(server, at: answered + 3) else { return .none }
    guard server.count >= answered + 3 + bound + 2 else { return .undecided }
    return .found(
      Preamble(
        kind: .socks5, destination: joined(host, String(port)), clientLength: position + 3 + length + 2,
        serverLength: answered + 3 + bound + 2))
  }

  /// The address of a SOCKS 5 request or answer and its length with the type byte; nil for an unknown type. Missing bytes
  /// are read as zero: the caller checks the length.
  private static func socksAddress(_ bytes: [UInt8], at start: Int) -> (String, Int)? {
    let byte = { (offset: Int) in start + offset < bytes.count ? bytes[start + offset] : 0 }
    switch byte(0) {
    case 1:
      let address = (1...4).reduce(UInt32(0)) { $0 << 8 | UInt32(byte($1)) }
      return (IPAddress(ipv4: address).description, 5)
    case 3:
      let length = Int(byte(1))
      return (String(decoding: (0..<length).map { byte(2 + $0) }, as: UTF8.self), 2 + length)
    case 4:
      let half = { (from: Int) in (from..<(from + 8)).reduce(UInt64(0)) { $0 << 8 | UInt64(byte($1)) } }
      return (IPAddress(ipv6High: half(1), low: half(9)).description, 17)
    default:
      return nil
    }
  }

  /// Command, port, address, user name and a zero; with 0.0.0.x a host name and a zero (SOCKS 4A).
  private static func socks4(_ client: [UInt8], _ server: [UInt8]) -> PreambleReading {
    guard client.count >= 9 else { return client.count < 2 || client[1] == 1 || client[1] == 2 ? .undecided : .none }
    guard client[1] == 1 || client[1] == 2, let userEnd = client[8...].firstIndex(of: 0) else {
      return client.count > 600 ? .none : .undecided
    }
    let span = client.span
    let port = span.bigEndianUInt16(at: 2)
    let address = span.bigEndianUInt32(at: 4)
    var host = IPAddress(ipv4: address).description
    var end = userEnd + 1
    if address < 256, address > 0 {
      guard let hostEnd = client[end...].firstIndex(of: 0) else { return client.count > 900 ? .none : .undecided }
      host = String(decoding: client[end..<hostEnd], as: UTF8.self)
      end = hostEnd + 1
    }
    guard server.first ?? 0 == 0 else { return .none }
    guard server.count >= 8 else { return .undecided }
    return .found(
      Preamble(kind: .socks4, destination: joined(host, String(port)), clientLength: end, serverLength: 8))
  }

  /// Both header sections up to their blank lines.
  private static func httpConnect(_ client: [UInt8], _ server: [UInt8]) -> PreambleReading {
    guard begins(client, "CONNECT ") else { return .none }
    guard client.count >= 8, let clientEnd = headerEnd(client) else { return client.count > 8192 ? .none : .undecided }
    guard begins(server, "HTTP/1.") else { return .none }
    guard let serverEnd = headerEnd(server) else { return server.count > 8192 ? .none : .undecided }
    let target = client.dropFirst(8).prefix { $0 > 0x20 }
    return .found(
      Preamble(
        kind: .httpConnect, destination: String(decoding: target, as: UTF8.self), clientLength: clientEnd,
        serverLength: serverEnd))
  }

  private static func headerEnd(_ bytes: [UInt8]) -> Int? {
    var search = 0
    while let feed = bytes.span.firstIndex(of: 0x0a, from: search) {
      if bytes.span.hasBytes("\r\n", at: feed + 1) { return feed + 3 }
      if bytes.span.hasBytes("\n", at: feed + 1) { return feed + 2 }
      search = feed + 1
    }
    return nil
  }

  /// Whether the bytes begin with the word, as far as both go.
  private static func begins(_ bytes: [UInt8], _ word: String) -> Bool {
    zip(bytes, word.utf8).allSatisfy { $0 == $1 }
  }

  private static func joined(_ host: String, _ port: String) -> String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
