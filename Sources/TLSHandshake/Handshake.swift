public import Wire

/// What the two sides of a handshake have said so far, as far as it could be read.
public struct Handshake: Sendable {
  /// The first one: the client is told by it, whatever the server made it say again.
  public private(set) var clientHello: ClientHello?
  /// The one that chooses, which a HelloRetryRequest does not; nil where it was not seen.
  public private(set) var serverHello: ServerHello?
  /// The server asked for another hello (HelloRetryRequest).
  public private(set) var isRetried = false
  /// The certificates of each side, its own first, as DER; nil where none was shown, empty where it said that it has none.
  public private(set) var serverCertificates: [[UInt8]]?
  /// The certificates of the client, likewise.
  public private(set) var clientCertificates: [[UInt8]]?
  /// Whether the server asked for the client's certificate (RFC 8446 section 4.3.2).
  public private(set) var wantsClientCertificate = false
  /// How many session tickets the server was seen to send (NewSessionTicket).
  public private(set) var tickets = 0
  /// Whether the server takes early data (RFC 8446 section 4.2.10); nil where it was not seen to say.
  private(set) var acceptsEarlyData: Bool?
  /// The last message that could be read, and who sent it.
  public private(set) var last: (from: Peer, name: String)?
  private var parameters: KeyExchangeParameters?
  /// Who turned to the agreed keys first, before TLS 1.3: the client, where all of it is agreed anew.
  private var turnedFirst: Peer?
  /// Where the hellos and the server's certificates stood.
  public private(set) var clientHelloPlace: Place?
  /// Where the server's hello ended; nil where its end was not seen.
  public private(set) var serverHelloPlace: Place?
  /// Where the server's certificates ended, likewise.
  public private(set) var certificatePlace: Place?

  /// A handshake of which nothing was seen.
  public init() {}

  /// The last frame of a message.
  public struct Place: Hashable, Sendable {
    /// The frame's number in its file, from 1.
    public var frame: Int
    /// When that frame was captured.
    public var time: CaptureTime

    /// Made of the frame's number and its time.
    public init(frame: Int, time: CaptureTime) {
      self.frame = frame
      self.time = time
    }
  }

  /// What the server chose; nil where its hello was not seen.
  public var version: ProtocolVersion? { serverHello?.version }
  /// The cipher suite that the server chose, likewise.
  public var cipherSuite: CipherSuiteID? { serverHello?.cipherSuite }
  /// Whether TLS 1.3 or a draft of it was chosen; a HelloRetryRequest, which there is only there, tells it too.
  public var isTLS13: Bool { serverHello?.version.isTLS13 ?? isRetried }

  /// What the keys were agreed in, by name; nil where the suite has no such thing, or it was not seen.
  public var group: String? { serverHello?.group?.name ?? parameters?.name }

  /// Whether an earlier session goes on: by a pre-shared key in TLS 1.3, by its id or a ticket before (RFC 5246 section
  /// 7.3, RFC 5077 section 3.4).
  public var isResumed: Bool? {
    guard let serverHello else { return nil }
    if serverHello.version.isTLS13 { return serverHello.isWhole ? serverHello.acceptsPreSharedKey : nil }
    guard let clientHello else { return nil }
    guard serverCertificates == nil, parameters == nil else { return false }
    // A ticket may be offered with no id at all, and the server need not say a word of it (RFC 5077 section 3.4).
    if turnedFirst == .server { return true }
    return !clientHello.sessionID.isEmpty && clientHello.sessionID == serverHello.sessionID
  }

  /// The server chose a version that the client does not speak (RFC 8446 section 4.2.1).
  public var choosesForeignVersion: Bool {
    guard let clientHello, let version, clientHello.isWhole else { return false }
    if clientHello.supportedVersions.isEmpty { return clientHello.legacyVersion < version }
    return !clientHello.supportedVersions.contains(version)
  }

  mutating func take(_ message: HandshakeReader.Message, from peer: Peer, at place: Place) {
    let body = message.body
    last = (peer, Self.name(of: message.type))
    switch message.type {
    case HandshakeType.clientHello where peer == .client:
      guard clientHello == nil else { return }
      clientHello = ClientHello(body)
      clientHelloPlace = place
    case HandshakeType.serverHello where peer == .server:
      guard let hello = ServerHello(body) else { return }
      if hello.isRetryRequest {
        isRetried = true
        last = (peer, "HelloRetryRequest")
      } else if serverHello == nil {
        serverHello = hello
        serverHelloPlace = place
      }
    case HandshakeType.encryptedExtensions where peer == .server:
      var content = body
      let extensions = HelloExtensions(&content)
      if let chosen = extensions.applicationProtocols.first { serverHello?.applicationProtocol = chosen }
      acceptsEarlyData = extensions.contains(ExtensionType.earlyData)
    case HandshakeType.certificate:
      guard let chain = CertificateChain(body, isTLS13: isTLS13) else { return }
      switch peer {
      case .server:
        guard serverCertificates == nil else { return }
        serverCertificates = chain.certificates
        certificatePlace = place
      case .client: if clientCertificates == nil { clientCertificates = chain.certificates }
      }
    case HandshakeType.serverKeyExchange where peer == .server:
      if let suite = cipherSuite, parameters == nil { parameters = KeyExchangeParameters(body, of: suite) }
    case HandshakeType.certificateRequest where peer == .server:
      wantsClientCertificate = true
    case HandshakeType.newSessionTicket where peer == .server:
      tickets &+= 1
    default:
      break
    }
  }

  /// A message of which the rest is missing: hellos tell much in their first octets.
  mutating func takeBeginning(_ message: HandshakeReader.Message, from peer: Peer) {
    switch message.type {
    case HandshakeType.clientHello where peer == .client && clientHello == nil:
      clientHello = ClientHello(message.body, isWhole: false)
    case HandshakeType.serverHello where peer == .server && serverHello == nil:
      guard let hello = ServerHello(message.body, isWhole: false) else { return }
      if hello.isRetryRequest { isRetried = true } else { serverHello = hello }
    default:
      return
    }
    last = (peer, Self.name(of: message.type))
  }

  /// A message that is protected, or none of its own: what it is follows from its place.
  mutating func note(_ name: String, from peer: Peer) {
    last = (peer, name)
  }

  /// A ChangeCipherSpec, which counts before TLS 1.3 only.
  mutating func turnToKeys(_ peer: Peer) {
    if turnedFirst == nil { turnedFirst = peer }
    note("ChangeCipherSpec", from: peer)
  }

  private static func name(of type: UInt8) -> String {
    switch type {
    case HandshakeType.helloRequest: "HelloRequest"
    case HandshakeType.clientHello: "ClientHello"
    case HandshakeType.serverHello: "ServerHello"
    case HandshakeType.newSessionTicket: "NewSessionTicket"
    case HandshakeType.endOfEarlyData: "EndOfEarlyData"
    case HandshakeType.encryptedExtensions: "EncryptedExtensions"
    case HandshakeType.certificate: "Certificate"
    case HandshakeType.serverKeyExchange: "ServerKeyExchange"
    case HandshakeType.certificateRequest: "CertificateRequest"
    case HandshakeType.serverHelloDone: "ServerHelloDone"
    case HandshakeType.certificateVerify: "CertificateVerify"
    case HandshakeType.clientKeyExchange: "ClientKeyExchange"
    case HandshakeType.finished: "Finished"
    case HandshakeType.certificateStatus: "CertificateStatus"
    case HandshakeType.keyUpdate: "KeyUpdate"
    default: "handshake message \(type)"
    }
  }
}

/// An alert (RFC 8446 section 6).
public struct TLSAlert: Hashable, Sendable {
  /// Who sent it.
  public var from: Peer
  /// 1 for a warning, 2 for a fatal one, other values as they were sent.
  public var level: UInt8
  /// What it says.
  public var description: AlertDescription
  /// The last frame of its record.
  public var place: Handshake.Place

  /// Made of its sender, its two octets, and where it stood.
  public init(from: Peer, level: UInt8, description: AlertDescription, place: Handshake.Place) {
    self.from = from
    self.level = level
    self.description = description
    self.place = place
  }

  /// Whether it ends the connection for a fault. In TLS 1.3 the description alone tells, before it the level.
  public var isFatal: Bool { level == 2 && description != .closeNotify && description != .userCanceled }

  /// `fatal` or `warning`.
  public var levelName: String { level == 1 ? "warning" : "fatal" }
}
