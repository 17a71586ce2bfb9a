internal import Wire

/// One line of a key log in the NSS format (RFC 9850 section 2): a label, what the connection is known by, and a secret, the
/// latter two in hexadecimal.
enum KeyLogLine {
  /// Nothing, or a comment.
  case blank
  case session(HandshakeRandom, Kind, Secret)
  /// Of old NSS: the premaster secret of an RSA key exchange, by the first eight octets of it as it was encrypted.
  case premaster(UInt64, Secret)
  /// A line of the same form whose label means nothing here: exporter secrets, later generations of keys (which follow from
  /// the first), labels to come.
  case otherLabel
  case malformed

  enum Kind {
    case master, clientEarlyTraffic, clientHandshakeTraffic, serverHandshakeTraffic, clientTraffic, serverTraffic
  }

  init(_ line: Span<UInt8>) {
    var fields = FieldCursor()
    guard let label = fields.next(in: line) else {
      self = .blank
      return
    }
    if line[label.lowerBound] == UInt8(ascii: "#") {
      self = .blank
      return
    }
    guard let identity = fields.next(in: line), let value = fields.next(in: line), fields.next(in: line) == nil else {
      self = .malformed
      return
    }
    self = Self.read(
      label: line.extracting(label), identity: line.extracting(identity), value: line.extracting(value))
  }

  private static func read(label: Span<UInt8>, identity: Span<UInt8>, value: Span<UInt8>) -> KeyLogLine {
    if label.isWord("RSA") {
      guard let start = Hexadecimal.octets(identity, of: [8]), let secret = secret(value, of: [48]) else {
        return .malformed
      }
      return .premaster(start.span.bigEndianUInt64(at: 0), secret)
    }
    guard let kind = kind(of: label) else { return isOtherLine(label, identity, value) ? .otherLabel : .malformed }
    // A traffic secret is as long as the hash of its suite.
    guard let octets = Hexadecimal.octets(identity, of: [HandshakeRandom.count]),
      let random = HandshakeRandom(octets.span),
      let secret = secret(value, of: kind == .master ? [48] : [32, 48])
    else { return .malformed }
    return .session(random, kind, secret)
  }

  private static func kind(of label: Span<UInt8>) -> Kind? {
    if label.isWord("CLIENT_RANDOM") { return .master }
    if label.isWord("CLIENT_EARLY_TRAFFIC_SECRET") { return .clientEarlyTraffic }
    if label.isWord("CLIENT_HANDSHAKE_TRAFFIC_SECRET") { return .clientHandshakeTraffic }
    if label.isWord("SERVER_HANDSHAKE_TRAFFIC_SECRET") { return .serverHandshakeTraffic }
    if label.isWord("CLIENT_TRAFFIC_SECRET_0") { return .clientTraffic }
    if label.isWord("SERVER_TRAFFIC_SECRET_0") { return .serverTraffic }
    return nil
  }

  private static func secret(_ text: Span<UInt8>, of lengths: [Int]) -> Secret? {
    guard var octets = Hexadecimal.octets(text, of: lengths) else { return nil }
    return Secret(wiping: &octets)
  }

  /// Whether a line looks like one of a key log: a file that is none shall not pass for one with new labels.
  private static func isOtherLine(_ label: Span<UInt8>, _ identity: Span<UInt8>, _ value: Span<UInt8>) -> Bool {
    for index in label.indices {
      switch label[index] {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): continue
      default: return false
      }
    }
    return Hexadecimal.isText(identity) && Hexadecimal.isText(value)
  }
}

/// The fields of a line, which blanks part.
private struct FieldCursor {
  private var offset = 0

  mutating func next(in line: Span<UInt8>) -> Range<Int>? {
    while offset < line.count, isBlank(line[offset]) { offset += 1 }
    let start = offset
    while offset < line.count, !isBlank(line[offset]) { offset += 1 }
    return start == offset ? nil : start..<offset
  }

  private func isBlank(_ octet: UInt8) -> Bool {
    octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t") || octet == UInt8(ascii: "\r")
  }
}

extension Hexadecimal {
  /// The octets that the text stands for; nil when it is not hexadecimal or of another length.
  fileprivate static func octets(_ text: Span<UInt8>, of lengths: [Int]) -> [UInt8]? {
    guard text.count.isMultiple(of: 2), lengths.contains(text.count / 2) else { return nil }
    var octets: [UInt8] = []
    octets.reserveCapacity(text.count / 2)
    var index = 0
    while index < text.count {
      guard let high = value(of: text[index]), let low = value(of: text[index + 1]) else {
        octets.wipe()
        return nil
      }
      octets.append(high << 4 | low)
      index += 2
    }
    return octets
  }

  fileprivate static func isText(_ text: Span<UInt8>) -> Bool {
    for index in text.indices where value(of: text[index]) == nil { return false }
    return text.count.isMultiple(of: 2)
  }
}

extension Span where Element == UInt8 {
  fileprivate func isWord(_ word: StaticString) -> Bool {
    count == word.utf8CodeUnitCount && hasBytes(word)
  }
}
