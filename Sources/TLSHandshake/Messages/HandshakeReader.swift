internal import Wire

/// The kind of a handshake message (RFC 8446 section 4; IANA's registry "TLS HandshakeType").
enum HandshakeType {
  static let helloRequest: UInt8 = 0
  static let clientHello: UInt8 = 1
  static let serverHello: UInt8 = 2
  static let newSessionTicket: UInt8 = 4
  static let endOfEarlyData: UInt8 = 5
  static let encryptedExtensions: UInt8 = 8
  static let certificate: UInt8 = 11
  static let serverKeyExchange: UInt8 = 12
  static let certificateRequest: UInt8 = 13
  static let serverHelloDone: UInt8 = 14
  static let certificateVerify: UInt8 = 15
  static let clientKeyExchange: UInt8 = 16
  static let finished: UInt8 = 20
  static let certificateStatus: UInt8 = 22
  static let keyUpdate: UInt8 = 24
}

/// Joins the fragments of one side's handshake records to messages: a message may fill many records, and a record may hold
/// many messages (RFC 8446 section 5.1).
struct HandshakeReader: Sendable {
  private(set) var bytes: [UInt8] = []
  private var offset = 0
  /// What is left of a message that is too long to be kept.
  private var passing = 0

  /// Octets kept of a message; a chain of certificates has a few thousand. One that claims more is passed over.
  static let mostLength = 1 << 17

  /// A message with its four octets of type and length.
  struct Message: Sendable {
    var type: UInt8
    var bytes: [UInt8]
    var isWhole = true

    var body: FieldReader { FieldReader(bytes[min(4, bytes.count)...]) }
  }

  mutating func append(_ fragment: Span<UInt8>) {
    let dropped = min(passing, fragment.count)
    passing -= dropped
    bytes.append(fragment.extracting(dropped..<fragment.count))
  }

  /// The next message that is whole.
  mutating func next() -> Message? {
    while bytes.count - offset >= 4 {
      let length = Int(bytes[offset + 1]) << 16 | Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3])
      let end = offset + 4 + length
      if length > HandshakeReader.mostLength {
        passing = max(0, end - bytes.count)
        offset = min(end, bytes.count)
        compact()
        continue
      }
      guard bytes.count >= end else { return nil }
      let message = Message(type: bytes[offset], bytes: Array(bytes[offset..<end]))
      offset = end
      compact()
      return message
    }
    return nil
  }

  /// As much as is there of the message that is not whole.
  var partial: Message? {
    guard bytes.count - offset > 4 else { return nil }
    return Message(type: bytes[offset], bytes: Array(bytes[offset...]), isWhole: false)
  }

  /// Bytes are missing: what began before them is not whole, and where the next message begins is not known.
  mutating func reset() {
    self = HandshakeReader()
  }

  /// Lets go of what was read: at once where nothing is left, else when it is more than what is left, so that fewer
  /// octets are moved than were read.
  private mutating func compact() {
    if offset == bytes.count {
      bytes = []
    } else if offset > bytes.count - offset {
      bytes.removeFirst(offset)
    } else {
      return
    }
    offset = 0
  }
}
