import Reports
import TestSupport
import Testing
import Wire

private func text(_ write: (inout OutputBuffer) -> Void) -> String {
  var output = OutputBuffer()
  write(&output)
  var bytes: [UInt8] = []
  output.drain { bytes.append($0) }
  return String(decoding: bytes, as: UTF8.self)
}

@Test(
  arguments: [
    (0, 9, "1970-01-01T00:00:00.000000000Z"), (-1, 9, "1969-12-31T23:59:59.999999999Z"),
    (951_782_399_999_999_999, 6, "2000-02-28T23:59:59.999999Z"), (951_782_400_000_000_000, 0, "2000-02-29T00:00:00Z"),
    (951_868_800_000_000_000, 0, "2000-03-01T00:00:00Z"), (1_709_208_000_123_456_789, 3, "2024-02-29T12:00:00.123Z"),
    (1_735_689_599_000_000_000, 0, "2024-12-31T23:59:59Z"), (4_107_542_399_000_000_000, 0, "2100-02-28T23:59:59Z"),
    (4_107_542_400_000_000_000, 0, "2100-03-01T00:00:00Z"), (-2_203_891_200_000_000_000, 0, "1900-03-01T00:00:00Z"),
    (-2_203_891_200_000_000_001, 1, "1900-02-28T23:59:59.9Z"),
    (1_254_722_767_492_060_000, 6, "2009-10-05T06:06:07.492060Z"),
    (.max, 9, "2262-04-11T23:47:16.854775807Z"), (.min, 9, "1677-09-21T00:12:43.145224192Z"),
  ] as [(Int64, Int, String)])
func `times are those of RFC 3339`(nanoseconds: Int64, decimals: Int, told: String) {
  #expect(text { $0.append(CaptureTime(nanoseconds: nanoseconds), decimals: decimals) } == told)
}

@Test(
  arguments: [
    (0, "0"), (1, "0.000001"), (6_612_400_000, "6612.4"), (-1_500_000, "-1.5"), (-1, "-0.000001"), (12_000_000, "12"),
    (999_999, "0.999999"), (9_000_001, "9.000001"), (9_999_990, "9.99999"), (10_000_000, "10"), (44_524_000, "44.524"),
    (10_000_001, "10.000001"), (98_765_432, "98.765432"), (99_999_990, "99.99999"), (99_999_999, "99.999999"),
    (100_000_000, "100"), (100_000_001, "100.000001"), (525_242_000, "525.242"),
    (.max, "9223372036854.775807"), (.min, "-9223372036854.775808"),
  ] as [(Int64, String)])
func `durations are milliseconds, exactly`(nanoseconds: Int64, told: String) {
  #expect(text { $0.append(milliseconds: nanoseconds) } == told)
}

@Test(
  arguments: [
    0, 7, 10, 99, 100, 9999, 10_000, -1, 1_000_000, 98_765_432, 99_999_999, 100_000_000, 100_000_007,
    9_999_999_999_999_999, .max, .min,
  ] as [Int])
func `integers are decimal`(number: Int) {
  #expect(text { $0.append(number) } == String(number))
}

@Test(arguments: [
  ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
])
func `base64 is that of RFC 4648 section 10`(bytes: String, encoded: String) {
  #expect(text { $0.appendBase64(bytes.utf8.span) } == encoded)
}

@Test func `base64 has all its digits`() {
  let every = (0..<64).map { UInt8($0) }
  let packed = stride(from: 0, to: 64, by: 4).flatMap { index -> [UInt8] in
    let group = every[index..<index + 4].reduce(UInt32(0)) { $0 << 6 | UInt32($1) }
    return [UInt8(group >> 16), UInt8(group >> 8 & 255), UInt8(group & 255)]
  }
  #expect(
    text { $0.appendBase64(packed.span) } == "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
}

@Test(arguments: [false, true])
func `a connection has the Community ID that others give it`(isReversed: Bool) {
  let client = Endpoint(address: IPAddress(ipv4: 0x80e8_6e78), port: 34855)
  let server = Endpoint(address: IPAddress(ipv4: 0x4223_facc), port: 80)
  let told = text { isReversed ? $0.appendCommunityID(server, client) : $0.appendCommunityID(client, server) }
  #expect(told == "1:LQU9qZlK+B5F3KDmev6m5PMibrg=")
}

@Test func `what could not be written stays`() {
  struct Full: Error {}
  var output = OutputBuffer()
  output.append("abc")
  #expect(throws: Full.self) { try output.drain { _ throws(Full) in throw Full() } }
  #expect(output.count == 3)
  output.drain { _ in }
  #expect(output.count == 0)
}
