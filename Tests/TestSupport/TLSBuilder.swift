/// Writes TLS records and handshake messages (RFC 8446 sections 4 and 5.1), right or wrong as a test needs them.
package enum TLSBuilder {
  /// One record.
  package static func record(_ kind: UInt8, _ fragment: [UInt8], version: UInt16 = 0x0303) -> [UInt8] {
    [kind] + uint16(version) + uint16(UInt16(truncatingIfNeeded: fragment.count)) + fragment
  }

  /// A handshake message in records of at most `piece` octets.
  package static func handshake(_ messages: [UInt8]..., piece: Int = 16384) -> [UInt8] {
    var rest = messages.flatMap { $0 }[...]
    var bytes: [UInt8] = []
    while !rest.isEmpty {
      bytes += record(22, Array(rest.prefix(piece)))
      rest = rest.dropFirst(piece)
    }
    return bytes
  }

  package static func alert(_ level: UInt8, _ description: UInt8) -> [UInt8] { record(21, [level, description]) }
  package static let changeCipherSpec: [UInt8] = record(20, [1])
  /// Application data of so many octets.
  package static func data(_ count: Int) -> [UInt8] { record(23, Array(repeating: 0xa5, count: count)) }
  /// A Finished that is protected: nobody sees that it is one.
  package static let finished: [UInt8] = record(22, Array(repeating: 0x5a, count: 40))

  package static func message(_ type: UInt8, _ body: [UInt8]) -> [UInt8] { [type] + uint24(body.count) + body }

  /// What a ClientHello says.
  package struct ClientHello {
    package var version: UInt16 = 0x0303
    package var random: [UInt8] = Array(0..<32)
    package var sessionID: [UInt8] = []
    package var ciphers: [UInt16] = [0x1301, 0xc02f, 0xc030]
    package var extensions: [(UInt16, [UInt8])] = []

    package init() {}

    package var bytes: [UInt8] {
      message(
        1,
        uint16(version) + random + vector8(sessionID) + vector16(ciphers.flatMap(uint16)) + [1, 0]
          + extensionList(extensions))
    }
  }

  /// What a ServerHello says.
  package struct ServerHello {
    package var version: UInt16 = 0x0303
    package var random: [UInt8] = Array(repeating: 0xbb, count: 32)
    package var sessionID: [UInt8] = []
    package var cipher: UInt16 = 0xc02f
    package var extensions: [(UInt16, [UInt8])] = []

    package init() {}

    package var bytes: [UInt8] {
      message(2, uint16(version) + random + vector8(sessionID) + uint16(cipher) + [0] + extensionList(extensions))
    }
  }

  /// A Certificate message of TLS 1.2 and below.
  package static func certificates(_ chain: [[UInt8]]) -> [UInt8] {
    let list = chain.flatMap { uint24($0.count) + $0 }
    return message(11, uint24(list.count) + list)
  }

  package static func serverKeyExchange(curve: UInt16) -> [UInt8] {
    message(12, [3] + uint16(curve) + vector8([4, 1, 2, 3]))
  }

  package static let certificateRequest = message(13, [1, 1] + [0, 0] + [0, 0])
  package static let serverHelloDone = message(14, [])
  package static let clientKeyExchange = message(16, vector8([4, 5, 6, 7]))

  // MARK: Extensions

  package static func serverName(_ name: String) -> (UInt16, [UInt8]) {
    (0, vector16([0] + vector16(Array(name.utf8))))
  }

  package static func supportedVersions(_ versions: [UInt16]) -> (UInt16, [UInt8]) {
    (43, vector8(versions.flatMap(uint16)))
  }

  package static func groups(_ groups: [UInt16]) -> (UInt16, [UInt8]) { (10, vector16(groups.flatMap(uint16))) }
  package static func signatures(_ schemes: [UInt16]) -> (UInt16, [UInt8]) { (13, vector16(schemes.flatMap(uint16))) }
  package static func pointFormats(_ formats: [UInt8]) -> (UInt16, [UInt8]) { (11, vector8(formats)) }
  package static func protocols(_ names: [String]) -> (UInt16, [UInt8]) {
    (16, vector16(names.flatMap { vector8(Array($0.utf8)) }))
  }
  package static func keyShares(_ shares: [(UInt16, Int)]) -> (UInt16, [UInt8]) {
    (51, vector16(shares.flatMap { uint16($0.0) + vector16(Array(repeating: 7, count: $0.1)) }))
  }

  // MARK: Numbers and vectors

  package static func uint16(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xff)] }
  package static func uint24(_ number: Int) -> [UInt8] {
    [16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }
  package static func vector8(_ bytes: [UInt8]) -> [UInt8] { [UInt8(truncatingIfNeeded: bytes.count)] + bytes }
  package static func vector16(_ bytes: [UInt8]) -> [UInt8] { uint16(UInt16(truncatingIfNeeded: bytes.count)) + bytes }

  private static func extensionList(_ extensions: [(UInt16, [UInt8])]) -> [UInt8] {
    extensions.isEmpty ? [] : vector16(extensions.flatMap { uint16($0.0) + vector16($0.1) })
  }
}

extension [UInt8] {
  /// As ``Script`` writes bytes that are no text, without a line end.
  package var script: String {
    map { (byte: UInt8) in "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined() + "\\"
  }
}
