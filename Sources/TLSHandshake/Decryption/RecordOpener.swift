internal import TLSProtection
internal import Wire

/// Opens the protected records of both sides, with the secrets that fit the hellos.
///
/// In TLS 1.3 each side goes from the keys of early data and of the handshake to those of the data with a message of its
/// own; before it, each ChangeCipherSpec takes the keys of the last handshake into use (RFC 8446 section 7, RFC 5246
/// section 6.3).
struct RecordOpener {
  private let secrets: TLSSecrets
  private var clientHello: ClientHello?
  private var serverHello: ServerHello?
  private var session: SessionSecrets?
  private var suite: CipherSuite?
  /// The master secret of the last handshake, where it was made from a premaster secret, or is that of the session that is
  /// resumed.
  private var madeMaster: Secret?
  /// What the session can be asked for with, until its handshake is over.
  private var names: [ResumableSessions.Name] = []
  /// Below TLS 1.3: what the server sends is under the keys of the last handshake, not of one that it renegotiates in.
  private var serverHasTurned = false
  /// The messages up to the ClientKeyExchange, where a premaster secret may come from somewhere (RFC 7627 section 3).
  private var transcript: [UInt8]?
  private var sides: [2 of Side] = [Side(), Side()]
  /// What the client sends is under the keys of early data (RFC 8446 section 4.2.10).
  private(set) var isEarly = false
  /// Why nothing can be opened; nil while that is not known.
  private(set) var obstacle: KeyUse?
  /// The secrets of the first handshake are not in the log, which grows: what is protected is to wait for them.
  private(set) var isWaiting = false

  /// Octets of messages kept for the session hash: a chain of certificates that is longer is none of a mail server.
  private static let mostTranscript = 1 << 18

  fileprivate struct Side {
    /// Opens the next record.
    var current: RecordDecryptor?
    /// TLS 1.3: what comes behind it, in this order; the handshake's keys, then those of the data.
    var next: [RecordDecryptor] = []
    /// Octets that are missing before the next record.
    var lost = 0
    var opened = 0
    var refused = 0
  }

  /// What became of a record.
  enum Result {
    case opened(contentType: UInt8, [UInt8])
    /// It was not sent with these keys, or changed on the way.
    case refused
    /// There are no keys for it, or it is one that is passed over.
    case closed
  }

  init(_ secrets: TLSSecrets) {
    self.secrets = secrets
    if secrets.hasPremasters { transcript = [] }
  }

  /// Whether records of application data are of use.
  var wantsRecords: Bool { obstacle == nil }

  /// How many records were refused.
  var refusedRecords: Int { hasOpenedAny ? sides[0].refused + sides[1].refused : 0 }
  private var hasOpenedAny: Bool { sides[0].opened + sides[1].opened > 0 }

  /// Whether secrets served, as it stands.
  var use: KeyUse {
    if hasOpenedAny { return .used }
    if let obstacle { return obstacle }
    if clientHello == nil || serverHello == nil { return .hellosNotSeen }
    return sides[0].refused + sides[1].refused > 0 ? .secretDoesNotFit : .noSecret
  }

  private static func index(_ peer: Peer) -> Int { peer == .client ? 0 : 1 }

  // MARK: Messages

  /// Takes a handshake message, from a record in clear or from one that was opened.
  mutating func take(_ message: HandshakeReader.Message, from peer: Peer) {
    keep(message)
    switch (message.type, peer) {
    case (HandshakeType.clientHello, .client):
      // One that follows a request for it has the same random; one that renegotiates has another.
      guard let hello = ClientHello(message.body, keepsTicket: secrets.resumable != nil) else { return }
      if clientHello?.random != hello.random {
        if transcript != nil, clientHello != nil {
          transcript = []
          keep(message)
        }
        serverHello = nil
        session = nil
        madeMaster = nil
        names = []
      }
      clientHello = hello
    case (HandshakeType.serverHello, .server):
      guard let hello = ServerHello(message.body), !hello.isRetryRequest else { return }
      serverHello = hello
      serverHasTurned = false
      agree(on: hello)
    case (HandshakeType.clientKeyExchange, .client):
      takeKeyExchange(message.body)
    case (HandshakeType.newSessionTicket, .server):
      takeTicket(message.body)
    case (HandshakeType.endOfEarlyData, .client), (HandshakeType.finished, _):
      if suite?.keyExchange == .tls13 { turn(peer) }
    case (HandshakeType.keyUpdate, _):
      sides[Self.index(peer)].current?.nextGeneration()
    default:
      break
    }
  }

  private mutating func keep(_ message: HandshakeReader.Message) {
    guard let kept = transcript?.count, message.type != HandshakeType.helloRequest else { return }
    guard message.isWhole, kept + message.bytes.count <= Self.mostTranscript else {
      transcript = nil
      return
    }
    transcript?.append(contentsOf: message.bytes)
  }

  /// Both hellos are there: which secrets are needed is known.
  private mutating func agree(on hello: ServerHello) {
    obstacle = nil
    isWaiting = false
    guard let clientHello, let random = HandshakeRandom(clientHello.random.span) else {
      obstacle = .hellosNotSeen
      return
    }
    do throws(UnsupportedSuite) {
      suite = try CipherSuite.lookUp(hello.cipherSuite.code)
    } catch {
      obstacle = .suiteNotSupported(hello.cipherSuite.name)
      return
    }
    guard TLSVersion(rawValue: hello.version.code) != nil else {
      obstacle = .versionNotSupported(hello.version.name)
      return
    }
    session = secrets.keyLog.secrets(for: random)
    guard hello.version.isTLS13 else {
      lookBack(clientHello, hello)
      isWaiting = mayWait && session?.master == nil && madeMaster == nil
      if isWaiting { obstacle = nil }
      return
    }
    isWaiting = mayWait && session?.opensTLS13 != true
    if !isWaiting { takeTrafficSecrets(clientHello) }
  }

  /// What was opened before a later handshake needs no wait: its records are under the keys of the one before it.
  private var mayWait: Bool { secrets.mayGrow && !secrets.hasPremasters && !hasOpenedAny }

  /// Looks for the secrets again that records wait for, and says whether they need wait no longer.
  ///
  /// - Parameter isLast: Whether they can wait no longer: what there is must do.
  mutating func lookAgain(isLast: Bool) -> Bool {
    guard isWaiting, let clientHello, let serverHello, let random = HandshakeRandom(clientHello.random.span) else {
      return true
    }
    session = secrets.keyLog.secrets(for: random)
    let isTLS13 = serverHello.version.isTLS13
    guard isLast || (isTLS13 ? session?.opensTLS13 == true : session?.master != nil) else { return false }
    isWaiting = false
    if isTLS13 {
      takeTrafficSecrets(clientHello)
    } else if session?.master == nil {
      obstacle = .noSecret
    }
    return true
  }

  private mutating func takeTrafficSecrets(_ clientHello: ClientHello) {
    guard let session, let suite else {
      obstacle = .noSecret
      return
    }
    let decryptor = { (secret: Secret?) in
      secret.flatMap { try? RecordDecryptor(tls13: suite, trafficSecret: $0) }
    }
    let early = clientHello.offersEarlyData ? session.clientEarlyTraffic : nil
    sides[0].next = [early, session.clientHandshakeTraffic, session.clientTraffic].compactMap(decryptor)
    sides[1].next = [session.serverHandshakeTraffic, session.serverTraffic].compactMap(decryptor)
    turn(.client)
    turn(.server)
    isEarly = early != nil
    if sides[0].current == nil, sides[1].current == nil { obstacle = .secretDoesNotFit }
  }

  /// The side goes on with its next keys.
  private mutating func turn(_ peer: Peer) {
    let index = Self.index(peer)
    guard !sides[index].next.isEmpty else { return }
    sides[index].current = sides[index].next.removeFirst()
    sides[index].lost = 0
    if peer == .client { isEarly = false }
  }

  // MARK: Below TLS 1.3

  /// Makes the master secret from the premaster secret that was encrypted to the server's key (RFC 5246 section 7.4.7.1).
  private mutating func takeKeyExchange(_ body: FieldReader) {
    // Whatever the hellos said, this is no session that is resumed.
    madeMaster = nil
    guard session?.master == nil, let suite, suite.keyExchange == .rsa, let clientHello, let serverHello,
      let version = TLSVersion(rawValue: serverHello.version.code),
      let clientRandom = HandshakeRandom(clientHello.random.span),
      let serverRandom = HandshakeRandom(serverHello.random.span)
    else { return }
    var body = body
    let encrypted = body.vector(lengthOctets: 2)?.rest ?? []
    guard let premaster = premaster(encrypted, clientHello) else {
      if !isWaiting { obstacle = .noSecret }
      return
    }
    if !serverHello.extendsMasterSecret {
      madeMaster = .master(
        premaster: premaster, version: version, suite: suite, clientRandom: clientRandom, serverRandom: serverRandom)
    } else if let transcript {
      madeMaster = .extendedMaster(
        premaster: premaster, version: version, suite: suite, handshakeMessages: transcript.span)
    }
    if madeMaster != nil, obstacle == .earlierSessionNotKnown { obstacle = nil }
    transcript = []
  }

  private func premaster(_ encrypted: [UInt8], _ hello: ClientHello) -> Secret? {
    for key in secrets.privateKeys {
      let opened = try? key.premasterSecret(
        encrypted: encrypted.span, clientHelloVersion: hello.legacyVersion.code)
      if let opened { return opened }
    }
    guard encrypted.count >= 8 else { return nil }
    return secrets.keyLog.premasterSecret(encryptedStart: encrypted.span.bigEndianUInt64(at: 0))
  }

  /// The side takes the keys of the last handshake into use.
  mutating func changeCipherSpec(from peer: Peer) {
    guard let suite, suite.keyExchange != .tls13 else { return }
    let keys = makeKeys(suite)
    switch peer {
    case .client: sides[0].current = keys?.client
    case .server: sides[1].current = keys?.server
    }
    sides[Self.index(peer)].lost = 0
    if peer == .server { serverHasTurned = true }
  }

  private func makeKeys(_ suite: CipherSuite) -> ConnectionKeys? {
    guard let clientHello, let serverHello, let version = TLSVersion(rawValue: serverHello.version.code),
      let clientRandom = HandshakeRandom(clientHello.random.span),
      let serverRandom = HandshakeRandom(serverHello.random.span),
      let master = session?.master ?? madeMaster
    else { return nil }
    return try? ConnectionKeys(
      version: version, suite: suite, master: master, clientRandom: clientRandom, serverRandom: serverRandom,
      encryptThenMAC: serverHello.encryptsThenMAC)
  }

  // MARK: Sessions that are resumed

  /// Where no log names the session, an earlier one may tell its secret.
  private mutating func lookBack(_ clientHello: ClientHello, _ serverHello: ServerHello) {
    names = ResumableSessions.Name(id: serverHello.sessionID).map { [$0] } ?? []
    guard session?.master == nil else { return }
    // Who accepts a ticket sends the client's id back, which then stands for nothing (RFC 5077 section 3.4).
    let isEcho = clientHello.sessionID == serverHello.sessionID
    if isEcho, let earlier = secrets.resumable {
      madeMaster =
        ResumableSessions.Name(ticket: clientHello.ticket).flatMap { earlier.master(of: $0) }
        ?? names.first.flatMap { earlier.master(of: $0) }
    }
    guard madeMaster == nil else { return }
    if !secrets.hasPremasters {
      obstacle = .noSecret
    } else if isEcho, !serverHello.sessionID.isEmpty {
      obstacle = .earlierSessionNotKnown
    }
  }

  /// RFC 5077 section 3.3.
  private mutating func takeTicket(_ body: FieldReader) {
    var body = body
    guard secrets.resumable != nil, let suite, suite.keyExchange != .tls13, names.count < Self.mostNamesOfSession,
      body.uint32() != nil, let ticket = body.vector(lengthOctets: 2)
    else { return }
    if let name = ResumableSessions.Name(ticket: ticket.rest) { names.append(name) }
  }

  /// An id and a ticket: a handshake brings no more (RFC 5077 section 3.1).
  private static let mostNamesOfSession = 2

  /// The server's first record under the keys of the handshake is its Finished: from now on the session may be resumed.
  private mutating func remember() {
    guard serverHasTurned else { return }
    if let earlier = secrets.resumable, let master = session?.master ?? madeMaster {
      for name in names { earlier.keep(master, as: name) }
    }
    names = []
  }

  // MARK: Records

  /// So many octets of the side are missing.
  mutating func lose(_ count: Int, from peer: Peer) {
    let (sum, overflow) = sides[Self.index(peer)].lost.addingReportingOverflow(count)
    sides[Self.index(peer)].lost = overflow ? .max : sum
  }

  /// Opens the side's next record.
  mutating func open(_ head: RecordHead, _ fragment: Span<UInt8>, from peer: Peer) -> Result {
    let index = Self.index(peer)
    guard sides[index].current != nil else { return .closed }
    let header = RecordHeader(contentType: head.kind.rawValue, version: head.version)
    var plaintext: [UInt8] = []
    if let type = sides[index].openCurrent(header, fragment, into: &plaintext) {
      sides[index].opened &+= 1
      if peer == .server, !names.isEmpty { remember() }
      return .opened(contentType: type, plaintext)
    }
    // Secrets may lack: what the handshake's keys do not open, those of the data may.
    if sides[index].lost == 0 || sides[index].opened == 0 {
      for place in sides[index].next.indices {
        guard let type = try? sides[index].next[place].open(header, fragment, into: &plaintext) else { continue }
        sides[index].current = sides[index].next[place]
        sides[index].next.removeFirst(place + 1)
        sides[index].lost = 0
        sides[index].opened &+= 1
        if peer == .client { isEarly = false }
        return .opened(contentType: type, plaintext)
      }
    }
    sides[index].refused &+= 1
    // It may have been one all the same, damaged on the way: the next one's number is not known for sure.
    lose(fragment.count + RecordHead.size, from: peer)
    return .refused
  }
}

extension RecordOpener.Side {
  /// Opens a record with the keys at hand, searching for its number where some are missing before it.
  fileprivate mutating func openCurrent(
    _ header: RecordHeader, _ fragment: Span<UInt8>, into plaintext: inout [UInt8]
  ) -> UInt8? {
    guard lost > 0 else {
      if let type = try? current?.open(header, fragment, into: &plaintext) { return type }
      return nil
    }
    guard let found = try? current?.resynchronize(header, fragment, afterLosing: lost, into: &plaintext) else {
      return nil
    }
    lost = 0
    return found.contentType
  }
}
