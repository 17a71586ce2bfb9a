import TLSHandshake
import TestSupport
import Testing
import Wire

/// A hello with a post-quantum key share, larger than a segment.
private let clientHello: [UInt8] = {
  var hello = TLSBuilder.ClientHello()
  hello.sessionID = [1, 2, 3, 4]
  hello.ciphers = [0x1301, 0xc02f, 0x000a]
  hello.extensions = [
    TLSBuilder.serverName("mx.example"), TLSBuilder.supportedVersions([0x0304, 0x0303]),
    TLSBuilder.groups([4588, 29]), TLSBuilder.keyShares([(4588, 1216), (29, 32)]), TLSBuilder.protocols(["smtp"]),
    (22, []), (23, []), (35, [9, 9]),
  ]
  return hello.bytes
}()

private func serverHello(_ change: (inout TLSBuilder.ServerHello) -> Void = { _ in }) -> [UInt8] {
  var hello = TLSBuilder.ServerHello()
  change(&hello)
  return hello.bytes
}

private let tls13ServerHello = serverHello {
  $0.cipher = 0x1301
  $0.extensions = [(43, [3, 4]), (51, TLSBuilder.uint16(4588) + TLSBuilder.vector16([1, 2]))]
}

/// A handshake of TLS 1.2 with all its messages, in records of `size` octets.
private func tls12(recordsOf size: Int) -> [(Peer, [UInt8])] {
  [
    (.client, TLSBuilder.handshake(clientHello, piece: size)),
    (
      .server,
      TLSBuilder.handshake(
        serverHello(), TLSBuilder.certificates([CertificateBuilder().der, [1, 2, 3]]),
        TLSBuilder.serverKeyExchange(curve: 29), TLSBuilder.certificateRequest, TLSBuilder.serverHelloDone, piece: size)
    ),
    (
      .client,
      TLSBuilder.handshake(TLSBuilder.certificates([]), TLSBuilder.clientKeyExchange, piece: size)
        + TLSBuilder.changeCipherSpec + TLSBuilder.finished
    ),
    (.server, TLSBuilder.changeCipherSpec + TLSBuilder.finished),
    (.client, TLSBuilder.data(80) + TLSBuilder.record(21, Array(repeating: 3, count: 26))),
  ]
}

@Suite struct ConversationTests {
  @Test(arguments: [16384, 300, 64, 7, 1], [Int.max, 1460, 89, 3, 1])
  func `a handshake of TLS 1.2 is read whatever its records and segments`(record: Int, segment: Int) {
    let conversation = conversation(tls12(recordsOf: record), piece: segment)
    let handshake = conversation.handshake
    #expect(handshake.clientHello?.cipherSuites.map(\.name).first == "TLS_AES_128_GCM_SHA256")
    #expect(handshake.clientHello?.serverName == Array("mx.example".utf8))
    #expect(handshake.clientHello?.keyShares.map(\.name) == ["X25519MLKEM768", "x25519"])
    #expect(handshake.clientHello?.offersTicket == true)
    #expect(handshake.clientHello?.offersEncryptThenMAC == true)
    #expect(handshake.clientHello?.offersExtendedMasterSecret == true)
    #expect(handshake.version == .tls12)
    #expect(handshake.cipherSuite?.name == "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")
    #expect(handshake.group == "x25519")
    #expect(handshake.serverCertificates == [CertificateBuilder().der, [1, 2, 3]])
    #expect(handshake.wantsClientCertificate)
    #expect(handshake.clientCertificates == [])
    #expect(handshake.isResumed == false)
    #expect(conversation.isEstablished)
    #expect(conversation.encryptedAlerts(from: .client) == 1)
    #expect(conversation.alerts.isEmpty)
  }

  @Test(arguments: [Int.max, 200, 1])
  func `TLS 1.3 behind a request for another hello`(segment: Int) {
    let retry = serverHello {
      $0.random = [
        0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
        0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
      ]
      $0.extensions = [(43, [3, 4]), (51, TLSBuilder.uint16(29))]
    }
    let conversation = conversation(
      [
        (.client, TLSBuilder.handshake(clientHello)),
        (.server, TLSBuilder.handshake(retry) + TLSBuilder.changeCipherSpec),
        (.client, TLSBuilder.changeCipherSpec + TLSBuilder.handshake(clientHello)),
        (.server, TLSBuilder.handshake(tls13ServerHello) + TLSBuilder.data(800) + TLSBuilder.data(53)),
        (.client, TLSBuilder.data(53)),
      ], piece: segment)
    #expect(conversation.handshake.isRetried)
    #expect(conversation.handshake.version == .tls13)
    #expect(conversation.handshake.group == "X25519MLKEM768")
    #expect(conversation.handshake.isResumed == false)
    #expect(conversation.isEstablished)
  }

  /// RFC 5246 section 7.3: where a session goes on the server has the last word first. A ticket may come with an id of no
  /// octets (RFC 5077 section 3.4).
  @Test(arguments: [Peer.client, .server], [false, true])
  func `who turns to the keys first tells a session that goes on`(first: Peer, hasCertificate: Bool) {
    let client = TLSBuilder.ClientHello().bytes
    let hello = serverHello()
    let server =
      hasCertificate
      ? TLSBuilder.handshake(hello, TLSBuilder.certificates([[1]])) : TLSBuilder.handshake(hello)
    let turn = TLSBuilder.changeCipherSpec + TLSBuilder.finished
    let handshake = conversation([
      (.client, TLSBuilder.handshake(client)), (.server, server), (first, turn), (first.other, turn),
    ]).handshake
    #expect(handshake.isResumed == (first == .server && !hasCertificate))
  }

  @Test func `a session goes on by its id, a pre-shared key, or not at all`() {
    let byID = serverHello { $0.sessionID = [1, 2, 3, 4] }
    let withCertificate = TLSBuilder.handshake(byID, TLSBuilder.certificates([[1]]))
    let byKey = serverHello {
      $0.cipher = 0x1301
      $0.extensions = [(43, [3, 4]), (41, [0, 0])]
    }
    for (server, isResumed) in [
      (TLSBuilder.handshake(byID), true), (withCertificate, false), (TLSBuilder.handshake(byKey), true),
      (TLSBuilder.handshake(serverHello()), false),
    ] {
      let handshake = conversation([(.client, TLSBuilder.handshake(clientHello)), (.server, server)]).handshake
      #expect(handshake.isResumed == isResumed)
    }
    #expect(conversation([(.server, TLSBuilder.handshake(byID))]).handshake.isResumed == nil)
  }

  @Test func `alerts that end it, that warn, and that nobody can read`() {
    let hello: (Peer, [UInt8]) = (.client, TLSBuilder.handshake(clientHello))
    let refused = conversation([hello, (.server, TLSBuilder.alert(2, 40))])
    #expect(refused.isRefused)
    #expect(refused.alerts.map(\.description.name) == ["handshake_failure"])
    #expect(refused.alerts.map(\.from) == [.server])
    #expect(refused.handshake.last?.name == "ClientHello")
    let warned = conversation([hello, (.server, TLSBuilder.alert(1, 112))])
    #expect(!warned.isRefused)
    #expect(warned.alerts.first?.levelName == "warning")
    // TLS 1.3: nineteen octets are an alert, a Finished has more.
    let server: (Peer, [UInt8]) = (.server, TLSBuilder.handshake(tls13ServerHello) + TLSBuilder.data(900))
    let byClient = conversation([hello, server, (.client, TLSBuilder.changeCipherSpec + TLSBuilder.data(19))])
    #expect(byClient.encryptedRefusal == .client)
    #expect(!byClient.isEstablished)
    let byServer = conversation([hello, server, (.client, TLSBuilder.data(53)), (.server, TLSBuilder.data(19))])
    #expect(byServer.encryptedRefusal == .server)
    #expect(!byServer.isEstablished)
    // An alert behind the client's own only takes leave.
    let left = conversation([
      hello, server, (.client, TLSBuilder.data(53) + TLSBuilder.data(19)), (.server, TLSBuilder.data(19)),
    ])
    #expect(left.encryptedRefusal == nil)
    #expect(left.isEstablished)
  }

  // Java's alert of TLS 1.3 has sixteen octets of padding.
  @Test func `a first record too short for Finished is an alert that was padded`() {
    var offer = TLSBuilder.ClientHello()
    offer.extensions = [TLSBuilder.supportedVersions([0x0304]), TLSBuilder.keyShares([(29, 32)])]
    func left(_ last: [UInt8], extensions: [(UInt16, [UInt8])] = []) -> TLSConversation {
      var hello = offer
      hello.extensions += extensions
      return conversation([
        (.client, TLSBuilder.handshake(hello.bytes)),
        (.server, TLSBuilder.handshake(tls13ServerHello) + TLSBuilder.data(900)), (.client, last),
      ])
    }
    let refused = left(TLSBuilder.changeCipherSpec + TLSBuilder.data(35))
    #expect(refused.encryptedRefusal == .client)
    #expect(!refused.isEstablished)
    #expect(!refused.wasLeftUnsaid)
    // Finished of a hash of 32 octets, with the shortest tag.
    #expect(left(TLSBuilder.data(45)).isEstablished)
    // As short behind it is what was said.
    #expect(left(TLSBuilder.data(53) + TLSBuilder.data(35)).isEstablished)
    // A Certificate without any and Finished; the server misses one, and says so.
    var missed = left(TLSBuilder.data(25) + TLSBuilder.data(53))
    #expect(missed.isEstablished)
    let alert = TLSBuilder.data(19)
    missed.receive(alert.span, from: .server, at: Handshake.Place(frame: 9, time: CaptureTime(nanoseconds: 9)))
    #expect(missed.encryptedRefusal == .server)
    // EndOfEarlyData, which Finished follows.
    let early = left(TLSBuilder.data(21) + TLSBuilder.data(53), extensions: [(41, [0]), (42, [])])
    #expect(early.encryptedRefusal == nil)
    // What is lost may have been Finished.
    var holed = left([])
    holed.skip(60, from: .client, at: Handshake.Place(frame: 9, time: CaptureTime(nanoseconds: 9)))
    let said = TLSBuilder.data(35)
    holed.receive(said.span, from: .client, at: Handshake.Place(frame: 10, time: CaptureTime(nanoseconds: 10)))
    #expect(holed.isEstablished)
  }

  @Test func `what a hole leaves is known, and nothing is made up`() {
    var conversation = TLSConversation()
    let bytes = TLSBuilder.handshake(clientHello)
    let beginning = Array(bytes[..<100])
    conversation.receive(
      beginning.span, from: .client, at: .init(frame: 1, time: CaptureTime(nanoseconds: 1)))
    conversation.skip(
      bytes.count - 100, from: .client, at: .init(frame: 1, time: CaptureTime(nanoseconds: 1)))
    let hello = conversation.handshake.clientHello
    #expect(hello?.isWhole == false)
    #expect(hello?.serverName == Array("mx.example".utf8))
    #expect(hello?.groups.map(\.name) == ["X25519MLKEM768", "x25519"])
    #expect(hello?.keyShares == [])
    // The record's end is known: the next one is read.
    let next = TLSBuilder.alert(2, 48)
    conversation.receive(next.span, from: .client, at: .init(frame: 2, time: CaptureTime(nanoseconds: 2)))
    #expect(conversation.alerts.map(\.description) == [.unknownAuthority])
    #expect(conversation.hasHoles)
  }

  @Test func `behind a hole records are found again where a segment begins with one`() {
    var conversation = TLSConversation()
    let place = Handshake.Place(frame: 1, time: CaptureTime(nanoseconds: 1))
    conversation.skip(4000, from: .server, at: place)
    let middle: [UInt8] = [1, 2, 3, 4, 5, 6, 7]
    let alert = TLSBuilder.alert(2, 80)
    conversation.receive(middle.span, from: .server, at: place)
    conversation.receive(alert.span, from: .server, at: place)
    #expect(conversation.alerts.map(\.description.name) == ["internal_error"])
  }

  @Test(arguments: [0x05, 0x7f, 0xff] as [UInt8])
  func `a record's version means nothing where one is due`(minor: UInt8) {
    for piece in [Int.max, 1, 7] {
      var bytes = TLSBuilder.handshake(serverHello())
      bytes[2] = minor
      let alert = TLSBuilder.alert(2, 80)
      let found = conversation([(.server, bytes + alert)], piece: piece)
      #expect(found.handshake.cipherSuite?.code == 0xc02f)
      #expect(found.alerts.map(\.description.name) == ["internal_error"])
    }
    // Behind a hole it is one of the signs that there is one.
    var found = TLSConversation()
    let place = Handshake.Place(frame: 1, time: CaptureTime(nanoseconds: 1))
    found.skip(4000, from: .server, at: place)
    var alert = TLSBuilder.alert(2, 80)
    alert[2] = minor
    found.receive(alert.span, from: .server, at: place)
    #expect(found.alerts.isEmpty)
  }

  @Test func `a message that claims more than is kept is passed over`() {
    let long = TLSBuilder.message(11, Array(repeating: 0, count: 1 << 17 + 1))
    for piece in [16384, 999] {
      let bytes = TLSBuilder.handshake(long, serverHello(), piece: piece)
      #expect(conversation([(.server, bytes)]).handshake.cipherSuite?.code == 0xc02f)
    }
  }

  @Test(arguments: 0..<40)
  func `mutated handshakes are read without harm`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<40 {
      var steps = tls12(recordsOf: [16384, 200].randomElement(using: &random) ?? 1)
      for _ in 0..<Int.random(in: 1...12, using: &random) {
        let step = Int.random(in: 0..<steps.count, using: &random)
        let index = Int.random(in: 0..<steps[step].1.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: steps[step].1[index] = UInt8.random(in: 0...255, using: &random)
        case 1: steps[step].1.remove(at: index)
        default: steps[step].1.insert(UInt8.random(in: 0...255, using: &random), at: index)
        }
      }
      let whole = conversation(steps)
      let cut = conversation(steps, piece: Int.random(in: 1...70, using: &random))
      #expect(whole.handshake.clientHello?.ja3 == cut.handshake.clientHello?.ja3)
      _ = whole.handshake.clientHello?.ja4
    }
  }
}
