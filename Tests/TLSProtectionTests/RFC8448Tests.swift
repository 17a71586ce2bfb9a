import TLSProtection
import Testing

@Suite struct `Traces of RFC 8448` {
  @Test(arguments: RFC8448Traces.all)
  func `every record opens to what the RFC says`(_ trace: Vector) throws {
    let suite = try CipherSuite.lookUp(0x1301)
    var decryptors: [String: RecordDecryptor] = [:]
    for epoch in RFC8448Tests.epochs where !trace[epoch + "-secret"].isEmpty {
      decryptors[epoch] = try RecordDecryptor(tls13: suite, trafficSecret: trace.secret(epoch + "-secret"))
    }
    var plaintext: [UInt8] = []
    var opened = 0
    let header = RecordHeader(contentType: 23, version: 0x0303)
    for (index, name) in trace.fieldNames.enumerated() where RFC8448Tests.epochs.contains(name) {
      let fragment = trace.octets[index]
      let contentType = try #require(try decryptors[name]?.open(header, fragment, into: &plaintext))
      #expect(plaintext + [contentType] == trace.octets[index + 1])
      opened += 1
    }
    #expect(opened >= 4)
  }
}

enum RFC8448Tests {
  static let epochs = ["early", "client-handshake", "server-handshake", "client-data", "server-data"]
}
