internal import Wire

/// The client's side of an AUTH exchange, of which the user name may be shown and the rest never (RFC 4954, RFC 4422).
struct SASLExchange: Sendable {
  /// In upper case.
  var mechanism: [UInt8]
  private var responses: [[UInt8]] = []
  private var room: Int

  /// - Parameter argument: What stands behind AUTH: the mechanism, perhaps with an initial response.
  init(argument: ArraySlice<UInt8>, limit: Int) {
    let words = argument.split(maxSplits: 1) { $0 == 0x20 || $0 == 0x09 }
    mechanism = (words.first ?? []).map { (0x61...0x7a).contains($0) ? $0 - 32 : $0 }
    room = limit
    if words.count > 1 { respond(Array(words[1])) }
  }

  /// A line that answered a 334.
  mutating func respond(_ line: [UInt8]) {
    guard line.count <= room else { return }
    room -= line.count
    responses.append(line)
  }

  var isCancelled: Bool { responses.last == [0x2a] }

  /// Who the client says it is, where the mechanism tells that in readable form.
  var username: [UInt8]? {
    guard let first = responses.first, first != [0x2a] else { return nil }
    let text = first == [0x3d] ? [] : Base64.decoded(first) ?? []
    let name: [UInt8]?
    switch String(decoding: mechanism, as: UTF8.self) {
    case "PLAIN":  // RFC 4616: authorization identity, NUL, authentication identity, NUL, password
      let parts = text.split(separator: 0, omittingEmptySubsequences: false)
      name = parts.count == 3 ? Array(parts[1]) : nil
    case "LOGIN":  // the first answer is the name, whatever the server asked
      name = text
    case "CRAM-MD5":  // RFC 2195: name, blank, digest; a name may hold blanks
      name = text.lastIndex(of: 0x20).map { Array(text[..<$0]) }
    case "DIGEST-MD5":
      name = Self.quoted(behind: "username=\"", in: text)
    case "EXTERNAL", "ANONYMOUS":
      name = text
    case "XOAUTH2":  // user=…, ^A, auth=Bearer …
      name = Self.value(behind: "user=", upTo: [0x01], in: text)
    case "OAUTHBEARER":  // RFC 7628: n,a=…,^A
      name = Self.value(behind: "a=", upTo: [0x2c, 0x01], in: text)
    case "NTLM":
      name = responses.lazy.compactMap { Base64.decoded($0) }.compactMap(Self.ntlmUser).first
    case let scram where scram.hasPrefix("SCRAM-"):  // RFC 5802: n,,n=user,r=nonce
      name = Self.value(behind: "n=", upTo: [0x2c], in: Array(text.drop { $0 != 0x2c }))
        .map(Self.unescapedSCRAM)
    default:
      name = nil
    }
    return name?.isEmpty == true ? nil : name
  }

  private static func value(behind key: String, upTo ends: [UInt8], in text: [UInt8]) -> [UInt8]? {
    let key = Array(key.utf8)
    guard text.count >= key.count else { return nil }
    for start in 0...(text.count - key.count) where text[start..<(start + key.count)].elementsEqual(key) {
      // A key begins the text or follows a separator.
      guard start == 0 || text[start - 1] == 0x2c || text[start - 1] == 0x01 else { continue }
      return Array(text[(start + key.count)...].prefix { !ends.contains($0) })
    }
    return nil
  }

  private static func quoted(behind key: String, in text: [UInt8]) -> [UInt8]? {
    let key = Array(key.utf8)
    guard text.count >= key.count else { return nil }
    for start in 0...(text.count - key.count) where text[start..<(start + key.count)].elementsEqual(key) {
      return Array(text[(start + key.count)...].prefix { $0 != 0x22 })
    }
    return nil
  }

  /// RFC 5802 section 5.1: "=2C" and "=3D" stand for comma and equals sign.
  private static func unescapedSCRAM(_ name: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < name.count {
      let rest = name[index...].prefix(3)
      if rest.elementsEqual([0x3d, 0x32, 0x43]) {
        result.append(0x2c)
        index += 3
      } else if rest.elementsEqual([0x3d, 0x33, 0x44]) {
        result.append(0x3d)
        index += 3
      } else {
        result.append(name[index])
        index += 1
      }
    }
    return result
  }

  /// The user name of an NTLM AUTHENTICATE_MESSAGE (MS-NLMP section 2.2.1.3): length and offset at 36, UTF-16LE or OEM.
  private static func ntlmUser(_ message: [UInt8]) -> [UInt8]? {
    let bytes = message.span
    guard bytes.count >= 64, bytes.hasBytes("NTLMSSP\0"), bytes.littleEndianUInt32(at: 8) == 3 else { return nil }
    let length = Int(bytes.littleEndianUInt16(at: 36))
    let offset = Int(bytes.littleEndianUInt32(at: 40))
    guard offset <= bytes.count, length <= bytes.count - offset else { return nil }
    let field = Array(message[offset..<(offset + length)])
    guard bytes.littleEndianUInt32(at: 60) & 1 == 1 else { return field }
    let units = stride(from: 0, to: field.count - 1, by: 2).map { UInt16(field[$0]) | UInt16(field[$0 + 1]) << 8 }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }
}
