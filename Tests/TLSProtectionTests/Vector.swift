import TLSProtection
import Testing

/// Test data in lines of a name and hexadecimal digits, which go on in indented lines. The line `name` is text.
struct Vector: Sendable, CustomTestStringConvertible {
  let name: String
  private let fields: [(name: String, octets: [UInt8])]

  init(_ text: String) {
    var name = ""
    var fields: [(name: String, digits: String)] = []
    for line in text.split(separator: "\n") {
      if line.hasPrefix(" ") {
        fields[fields.count - 1].digits += line.drop { $0 == " " }
      } else if line.hasPrefix("name ") {
        name = String(line.dropFirst(5))
      } else if let blank = line.lastIndex(of: " ") {
        fields.append((String(line[..<blank]), String(line[line.index(after: blank)...])))
      }
    }
    self.name = name
    self.fields = fields.map { ($0.name, hex($0.digits)) }
  }

  var testDescription: String { name }

  /// The octets of the only field of a name.
  subscript(field: String) -> [UInt8] { all(field).first ?? [] }

  func all(_ field: String) -> [[UInt8]] {
    fields.filter { $0.name == field }.map(\.octets)
  }

  func number(_ field: String) -> UInt16 {
    self[field].reduce(0) { $0 << 8 | UInt16($1) }
  }

  /// Records of a side: content type and fragment.
  func records(_ side: String) -> [(contentType: UInt8, fragment: [UInt8])] {
    fields.filter { $0.name.hasPrefix(side + " ") }.map { field in
      (UInt8(field.name.suffix(2), radix: 16) ?? 0, field.octets)
    }
  }

  /// The names of all fields in their order.
  var fieldNames: [String] { fields.map(\.name) }

  var octets: [[UInt8]] { fields.map(\.octets) }

  func secret(_ field: String) -> Secret { Secret(self[field]) }

  func random(_ field: String) throws -> HandshakeRandom {
    let octets = self[field]
    return try #require(HandshakeRandom(octets))
  }

  var version: TLSVersion { TLSVersion(rawValue: number("version")) ?? .tls13 }
  var suite: CipherSuite {
    get throws { try CipherSuite.lookUp(number("suite")) }
  }
}

/// The octets that hexadecimal digits stand for; blanks are nothing.
func hex(_ digits: String) -> [UInt8] {
  let values = digits.compactMap(\.hexDigitValue)
  return stride(from: 0, to: values.count - 1, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
}

/// The digits that octets are written with.
func hex(_ octets: [UInt8]) -> String {
  octets.map { octet in
    let digits = String(octet, radix: 16)
    return digits.count == 1 ? "0" + digits : digits
  }.joined()
}
