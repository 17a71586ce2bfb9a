import TLSProtection
import Testing

@Suite struct `Records of OpenSSL` {
  @Test(arguments: OpenSSLRecordings.upToTLS12)
  func `both sides open up to TLS 1.2`(_ recording: Vector) throws {
    var keys = try ConnectionKeys(recording)
    try expect(&keys.client, recording, "client", texts: ["EHLO kestrel.example\r\n", "QUIT\r\n"])
    try expect(&keys.server, recording, "server", texts: ["250 harbour.example\r\n", "221 bye\r\n"])
  }

  private func expect(
    _ decryptor: inout RecordDecryptor, _ recording: Vector, _ side: String, texts: [String]
  ) throws {
    let header = { (contentType: UInt8) in
      RecordHeader(contentType: contentType, version: recording.version.rawValue)
    }
    var data: [UInt8] = []
    var plaintext: [UInt8] = []
    for (index, record) in recording.records(side).enumerated() {
      let contentType = try decryptor.open(header(record.contentType), record.fragment, into: &plaintext)
      #expect(contentType == record.contentType)
      if index == 0 {
        // Finished (RFC 5246 section 7.4.9).
        #expect(contentType == 22)
        #expect(plaintext.prefix(4) == [20, 0, 0, 12] && plaintext.count == 16)
      } else {
        #expect(contentType == 23)
        data += plaintext
      }
    }
    // In TLS 1.0 a line comes in two records, of which the first is short, so that its IV is not known before.
    #expect(data == Array(texts.joined().utf8))
  }

  @Test(arguments: PostfixRecordings.all)
  func `a delivery to Postfix opens`(_ recording: Vector) throws {
    var keys = try ConnectionKeys(recording)
    let client = try contents(&keys.client, recording, "client")
    #expect(client.dropFirst().first == "ehlo pc2.kestrel.example\r\n")
    #expect(client.dropFirst(2).first?.hasPrefix("mail FROM:<ann@kestrel.example>") == true)
    let server = try contents(&keys.server, recording, "server")
    #expect(server.dropFirst().first?.hasPrefix("250-") == true)
    #expect(server.dropFirst(2).first == "250 2.1.0 Ok\r\n")
  }

  private func contents(
    _ decryptor: inout RecordDecryptor, _ recording: Vector, _ side: String
  ) throws -> [String] {
    var plaintext: [UInt8] = []
    var contents: [String] = []
    for record in recording.records(side) {
      let header = RecordHeader(contentType: record.contentType, version: recording.version.rawValue)
      #expect(try decryptor.open(header, record.fragment, into: &plaintext) == record.contentType)
      contents.append(String(decoding: plaintext, as: UTF8.self))
    }
    return contents
  }

  @Test(arguments: OpenSSLRecordings.tls13)
  func `both sides open in TLS 1.3`(_ recording: Vector) throws {
    let header = RecordHeader(contentType: 23, version: 0x0303)
    var plaintext: [UInt8] = []
    var client = try RecordDecryptor(tls13: try recording.suite, trafficSecret: recording.secret("client-secret"))
    for (record, text) in zip(recording.records("client"), ["EHLO kestrel.example\r\n", "QUIT\r\n"]) {
      #expect(try client.open(header, record.fragment, into: &plaintext) == 23)
      #expect(plaintext == Array(text.utf8))
    }
    var server = try RecordDecryptor(tls13: try recording.suite, trafficSecret: recording.secret("server-secret"))
    let records = recording.records("server")
    #expect(try server.open(header, records[0].fragment, into: &plaintext) == 22)
    #expect(plaintext.first == 4)
    for (record, text) in zip(records.dropFirst(), ["250 harbour.example\r\n", "221 bye\r\n"]) {
      #expect(try server.open(header, record.fragment, into: &plaintext) == 23)
      #expect(plaintext == Array(text.utf8))
    }
  }

  @Test(arguments: [("client", 2), ("server", 1)])
  func `what follows a KeyUpdate opens with the next keys`(_ side: String, _ updates: Int) throws {
    let recording = KeyUpdateRecording.session
    let header = RecordHeader(contentType: 23, version: 0x0303)
    var decryptor = try RecordDecryptor(tls13: try recording.suite, trafficSecret: recording.secret(side + "-secret"))
    var plaintext: [UInt8] = []
    var seen = 0
    var text = ""
    for record in recording.records(side) {
      switch try decryptor.open(header, record.fragment, into: &plaintext) {
      case 22 where plaintext.first == 24:
        seen += 1
        decryptor.nextGeneration()
      case 23: text += String(decoding: plaintext, as: UTF8.self)
      default: break
      }
    }
    #expect(seen == updates)
    // The last line of each side comes behind its updates.
    #expect(text.uppercased().contains(side == "client" ? "QUIT\r\n" : "221 2.0.0 BYE\r\n"))
  }

  @Test(arguments: OpenSSLRecordings.upToTLS12)
  func `nothing opens with other keys`(_ recording: Vector) throws {
    let record = recording.records("client")[0]
    var plaintext: [UInt8] = [1]
    // The other side's, and those of another connection.
    var keys = try ConnectionKeys(recording)
    let header = RecordHeader(contentType: record.contentType, version: recording.version.rawValue)
    #expect(throws: RecordFailure.notAuthentic) {
      try keys.server.open(header, record.fragment, into: &plaintext)
    }
    #expect(plaintext.isEmpty)
    keys = try ConnectionKeys(
      version: recording.version, suite: try recording.suite, master: recording.secret("master"),
      clientRandom: try recording.random("server-random"), serverRandom: try recording.random("client-random"),
      encryptThenMAC: recording["etm"] == [1])
    #expect(throws: RecordFailure.notAuthentic) {
      try keys.client.open(header, record.fragment, into: &plaintext)
    }
  }
}

extension ConnectionKeys {
  init(_ recording: Vector) throws {
    try self.init(
      version: recording.version, suite: try recording.suite, master: recording.secret("master"),
      clientRandom: try recording.random("client-random"), serverRandom: try recording.random("server-random"),
      encryptThenMAC: recording["etm"] == [1])
  }
}
