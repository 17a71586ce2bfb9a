internal import Wire

/// A parameter in the forms of RFC 2231: in pieces (section 3), with a character set and percent signs (section 4).
struct ExtendedParameter {
  /// Percent signs undone, in the character set.
  var bytes: [UInt8]
  /// The character set as it was written; nil where none was.
  var charset: [UInt8]?
  /// As it was sent, the pieces joined.
  var raw: [UInt8]

  private struct Piece {
    var number: Int
    var isEncoded: Bool
    var value: [UInt8]
  }

  /// nil where no parameter of that name has an asterisk behind it.
  init?(_ name: StaticString, in parameters: [HeaderParameters.Parameter]) {
    var pieces: [Piece] = []
    for parameter in parameters where parameter.name.span.hasBytes(name) {
      if let piece = Self.piece(parameter, behind: name.utf8CodeUnitCount) { pieces.append(piece) }
    }
    guard !pieces.isEmpty else { return nil }
    // `name*` and `name*0*` both begin the value; of pieces with the same number the first counts.
    pieces.sort { $0.number < $1.number }
    bytes = []
    raw = []
    var next = pieces[0].number
    for piece in pieces where piece.number == next {
      next += 1
      raw += piece.value
      guard piece.isEncoded else {
        bytes += piece.value
        continue
      }
      var text = piece.value[...]
      if charset == nil, next == pieces[0].number + 1, let first = text.firstIndex(of: 0x27),
        let second = text[(first + 1)...].firstIndex(of: 0x27)
      {
        charset = Array(text[..<first])
        text = text[(second + 1)...]
      }
      Self.appendWithoutPercent(text, to: &bytes)
    }
  }

  private static func piece(_ parameter: HeaderParameters.Parameter, behind length: Int) -> Piece? {
    let tail = parameter.name[length...]
    guard tail.first == 0x2a else { return nil }
    if tail.count == 1 { return Piece(number: 0, isEncoded: true, value: parameter.value) }
    var digits = tail.dropFirst()
    let isEncoded = digits.last == 0x2a
    if isEncoded { digits = digits.dropLast() }
    guard !digits.isEmpty, digits.count <= 6 else { return nil }
    var number = 0
    for digit in digits {
      guard (0x30...0x39).contains(digit) else { return nil }
      number = number * 10 + Int(digit - 0x30)
    }
    return Piece(number: number, isEncoded: isEncoded, value: parameter.value)
  }

  private static func appendWithoutPercent(_ text: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
    var offset = text.startIndex
    while offset < text.endIndex {
      if text[offset] == 0x25, offset + 2 < text.endIndex, let high = Hexadecimal.value(of: text[offset + 1]),
        let low = Hexadecimal.value(of: text[offset + 2])
      {
        bytes.append(high << 4 | low)
        offset += 3
      } else {
        bytes.append(text[offset])
        offset += 1
      }
    }
  }
}
