internal import Wire

/// Comments in structured fields (RFC 5322 section 3.2.2, RFC 2045 section 5.1).
enum HeaderComments {
  /// The field with a blank in the place of each comment, as leniently as its meaning stays certain: clients write file
  /// names with parentheses and no quotes, and a boundary may have some without a blank before them.
  static func removed(from field: [UInt8]) -> [UInt8] {
    guard field.contains(0x28) else { return field }
    var output: [UInt8] = []
    output.reserveCapacity(field.count)
    var place = Place.beforeEquals(start: 0)
    var offset = 0
    /// None that nothing closes was found: it is searched for once.
    var areClosed = true
    while offset < field.count {
      let byte = field[offset]
      switch (place, byte) {
      case (.quoted, 0x5c) where offset + 1 < field.count:
        output.append(byte)
        offset += 1
      case (.quoted(let isName), 0x22): place = .value(isName: isName)
      case (.value(let isName), 0x22): place = .quoted(isName: isName)
      case (.beforeEquals, 0x3b), (.value, 0x3b): place = .beforeEquals(start: output.count + 1)
      case (.beforeEquals(let start), 0x3d):
        place = .value(isName: isName(output.span.extracting(start..<output.count)))
      case (_, 0x28) where areClosed && mayBeginComment(place, behind: output.last):
        guard let end = end(of: offset, in: field) else {
          areClosed = false
          break
        }
        output.append(0x20)
        offset = end
        continue
      default: break
      }
      output.append(field[offset])
      offset += 1
    }
    return output
  }

  /// Where in a field a byte stands.
  private enum Place {
    /// In the value that the parameters stand behind, or a parameter's name, which begins there in the output.
    case beforeEquals(start: Int)
    /// In a parameter's value, which may be the name of a file.
    case value(isName: Bool)
    case quoted(isName: Bool)
  }

  private static func mayBeginComment(_ place: Place, behind last: UInt8?) -> Bool {
    switch place {
    case .beforeEquals: true
    case .value(let isName): !isName && (last == 0x20 || last == 0x09 || last == 0x3d)
    case .quoted: false
    }
  }

  private static func isName(_ parameter: Span<UInt8>) -> Bool {
    var start = 0
    while start < parameter.count, parameter[start] <= 0x20 { start += 1 }
    let name = parameter.extracting(start..<parameter.count)
    return name.hasBytesIgnoringCase("name") || name.hasBytesIgnoringCase("filename")
  }

  /// Behind the parenthesis that closes a comment; they nest, and a backslash quotes one.
  private static func end(of start: Int, in field: [UInt8]) -> Int? {
    var depth = 0
    var offset = start
    while offset < field.count {
      switch field[offset] {
      case 0x28: depth += 1
      case 0x29: depth -= 1
      case 0x5c: offset += 1
      default: break
      }
      offset += 1
      if depth == 0 { return offset }
    }
    return nil
  }
}
