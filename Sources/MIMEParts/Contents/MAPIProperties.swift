internal import Wire

/// The properties of an attachment in TNEF (MS-OXTNEF section 2.1.3.4), as far as they say what it is called and hold it.
struct MAPIProperties {
  /// A text as it stands there.
  enum Text {
    case bytes([UInt8])
    /// UTF-16, little-endian.
    case unicode([UInt8])
  }

  private(set) var longName: Text?
  private(set) var name: Text?
  private(set) var type: Text?
  /// The attachment itself, where it is a message or an object.
  private(set) var object: [UInt8]?
  /// Only its begin is there.
  private(set) var objectIsCut = false

  /// PR_ATTACH_DATA_OBJ (MS-OXPROPS).
  private static let objectID: UInt16 = 0x3701

  /// Reads properties up to the first one that is none, or is cut.
  init(_ bytes: [UInt8], limit: Int) {
    let bytes = bytes.span
    guard bytes.count >= 4 else { return }
    let count = Int(bytes.littleEndianUInt32(at: 0))
    var offset = 4
    var read = 0
    while read < count, offset + 4 <= bytes.count {
      read += 1
      let type = bytes.littleEndianUInt16(at: offset)
      let id = bytes.littleEndianUInt16(at: offset + 2)
      offset += 4
      if id >= 0x8000 {
        guard let behind = Self.behindName(bytes, from: offset) else { return }
        offset = behind
      }
      guard let behind = readValue(type: type, id: id, bytes, from: offset, limit: limit) else { return }
      offset = behind
    }
  }

  /// A named property's name: a GUID and a number or a text.
  private static func behindName(_ bytes: Span<UInt8>, from offset: Int) -> Int? {
    guard offset + 24 <= bytes.count else { return nil }
    if bytes.littleEndianUInt32(at: offset + 16) == 0 { return offset + 24 }
    let length = Int(bytes.littleEndianUInt32(at: offset + 20))
    return offset + 24 + padded(length)
  }

  private static func padded(_ length: Int) -> Int { (length + 3) & ~3 }

  /// Reads one value, or steps over it; gives the offset behind it, nil where it is cut or of no known type.
  private mutating func readValue(type: UInt16, id: UInt16, _ bytes: Span<UInt8>, from start: Int, limit: Int) -> Int? {
    var offset = start
    var values = 1
    let isMultiple = type & 0x1000 != 0
    let base = type & ~0x1000
    let isVariable = base == 0x1e || base == 0x1f || base == 0x0d || base == 0x102
    if isMultiple || isVariable {
      guard offset + 4 <= bytes.count else { return nil }
      values = Int(bytes.littleEndianUInt32(at: offset))
      offset += 4
    }
    guard isVariable else {
      let size: Int
      switch base {
      case 0x01: size = 0
      case 0x02, 0x03, 0x04, 0x0a, 0x0b: size = 4
      case 0x05, 0x06, 0x07, 0x14, 0x40: size = 8
      case 0x48: size = 16
      default: return nil
      }
      // A count of four bytes times sixteen: no overflow.
      offset += size * values
      return offset <= bytes.count ? offset : nil
    }
    for _ in 0..<values {
      guard offset + 4 <= bytes.count else { return nil }
      let length = Int(bytes.littleEndianUInt32(at: offset))
      offset += 4
      guard length <= bytes.count - offset else {
        guard id == Self.objectID else { return nil }
        objectIsCut = true
        keep(id: id, type: base, bytes.extracting(offset..<bytes.count), limit: limit)
        return nil
      }
      keep(id: id, type: base, bytes.extracting(offset..<offset + length), limit: limit)
      offset += Self.padded(length)
    }
    return offset
  }

  private mutating func keep(id: UInt16, type: UInt16, _ value: Span<UInt8>, limit: Int) {
    switch id {
    case 0x3707: longName = Self.text(value, type, limit)
    case 0x3704: name = Self.text(value, type, limit)
    case 0x370e: self.type = Self.text(value, type, limit)
    case Self.objectID:
      // An object has the id of its interface before it.
      object = Array(type == 0x0d ? value.extracting(min(16, value.count)..<value.count) : value)
    default: break
    }
  }

  private static func text(_ value: Span<UInt8>, _ type: UInt16, _ limit: Int) -> Text? {
    let bytes = Array(value.extracting(first: limit))
    return type == 0x1f ? .unicode(bytes) : type == 0x1e ? .bytes(bytes) : nil
  }
}
