import Testing
import Wire

@Suite struct HexadecimalTests {
  @Test func `each byte has its value as a digit, and only digits have one`() {
    for byte in UInt8.min...UInt8.max {
      let text = String(UnicodeScalar(byte))
      let value = byte < 0x80 && text != "+" && text != "-" ? UInt8(text, radix: 16) : nil
      #expect(Hexadecimal.value(of: byte) == value, "\(byte)")
    }
  }

  @Test func `bytes are written with two small digits each`() {
    let bytes = Array(UInt8.min...UInt8.max)
    let written = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(String(hexadecimal: bytes) == written)
    #expect(String(hexadecimal: []) == "")
  }

  @Test func `what is written is read`() {
    for value in UInt8(0)..<16 { #expect(Hexadecimal.value(of: Hexadecimal.digit(value)) == value) }
  }
}

@Suite struct Base64AlphabetTests {
  @Test func `each six bits have a character, and it stands for them`() {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    for bits in UInt32(0)..<64 {
      #expect(Base64.digit(bits) == alphabet[Int(bits)])
      #expect(Base64.digit(bits | 0xffff_ffc0) == alphabet[Int(bits)])
      #expect(Base64.value(of: alphabet[Int(bits)]) == UInt8(bits))
    }
    for byte in UInt8.min...UInt8.max where !alphabet.contains(byte) { #expect(Base64.value(of: byte) == nil) }
  }
}
