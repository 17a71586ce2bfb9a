import Wire

/// The fields of a header section as they stand in it, for a signature covers their octets.
struct HeaderFields {
  struct Field {
    /// Without the blanks before the colon.
    var name: Range<Int>
    var colon: Int
    /// From the name to the line end, which is not part of it.
    var whole: Range<Int>
    /// The name in small letters, hashed: most are told apart by it.
    var key: UInt64
  }

  private(set) var fields: [Field] = []
  /// There are more than are looked at.
  private(set) var isCut = false

  /// Real ones have a hundred. Against a megabyte of the shortest fields, all of which would be looked through for each
  /// name that a signature covers.
  private static let mostFields = 2000

  /// - Parameter header: Up to the blank line, which is not part of it.
  init(_ header: Span<UInt8>) {
    var start = 0
    while start < header.count {
      let feed = header.firstIndex(of: 0x0a, from: start)
      var end = feed ?? header.count
      if feed != nil, end > start, header[end - 1] == 0x0d { end -= 1 }
      take(start..<end, of: header)
      start = (feed ?? header.count) + 1
    }
  }

  private mutating func take(_ line: Range<Int>, of header: Span<UInt8>) {
    guard !line.isEmpty else { return }
    if Self.isBlank(header[line.lowerBound]) {
      if let last = fields.indices.last, !isBehindStray {
        fields[last].whole = fields[last].whole.lowerBound..<line.upperBound
      }
      return
    }
    guard let colon = header.extracting(line).firstIndex(of: UInt8(ascii: ":")) else {
      isBehindStray = true
      return
    }
    isBehindStray = false
    guard fields.count < Self.mostFields else {
      isCut = true
      isBehindStray = true
      return
    }
    var end = line.lowerBound + colon
    while end > line.lowerBound, Self.isBlank(header[end - 1]) { end -= 1 }
    let name = line.lowerBound..<end
    fields.append(
      Field(name: name, colon: line.lowerBound + colon, whole: line, key: Self.key(of: header.extracting(name))))
  }

  /// The line before is none of a field's.
  private var isBehindStray = false

  private static func isBlank(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 }

  /// FNV-1a of the small letters.
  static func key(of name: Span<UInt8>) -> UInt64 {
    var key: UInt64 = 0xcbf2_9ce4_8422_2325
    for index in name.indices { key = (key ^ UInt64(SignatureField.small(name[index]))) &* 0x100_0000_01b3 }
    return key
  }

  static let signatureKey = key(of: Array("dkim-signature".utf8).span)
}

extension HeaderFields {
  /// The octets that a signature covers (RFC 6376 section 3.7): the fields that it names, of each name the last one that
  /// was not named yet (section 5.4.2), then itself without its `b=` and the last line end.
  func signedOctets(by field: SignatureField, at place: Int, in header: Span<UInt8>) -> [UInt8] {
    var octets: [UInt8] = []
    octets.reserveCapacity(4096)
    var isTaken = [Bool](repeating: false, count: fields.count)
    // It cannot cover itself; others of its kind it may (section 3.5, h=).
    isTaken[place] = true
    for name in field.signedNames {
      let name = Array(name)
      let key = Self.key(of: name.span)
      guard let index = fields.indices.last(where: { !isTaken[$0] && fields[$0].key == key }) else { continue }
      isTaken[index] = true
      Self.append(fields[index], without: nil, field.headerForm, of: header, to: &octets)
      octets.append(0x0d)
      octets.append(0x0a)
    }
    let own = fields[place]
    let start = own.colon + 1
    let hidden = field.placeOfSignature.map { start + $0.lowerBound..<start + $0.upperBound }
    Self.append(own, without: hidden, field.headerForm, of: header, to: &octets)
    return octets
  }

  private static func append(
    _ field: Field, without hidden: Range<Int>?, _ form: Canonicalization, of header: Span<UInt8>,
    to octets: inout [UInt8]
  ) {
    switch form {
    case .simple: appendSimple(field.whole, without: hidden, of: header, to: &octets)
    case .relaxed:
      for index in field.name { octets.append(SignatureField.small(header[index])) }
      octets.append(UInt8(ascii: ":"))
      appendRelaxed(field.colon + 1..<field.whole.upperBound, without: hidden, of: header, to: &octets)
    }
  }

  /// Section 3.4.1: as it stands. Where lines end in a bare LF, with the CR that it has not: a server adds it.
  private static func appendSimple(
    _ place: Range<Int>, without hidden: Range<Int>?, of header: Span<UInt8>, to octets: inout [UInt8]
  ) {
    for index in place where hidden?.contains(index) != true {
      if header[index] == 0x0a, index == place.lowerBound || header[index - 1] != 0x0d { octets.append(0x0d) }
      octets.append(header[index])
    }
  }

  /// Section 3.4.2: unfolded, white space as one space, none at both ends.
  private static func appendRelaxed(
    _ place: Range<Int>, without hidden: Range<Int>?, of header: Span<UInt8>, to octets: inout [UInt8]
  ) {
    var blank = false
    var isFirst = true
    for index in place where hidden?.contains(index) != true {
      let octet = header[index]
      if octet == 0x0a || octet == 0x0d && index + 1 < place.upperBound && header[index + 1] == 0x0a { continue }
      if isBlank(octet) {
        blank = true
        continue
      }
      if blank, !isFirst { octets.append(0x20) }
      blank = false
      isFirst = false
      octets.append(octet)
    }
  }
}
