internal import Wire

/// Quoted-printable (RFC 2045 section 6.7).
///
/// Blanks at the end of a line are kept: senders who meant none are told from servers that added some by nothing, and the
/// readers in use keep them. An equals sign that begins neither an octet nor a soft line break stands for itself.
struct QuotedPrintableDecoder {
  private enum State {
    case text
    /// Behind an equals sign.
    case equals
    /// Behind an equals sign and one hexadecimal digit.
    case digit(UInt8)
    /// Behind an equals sign and blanks, which a server may have put at the end of a soft line break: how many, and by a
    /// bit each which of them are tabs.
    case blanks(Int, tabs: UInt64)
    /// Behind the CR of a soft line break.
    case softReturn
  }

  private var state = State.text
  private(set) var isFaulty = false
  /// Blanks behind an equals sign that are taken for padding.
  private static let mostBlanks = 60

  /// Decodes `bytes` to the begin of `output`, which must have room for as many and a hundred more. Gives the number of
  /// bytes written.
  mutating func decode(_ bytes: Span<UInt8>, into output: inout MutableSpan<UInt8>) -> Int {
    var source = 0
    var target = 0
    while source < bytes.count {
      switch state {
      case .text:
        let end = bytes.firstIndex(of: 0x3d, from: source) ?? bytes.count
        while source < end {
          output[target] = bytes[source]
          target &+= 1
          source &+= 1
        }
        if source < bytes.count {
          state = .equals
          source &+= 1
        }
      case .equals:
        let byte = bytes[source]
        switch byte {
        case 0x0d:
          state = .softReturn
          source &+= 1
        case 0x0a:
          state = .text
          source &+= 1
        case 0x20, 0x09:
          state = .blanks(1, tabs: byte == 0x09 ? 1 : 0)
          source &+= 1
        default:
          if Hexadecimal.value(of: byte) != nil {
            state = .digit(byte)
            source &+= 1
          } else {
            giveUp(&output, &target)
          }
        }
      case .digit(let first):
        if let high = Hexadecimal.value(of: first), let low = Hexadecimal.value(of: bytes[source]) {
          output[target] = high << 4 | low
          target &+= 1
          source &+= 1
          state = .text
        } else {
          giveUp(&output, &target)
          output[target] = first
          target &+= 1
        }
      case .blanks(let count, let tabs):
        let byte = bytes[source]
        switch byte {
        case 0x20 where count < Self.mostBlanks, 0x09 where count < Self.mostBlanks:
          state = .blanks(count &+ 1, tabs: byte == 0x09 ? tabs | 1 << UInt64(count) : tabs)
          source &+= 1
        case 0x0d:
          state = .softReturn
          source &+= 1
        case 0x0a:
          state = .text
          source &+= 1
        default:
          giveUp(&output, &target)
          for index in 0..<count {
            output[target] = tabs >> UInt64(index) & 1 == 1 ? 0x09 : 0x20
            target &+= 1
          }
        }
      case .softReturn:
        if bytes[source] == 0x0a { source &+= 1 }
        state = .text
      }
    }
    return target
  }

  private mutating func giveUp(_ output: inout MutableSpan<UInt8>, _ target: inout Int) {
    isFaulty = true
    output[target] = 0x3d
    target &+= 1
    state = .text
  }

  /// The text is over; a lone equals sign at its end is a soft line break.
  mutating func finish(into output: inout MutableSpan<UInt8>) -> Int {
    defer { state = .text }
    guard case .digit(let first) = state else { return 0 }
    isFaulty = true
    output[0] = 0x3d
    output[1] = first
    return 2
  }

  mutating func skip() {
    state = .text
  }
}
