internal import Wire

/// A structured field's value and its parameters (RFC 2045 section 5.1), as leniently as their meaning stays certain:
/// values with blanks and no quotes, a quotation mark that is never closed, blanks around the equals sign.
struct HeaderParameters {
  struct Parameter {
    /// In small letters, with the asterisks and numbers of RFC 2231.
    var name: [UInt8]
    var value: [UInt8]
  }

  private(set) var value: [UInt8] = []
  private(set) var parameters: [Parameter] = []
  /// There were more than are looked at.
  private(set) var isCut = false

  init(parsing field: Span<UInt8>, limit: Int) {
    var offset = 0
    var isFirst = true
    var quotesEnd = true
    // Those behind the value, whether they are parameters or not.
    var pieces = 0
    while offset < field.count {
      let end = Self.endOfPiece(in: field, from: offset, &quotesEnd)
      let piece = field.extracting(offset..<end)
      if isFirst {
        isFirst = false
        // Some senders leave out the value, and begin with a parameter.
        if let parameter = Self.parameter(piece), parameter.name.allSatisfy(Self.isOfToken) {
          parameters.append(parameter)
          pieces += 1
        } else {
          value = Array(piece.extracting(Self.trimmed(piece)))
        }
      } else if pieces >= limit {
        isCut = true
        return
      } else {
        pieces += 1
        if let parameter = Self.parameter(piece) { parameters.append(parameter) }
      }
      offset = end + 1
    }
  }

  /// The text of the first parameter of that name; RFC 2231's forms are read by ``PartNames``.
  func text(_ name: StaticString) -> [UInt8]? {
    if let plain = parameters.first(where: { $0.name.count == name.utf8CodeUnitCount && $0.name.span.hasBytes(name) }) {
      return plain.value
    }
    return ExtendedParameter(name, in: parameters)?.bytes
  }

  /// Where the semicolon stands that is in no quoted string, or the end.
  ///
  /// A quotation mark that is never closed quotes no semicolon, or one mistake would swallow all parameters. Nor does
  /// one behind it: a semicolon in its quotes would be outside of those of the piece before, which would have ended.
  /// So the field is looked through to its end for one piece only.
  private static func endOfPiece(in field: Span<UInt8>, from start: Int, _ quotesEnd: inout Bool) -> Int {
    var offset = start
    var isQuoted = false
    while quotesEnd, offset < field.count {
      switch field[offset] {
      case 0x22: isQuoted.toggle()
      case 0x5c where isQuoted: offset += 1
      case 0x3b where !isQuoted: return offset
      default: break
      }
      offset += 1
    }
    if isQuoted { quotesEnd = false }
    return quotesEnd ? field.count : field.firstIndex(of: 0x3b, from: start) ?? field.count
  }

  private static func parameter(_ piece: Span<UInt8>) -> Parameter? {
    guard let equals = piece.firstIndex(of: 0x3d) else { return nil }
    let before = piece.extracting(0..<equals)
    let name = before.extracting(trimmed(before))
    let behind = piece.extracting(equals + 1..<piece.count)
    guard name.count > 0, name.count <= 200 else { return nil }
    var letters = Array(name)
    for index in letters.indices where (0x41...0x5a).contains(letters[index]) { letters[index] |= 0x20 }
    return Parameter(name: letters, value: unquoted(behind.extracting(trimmed(behind))))
  }

  /// Whether a token has it (RFC 2045 section 5.1), as far as it matters here: a type has a slash.
  private static func isOfToken(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte < 0x7f && byte != 0x2f && byte != 0x28 && byte != 0x22
  }

  /// A quoted string's text. Only quotation marks and backslashes are taken for escaped: clients send paths with plain
  /// backslashes in quotes.
  private static func unquoted(_ value: Span<UInt8>) -> [UInt8] {
    guard value.count > 0, value[0] == 0x22 else { return Array(value) }
    var text: [UInt8] = []
    text.reserveCapacity(value.count)
    var offset = 1
    while offset < value.count {
      let byte = value[offset]
      if byte == 0x22 { break }
      if byte == 0x5c, offset + 1 < value.count, value[offset + 1] == 0x22 || value[offset + 1] == 0x5c { offset += 1 }
      text.append(value[offset])
      offset += 1
    }
    return text
  }

  private static func trimmed(_ bytes: Span<UInt8>) -> Range<Int> {
    var start = 0
    var end = bytes.count
    while start < end, bytes[start] <= 0x20 { start += 1 }
    while start < end, bytes[end - 1] <= 0x20 { end -= 1 }
    return start..<end
  }
}
