import SMTPAnalysis
import TLSHandshake
import TestSupport
import Testing
import Wire

/// A STARTTLS dialogue with a handshake whose steps are given.
private func analyzed(_ steps: [(Peer, [UInt8])], ends: String = "C.\nS.") -> Session? {
  let lines = steps.map { "\($0 == .client ? "C" : "S"): \($1.script)" }.joined(separator: "\n")
  let script = Dialogues.hello + "C: STARTTLS\nS: 220 go\n" + lines + "\n" + ends
  return Analysis(Conversation(script)).sessions.first
}

private func clientHello(_ change: (inout TLSBuilder.ClientHello) -> Void = { _ in }) -> (Peer, [UInt8]) {
  var hello = TLSBuilder.ClientHello()
  hello.extensions = [TLSBuilder.serverName("mx.example"), TLSBuilder.groups([29, 23])]
  change(&hello)
  return (.client, TLSBuilder.handshake(hello.bytes))
}

private func server(
  version: UInt16 = 0x0303, cipher: UInt16 = 0xc02f, certificate: CertificateBuilder? = CertificateBuilder(),
  asks: Bool = false
) -> (Peer, [UInt8]) {
  var hello = TLSBuilder.ServerHello()
  hello.version = version
  hello.cipher = cipher
  let chain = certificate.map { [$0.der] } ?? []
  return (
    .server,
    TLSBuilder.handshake(
      hello.bytes, TLSBuilder.certificates(chain), TLSBuilder.serverKeyExchange(curve: 29),
      asks ? TLSBuilder.certificateRequest : [], TLSBuilder.serverHelloDone)
  )
}

private func alert(_ peer: Peer, _ description: UInt8, level: UInt8 = 2) -> (Peer, [UInt8]) {
  (peer, TLSBuilder.alert(level, description))
}

/// Both sides finish, and talk.
private let finish: [(Peer, [UInt8])] = [
  (.client, TLSBuilder.handshake(TLSBuilder.clientKeyExchange) + TLSBuilder.changeCipherSpec + TLSBuilder.finished),
  (.server, TLSBuilder.changeCipherSpec + TLSBuilder.finished),
  (.client, TLSBuilder.data(60)), (.server, TLSBuilder.data(90)),
]

private func certificate(_ change: (inout CertificateBuilder) -> Void) -> CertificateBuilder {
  var builder = CertificateBuilder()
  change(&builder)
  return builder
}

@Suite struct TLSFindingTests {
  @Test(
    arguments: [
      ([clientHello(), alert(.server, 70)], .tlsVersionMismatch, "at most TLS 1.2"),
      ([clientHello(), server(version: 0x0304), alert(.client, 47)], .tlsVersionMismatch, "The server chose TLS 1.3"),
      ([clientHello(), alert(.server, 40)], .tlsNoSharedCipher, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
      ([clientHello(), alert(.server, 71)], .tlsNoSharedCipher, "groups x25519, secp256r1"),
      ([clientHello(), alert(.server, 80)], .tlsHandshakeFailed, "internal_error"),
      (
        [
          clientHello(), server(asks: true), (.client, TLSBuilder.handshake(TLSBuilder.certificates([]))),
          alert(.server, 40),
        ], .tlsClientCertificateMissing, "the client has none"
      ),
      (
        [
          clientHello(), server(asks: true), (.client, TLSBuilder.handshake(TLSBuilder.certificates([[1]]))),
          alert(.server, 48),
        ], .tlsClientCertificateMissing, "did not take the client's certificate"
      ),
      ([clientHello(), server(), alert(.client, 48)], .certificateUntrusted, "issuer CN=Test CA"),
      (
        [clientHello(), server(certificate: certificate { $0.issuer = $0.subject }), alert(.client, 42)],
        .certificateUntrusted, "self-signed"
      ),
      (
        [clientHello(), server(certificate: certificate { $0.notAfter = "261101000000Z" }), alert(.client, 42)],
        .certificateExpired, "valid until 2026-11-01"
      ),
      (
        [clientHello(), server(certificate: certificate { $0.notBefore = "261201000000Z" }), alert(.client, 45)],
        .certificateExpired, "valid from 2026-12-01"
      ),
      (
        [clientHello(), server(certificate: certificate { $0.dnsNames = ["other.example"] }), alert(.client, 42)],
        .certificateNameMismatch, "is for other.example"
      ),
      ([clientHello(), server()], .tlsHandshakeFailed, "behind the server's ServerHelloDone"),
      ([clientHello()], .tlsHandshakeFailed, "behind the client's ClientHello"),
    ] as [([(Peer, [UInt8])], FindingID, String)])
  func `why a handshake failed`(steps: [(Peer, [UInt8])], id: FindingID, words: String) throws {
    let session = try #require(analyzed(steps))
    #expect(session.tls?.outcome == .failed)
    #expect(session.verdict.cause == id)
    let finding = try #require(session.findings.first { $0.id == id })
    #expect(finding.severity == .error)
    #expect(finding.message.contains(words), "\(finding.message)")
    let tls: Set<FindingID> = [
      .tlsHandshakeFailed, .tlsVersionMismatch, .tlsNoSharedCipher, .tlsClientCertificateMissing, .certificateUntrusted,
      .certificateExpired, .certificateNameMismatch, .certificateSelfSigned, .tlsOutdated,
    ]
    #expect(session.findings.count { tls.contains($0.id) } == 1)
  }

  @Test(
    arguments: [
      (server(version: 0x0301, cipher: 0xc013), .tlsOutdated, "TLS 1.0 is obsolete. The client would have taken TLS"),
      (server(cipher: 0x002f), .tlsOutdated, "no forward secrecy"),
      (server(cipher: 0xc011), .tlsOutdated, "RC4"), (server(cipher: 0xc012), .tlsOutdated, "too weak"),
      (
        server(certificate: certificate { $0.notAfter = "261119000000Z" }), .certificateExpired,
        "expired: it was valid until 2026-11-19"
      ),
      (
        server(certificate: certificate { $0.notBefore = "261121000000Z" }), .certificateExpired,
        "not valid yet: it is valid from 2026-11-21 on"
      ),
      (
        server(certificate: certificate { $0.dnsNames = ["a.example", "*.b.example"] }), .certificateNameMismatch,
        "asked for mx.example, the server's certificate is for a.example, *.b.example"
      ),
      (server(certificate: certificate { $0.issuer = "mx.example" }), .certificateSelfSigned, "CN=mx.example"),
    ] as [((Peer, [UInt8]), FindingID, String)])
  func `what is not as it should be where the handshake came to its end`(
    server: (Peer, [UInt8]), id: FindingID, words: String
  ) throws {
    let session = try #require(analyzed([clientHello(), server] + finish, ends: "C.\nS."))
    #expect(session.tls?.outcome == .established)
    let finding = try #require(session.findings.first { $0.id == id })
    #expect(finding.severity == .warning)
    #expect(finding.message.contains(words), "\(finding.message)")
    #expect(session.verdict.outcome == .unknown)
  }

  @Test(arguments: [
    server(), server(certificate: certificate { $0.notAfter = "261120091500Z" }),
    server(certificate: certificate { $0.dnsNames = ["a.example", "*.example"] }),
    server(certificate: certificate { $0.dnsNames = [] }), server(cipher: 0xcca8), server(cipher: 0xc014),
  ])
  func `a sound handshake is not talked about`(server: (Peer, [UInt8])) throws {
    let session = try #require(analyzed([clientHello(), server] + finish))
    #expect(session.tls?.outcome == .established)
    #expect(session.findings.map(\.id) == [.outcomeEncrypted])
  }

  @Test func `where nobody named the server its certificate may be for any`() throws {
    let other = server(certificate: certificate { $0.dnsNames = ["other.example"] })
    let session = try #require(analyzed([clientHello { $0.extensions = [] }, other] + finish))
    #expect(session.findings.map(\.id) == [.outcomeEncrypted])
  }

  /// GnuTLS looks at the certificate when all is finished, and Postfix says QUIT then.
  @Test(
    arguments: [
      (server(certificate: certificate { $0.notAfter = "261101000000Z" }), .certificateExpired, .error, .failed),
      (
        server(certificate: certificate { $0.dnsNames = ["other.example"] }), .certificateNameMismatch, .error, .failed
      ), (server(certificate: certificate { $0.issuer = $0.subject }), .certificateUntrusted, .error, .failed),
      (server(), .tlsHandshakeFailed, .warning, .nothingSent),
    ] as [((Peer, [UInt8]), FindingID, Severity, Verdict.Outcome)], [[], TLSBuilder.data(30)] as [[UInt8]])
  func `a client that leaves right behind the handshake`(
    example: ((Peer, [UInt8]), FindingID, Severity, Verdict.Outcome), last: [UInt8]
  ) throws {
    let (server, id, severity, outcome) = example
    let handshake = [clientHello(), server] + finish.prefix(2)
    let steps = last.isEmpty ? handshake : handshake + [(.client, last)]
    let session = try #require(analyzed(steps))
    #expect(session.tls?.outcome == .established)
    #expect(session.verdict.outcome == outcome)
    #expect(session.verdict.cause == id)
    #expect(session.findings.first { $0.id == id }?.severity == severity)
    #expect(session.findings.allSatisfy { $0.id != .outcomeEncrypted })
    // A server that hangs up shows nothing of the kind, nor does a client that had said more.
    #expect(analyzed(steps, ends: "S.\nC.")?.verdict.outcome == .unknown)
    #expect(analyzed(handshake + [(.client, TLSBuilder.data(32))])?.verdict.outcome == .unknown)
  }

  // OpenSSL's, Java's with its padding, and Node's, which closes without any.
  @Test(arguments: [
    (TLSBuilder.data(19), "The client ended the TLS handshake with an alert that is encrypted"),
    (TLSBuilder.data(35), "The client ended the TLS handshake with an alert that is encrypted"),
    ([], "The server had sent its certificate, encrypted as in TLS 1.3, and the client answered nothing"),
  ])
  func `a client that does not take a certificate of TLS 1.3 ends the handshake`(last: [UInt8], words: String) throws {
    var hello = TLSBuilder.ServerHello()
    hello.cipher = 0x1301
    hello.extensions = [(43, [3, 4])]
    let server = (Peer.server, TLSBuilder.handshake(hello.bytes) + TLSBuilder.data(900))
    let client = clientHello { $0.extensions.append(TLSBuilder.supportedVersions([0x0304])) }
    let session = try #require(analyzed([client, server] + (last.isEmpty ? [] : [(.client, last)])))
    #expect(session.tls?.outcome == .failed)
    #expect(session.verdict.cause == .tlsHandshakeFailed)
    #expect(session.verdict.message.contains(words), "\(session.verdict.message)")
    // A server that hangs up shows nothing of the kind, and a client that takes its leave answers.
    guard last.isEmpty else { return }
    let closing = (Peer.client, TLSBuilder.alert(1, 0))
    #expect(analyzed([client, server, closing])?.verdict.message.contains("answered nothing") == false)
    #expect(
      analyzed([client, server], ends: "S.\nC.")?.verdict.message.contains("behind the server's ServerHello") == true)
  }

  @Test func `a client that does not wait for the reply to STARTTLS begins TLS all the same`() throws {
    let steps = [server()] + finish
    let lines = steps.map { "\($0 == .client ? "C" : "S"): \($1.script)" }.joined(separator: "\n")
    let ahead = "C: STARTTLS\nC: \(clientHello().1.script)\nS: 220 go\n"
    let session = try #require(Analysis(Conversation(Dialogues.hello + ahead + lines + "\nC.\nS.")).sessions.first)
    #expect(session.tls?.outcome == .established)
    #expect(session.tls?.details?.serverName == "mx.example")
    #expect(session.findings.map(\.id) == [.outcomeEncrypted])
  }

  @Test func `a hello that a greeting in clear answers hides nothing`() throws {
    let script = "C: \(clientHello().1.script)\nS: 220 mx.example ESMTP"
    let frames = Conversation(script, server: Endpoint(address: IPAddress(ipv4: 0xcb00_7119), port: 465), closes: false)
    let session = try #require(Analysis(frames).sessions.first)
    #expect(session.findings.contains { $0.id == .tlsOnPlaintextPort })
    #expect(!session.findings.contains { $0.id == .outcomeEncrypted })
  }

  @Test func `holes in a handshake prove nothing`() throws {
    let lines = "C: \(clientHello().1.script)\nS? 900\nC: \(TLSBuilder.alert(1, 0).script)\nC.\nS."
    let script = Dialogues.hello + "C: STARTTLS\nS: 220 go\n" + lines
    let session = try #require(Analysis(Conversation(script)).sessions.first)
    #expect(session.tls?.outcome == .unknown)
    #expect(!session.findings.contains { $0.id == .tlsHandshakeFailed })
  }

  @Test(arguments: [
    ("MAIL FROM:<a@b>\nS: 250 ok", true), ("AUTH PLAIN AGFubgBwdw==\nS: 235 ok", true),
    ("EHLO c\nS: 250 mx\nC: MAIL FROM:<a@b>\nS: 250 ok", false), ("NOOP\nS: 250 ok", false),
    ("QUIT\nS: 221 bye", false),
  ])
  func `a client that goes on inside TLS without a new EHLO`(commands: String, isFound: Bool) throws {
    let script = Dialogues.hello + "C: STARTTLS\nS: 220 go\nC: \(commands)"
    let session = try #require(Analysis(Conversation(script)).sessions.first)
    #expect(session.tls?.isReadable == true)
    #expect(session.findings.contains { $0.id == .ehloNotRepeated } == isFound)
  }

  /// The name that led to the server, the certificate's names, and whether the client told the name itself.
  @Test(arguments: [
    ("mx.example", ["mx.example"], false, false), ("mail.example", ["mx.example"], false, true),
    ("a.mx.example", ["*.mx.example"], false, false), ("mail.example", ["mx.example"], true, false),
  ])
  func `a certificate is held against the name by which the server was found`(
    name: String, certified: [String], hasSNI: Bool, isFound: Bool
  ) throws {
    let hello = clientHello { if !hasSNI { $0.extensions = [] } }
    let steps = [hello, server(certificate: certificate { $0.dnsNames = certified })] + finish
    let lines = steps.map { "\($0 == .client ? "C" : "S"): \($1.script)" }.joined(separator: "\n")
    var scene = NameScene(Dialogues.hello + "C: STARTTLS\nS: 220 go\n" + lines + "\nC.\nS.")
    scene.answer(NameServer.response(name, .a, ["\(name) A \(NameScene.server)"]), to: NameScene.client)
    let session = try #require(scene.session)
    #expect(session.findings.contains { $0.id == .certificateNameMismatch } == isFound)
    if isFound {
      #expect(session.message(.certificateNameMismatch)?.contains("found the server by the name \(name)") == true)
    }
  }

  @Test(arguments: [
    ("EHLO c\nS: 250 mx\nC: NOOP\nS: 421 4.7.1 mx Error: No client certificate presented", true),
    ("EHLO c\nS: 250 mx\nC: MAIL FROM:<a@b>\nS: 550 5.7.1 TLS client certificate required", true),
    ("EHLO c\nS: 250 mx\nC: MAIL FROM:<a@b>\nS: 550 5.7.1 no", false),
  ])
  func `a server that misses a client certificate says so inside TLS`(commands: String, isFound: Bool) throws {
    let script = Dialogues.hello + "C: STARTTLS\nS: 220 go\nC: \(commands)"
    let session = try #require(Analysis(Conversation(script)).sessions.first)
    #expect((session.verdict.cause == .tlsClientCertificateMissing) == isFound)
  }

  /// What the client says then is its answer to that.
  @Test func `the server hung up before it answered the ClientHello`() throws {
    let said = "The server had closed the connection before that."
    let late = try #require(analyzed([clientHello()], ends: "S.\nC: \(TLSBuilder.alert(2, 50).script)\nC."))
    #expect(late.findings.first { $0.id == .tlsHandshakeFailed }?.message.hasSuffix(said) == true)
    let first = try #require(analyzed([clientHello(), alert(.client, 50)]))
    #expect(first.findings.first { $0.id == .tlsHandshakeFailed }?.message.contains(said) == false)
  }
}
